"""Word and character error rate of a recogniser's transcript, for each speaker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from app.domain.calls import SPEAKERS, Speaker
from app.domain.metrics import MetricSpec, MetricValue, missing
from app.domain.text_roles import ROLE_WORDS, TextRole
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.text.compare import Comparison, compare, text_hash
from app.eval.text.counts import Counts, count
from app.eval.text.languages import script_language
from app.eval.text.normalise import Normaliser, normaliser, normaliser_for
from app.eval.text.sides import Sides, check_hypothesis, sides

WER = MetricSpec(
    id="wer",
    title="Word error rate",
    unit="",
    direction="down",
    family="asr",
    evaluator="text.error_rates",
    about="(Substitutions + insertions + deletions) / reference words; above 1 where much is "
    "made up.",
    source="OutboundEval (arXiv 2510.21244), table 15",
    speakers=SPEAKERS,
    pool="ratio",
    ratio=("errors", "reference_words"),
    decimals=3,
    headline=True,
)
CER = MetricSpec(
    id="cer",
    title="Character error rate",
    unit="",
    direction="down",
    family="asr",
    evaluator="text.error_rates",
    about="The same on characters without spaces; the one to read for Chinese, Japanese, Korean.",
    source="OutboundEval (arXiv 2510.21244), table 15",
    speakers=SPEAKERS,
    pool="ratio",
    ratio=("errors", "reference_characters"),
    decimals=3,
)


@dataclass(frozen=True)
class ErrorRates:
    """`wer` and `cer` for each speaker.

    Attributes:
        hypothesis: what is measured: `spoken` (our recogniser) or `heard` (the platform's).
        normaliser: id of the normaliser; empty for the one of the call's language.
    """

    name: ClassVar[str] = "text.error_rates"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Error rates"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (WER, CER)
    reads: ClassVar[frozenset[Read]] = frozenset({"human", "intended", "spoken", "heard"})
    needs: ClassVar[frozenset[Need]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = ()

    hypothesis: str = "spoken"
    normaliser: str = ""

    def __post_init__(self) -> None:
        check_hypothesis(self.hypothesis)
        if self.normaliser:
            normaliser(self.normaliser)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Compare each speaker's reference with the hypothesis."""
        role = cast("TextRole", self.hypothesis)
        values: list[MetricValue] = []
        for speaker in SPEAKERS:
            watch.raise_if_cancelled()
            values += self._speaker(source, speaker, sides(source, speaker, role))
        layer = source.texts.get(role)
        producer = layer.layer.producer if layer else ""
        return Outcome(values=tuple(values), detail={"hypothesis": role, "producer": producer})

    def _speaker(self, source: CallInput, speaker: Speaker, both: Sides) -> list[MetricValue]:
        if both.reason:
            return [missing(spec.id, both.reason, speaker=speaker) for spec in self.metrics]
        rules = chosen(self.normaliser, source, both)
        found = compare(both.reference, both.hypothesis, rules)
        about = {
            "reference": ROLE_WORDS[both.reference_role or "intended"],
            "reference_hash": text_hash(found.reference.units),
        }
        if found.unit == "char":
            reason = (
                "This text is counted in characters, not in words: see the character error rate."
            )
            words = missing("wer", reason, speaker=speaker, profile=rules.id)
            return [words, rate(CER, found, found.alignment.counts, speaker, about)]
        characters = count("".join(found.reference.units), "".join(found.hypothesis.units))
        return [
            rate(WER, found, found.alignment.counts, speaker, about),
            rate(CER, found, characters, speaker, about),
        ]


def chosen(identifier: str, source: CallInput, both: Sides) -> Normaliser:
    """The normaliser asked for, else the one of the call's language or script."""
    language = source.call.language
    if not identifier:
        return normaliser_for(language, both.sample)
    return normaliser(identifier, language or script_language(both.sample))


def rate(
    spec: MetricSpec,
    found: Comparison,
    counts: Counts,
    speaker: Speaker,
    about: Mapping[str, Any],
) -> MetricValue:
    """An error rate as a value, with what it is made of and where the errors are."""
    size = spec.ratio[1] if spec.ratio else "reference_units"
    components = {
        "errors": counts.errors,
        "hits": counts.hits,
        "substitutions": counts.substitutions,
        "insertions": counts.insertions,
        "deletions": counts.deletions,
        size: counts.reference,
        **about,
    }
    if counts.rate is None:
        reason = f"The reference of the {speaker} has no words."
        return missing(
            spec.id, reason, speaker=speaker, profile=found.normaliser, components=components
        )
    return MetricValue(
        metric_id=spec.id,
        value=counts.rate,
        n=counts.reference,
        speaker=speaker,
        profile=found.normaliser,
        components=components,
        evidence=found.evidence(speaker),
    )
