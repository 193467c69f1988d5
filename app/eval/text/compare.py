"""A speaker's two texts compared: counts, an aligned view, and the spans of what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.calls import Span, Speaker
from app.domain.metrics import Evidence
from app.eval.text.align import Alignment, Op, Pair, align
from app.eval.text.normalise import Normaliser, Unit
from app.eval.text.plain_rules import safe
from app.eval.text.timed import SourceWord, TimedText, timed_text

MAX_EVIDENCE = 300
MAX_LABEL = 60
NOTHING = "∅"
_EDGES = ' .,;:!?"“”…，。！？；：、'


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedRow:
    """One step of the aligned view.

    `span` is where to listen: the word's own frames in the hypothesis, else where the missing
    reference word should be.
    """

    op: Op
    reference: str
    hypothesis: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Reference and hypothesis of one speaker, normalised and aligned."""

    reference: TimedText
    hypothesis: TimedText
    alignment: Alignment
    normaliser: str
    unit: Unit

    def rows(self) -> list[AlignedRow]:
        """Every unit of both, in order, for an aligned view."""
        return [
            AlignedRow(
                op=pair.op,
                reference="" if pair.ref is None else self.reference.units[pair.ref],
                hypothesis="" if pair.hyp is None else self.hypothesis.units[pair.hyp],
                span=self.listen((pair,)),
            )
            for pair in self.alignment.pairs
        ]

    def evidence(self, speaker: Speaker) -> tuple[Evidence, ...]:
        """Where the errors are, those side by side as one, labelled `boiler → oiler`."""
        runs = self.alignment.runs()[:MAX_EVIDENCE]
        return tuple(
            Evidence(span=self.listen(run), speaker=speaker, label=self._label(run)) for run in runs
        )

    def listen(self, pairs: Sequence[Pair]) -> Span:
        """The frames to play for a stretch of the alignment (at least one pair)."""
        heard = [p.hyp for p in pairs if p.hyp is not None]
        if heard:
            return self.hypothesis.span(heard[0], heard[-1] + 1)
        said = [p.ref for p in pairs if p.ref is not None]
        return self._gap(self.reference.span(said[0], said[-1] + 1), said[0], said[-1] + 1)

    def mention(self, first: int, end: int) -> tuple[Span, str]:
        """The frames of the reference units `first` to `end`, and what was heard there."""
        window = self.alignment.window(first, end)
        heard = self.hypothesis.surface(window.first, window.end)
        return self.listen(self.alignment.steps(first, end)), heard.strip(_EDGES)

    def _gap(self, planned: Span, first: int, end: int) -> Span:
        """Where missing words should be: between the words heard around them.

        The reference's own times are used as far as they lie in there; a script's may not.
        """
        at = self.alignment.window(first, end).first
        start = self.hypothesis.span(at - 1, at).end if at > 0 else planned.start
        heard = len(self.hypothesis.units)
        stop = self.hypothesis.span(at, at + 1).start if at < heard else planned.end
        if stop <= start:
            return planned
        gap = Span(start, stop)
        return gap.overlap(planned) or gap

    def _label(self, run: Sequence[Pair]) -> str:
        refs = [p.ref for p in run if p.ref is not None]
        hyps = [p.hyp for p in run if p.hyp is not None]
        left = _shown(self.reference, refs)
        right = _shown(self.hypothesis, hyps)
        if left.casefold() == right.casefold():  # written alike, but not what is compared
            left = " ".join(self.reference.units[i] for i in refs)
            right = " ".join(self.hypothesis.units[j] for j in hyps)
        return label(left, right)


def compare(
    reference: Sequence[SourceWord],
    hypothesis: Sequence[SourceWord],
    normaliser: Normaliser,
    unit: Unit | None = None,
) -> Comparison:
    """Normalise and align two lists of words.

    Raises:
        BadInput: both are so long that it would take minutes.
    """
    chosen = unit or normaliser.unit
    ref = timed_text(reference, normaliser, chosen)
    hyp = timed_text(hypothesis, normaliser, chosen)
    return Comparison(
        reference=ref,
        hypothesis=hyp,
        alignment=align(ref.units, hyp.units),
        normaliser=normaliser.id,
        unit=chosen,
    )


def label(left: str, right: str) -> str:
    """`boiler → oiler`; either side may be empty."""
    return safe(f"{_short(left)} → {_short(right)}")


def text_hash(units: Sequence[str]) -> str:
    """Twelve hexadecimal digits by which calls with the same reference text are told."""
    return hashlib.sha256(" ".join(units).encode("utf-8", "replace")).hexdigest()[:12]


def _shown(text: TimedText, units: Sequence[int]) -> str:
    written = text.surface(units[0], units[-1] + 1) if units else ""
    return written.strip(_EDGES)


def _short(text: str) -> str:
    if not text:
        return NOTHING
    return text if len(text) <= MAX_LABEL else text[: MAX_LABEL - 1] + "…"
