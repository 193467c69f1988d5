"""Whether a detector takes something for one speaker's voice that never ends: babble, a radio.

Noise that is itself speech is heard as one stretch as long as the call. All that the other side
says then lies inside it, and latencies of minus half a minute follow. Nobody speaks without a
pause of 300 ms for a quarter of a minute while nearly all that the other says falls into it: on
our sample calls people reach 7 s and cover at most 0.6 of the other's speech, also where an agent
talks over its caller; with babble taken for speech it is 24 to 48 s and 0.8 to 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.calls import SPEAKERS, Span, other
from app.domain.segments import Segment
from app.domain.turn_profiles import CALLBENCH_1

LONGEST_S = 15.0
COVERS = 0.75
"""Share of the other's speech that lies inside."""


def reason(segments: Sequence[Segment], rate_hz: int) -> str:
    """What is wrong with a detector's layer, in words; empty where nothing is."""
    pause = CALLBENCH_1.params["close_pause_ms"] * rate_hz / 1000
    lanes = {
        who: _closed([s.span for s in segments if s.speaker == who], pause) for who in SPEAKERS
    }
    for who in SPEAKERS:
        longest_s = max((s.frames for s in lanes[who]), default=0) / rate_hz
        covered = _covered(lanes[other(who)], lanes[who])
        if longest_s >= LONGEST_S and covered >= COVERS:
            return (
                f"The {who} is heard without a pause for {longest_s:.0f} s, over "
                f"{100 * covered:.0f} % of what the {other(who)} says: probably noise taken for "
                "speech."
            )
    return ""


def _closed(spans: Sequence[Span], pause: float) -> list[Span]:
    """In order of time, with short pauses closed."""
    out: list[Span] = []
    for span in sorted(spans):
        if out and span.start - out[-1].end < pause:
            out[-1] = Span(out[-1].start, max(out[-1].end, span.end))
        else:
            out.append(span)
    return out


def _covered(mine: Sequence[Span], by: Sequence[Span]) -> float:
    """Share of `mine` that lies inside `by`; both in order and disjoint."""
    total = sum(s.frames for s in mine)
    shared = at = 0
    for span in mine:
        while at < len(by) and by[at].end <= span.start:
            at += 1
        for theirs in by[at:]:
            if theirs.start >= span.end:
                break
            shared += min(span.end, theirs.end) - max(span.start, theirs.start)
    return shared / total if total else 0.0
