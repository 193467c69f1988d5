"""From segments to utterances: a speaker's speech, specks dropped and short pauses closed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.domain.calls import SPEAKERS, Speaker
from app.domain.segments import Segment


@dataclass(slots=True)
class Speech:
    """An utterance while the rules work on it. Frames at the call's rate, half open."""

    speaker: Speaker
    start: int
    end: int
    segment_ids: list[str]
    texts: list[str] = field(default_factory=list)
    word_count: int | None = None
    """Words known to lie in it; None where no transcript says."""

    @property
    def text(self) -> str:
        """What was said, as far as a transcript says."""
        return " ".join(self.texts)

    @property
    def order(self) -> tuple[int, int, bool]:
        """Who came first. At equal onsets the longer one did, then the caller."""
        return self.start, -self.end, self.speaker == "agent"


@dataclass(frozen=True, slots=True)
class Limits:
    """Compares frames with milliseconds exactly, at any rate."""

    rate_hz: int

    def shorter(self, frames: int, limit_ms: float) -> bool:
        """Whether `frames` last less than `limit_ms`."""
        return frames * 1000 < limit_ms * self.rate_hz

    def at_most(self, frames: int, limit_ms: float) -> bool:
        """Whether `frames` last no longer than `limit_ms`."""
        return frames * 1000 <= limit_ms * self.rate_hz


def build(
    segments: Iterable[Segment],
    limits: Limits,
    *,
    min_speech_ms: float,
    close_pause_ms: float,
    frame_count: int,
) -> tuple[dict[Speaker, list[Speech]], tuple[str, ...]]:
    """Each speaker's utterances in order of time, and the ids of the segments dropped.

    Touching and overlapping segments of one speaker are one stretch of speech. Stretches shorter
    than `min_speech_ms` go before pauses are closed, so that a click in front of an utterance
    does not move its onset. Segments are cut to the call.
    """
    dropped: list[str] = []
    lanes: dict[Speaker, list[Speech]] = {}
    ordered = sorted(segments, key=lambda s: (s.span.start, s.span.end, s.id))
    for speaker in SPEAKERS:
        stretches = _join([s for s in ordered if s.speaker == speaker], frame_count)
        kept = []
        for stretch in stretches:
            if stretch.end == stretch.start or limits.shorter(
                stretch.end - stretch.start, min_speech_ms
            ):
                dropped.extend(stretch.segment_ids)
            else:
                kept.append(stretch)
        lanes[speaker] = _close(kept, limits, close_pause_ms)
    return lanes, tuple(dropped)


def _join(segments: Sequence[Segment], frame_count: int) -> list[Speech]:
    out: list[Speech] = []
    for segment in segments:
        start = min(max(segment.span.start, 0), frame_count)
        end = min(max(segment.span.end, 0), frame_count)
        if out and start <= out[-1].end:
            out[-1].end = max(out[-1].end, end)
            out[-1].segment_ids.append(segment.id)
        else:
            out.append(Speech(segment.speaker, start, end, [segment.id]))
    return out


def _close(stretches: Sequence[Speech], limits: Limits, close_pause_ms: float) -> list[Speech]:
    out: list[Speech] = []
    for stretch in stretches:
        if out and limits.shorter(stretch.start - out[-1].end, close_pause_ms):
            out[-1].end = stretch.end
            out[-1].segment_ids.extend(stretch.segment_ids)
        else:
            out.append(stretch)
    return out


class Lane:
    """One speaker's utterances, searchable by time."""

    def __init__(self, utterances: Sequence[Speech]) -> None:
        self.utterances = utterances
        self._starts = [u.start for u in utterances]

    def at(self, frame: int) -> Speech | None:
        """The utterance that holds `frame`, if one does."""
        i = bisect_right(self._starts, frame) - 1
        if i >= 0 and frame < self.utterances[i].end:
            return self.utterances[i]
        return None

    def best(self, start: int, end: int, slack: float) -> Speech | None:
        """The utterance that overlaps `[start, end)` most, else the nearest within `slack`."""
        i = max(bisect_right(self._starts, start) - 1, 0)
        found: Speech | None = None
        best = -slack - 1
        while i < len(self.utterances) and self.utterances[i].start <= end + slack:
            u = self.utterances[i]
            shared = min(end, u.end) - max(start, u.start)
            if shared >= -slack and shared > best:
                found, best = u, shared
            i += 1
        return found

    def is_alone(self, speech: Speech, start: int, end: int, slack: float) -> bool:
        """Whether no other utterance lies within `slack` of `[start, end]`."""
        i = bisect_right(self._starts, end + slack) - 1
        if i < 0 or self.utterances[i] is not speech:
            return False
        return i == 0 or self.utterances[i - 1].end < start - slack
