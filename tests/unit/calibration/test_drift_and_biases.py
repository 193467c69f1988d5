"""Drift on anchors, control charts, human repeats; what sways a judge."""

from __future__ import annotations

import numpy as np
import pytest

from app.eval.agreement.ratings import Floats, Ints
from app.eval.calibration.biases import Swapped, pair_biases, position, score_biases
from app.eval.calibration.control import cusum, stability_index
from app.eval.calibration.drift import anchor_drift, exact_sign, intra_rater, trend
from app.eval.calibration.regression import logistic


def anchors(calls: int = 50, seed: int = 1) -> tuple[Floats, Floats, Ints]:
    chance = np.random.default_rng(seed)
    groups = np.repeat(np.arange(calls), 4)
    gold = chance.integers(1, 6, len(groups)).astype(float)
    judge = np.clip(gold + chance.integers(-1, 2, len(gold)), 1, 5)
    return judge, gold, groups


def test_the_same_judge_has_not_drifted() -> None:
    judge, gold, calls = anchors()
    chance = np.random.default_rng(2)
    again = np.where(chance.random(len(judge)) < 0.05, gold, judge)
    found = anchor_drift(judge, again, calls, gold)
    assert not found.drifted
    same = anchor_drift(judge, judge, calls, gold)
    assert same.mean.value == 0
    assert same.words.startswith("Mean 0.00 points. Agreement with gold 0.00.")
    assert not same.drifted
    assert same.flips is not None
    assert (same.flips.worse, same.flips.better, same.flips.p) == (0, 0, None)


def test_a_milder_judge_has_drifted() -> None:
    judge, gold, calls = anchors()
    chance = np.random.default_rng(3)
    milder = np.clip(judge + (chance.random(len(judge)) < 0.5), 1, 5)
    found = anchor_drift(judge, milder, calls, gold)
    assert found.drifted
    assert "It has drifted." in found.words
    assert found.mean.low is not None
    assert found.mean.low > 0
    assert found.flips is not None
    assert found.flips.table.sum() == len(judge)
    assert found.flips.same == int((judge == milder).sum())
    assert found.kappa is not None


def test_decimals_have_no_table_of_flips() -> None:
    judge, gold, calls = anchors()
    later = judge + np.where(calls % 2, 0.5, 0.25)
    found = anchor_drift(judge, later, calls, gold)
    assert (found.flips, found.mean.value, found.drifted) == (None, 0.375, True)


def test_a_shift_within_the_margin_is_let_pass() -> None:
    judge, _, calls = anchors(calls=200)
    other = judge.copy()
    other[::20] = np.clip(other[::20] + 1, 1, 5)  # 0.05 points or less
    found = anchor_drift(judge, other, calls)
    assert found.mean.low is not None
    assert found.mean.low > 0
    assert not found.drifted
    assert found.flips is not None
    assert found.flips.worse == 0  # without gold: none fell
    assert found.flips.better == int((other > judge).sum())


def test_agreement_that_falls_is_drift_even_where_the_mean_stays() -> None:
    judge, gold, calls = anchors(calls=80)
    chance = np.random.default_rng(4)
    mixed = np.where(chance.random(len(judge)) < 0.5, chance.permutation(judge), judge)
    found = anchor_drift(judge, mixed, calls, gold)
    assert found.kappa is not None
    assert found.kappa.high is not None
    assert found.kappa.high < -0.05
    assert found.drifted
    assert found.flips is not None
    assert found.flips.worse > found.flips.better
    assert found.flips.p is not None
    assert found.flips.p < 0.01


def test_published_exact_binomial() -> None:
    assert exact_sign(34, 12) == pytest.approx(0.0016, abs=5e-5)


def test_cusum_alarms_after_a_shift_and_not_before() -> None:
    chance = np.random.default_rng(5)
    steady = chance.normal(size=200)
    shifted = np.concatenate([steady[:100], steady[100:] + 1.5])
    assert cusum(steady.tolist(), sd=1.0).alarm is None
    alarm = cusum(shifted.tolist(), sd=1.0).alarm
    assert alarm is not None
    assert 100 <= alarm < 115
    down = cusum((-shifted).tolist(), sd=1.0)
    assert down.alarm == alarm
    assert max(down.up) < 5
    with pytest.raises(ValueError, match="standard deviation"):
        cusum([1.0], sd=0.0)


def test_stability_of_distributions() -> None:
    assert stability_index([10, 20, 30], [100, 200, 300]) == pytest.approx(0, abs=1e-3)
    assert stability_index([10, 20, 30], [30, 20, 10]) > 0.25  # type: ignore[operator]
    assert stability_index([5, 0], [5, 0]) == pytest.approx(0)
    assert stability_index([0, 0], [1, 2]) is None
    direct = (0.5 - 0.25) * np.log(0.5 / 0.25) + (0.5 - 0.75) * np.log(0.5 / 0.75)
    assert stability_index([25e6, 75e6], [5e7, 5e7]) == pytest.approx(direct, abs=1e-6)


def test_a_person_who_turns_harsher() -> None:
    chance = np.random.default_rng(6)
    calls = np.arange(60)
    first = chance.integers(2, 6, 60).astype(float)
    steady, change = intra_rater(first, first.copy(), calls)
    assert steady.value == 1
    assert change.value == 0
    again = np.clip(first - (chance.random(60) < 0.6), 1, 5)
    steady, change = intra_rater(first, again, calls)
    assert steady.value is not None
    assert steady.value < 1
    assert change.high is not None
    assert change.high < 0
    days = np.arange(60.0)
    slope = trend(
        (-0.01 * days + 0.1 * chance.normal(size=60)).tolist(), days.tolist(), calls.tolist()
    )
    assert slope.low is not None
    assert slope.high is not None
    assert slope.low < -0.01 < slope.high < 0
    assert trend([1.0, 2.0], [3.0, 3.0], [0, 1]).value is None


def test_position_bias_of_the_published_counts() -> None:
    steady = [Swapped(call=c, straight=1, turned=-1) for c in range(54)]
    first = [Swapped(call=54 + c, straight=1, turned=1) for c in range(34)]
    second = [Swapped(call=88 + c, straight=-1, turned=-1) for c in range(12)]
    found = position([*steady, *first, *second])
    assert found.consistency.value == pytest.approx(0.54)
    assert (found.first, found.second) == (34, 12)
    assert found.p == pytest.approx(0.0016, abs=5e-5)
    tie = position([Swapped(call=0, straight=0, turned=0), Swapped(call=1, straight=1, turned=0)])
    assert tie.consistency.value == 0.5
    assert (tie.first, tie.second) == (1, 0)
    assert position([]).consistency.value is None


def test_planted_biases_are_found_and_others_are_not() -> None:
    chance = np.random.default_rng(7)
    n = 3000
    calls = np.arange(n) // 3
    longer, family, latency = chance.normal(size=(3, n))
    taste = chance.normal(size=n)
    human = (taste > 0) * 1.0
    odds = 2 * (human * 2 - 1) + 0.8 * longer + 0.5 * np.sign(family) + 0.6
    judge = (chance.random(n) < 1 / (1 + np.exp(-odds))) * 1.0
    found = pair_biases(
        judge, human, {"log_duration": longer, "own_family": np.sign(family), "latency": latency},
        calls,
    ).coefficients  # fmt: skip
    planted = {"human": 2, "log_duration": 0.8, "own_family": 0.5, "intercept": 0.6, "latency": 0}
    for name, value in planted.items():
        assert found[name].low < value < found[name].high
    assert found["log_duration"].p < 1e-6
    assert found["latency"].p > 0.05

    residual = 0.3 * longer + np.repeat(chance.normal(size=n // 3), 3)
    scores = score_biases(residual, {"log_duration": longer, "latency": latency}, calls)
    assert scores.coefficients["log_duration"].low > 0.2
    assert scores.calls == n // 3


def test_regressions_that_cannot_be_told() -> None:
    calls = np.arange(20)
    x = np.arange(20.0)
    assert "separate" in logistic(x > 9.5, {"x": x}, calls).reason
    assert "same" in logistic(x >= 0, {"x": x}, calls).reason
    assert "constant" in score_biases(x, {"one": x * 0 + 3}, calls).reason
    assert "few" in score_biases(x[:2], {"x": x[:2]}, calls[:2]).reason
    gap = np.where(x == 3, np.nan, x)
    assert score_biases(x, {"x": gap}, calls).n == 19
