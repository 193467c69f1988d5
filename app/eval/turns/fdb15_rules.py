"""Full-Duplex-Bench 1.5's rules of overlap, in frames: merged lanes, overlaps, answers. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from app.domain.calls import Span, Speaker
from app.domain.segments import Segment
from app.eval.turns.fdb_rules import TimedWord

USER_GAP_S = 0.6
AGENT_GAP_S = 0.5
"""Pauses shorter than these are closed, as the scorer's constants say (its comments say less)."""

SIDE_S = 10.0
"""In a call, so much before and after the split says how the agent speaks around an overlap."""
MOST_SIDES = 50
"""Of more overlaps than these, so many are listened to, evenly over the call."""


def lane(segments: Iterable[Segment], speaker: Speaker, rate_hz: int) -> list[Span]:
    """The speaker's speech with its short pauses closed, in order of time."""
    gap = (USER_GAP_S if speaker == "caller" else AGENT_GAP_S) * rate_hz
    out: list[Span] = []
    for span in sorted(s.span for s in segments if s.speaker == speaker and s.span.frames):
        if out and span.start - out[-1].end < gap:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return out


def overlaps(user: Sequence[Span], agent: Sequence[Span]) -> list[Span]:
    """Every stretch in which both speak: the scorer's stop latencies."""
    out: list[Span] = []
    i = j = 0
    while i < len(user) and j < len(agent):
        shared = user[i].overlap(agent[j])
        if shared is not None:
            out.append(shared)
        i, j = (i + 1, j) if user[i].end <= agent[j].end else (i, j + 1)
    return out


def answers(user: Sequence[Span], agent: Sequence[Span]) -> list[Span]:
    """From each end of the user's speech to the agent's next start strictly after it."""
    starts = [span.start for span in agent]
    places = [(span.end, bisect_right(starts, span.end)) for span in user]
    return [Span(end, starts[at]) for end, at in places if at < len(starts)]


def split_s(words: Sequence[TimedWord], overlap_end_s: float) -> float:
    """Where before becomes after: the start of the first word that goes on beyond the overlap."""
    for word in words:
        end = word.start_s if word.end_s is None else word.end_s
        if end > overlap_end_s or word.start_s > overlap_end_s:
            return word.start_s
    return overlap_end_s


def sides(
    user: Sequence[Span], agent: Sequence[Span], words: Sequence[TimedWord], rate_hz: int
) -> list[tuple[Span, Span]]:
    """In a call: the agent's speech before and after each time that the caller spoke into it.

    Before is the agent's stretch up to the split; after is what is left of it, or, where it had
    stopped by then, the agent's next stretch, if that begins before the caller's next. Each is at
    most `SIDE_S` long.
    """
    out: list[tuple[Span, Span]] = []
    ends = [*(following.start for _, following in pairwise(user)), None]
    for span, following in zip(user, ends, strict=True):
        into = next((a for a in agent if a.start < span.start < a.end), None)
        if into is None:
            continue
        split = min(max(round(split_s(words, span.end / rate_hz) * rate_hz), into.start), into.end)
        if split < into.end:
            out.append((Span(into.start, split), Span(split, into.end)))
            continue
        later = next((a for a in agent if a.start >= into.end), None)
        if later is not None and (following is None or later.start < following):
            out.append((into, later))
    reach = round(SIDE_S * rate_hz)
    return [
        (Span(max(b.start, b.end - reach), b.end), Span(a.start, min(a.end, a.start + reach)))
        for b, a in _spread(out)
    ]


def _spread(pairs: list[tuple[Span, Span]]) -> list[tuple[Span, Span]]:
    if len(pairs) <= MOST_SIDES:
        return pairs
    return [pairs[at * len(pairs) // MOST_SIDES] for at in range(MOST_SIDES)]
