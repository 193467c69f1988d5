"""Reference and hypothesis of a call side by side: the words, what differs, and the rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from app.domain.calls import SPEAKERS, Span, Speaker
from app.domain.redaction import MARK
from app.domain.text_roles import ROLE_WORDS, TextRole
from app.eval.text.align import Op
from app.eval.text.compare import compare
from app.eval.text.error_rates import ErrorRates, chosen
from app.eval.text.sides import HYPOTHESES, Sides, sides
from app.services.evaluating import inputs
from app.services.outgoing import Outgoing
from app.services.workspace import Workspace

LINE_PAUSE_S = 1.0
"""A pause of this length between two words begins a new line."""
LINE_WORDS = 24
"""A line is not longer than this; nobody reads an alignment of hundreds of words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedWord:
    """A step of the alignment; `span` is where to listen. One side is empty for a missing word."""

    op: Op
    reference: str
    hypothesis: str
    span: Span

    @property
    def is_error(self) -> bool:
        """Whether both sides differ."""
        return self.op != "hit"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedLine:
    """Words of one speaker without a long pause."""

    speaker: Speaker
    words: tuple[AlignedWord, ...]

    @property
    def span(self) -> Span:
        """From the first word's frames to the last's."""
        spans = [w.span for w in self.words]
        return Span(min(s.start for s in spans), max(s.end for s in spans))


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerRate:
    """Error rate of one speaker; `reason` says why there is none."""

    speaker: Speaker
    rate: float | None = None
    hits: int = 0
    substitutions: int = 0
    insertions: int = 0
    deletions: int = 0
    reference_units: int = 0
    unit: str = "word"
    normaliser: str = ""
    reference: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignedText:
    """The view of a call.

    Attributes:
        hypothesis: what was compared.
        choices: hypotheses that the call has.
        lines: both speakers', in order of time.
        rates: one for each speaker.
    """

    hypothesis: TextRole
    choices: tuple[TextRole, ...] = ()
    lines: tuple[AlignedLine, ...] = ()
    rates: tuple[SpeakerRate, ...] = ()


def aligned_text(
    ws: Workspace, call_id: str, hypothesis: str = "", normaliser: str = ""
) -> AlignedText:
    """Align the texts of a call as its error rates are measured.

    Args:
        ws: the workspace.
        call_id: the call.
        hypothesis: `spoken` or `heard`; empty for the first that there is.
        normaliser: id; empty for the one of the call's language.

    Raises:
        BadInput: no such role or normaliser, or texts too long to align.
    """
    shelf = inputs.shelf(ws, call_id)
    known = [r for r in HYPOTHESES if shelf is not None and shelf.text(r) is not None]
    role = cast("TextRole", hypothesis or (known[0] if known else "spoken"))
    evaluator = ErrorRates(hypothesis=role, normaliser=normaliser)
    if shelf is None:
        return AlignedText(hypothesis=role)
    source = inputs.load(ws, shelf, evaluator)
    lines: list[AlignedLine] = []
    rates: list[SpeakerRate] = []
    for speaker in SPEAKERS:
        both = sides(source, speaker, role)
        if both.reason:
            rates.append(SpeakerRate(speaker=speaker, reason=both.reason))
            continue
        found = compare(both.reference, both.hypothesis, chosen(normaliser, source, both))
        counts = found.alignment.counts
        rates.append(
            SpeakerRate(
                speaker=speaker,
                rate=counts.rate,
                hits=counts.hits,
                substitutions=counts.substitutions,
                insertions=counts.insertions,
                deletions=counts.deletions,
                reference_units=counts.reference,
                unit=found.unit,
                normaliser=found.normaliser,
                reference=_role_words(both),
                reason="" if counts.rate is not None else "The reference has no words.",
            )
        )
        words = [
            AlignedWord(op=r.op, reference=r.reference, hypothesis=r.hypothesis, span=r.span)
            for r in found.rows()
        ]
        lines += _lines(speaker, words, source.call.rate_hz)
    lines.sort(key=lambda line: (line.span.start, line.speaker))
    return AlignedText(
        hypothesis=role, choices=tuple(known), lines=tuple(lines), rates=tuple(rates)
    )


def masked(found: AlignedText, hide: Outgoing) -> AlignedText:
    """The view as it leaves the workspace: words that were said in a redacted span are masked."""

    def word(one: AlignedWord, speaker: Speaker) -> AlignedWord:
        if not hide.mask.touches(one.span, speaker):
            return one
        return replace(
            one,
            reference=MARK if one.reference else "",
            hypothesis=MARK if one.hypothesis else "",
        )

    lines = (
        replace(line, words=tuple(word(w, line.speaker) for w in line.words))
        for line in found.lines
    )
    return replace(found, lines=tuple(lines)) if hide.mask else found


def _role_words(both: Sides) -> str:
    return ROLE_WORDS[both.reference_role or "intended"]


def _lines(speaker: Speaker, words: Sequence[AlignedWord], rate_hz: int) -> list[AlignedLine]:
    out: list[list[AlignedWord]] = []
    end = 0
    for word in words:
        paused = word.span.start - end > LINE_PAUSE_S * rate_hz
        if not out or paused or len(out[-1]) >= LINE_WORDS:
            out.append([])
        out[-1].append(word)
        end = max(end, word.span.end)
    return [AlignedLine(speaker=speaker, words=tuple(line)) for line in out]
