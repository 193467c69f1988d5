"""How much of what the agent meant to say a recogniser gets from its channel.

A recogniser stands in for a listener: the figure falls with bad speech synthesis, with a bad line,
and with the recogniser's own weakness. Only figures made with the same recogniser compare.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.domain.metrics import MetricSpec, MetricValue, missing
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.text.compare import compare, text_hash
from app.eval.text.error_rates import chosen
from app.eval.text.normalise import normaliser
from app.eval.text.sides import sides

INTELLIGIBILITY = MetricSpec(
    id="intelligibility",
    title="Intelligibility by recogniser",
    unit="",
    direction="up",
    family="tts",
    evaluator="text.intelligibility",
    about="1 - min(1, error rate) of our recogniser on the agent's channel against the text it was "
    "to say; characters for Chinese, Japanese, Korean.",
    source="ours; the round trip through a recogniser that tests of speech synthesis use",
    speakers=("agent",),
    pool="ratio",
    ratio=("understood", "reference_units"),
    decimals=3,
)


@dataclass(frozen=True)
class Intelligibility:
    """`intelligibility` of the agent.

    Attributes:
        normaliser: id of the normaliser; empty for the one of the call's language.
    """

    name: ClassVar[str] = "text.intelligibility"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Intelligibility by recogniser"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (INTELLIGIBILITY,)
    reads: ClassVar[frozenset[Read]] = frozenset({"intended", "spoken"})
    needs: ClassVar[frozenset[Need]] = frozenset({"intended", "spoken"})
    documents: ClassVar[tuple[str, ...]] = ()

    normaliser: str = ""

    def __post_init__(self) -> None:
        if self.normaliser:
            normaliser(self.normaliser)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Compare the agent's text with what was recognised of it."""
        watch.raise_if_cancelled()
        return Outcome(values=(self._value(source),))

    def _value(self, source: CallInput) -> MetricValue:
        both = sides(source, "agent", "spoken", ("intended",))
        if both.reason:
            return missing(INTELLIGIBILITY.id, both.reason, speaker="agent")
        rules = chosen(self.normaliser, source, both)
        found = compare(both.reference, both.hypothesis, rules)
        counts = found.alignment.counts
        components = {
            "understood": max(0, counts.reference - counts.errors),
            "reference_units": counts.reference,
            "errors": counts.errors,
            "hits": counts.hits,
            "substitutions": counts.substitutions,
            "insertions": counts.insertions,
            "deletions": counts.deletions,
            "unit": found.unit,
            "recogniser": source.texts["spoken"].layer.producer,
            "reference_hash": text_hash(found.reference.units),
        }
        if counts.rate is None:
            reason = "The agent's text has no words."
            return missing(
                INTELLIGIBILITY.id, reason, speaker="agent", profile=rules.id, components=components
            )
        return MetricValue(
            metric_id=INTELLIGIBILITY.id,
            value=1 - min(1.0, counts.rate),
            n=counts.reference,
            speaker="agent",
            profile=rules.id,
            components=components,
            evidence=found.evidence("agent"),
        )
