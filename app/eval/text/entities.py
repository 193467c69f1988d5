"""Proper-noun accuracy: of the names, codes and numbers in the reference, how many were got."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, cast

from app.domain.calls import SPEAKERS, Speaker
from app.domain.metrics import Evidence, MetricSpec, MetricValue, missing
from app.domain.text_roles import TextRole
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.text.align import Window
from app.eval.text.compare import MAX_EVIDENCE, Comparison, compare, label
from app.eval.text.entity_rules import Entity, Target, listed, mentions, proper_nouns
from app.eval.text.error_rates import chosen
from app.eval.text.normalise import Normaliser, normaliser
from app.eval.text.sides import Sides, check_hypothesis, sides

MAX_STRETCH = 6
"""Inserted units on either side that may belong to an entity (`Kowalski` heard in three words)."""

PNA = MetricSpec(
    id="pna",
    title="Proper-noun accuracy",
    unit="",
    direction="up",
    family="asr",
    evaluator="text.entities",
    about="Correct mentions / mentions of entities in the reference; a mention is correct when "
    "what stands there is its name or an alias, letter by letter.",
    source="OutboundEval (arXiv 2510.21244), table 15",
    speakers=SPEAKERS,
    pool="ratio",
    ratio=("correct", "total"),
    decimals=3,
)

Verdict = Literal["correct", "missing", "wrong"]


@dataclass(frozen=True)
class ProperNouns:
    """`pna` for each speaker: entities of the call's conditions, else by the rule.

    Attributes:
        hypothesis: what is measured: `spoken` (our recogniser) or `heard` (the platform's).
        normaliser: id of the normaliser; empty for the one of the call's language.
    """

    name: ClassVar[str] = "text.entities"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Proper nouns"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (PNA,)
    reads: ClassVar[frozenset[Read]] = frozenset(
        {"human", "intended", "spoken", "heard", "conditions"}
    )
    needs: ClassVar[frozenset[Need]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = ()

    hypothesis: str = "spoken"
    normaliser: str = ""

    def __post_init__(self) -> None:
        check_hypothesis(self.hypothesis)
        if self.normaliser:
            normaliser(self.normaliser)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Find the mentions in the reference and look at what was heard there.

        Raises:
            BadInput: the conditions' list of entities cannot be read.
        """
        entities = listed(source.conditions)
        role = cast("TextRole", self.hypothesis)
        values = []
        for speaker in SPEAKERS:
            watch.raise_if_cancelled()
            values.append(self._speaker(source, speaker, sides(source, speaker, role), entities))
        return Outcome(values=tuple(values))

    def _speaker(
        self, source: CallInput, speaker: Speaker, both: Sides, entities: list[Entity] | None
    ) -> MetricValue:
        if both.reason:
            return missing(PNA.id, both.reason, speaker=speaker)
        rules = chosen(self.normaliser, source, both)
        found = compare(both.reference, both.hypothesis, rules)
        if entities is None:
            targets = proper_nouns(found.reference, source.call.language)
        else:
            own = [e for e in entities if e.speaker in (None, speaker)]
            targets = mentions(own, found.reference, rules, found.unit)
        if not targets:
            what = "no names, codes or numbers" if entities is None else "none of the listed names"
            reason = f"The {speaker}'s reference has {what} in it."
            return missing(PNA.id, reason, speaker=speaker, profile=rules.id)
        return _value(found, targets, speaker, rules, by_list=entities is not None)


def _value(
    found: Comparison,
    targets: Sequence[Target],
    speaker: Speaker,
    rules: Normaliser,
    *,
    by_list: bool,
) -> MetricValue:
    verdicts = [verdict(found, target) for target in targets]
    total, correct = len(verdicts), verdicts.count("correct")
    evidence = [
        _evidence(found, target, speaker)
        for target, said in zip(targets, verdicts, strict=True)
        if said != "correct"
    ]
    return MetricValue(
        metric_id=PNA.id,
        value=correct / total,
        n=total,
        speaker=speaker,
        profile=rules.id,
        components={
            "correct": correct,
            "missing": verdicts.count("missing"),
            "wrong": verdicts.count("wrong"),
            "total": total,
            "entities": "listed" if by_list else "by rule",
        },
        evidence=tuple(evidence[:MAX_EVIDENCE]),
    )


def verdict(found: Comparison, target: Target) -> Verdict:
    """Whether the mention was got: its place holds an accepted form, nothing, or something else.

    Units inserted beside the place may belong to it; spaces do not count.
    """
    window = found.alignment.window(target.first, target.end)
    units = found.hypothesis.units
    for first, end in stretches(window):
        if "".join(units[first:end]) in target.accepted:
            return "correct"
    return "missing" if window.first == window.end else "wrong"


def stretches(window: Window) -> Iterator[tuple[int, int]]:
    """The window and the ways to stretch it over inserted neighbours, shortest first."""
    before, after = min(window.before, MAX_STRETCH), min(window.after, MAX_STRETCH)
    ways = ((a, b) for a in range(before + 1) for b in range(after + 1))
    for a, b in sorted(ways, key=sum):
        yield window.first - a, window.end + b


def _evidence(found: Comparison, target: Target, speaker: Speaker) -> Evidence:
    span, heard = found.mention(target.first, target.end)
    return Evidence(span=span, speaker=speaker, label=label(target.text, heard))
