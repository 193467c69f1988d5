"""A mixed channel's speech shared out between the speakers of a transcript."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from app.domain.calls import Span, Speaker
from app.domain.segments import Segment

UNKNOWN: Speaker = "caller"
"""Whom speech is filed under while nothing says who speaks; a finding voids what depends on it."""


def share_out(
    spans: Sequence[Span], transcript: Sequence[Segment], reach: int
) -> list[tuple[Speaker, Span]]:
    """Each stretch of speech with its speaker, cut where the transcript's speaker changes.

    Args:
        spans: speech on the mixed channel, in order.
        transcript: lines with speakers; those never heard are left out.
        reach: how many frames from a line speech may lie and still be its speaker's.
    """
    lines = sorted((s for s in transcript if s.heard), key=lambda s: (s.span, s.id))
    changes = _changes(lines)
    out: list[tuple[Speaker, Span]] = []
    for span in spans:
        cuts = [c for c in changes if span.start < c < span.end]
        edges = [span.start, *cuts, span.end]
        for start, end in pairwise(edges):
            before = out[-1][0] if out else UNKNOWN
            out.append((_speaker(Span(start, end), lines, reach, before), Span(start, end)))
    return out


def _changes(lines: Sequence[Segment]) -> list[int]:
    """Where the turn goes from one speaker to the other: the middle between their lines."""
    return sorted(
        {(a.span.end + b.span.start) // 2 for a, b in pairwise(lines) if a.speaker != b.speaker}
    )


def _speaker(span: Span, lines: Sequence[Segment], reach: int, before: Speaker) -> Speaker:
    """Whose lines cover most of `span`; else the nearest line's; else who spoke before."""
    first = bisect_left([line.span.end for line in lines], span.start - reach) if lines else 0
    shares: dict[Speaker, int] = {}
    nearest: tuple[int, Speaker] | None = None
    for line in lines[max(first - 1, 0) :]:
        if line.span.start > span.end + reach:
            break
        shared = min(line.span.end, span.end) - max(line.span.start, span.start)
        if shared > 0:
            shares[line.speaker] = shares.get(line.speaker, 0) + shared
        elif shared >= -reach and (nearest is None or -shared < nearest[0]):
            nearest = -shared, line.speaker
    if shares:
        return max(sorted(shares), key=lambda s: shares[s])
    return nearest[1] if nearest else before
