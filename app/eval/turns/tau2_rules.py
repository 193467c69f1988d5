"""tau2-bench's interaction rules 1.0 on ticks: what happened in one call. Pure.

Two modes. *Parity* counts as the published scorer does. It forgets one kind of success: where a
tic or a word to somebody else sounds outside any speech of the user while the agent speaks, only
the agent's stopping is recorded, so that its rightly going on is lost and selectivity comes out
low. *Corrected* counts that too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from app.eval.turns.ticks import Insert, InsertKind, Ticks, runs

Mode = Literal["parity", "corrected"]
Selective = Literal["backchannel", "vocal_tic", "non_directed"]
EventKind = Literal["response", "yield", "agent_interruption"] | Selective

YIELD_S = 2.0
SELECTIVE_YIELD_S = 1.0
SELECTIVE_RESPONSE_S = 2.0

Run = tuple[int, int]
"""Half-open, in ticks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that was counted.

    `good` means: responded, yielded, or rightly did not react; an agent's interruption never is.
    `start` and `end` are ticks. `seconds` is the latency where it has one. `lost` events are
    those that parity mode forgets.
    """

    kind: EventKind
    good: bool
    start: int
    end: int
    seconds: float | None = None
    lost: bool = False


def events(ticks: Ticks, mode: Mode = "parity") -> list[Event]:
    """Everything that the rules count, by start."""
    user, agent = runs(ticks.user), runs(ticks.agent)
    found = [
        *_responses(ticks, user, agent),
        *_entries(ticks, user, agent),
        *_outside(ticks, agent),
        *(
            Event(kind="agent_interruption", good=False, start=start, end=end)
            for start, end in agent
            if ticks.user[start]
        ),
    ]
    kept = [e for e in found if mode == "corrected" or not e.lost]
    return sorted(kept, key=lambda e: (e.start, e.end))


def _responses(ticks: Ticks, user: Sequence[Run], agent: Sequence[Run]) -> Iterator[Event]:
    """Turns to be answered: no backchannel, and the agent silent in the tick after their end."""
    eligible = [
        run for run in user if run[0] not in ticks.backchannels and not _on(ticks.agent, run[1])
    ]
    onsets = [start for start, _ in agent]
    for at, (_, end) in enumerate(eligible):
        place = bisect_left(onsets, end)
        answer = onsets[place] if place < len(onsets) else None
        again = eligible[at + 1][0] if at + 1 < len(eligible) else None
        if answer is not None and (again is None or answer <= again):
            late = (answer - end) * ticks.tick_s
            yield Event(kind="response", good=True, start=end, end=answer, seconds=late)
        elif again is not None:
            yield Event(kind="response", good=False, start=end, end=again)


def _entries(ticks: Ticks, user: Sequence[Run], agent: Sequence[Run]) -> Iterator[Event]:
    """The user's speech begun while the agent speaks; and tics in speech begun in its silence."""
    onsets = [start for start, _ in agent]
    for start, end in user:
        insert = _insert_in(ticks, start, end)
        if ticks.agent[start]:
            kind: EventKind = insert or "yield"
            if start in ticks.backchannels:
                kind = "backchannel"
            yield _reaction(ticks, kind, start, end)
        elif insert is not None:
            yield _answered(ticks, insert, (start, end), onsets)


def _reaction(ticks: Ticks, kind: EventKind, start: int, end: int) -> Event:
    window = ticks.window(YIELD_S if kind == "yield" else SELECTIVE_YIELD_S)
    last = min(start + window, len(ticks.agent))
    stop = next((at for at in range(start, last) if not ticks.agent[at]), None)
    if kind == "yield":
        if stop is None:
            return Event(kind=kind, good=False, start=start, end=last)
        late = (stop - start) * ticks.tick_s
        return Event(kind=kind, good=True, start=start, end=stop, seconds=late)
    return Event(kind=kind, good=stop is None, start=start, end=end)


def _answered(ticks: Ticks, kind: InsertKind, run: Run, onsets: Sequence[int]) -> Event:
    """Whether the agent, silent before, begins to speak from the start to two seconds after."""
    start, end = run
    last = end + ticks.window(SELECTIVE_RESPONSE_S)
    answered = bisect_left(onsets, start) < bisect_right(onsets, last)
    return Event(kind=kind, good=not answered, start=start, end=end)


def _outside(ticks: Ticks, agent: Sequence[Run]) -> Iterator[Event]:
    """Inserts outside any speech of the user."""
    onsets = [start for start, _ in agent]
    window = ticks.window(SELECTIVE_YIELD_S)
    for (kind, _), (start, end) in _insert_runs(ticks):
        place = bisect_right(onsets, start) - 1
        if place < 0 or agent[place][1] <= start:
            yield _answered(ticks, kind, (start, end), onsets)
            continue
        stopped = agent[place][1] - start <= window
        yield Event(kind=kind, good=not stopped, start=start, end=end, lost=not stopped)


def _insert_runs(ticks: Ticks) -> list[tuple[Insert, Run]]:
    """Each insert outside speech with the ticks that it goes on for."""
    out: list[tuple[Insert, Run]] = []
    open_: dict[Insert, int] = {}
    for at in range(len(ticks.user) + 1):
        silent = at < len(ticks.user) and not ticks.user[at]
        now = ticks.inserts.get(at, frozenset()) if silent else frozenset()
        for insert in [i for i in open_ if i not in now]:
            out.append((insert, (open_.pop(insert), at)))
        for insert in now:
            open_.setdefault(insert, at)
    return sorted(out, key=lambda found: (found[1], found[0]))


def _insert_in(ticks: Ticks, start: int, end: int) -> InsertKind | None:
    """The insert in a stretch of speech; a vocal tic counts before words to somebody else."""
    kinds = {k for at in range(start, end) for k, _ in ticks.inserts.get(at, ())}
    if "vocal_tic" in kinds:
        return "vocal_tic"
    return "non_directed" if kinds else None


def _on(speaks: Sequence[bool], at: int) -> bool:
    return at < len(speaks) and speaks[at]
