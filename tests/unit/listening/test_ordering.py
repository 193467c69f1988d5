"""Orders are the same again, whole, and free of runs where that can be."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from app.eval.listening.ordering import (
    LONGEST_RUN,
    generator,
    longest_run,
    shortest_possible,
    shuffled,
    sides,
)


def drawn(seed: int) -> dict[int, str]:
    """Random numbers of items of a few systems."""
    chance = random.Random(seed)
    systems = [f"s{n}" for n in range(chance.randint(1, 5))]
    return {at: chance.choice(systems) for at in range(chance.randint(1, 40))}


@pytest.mark.parametrize("seed", range(120))
def test_every_item_comes_once_and_no_system_runs_on_where_it_can_be_helped(seed: int) -> None:
    system = drawn(seed)
    order = shuffled(list(system), system, generator("study", "rater", seed))
    assert sorted(order) == sorted(system)
    least = shortest_possible(Counter(system.values()))
    assert longest_run(order, system) <= max(LONGEST_RUN, least)


def test_the_order_follows_from_study_rater_and_seed_alone() -> None:
    system = {at: f"s{at % 3}" for at in range(30)}

    def order(study: str, rater: str, seed: int) -> list[int]:
        return shuffled(list(system), system, generator(study, rater, seed))

    assert order("a", "b", 1) == order("a", "b", 1)
    others = [order("a", "c", 1), order("x", "b", 1), order("a", "b", 2), order("ab", "", 1)]
    assert all(o != order("a", "b", 1) for o in others)
    # Stored sessions must come out the same on every later version of Python and of ours.
    assert order("a", "b", 1)[:8] == FIRST


FIRST = [26, 27, 4, 22, 24, 28, 7, 14]


@pytest.mark.parametrize("count", range(25))
def test_sides_are_balanced_within_one(count: int) -> None:
    found = sides(count, generator("s", "r", count))
    assert len(found) == count
    assert abs(2 * sum(found) - count) <= 1


def test_positions_are_fair_over_many_raters() -> None:
    system = {at: f"s{at % 4}" for at in range(12)}
    first = Counter(
        shuffled(list(system), system, generator("s", f"r{n}", 0))[0] for n in range(2400)
    )
    assert min(first.values()) > 140
    assert max(first.values()) < 260
