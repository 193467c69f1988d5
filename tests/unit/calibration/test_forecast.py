"""How many more calls: the arithmetic, and what comes of as many."""

from __future__ import annotations

import numpy as np
import pytest

from app.eval.agreement.alt_test import PASS, AltTest, alt_test, closeness, growth_to_win
from app.eval.agreement.ratings import Ratings
from app.eval.stats import forecast


@pytest.mark.parametrize(("per_call", "missing"), [(1.0, 10), (6.0, 100), (0.3, 14), (0.05, 2)])
def test_calls_that_bring_what_is_missing_do_so_four_times_in_five(
    per_call: float, missing: int
) -> None:
    more = forecast.to_bring(missing, per_call)
    brought = np.random.default_rng(3).binomial(more, min(per_call, 1.0), 4_000) * max(per_call, 1)
    assert (brought >= missing).mean() >= 0.77
    if per_call >= 1:
        assert more == -(-missing // per_call)


def test_what_calls_do_not_bring_or_is_out_of_sight() -> None:
    assert forecast.to_bring(0, 1.0) == forecast.to_bring(5, 0.0) == 0
    assert forecast.to_clear(60, 0.1, 0.0) is None
    assert forecast.to_clear(60, 1.0, 0.001) is None
    assert forecast.to_narrow(60, 60, 0.2, 0.0) is None
    assert forecast.to_narrow(60, 60, 0.2, 0.1) == 219  # 60 · (2 · 1.077)² calls in all


def _test(copies: int) -> AltTest:
    """Twenty calls, as often: a judge of little more noise than people."""
    chance = np.random.default_rng(4)
    truth = chance.integers(1, 6, 20).astype(float)
    people = np.clip(truth[:, None] + chance.integers(-1, 2, (20, 3)), 1, 5)
    judge = np.clip(truth + (chance.random(20) < 0.8) * chance.choice([-1, 1], 20), 1, 5)
    values, own = np.tile(people, (copies, 1)).astype(np.float64), np.tile(judge, copies)
    calls = np.arange(20 * copies)
    table = Ratings(
        values, calls, tuple(calls.tolist()), ("a", "b", "c"), (1.0, 2.0, 3.0, 4.0, 5.0)
    )
    return alt_test(table, own, 0.15, closeness)


def test_the_alternative_test_is_passed_by_as_many_calls_as_are_said() -> None:
    few = _test(1)
    assert few.passes is False
    growth = growth_to_win(few)
    assert growth is not None
    many = _test(int(np.ceil(growth)))
    assert many.passes
    assert (growth_to_win(many) or 0.0) <= 1.0 + 0.1
    assert (growth_to_win(few, 1.0) or np.inf) > growth
    assert growth_to_win(few, PASS) == growth
