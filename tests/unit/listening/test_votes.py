"""What votes say, held against figures that are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np
import pytest

from app.eval.listening.opinion import Given, Opinion, condition_opinion, opinion
from app.eval.listening.preference import PairVote, preference, share_of
from app.eval.listening.quality import (
    consistency,
    failed_gold,
    is_straight,
    outliers,
    self_consistency,
)


def votes(values: Sequence[float], clip: str = "c") -> list[Given]:
    return [Given(rater=f"r{at}", clip=clip, value=v) for at, v in enumerate(values)]


def test_the_t_interval_of_an_item() -> None:
    found = opinion(votes([3, 4, 5, 4]))
    assert found.mean == 4
    assert found.sd == pytest.approx(0.8165, abs=5e-5)
    assert found.high == pytest.approx(4 + 3.1824 * 0.8165 / 2, abs=5e-4)
    assert found.histogram == {3: 1, 4: 2, 5: 1}
    lone = opinion(votes([3]))
    assert (lone.mean, lone.low) == (3, None)
    assert opinion([]).mean is None


def test_votes_of_a_condition_are_not_independent() -> None:
    chance = np.random.default_rng(1)
    harsh = chance.normal(0, 0.8, 12)
    clips = chance.normal(0, 0.5, 8)
    given = [
        Given(rater=f"r{r}", clip=f"c{c}", value=3 + harsh[r] + clips[c] + chance.normal(0, 0.3))
        for r in range(12)
        for c in range(8)
    ]
    plain, honest = opinion(given), condition_opinion(given)
    assert plain.mean == honest.mean
    assert _width(honest) > 1.5 * _width(plain)
    assert condition_opinion(given[:1]).method == "t"


def _width(found: Opinion) -> float:
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


def test_rules_of_quality() -> None:
    assert is_straight([3, 3, 3, 3], 0.1)
    assert not is_straight([3, 4, 3, 2], 0.1)
    assert not is_straight([3], 0.1)
    assert failed_gold(3, 5, 1)
    assert not failed_gold(4, 5, 1)
    assert outliers(votes([4] * 30 + [5] * 30 + [-6]), 3.29) == [60]
    assert self_consistency([(1, 2), (0, 0), (-1, 1)]) == pytest.approx(2 / 3)
    assert self_consistency([]) is None


def test_a_rater_who_turns_the_scale_round_is_found() -> None:
    truth = [1, 2, 3, 4, 5]
    given = [
        Given(rater=name, clip=f"c{at}", value=6 - t if name == "bad" else t)
        for at, t in enumerate(truth)
        for name in ("a", "b", "bad")
    ]
    found = consistency(given)
    assert found["bad"] == pytest.approx(-1)
    assert (found["a"] or 0) > (found["bad"] or 0)


def test_published_share_of_wins() -> None:
    # 86 of 150: p = 0.086, and 49.3 % to 65.0 %.
    found = share_of(86, 150)
    assert found.p == pytest.approx(0.086, abs=5e-4)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.493, 0.650), abs=5e-4)
    sixty = share_of(60, 100).interval
    assert (round(sixty.low, 2), round(sixty.high, 2)) == (0.50, 0.69)
    # 34 of 46 inconsistent verdicts picked the first: p = .0016.
    assert share_of(34, 46).p == pytest.approx(0.0016, abs=5e-5)


def pairs(rater: str, first: str, second: str, values: list[float]) -> list[PairVote]:
    return [
        PairVote(rater=rater, first=first, second=second, value=v, swapped=bool(at % 2))
        for at, v in enumerate(values)
    ]


def test_preferences_of_three_systems() -> None:
    given = [
        vote
        for rater in ("x", "y", "z")
        for vote in (
            pairs(rater, "a", "b", [1, 1, 1, -1])
            + pairs(rater, "b", "c", [1, 1, -1, 1])
            + pairs(rater, "c", "a", [-1, -1, 0, 1])
        )
    ]
    found = preference(given)
    assert found.wins[("a", "b")] == 9
    assert found.ties[("a", "c")] == 3
    assert found.tie_rate == pytest.approx(3 / 36)
    assert (found.circular, found.triads) == (0, 1)
    assert found.strengths is not None
    assert list(np.argsort(found.strengths.values)) == [2, 1, 0]
    low, high = found.intervals["c"]
    assert low <= found.strengths.values[2] <= high


def test_circles_and_position_bias_are_seen() -> None:
    circle = pairs("x", "a", "b", [1]) + pairs("x", "b", "c", [1]) + pairs("x", "c", "a", [1])
    assert (preference(circle).circular, preference(circle).triads) == (1, 1)
    always_first = [
        PairVote(rater="x", first="a", second="b", value=-1 if at % 2 else 1, swapped=bool(at % 2))
        for at in range(20)
    ]
    found = preference(always_first).picked_first
    assert (found.count, found.n) == (20, 20)
    assert math.isclose(found.p or 0, 2 * 0.5**20)


def test_few_votes_have_strengths_that_are_numbers_or_none() -> None:
    kinds = [(v, swapped) for v in (1, 0, -1) for swapped in (False, True)]
    for chosen in combinations_with_replacement(kinds, 4):
        given = [
            PairVote(rater="x", first="a", second="b", value=v, swapped=swapped)
            for v, swapped in chosen
        ]
        found = preference(given).strengths
        assert found is None or all(math.isfinite(x) for x in (*found.values, *found.errors))
