"""What the lanes draw, prepared once per review so that a frame costs only what is in view.

Knows no Qt. All times are int frames; arrays are int64 of shape (n,) in order of start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from app.domain.calls import Span, Speaker
from app.domain.latency import frames_to_ms
from app.domain.segments import Segment
from app.domain.turns import Latency, Overlap, Turn, TurnSet, Utterance

T = TypeVar("T")
Frames = npt.NDArray[np.int64]

OVERLAP_LETTERS = {
    "backchannel": "b",
    "interruption": "i",
    "false_interruption": "f",
    "talk_over": "t",
    "terminal": "",
}
OVERLAP_WORDS = {
    "backchannel": "backchannel",
    "interruption": "interruption",
    "false_interruption": "false interruption",
    "talk_over": "talk-over",
    "terminal": "at the turn's end",
}


FAR = 1 << 62
"""A frame behind every call's end."""


class Marks(Generic[T]):
    """Things with spans, in order of start, found by what is in view.

    Attributes:
        items: the things.
        starts: their first frames.
        ends: their last frames (exclusive).
    """

    def __init__(self, items: Iterable[T], span_of: Callable[[T], Span]) -> None:
        self.items: tuple[T, ...] = tuple(sorted(items, key=lambda item: span_of(item)))
        spans = [span_of(item) for item in self.items]
        self.starts: Frames = np.array([s.start for s in spans], np.int64)
        self.ends: Frames = np.array([s.end for s in spans], np.int64)
        self._reach = np.maximum.accumulate(self.ends) if len(spans) else self.ends

    def __len__(self) -> int:
        return len(self.items)

    def within(self, start: int, end: int) -> range:
        """Indices whose spans may touch `[start, end]`; a superset where spans are nested."""
        first = int(np.searchsorted(self._reach, start, "left"))
        last = int(np.searchsorted(self.starts, end, "right"))
        return range(first, max(first, last))

    def at(self, frame: int) -> T | None:
        """The last item begun at or before `frame` whose span holds it."""
        for i in reversed(self.within(frame, frame)):
            if self.starts[i] <= frame < self.ends[i]:
                return self.items[i]
        return None

    def next_start(self, frame: int) -> int:
        """Where the first item behind `frame` begins; far away if there is none."""
        i = int(np.searchsorted(self.starts, frame, "right"))
        return int(self.starts[i]) if i < len(self.starts) else FAR

    def near(self, frame: int, slack: int) -> T | None:
        """The item nearest to `frame`, at most `slack` frames away."""
        best: T | None = None
        least = slack + 1
        for i in self.within(frame - slack, frame + slack):
            gap = max(int(self.starts[i]) - frame, frame - int(self.ends[i]), 0)
            if gap < least:
                best, least = self.items[i], gap
        return best


@dataclass(frozen=True, slots=True)
class LaneWord:
    """A word to write in a turn lane."""

    text: str
    span: Span
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Response:
    """The wait before an agent's turn: from where the caller stopped to where the agent began.

    `span` runs forward also for a negative latency, where the agent began first.
    """

    turn: Turn
    span: Span
    ms: float


@dataclass(frozen=True, slots=True)
class Reported:
    """A segment as the platform reported it, and how far its start is off the measured one.

    `goes_on` is a later segment of a turn that an earlier one has begun: it has no onset of its
    own to compare with.
    """

    segment: Segment
    off_ms: float | None
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class LaneData:
    """Everything the lanes need of a turn set."""

    utterances: dict[Speaker, Marks[Utterance]]
    words: dict[Speaker, Marks[LaneWord]]
    unheard: Marks[Segment]
    segments: dict[Speaker, Marks[Segment]]
    turns: Marks[Turn]
    responses: Marks[Response]
    overlaps: Marks[Overlap]


def _of(items: Iterable[T], speaker: Speaker, who: Callable[[T], Speaker]) -> list[T]:
    return [item for item in items if who(item) == speaker]


def lane_data(
    turn_set: TurnSet | None, segments: Sequence[Segment], transcript: Sequence[Segment]
) -> LaneData:
    """Prepare the lanes of `turn_set`; empty lanes without one."""
    utterances = turn_set.utterances if turn_set else ()
    heard = [s for s in transcript if s.heard]
    speakers: tuple[Speaker, Speaker] = ("caller", "agent")
    return LaneData(
        utterances={
            s: Marks(_of(utterances, s, lambda u: u.speaker), lambda u: u.span) for s in speakers
        },
        words={s: Marks(_words(_of(heard, s, lambda x: x.speaker)), _span) for s in speakers},
        unheard=Marks((s for s in transcript if not s.heard and s.span.frames), lambda s: s.span),
        segments={
            s: Marks(_of(segments, s, lambda x: x.speaker), lambda x: x.span) for s in speakers
        },
        turns=Marks(turn_set.turns if turn_set else (), lambda t: t.span),
        responses=Marks(responses(turn_set) if turn_set else (), lambda r: r.span),
        overlaps=Marks(turn_set.overlaps if turn_set else (), lambda o: o.span),
    )


def _span(word: LaneWord) -> Span:
    return word.span


def _words(segments: Sequence[Segment]) -> list[LaneWord]:
    return [
        LaneWord(w.text.strip(), w.span, w.confidence)
        for s in segments
        for w in s.words
        if w.text.strip()
    ]


def responses(turn_set: TurnSet) -> list[Response]:
    """The waits before the agent's turns, in order of time."""
    turns = {t.id: t for t in turn_set.turns}
    out: list[Response] = []
    for latency in turn_set.latencies:
        turn = turns[latency.turn_id]
        if turn.speaker == "agent":
            out.append(_response(latency, turn, turn_set.rate_hz))
    return out


def _response(latency: Latency, turn: Turn, rate_hz: int) -> Response:
    before = turn.span.start - latency.frames
    span = Span(min(before, turn.span.start), max(before, turn.span.start))
    return Response(turn, span, frames_to_ms(latency.frames, rate_hz))


def reported(segments: Sequence[Segment], turns: Marks[Turn], rate_hz: int) -> Marks[Reported]:
    """The agent's segments as reported; the first to meet a measured turn is compared with it."""
    agents = Marks((t for t in turns.items if t.speaker == "agent"), lambda t: t.span)
    out: list[Reported] = []
    begun: set[str] = set()
    for segment in sorted(segments, key=lambda s: s.span):
        if segment.speaker != "agent":
            continue
        met = [agents.items[i] for i in agents.within(segment.span.start, segment.span.end)]
        meeting = [t for t in met if t.span.overlap(segment.span)]
        turn = min(meeting, key=lambda t: abs(t.span.start - segment.span.start), default=None)
        if turn is None or turn.id in begun:
            out.append(Reported(segment, None, goes_on=turn is not None))
            continue
        begun.add(turn.id)
        off = frames_to_ms(segment.span.start - turn.span.start, rate_hz)
        out.append(Reported(segment, off))
    return Marks(out, lambda r: r.segment.span)


def number(value: float) -> str:
    """A figure in whole units with U+2212 for minus and a thin space between thousands."""
    whole = round(value)
    text = f"{abs(whole):,}".replace(",", "\u2009")
    return f"\u2212{text}" if whole < 0 else text
