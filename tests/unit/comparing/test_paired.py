"""Sign-flip permutation, bootstrap and Holm against their definitions."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.eval.stats import paired


def test_small_sets_are_counted_exactly() -> None:
    deltas = [0.3, -0.1, 0.5, 0.2, 0.4]
    patterns = [np.mean(np.multiply(s, deltas)) for s in product((1, -1), repeat=5)]
    wanted = np.mean(np.abs(patterns) >= abs(np.mean(deltas)) - 1e-12)
    found = paired.difference(np.zeros(5), deltas)
    assert found.p == pytest.approx(wanted)
    assert (found.n, found.mean) == (5, pytest.approx(0.26))


def test_scipy_agrees_on_many_pairs() -> None:
    from scipy.stats import permutation_test

    rng = np.random.default_rng(0)
    a, b = rng.normal(0, 1, 60), rng.normal(0.25, 1, 60)
    theirs = permutation_test(
        (b, a), lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=20_000, rng=1
    )
    found = paired.difference(a, b)
    assert found.p == pytest.approx(theirs.pvalue, abs=0.02)


def test_no_difference_is_no_news() -> None:
    found = paired.difference([1.0] * 20, [1.0] * 20)
    assert (found.mean, found.low, found.high, found.p) == (0, 0, 0, 1)


def test_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    inside = 0
    for trial in range(200):
        a = rng.normal(0, 1, 30)
        found = paired.difference(a, a + rng.normal(0.4, 0.8, 30), seed=trial)
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 0.4 <= found.high
    assert 0.88 <= inside / 200 <= 0.99


def test_single_pair_has_neither_interval_nor_p() -> None:
    found = paired.difference([1.0], [3.0])
    assert (found.mean, found.low, found.high, found.p) == (2.0, None, None, None)
    with pytest.raises(ValueError, match="no pairs"):
        paired.difference([], [])


def test_unpaired_agrees_with_scipy() -> None:
    from scipy.stats import permutation_test

    rng = np.random.default_rng(2)
    a, b = rng.normal(0, 1, 25), rng.normal(0.7, 1, 40)
    theirs = permutation_test(
        (b, a), lambda x, y: np.mean(x) - np.mean(y), n_resamples=20_000, rng=1
    )
    assert paired.unpaired(a, b).p == pytest.approx(theirs.pvalue, abs=0.02)
    with pytest.raises(ValueError, match="empty"):
        paired.unpaired([], b)


def test_holm_of_a_worked_example() -> None:
    # p = .01 .04 .03 .005 -> 4*.005=.02, 3*.01=.03, 2*.03=.06, max(.06, .04)=.06
    assert paired.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert paired.holm([0.5, None, 0.04]) == [0.5, None, 0.08]


@given(st.lists(st.floats(0, 1), max_size=20))
@settings(max_examples=60, deadline=None)
def test_holm_keeps_order_and_never_lowers(values: list[float]) -> None:
    adjusted = paired.holm(values)
    for p, q in zip(values, adjusted, strict=True):
        assert q is not None
        assert p <= q <= 1
    ranked = [q for _, q in sorted(zip(values, adjusted, strict=True), key=lambda x: x[0])]
    assert ranked == sorted(ranked)  # type: ignore[type-var]
