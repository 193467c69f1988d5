"""What a label file of one call holds, before it takes the shape of a format. Frames throughout.

`partition` is the guard that every format with tiers needs: intervals of one tier may not
overlap, so what overlaps goes to a second tier of that name with `_2` behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from app.domain.calls import SPEAKERS, Speaker
from app.domain.segments import Word
from app.services.formats.text import one_line

NO_TEXT = "[speech]"
"""Label of speech without known words where an empty label would mean silence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A turn, or a backchannel that is none, of one speaker."""

    speaker: Speaker
    start: int
    end: int
    text: str = ""
    turn_id: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A labelled span (or point, where start equals end) of another tier."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDoc:
    """All that the label formats can carry of one call."""

    file_id: str
    rate_hz: int
    frame_count: int
    labels: tuple[Label, ...] = ()
    speech: dict[Speaker, tuple[Mark, ...]] = field(default_factory=dict)
    """Utterances: the runs of speech that turns are made of."""
    words: dict[Speaker, tuple[Word, ...]] = field(default_factory=dict)
    overlaps: tuple[Mark, ...] = ()
    latencies: tuple[Mark, ...] = ()
    events: tuple[Mark, ...] = ()
    comments: dict[str, tuple[Mark, ...]] = field(default_factory=dict)
    """By the rater's pseudonym."""
    media: str = ""
    """Relative address of the audio, where the format names it."""
    redacted: tuple[Mark, ...] = ()
    """Spans that scoring must ignore, each with its speaker as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A named tier of marks that do not overlap; `point` where they have no length."""

    name: str
    marks: tuple[Mark, ...]
    point: bool = False
    speech: Speaker | None = None
    """Set on tiers of turns, whose empty labels are speech and not silence."""


def partition(marks: Iterable[Mark], *, min_frames: int = 1) -> list[list[Mark]]:
    """`marks` dealt onto as few lists as needed so that none overlap; no mark is cut.

    A mark shorter than `min_frames` is lengthened to it.
    """
    rows: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda m: (m.start, m.end, m.text)):
        wide = Mark(start=mark.start, end=max(mark.end, mark.start + min_frames), text=mark.text)
        for row in rows:
            if row[-1].end <= wide.start:
                row.append(wide)
                break
        else:
            rows.append([wide])
    return rows


def groups(doc: LabelDoc) -> list[Tier]:
    """Everything in `doc` by tier name, in the order in which all formats write it.

    Marks may still overlap; texts are single lines; nothing that is empty is listed.
    """
    found: list[Tier] = []
    for side in SPEAKERS:
        turns = [
            Mark(start=x.start, end=x.end, text=x.text) for x in doc.labels if x.speaker == side
        ]
        found.append(_group(f"{side}_turns", turns, speech=side))
    for side in SPEAKERS:
        found.append(_group(f"{side}_speech", doc.speech.get(side, ())))
    for side in SPEAKERS:
        found.append(_group(f"{side}_words", _word_marks(doc.words.get(side, ()))))
    found.append(_group("overlap", doc.overlaps))
    found.append(_group("latency", doc.latencies))
    found.append(_group("events", _apart(doc.events), point=True))
    found += [_group(f"comments_{rater}", doc.comments[rater]) for rater in sorted(doc.comments)]
    return [tier for tier in found if tier.marks]


def tiers(doc: LabelDoc) -> list[Tier]:
    """The groups of `doc` as tiers without overlaps: what does not fit goes to `<name>_2`."""
    result: list[Tier] = []
    for group in groups(doc):
        if group.point:
            result.append(group)
            continue
        for number, row in enumerate(partition(group.marks), start=1):
            name = group.name if number == 1 else f"{group.name}_{number}"
            result.append(replace(group, name=name, marks=tuple(row)))
    return result


def _group(
    name: str, marks: Iterable[Mark], *, point: bool = False, speech: Speaker | None = None
) -> Tier:
    lines = tuple(Mark(start=m.start, end=m.end, text=one_line(m.text)) for m in marks)
    return Tier(name=name, marks=lines, point=point, speech=speech)


def _word_marks(words: Sequence[Word]) -> list[Mark]:
    marks = [Mark(start=w.span.start, end=w.span.end, text=one_line(w.text)) for w in words]
    return [m for m in marks if m.text]


def _apart(points: Iterable[Mark]) -> list[Mark]:
    """Points of one tier may not share a frame: texts of those that do are joined."""
    result: list[Mark] = []
    for point in sorted(points, key=lambda m: (m.start, m.text)):
        text = one_line(point.text)
        if result and result[-1].start == point.start:
            joined = f"{result[-1].text}; {text}"
            result[-1] = Mark(start=point.start, end=point.start, text=joined)
        else:
            result.append(Mark(start=point.start, end=point.start, text=text))
    return result
