"""Wilson's interval and the clustered mean, against published and textbook figures."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.eval.stats.clustered import clustered_mean
from app.eval.stats.proportion import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (86, 150, 0.493, 0.650),  # OutboundEval's pairwise study
        (1, 150, 0.001, 0.037),  # its detection of simulated dialogues
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (0, 0, 0.0, 1.0),
    ],
)
def test_known_intervals(successes: int, trials: int, low: float, high: float) -> None:
    found = wilson(successes, trials)
    assert found.low == pytest.approx(low, abs=6e-4)
    assert found.high == pytest.approx(high, abs=6e-4)


def test_it_agrees_with_scipy() -> None:
    from scipy.stats import binomtest

    for successes, trials in ((1, 3), (7, 20), (19, 20), (250, 1000)):
        for confidence in (0.9, 0.95, 0.99):
            ours = wilson(successes, trials, confidence)
            theirs = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
            assert ours.low == pytest.approx(theirs.low, abs=1e-9)
            assert ours.high == pytest.approx(theirs.high, abs=1e-9)


@given(st.integers(0, 300), st.integers(0, 300))
def test_it_holds_the_share_and_stays_inside(successes: int, more: int) -> None:
    trials = successes + more
    found = wilson(successes, trials)
    assert 0 <= found.low <= found.high <= 1
    if trials:
        assert found.low <= successes / trials <= found.high


@pytest.mark.parametrize("bad", [(-1, 3), (4, 3)])
def test_what_is_no_proportion_is_refused(bad: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(*bad)


def test_with_one_answer_a_cluster_it_is_students_interval() -> None:
    """Five values with mean 3, sd 1.5811: t(4) = 2.7764, half width 1.9632."""
    found = clustered_mean({str(v): [v] for v in (1.0, 2.0, 3.0, 4.0, 5.0)})
    assert (found.mean, found.n, found.clusters) == (3.0, 5, 5)
    assert found.interval is not None
    assert found.interval.high - found.mean == pytest.approx(1.9632, abs=1e-3)


def test_ten_answers_on_one_call_are_not_ten_calls() -> None:
    one = clustered_mean({"a": [1.0] * 10, "b": [0.0] * 10})
    apart = clustered_mean(
        {f"a{i}": [1.0] for i in range(10)} | {f"b{i}": [0.0] for i in range(10)}
    )
    assert one.interval is not None
    assert apart.interval is not None
    assert one.mean == apart.mean == 0.5
    width = one.interval.high - one.interval.low
    assert width > 4 * (apart.interval.high - apart.interval.low)


def test_one_cluster_has_a_mean_and_no_interval_and_none_has_nothing() -> None:
    assert clustered_mean({"a": [2.0, 4.0], "b": []}).interval is None
    assert clustered_mean({"a": [2.0, 4.0]}).mean == 3
    with pytest.raises(ValueError, match="no observations"):
        clustered_mean({"a": []})


groups = st.dictionaries(
    st.text(max_size=3),
    st.lists(st.floats(-10, 10), min_size=1, max_size=5),
    min_size=2,
    max_size=6,
)


@given(groups)
def test_the_mean_is_in_its_interval_and_shifts_with_the_data(
    values: dict[str, list[float]],
) -> None:
    found = clustered_mean(values)
    moved = clustered_mean({k: [v + 5 for v in vs] for k, vs in values.items()})
    assert found.interval is not None
    assert moved.interval is not None
    assert found.interval.low <= found.mean <= found.interval.high
    assert moved.mean == pytest.approx(found.mean + 5, abs=1e-9)
    wide, other = (x.interval.high - x.interval.low for x in (found, moved) if x.interval)
    assert math.isclose(wide, other, rel_tol=1e-6, abs_tol=1e-6)
