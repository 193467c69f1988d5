"""The order of trials: the same again from study, rater and seed, and no system thrice in a row."""

from __future__ import annotations

import hashlib
import random
from collections import Counter, deque
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)

LONGEST_RUN = 2
"""Trials of one system in a row, where more can be avoided."""


def generator(study_id: str, rater_id: str, seed: int, purpose: str = "") -> random.Random:
    """The source of chance of one rater in one study. The same on every machine and version."""
    named = "\x1f".join((study_id, rater_id, str(seed), purpose))
    return random.Random(hashlib.sha256(named.encode()).digest())


def shuffled(
    items: Sequence[T], system: Mapping[T, str], chance: random.Random, run: int = LONGEST_RUN
) -> list[T]:
    """The items in a random order in which no system comes more than `run` times in a row.

    Where that cannot be (one system has too many items) runs are as short as can be.

    Args:
        items: what is presented, each once.
        system: item → the system that made it.
        chance: from `generator`.
        run: the longest run that is allowed.
    """
    waiting: dict[str, deque[T]] = {}
    for item in chance.sample(list(items), len(items)):
        waiting.setdefault(system[item], deque()).append(item)
    left = Counter({name: len(queue) for name, queue in waiting.items()})
    run = max(run, shortest_possible(left))
    out: list[T] = []
    last, length = "", 0
    while len(out) < len(items):
        free = [s for s in waiting if left[s] and _goes_on(left, s, last, length, run)]
        chosen = chance.choices(free, weights=[left[s] for s in free])[0]
        out.append(waiting[chosen].popleft())
        left[chosen] -= 1
        last, length = chosen, length + 1 if chosen == last else 1
    return out


def _goes_on(left: Counter[str], chosen: str, last: str, length: int, run: int) -> bool:
    """Whether the rest can still be ordered after taking one of `chosen`."""
    length = length + 1 if chosen == last else 1
    if length > run:
        return False
    total = sum(left.values()) - 1
    for name, count in left.items():
        count -= name == chosen
        # The others make gaps that hold `run` each; the one at the front may be begun already.
        front = run - length if name == chosen else run
        if count > front + run * (total - count):
            return False
    return True


def sides(count: int, chance: random.Random) -> list[bool]:
    """Whether each of `count` pairs is presented swapped; as many are as are not, within one."""
    half = count // 2
    out = [True] * half + [False] * (count - half)
    if count % 2 and chance.random() < 0.5:
        out[-1] = True
    chance.shuffle(out)
    return out


def longest_run(order: Sequence[T], system: Mapping[T, str]) -> int:
    """How many trials of one system come in a row at most."""
    longest = length = 0
    before = None
    for item in order:
        length = length + 1 if system[item] == before else 1
        before, longest = system[item], max(longest, length)
    return longest


def shortest_possible(systems: Counter[str]) -> int:
    """The longest run that no order can avoid."""
    total = sum(systems.values())
    return max((-(-n // (total - n + 1)) for n in systems.values()), default=0)
