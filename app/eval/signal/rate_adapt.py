"""Speech-rate adaptation: whether the agent slows down where the other must write something down.

For each key span r = its rate / the rate of the agent's other speech, in syllables (characters in
Chinese, Japanese and Korean) a second, from the first word's start to the last one's end. Pauses
count on either side, up to a second: reading a number in groups is slowing down. It adapts where
r <= 0.90.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import ClassVar

from app.domain.calls import Span
from app.domain.errors import BadInput
from app.domain.metrics import Evidence, MetricSpec, MetricValue
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.signal import syllables
from app.eval.signal.key_spans import KeyWords, Range, find
from app.eval.text.timed import SourceWord
from app.eval.turns.series import MOST_EVIDENCE, Heading

BREAK_S = 1.0
"""A longer silence between two words parts what is one stretch; it is waiting, not speaking."""
MIN_UNITS = 2
MIN_KEY_S = 0.2
MIN_OTHER_UNITS = 10
MAX_LABEL = 60

RATIO = MetricSpec(
    id="rate_adapt",
    title="Speech-rate adaptation",
    unit="",
    direction="down",
    family="tts",
    evaluator="speech.rate_adapt",
    about="Median over key spans of their rate / the rate of the agent's other speech; at most "
    "0.90 is slowing down for what must be written down.",
    source="OutboundEval (arXiv 2510.21244), metric 15; formula, threshold and spans are ours",
    speakers=("agent",),
)
SHARE = MetricSpec(
    id="rate_adapt.share",
    title="Key spans spoken slower",
    unit="",
    direction="up",
    family="tts",
    evaluator="speech.rate_adapt",
    about="Key spans with a rate of at most 0.90 of the agent's other speech / key spans.",
    source="OutboundEval (arXiv 2510.21244), metric 15; formula, threshold and spans are ours",
    speakers=("agent",),
    pool="ratio",
    ratio=("adapted", "spans"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Words spoken without a break: syllables or characters, seconds, frames, text."""

    units: int
    seconds: float
    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RateAdaptation:
    """See the module.

    Attributes:
        threshold: r at or below which a span counts as slowed down.
    """

    threshold: float = 0.9

    name: ClassVar[str] = "speech.rate_adapt"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Speech-rate adaptation"
    metrics: ClassVar[tuple[MetricSpec, ...]] = (RATIO, SHARE)
    reads: ClassVar[frozenset[Read]] = frozenset(
        {"intended", "spoken", "heard", "human", "conditions"}
    )
    needs: ClassVar[frozenset[Need]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 10:
            raise BadInput(f"A threshold of {self.threshold} is no ratio of rates.", "Usual: 0.9.")

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """The ratio and the share.

        Raises:
            BadInput: the conditions' list of entities cannot be read. Cancelled.
        """
        watch.raise_if_cancelled()
        found = find(source)
        text = found.text((0, min(200, len(found.words))))
        characters = syllables.by_characters(text, source.call.language)
        heading = Heading(
            profile="characters" if characters else "syllables",
            speaker="agent",
            common={"words_of": found.role, "entities": "listed" if found.listed else "by rule"},
        )
        reason, keys, rate = _measured(source, found)
        if reason:
            return Outcome(values=tuple(heading.missing(s, reason) for s in self.metrics))
        return Outcome(values=self._values(heading, keys, rate))

    def _values(
        self, heading: Heading, keys: Sequence[Stretch], other_rate: float
    ) -> tuple[MetricValue, ...]:
        ratios = [k.units / k.seconds / other_rate for k in keys]
        adapted = sum(r <= self.threshold for r in ratios)
        parts = {
            "adapted": adapted,
            "spans": len(keys),
            "other_rate": round(other_rate, 4),
            "threshold": self.threshold,
        }
        evidence = [
            Evidence(span=k.span, speaker="agent", label=_short(k.text), value=r)
            for k, r in zip(keys, ratios, strict=True)
        ][:MOST_EVIDENCE]
        return (
            heading.value(
                RATIO,
                median(ratios),
                n=len(keys),
                components={**parts, "ratios": [round(r, 4) for r in ratios[:MOST_EVIDENCE]]},
                evidence=evidence,
            ),
            heading.value(
                SHARE, adapted / len(keys), n=len(keys), components=parts, evidence=evidence
            ),
        )


def _measured(source: CallInput, found: KeyWords) -> tuple[str, list[Stretch], float]:
    """(why not, key stretches, rate of the rest)."""
    if found.reason:
        return found.reason, [], 0.0
    if not found.keys:
        what = "none of the listed entities" if found.listed else "no number and no code"
        return f"The agent says {what}.", [], 0.0
    language, rate = source.call.language, source.call.rate_hz
    keys = [_stretch(found, key, language, rate) for key in found.keys]
    keys = [k for k in keys if k.units >= MIN_UNITS and k.seconds >= MIN_KEY_S]
    if not keys:
        return "What the agent says of numbers and codes is too short to have a rate.", [], 0.0
    rest = [_stretch(found, part, language, rate) for part in _between(found, rate)]
    units, seconds = sum(s.units for s in rest), sum(s.seconds for s in rest)
    if units < MIN_OTHER_UNITS or seconds <= 0:
        return "The agent says too little else to compare with.", [], 0.0
    return "", keys, units / seconds


def _between(found: KeyWords, rate_hz: int) -> list[Range]:
    """The words between key spans, parted at breaks."""
    edges = [0, *(at for key in found.keys for at in key), len(found.words)]
    parts = []
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        start = first
        for at in range(first + 1, end + 1):
            if at == end or _break(found.words[at - 1], found.words[at], rate_hz):
                parts.append((start, at))
                start = at
    return [p for p in parts if p[0] < p[1]]


def _break(before: SourceWord, after: SourceWord, rate_hz: int) -> bool:
    return after.span.start - before.span.end > BREAK_S * rate_hz


def _stretch(found: KeyWords, part: Range, language: str, rate_hz: int) -> Stretch:
    """The words with their time, what goes beyond a second of each silence left out."""
    words = found.words[part[0] : part[1]]
    start = min(w.span.start for w in words)
    end = max(w.span.end for w in words)
    frames = end - start
    for before, after in pairwise(words):
        frames -= max(0, after.span.start - before.span.end - round(BREAK_S * rate_hz))
    text = found.text(part)
    return Stretch(
        units=syllables.count(text, language),
        seconds=frames / rate_hz,
        span=Span(start, end),
        text=text,
    )


def _short(text: str) -> str:
    return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1] + "…"
