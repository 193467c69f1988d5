"""How much of each clip was heard, from the runs of frames that the device got."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.audio.clip_deck import Run


class Passage(NamedTuple):
    """One clip within a track: a track may hold a reference, a gap and a sample."""

    at: int
    start: int
    end: int


class Coverage:
    """The union of what was heard of each track, as disjoint runs in order."""

    def __init__(self) -> None:
        self._of: dict[int, list[tuple[int, int]]] = {}

    def add(self, run: Run) -> None:
        """Take in a run of frames."""
        if run.end <= run.start:
            return
        start, end = run.start, run.end
        apart = []
        for one in self._of.get(run.at, []):
            if one[1] < start or one[0] > end:
                apart.append(one)
            else:
                start, end = min(start, one[0]), max(end, one[1])
        self._of[run.at] = sorted([*apart, (start, end)])

    def share(self, passage: Passage, going_on: Run | None = None) -> float:
        """What part of a clip was heard, 0 to 1, with the run that is going on."""
        total = passage.end - passage.start
        if total <= 0:
            return 1.0
        runs = self._of.get(passage.at, [])
        if going_on is not None and going_on.at == passage.at and going_on.end > going_on.start:
            with_it = Coverage()
            for one in (*runs, going_on[1:3]):
                with_it.add(Run(passage.at, *one))
            runs = with_it._of[passage.at]
        inside = (min(e, passage.end) - max(s, passage.start) for s, e in runs)
        return sum(max(0, n) for n in inside) / total


def least(shares: Iterable[float]) -> float:
    """Per cent of the least heard clip; below 100 wherever a frame is missing."""
    part = min(shares, default=0.0)
    return 100.0 if part >= 1.0 else min(99.9, round(100 * part, 1))


def passages(parts: Sequence[Sequence[int]], gap: int) -> tuple[Passage, ...]:
    """The clips of tracks that hold `parts[track]` lengths each, `gap` frames apart."""
    found = []
    for at, lengths in enumerate(parts):
        start = 0
        for length in lengths:
            found.append(Passage(at, start, start + length))
            start += length + gap
    return tuple(found)
