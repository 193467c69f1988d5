"""Population means: the estimator follows from how the labels were drawn, and says so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.domain.errors import BadInput
from app.eval.agreement.corrected import ppi, rogan_gladen
from app.eval.calibration.estimate import Population, population_mean

N = 600


def judged(seed: int = 1, share: float = 0.2, **changes: Any) -> tuple[Population, float]:
    """Calls of five items, a lenient binary judge, some of the items labelled."""
    chance = np.random.default_rng(seed)
    calls = np.arange(N) // 5
    truth = (chance.random(N) < 0.6) * 1.0
    said = np.where(truth == 1, chance.random(N) < 0.95, chance.random(N) < 0.3) * 1.0
    labelled = chance.random(N) < share
    fields: dict[str, Any] = {
        "judge": said, "gold": np.where(labelled, truth, np.nan), "calls": calls,
        "probability": np.where(labelled, share, np.nan),
    }  # fmt: skip
    return Population(**{**fields, **changes}), float(truth.mean())


def test_a_random_sample_is_prediction_powered() -> None:
    population, truth = judged()
    found = population_mean(population, binary=True)
    assert found.drawing == "random"
    assert found.corrected.method == "ppi++"
    assert "random sample" in found.reason
    assert found.raw > truth + 0.05
    assert found.corrected.low is not None
    assert found.corrected.high is not None
    assert found.corrected.low < truth < found.corrected.high
    assert found.gain is not None
    assert found.gain > 1.1
    assert found.estimate.calls == 120


def test_known_probabilities_are_weighed() -> None:
    chance = np.random.default_rng(3)
    calls, n = np.arange(4000) // 4, 4000
    truth = np.clip(np.round(3 + chance.normal(size=n)), 1, 5)
    said = np.clip(truth + chance.integers(0, 2, n), 1, 5)
    odds = np.where(said >= 4, 0.5, 0.1)  # high scores are looked at more often
    labelled = chance.random(n) < odds
    population = Population(
        judge=said, gold=np.where(labelled, truth, np.nan), calls=calls,
        probability=np.where(labelled, odds, np.nan),
    )  # fmt: skip
    found = population_mean(population)
    assert found.drawing == "weighted"
    assert found.corrected.value == pytest.approx(float(truth.mean()), abs=0.06)
    assert abs(float(truth[labelled].mean()) - float(truth.mean())) > 0.2
    assert found.classical is None
    assert found.gain is None


def test_balanced_labels_leave_only_error_rates() -> None:
    chance = np.random.default_rng(4)
    n = 4000
    truth = (chance.random(n) < 0.8) * 1.0
    said = np.where(truth == 1, chance.random(n) < 0.9, chance.random(n) < 0.3) * 1.0
    take = np.zeros(n, bool)
    for value in (0, 1):
        take[np.flatnonzero(truth == value)[:150]] = True
    population = Population(
        judge=said, gold=np.where(take, truth, np.nan), calls=np.arange(n),
        probability=np.full(n, np.nan), balanced=True,
    )  # fmt: skip
    found = population_mean(population, binary=True)
    assert found.corrected.method == "rogan-gladen"
    assert "error rates" in found.reason
    assert found.corrected.low is not None
    assert found.corrected.high is not None
    assert found.corrected.low < float(truth.mean()) < found.corrected.high
    assert float(truth[take].mean()) == 0.5
    assert (found.corrected.labelled, found.corrected.judged) == (300, 4000)
    ordinal = population_mean(population)
    assert ordinal.corrected.value is None
    assert "not binary" in ordinal.reason


def test_labels_of_unknown_drawing_are_no_sample() -> None:
    population, _ = judged(probability=np.full(N, np.nan))
    found = population_mean(population, binary=True)
    assert found.corrected.value is None
    assert "not known" in found.reason
    assert found.estimate.undefined == found.reason


def test_chosen_labels_do_not_slip_into_a_random_sample() -> None:
    population, _ = judged()
    hard = np.flatnonzero(np.isnan(population.gold))[:100]
    gold = population.gold.copy()
    gold[hard] = 0.0  # chosen to learn from: all of them failures
    mixed = Population(
        judge=population.judge, gold=gold, calls=population.calls,
        probability=population.probability,
    )  # fmt: skip
    found = population_mean(mixed, binary=True)
    assert found.left_out == 100
    assert "100 labelled items" in found.reason
    plain = population_mean(population, binary=True)
    assert found.corrected.labelled == plain.corrected.labelled


def test_an_unjudged_item_is_left_out_and_none_is_refused() -> None:
    population, _ = judged()
    judge = population.judge.copy()
    judge[:50] = np.nan
    found = population_mean(Population(
        judge=judge, gold=population.gold, calls=population.calls,
        probability=population.probability,
    ))  # fmt: skip
    assert found.corrected.labelled + found.corrected.judged == N - 50
    with pytest.raises(BadInput):
        population_mean(Population(
            judge=judge * np.nan, gold=population.gold, calls=population.calls,
            probability=population.probability,
        ))  # fmt: skip


def test_where_everything_is_labelled_the_judge_adds_nothing() -> None:
    population, truth = judged(share=1.1)
    found = population_mean(population, binary=True)
    assert found.corrected.value == pytest.approx(truth)


def test_items_of_one_call_count_less() -> None:
    chance = np.random.default_rng(5)
    calls = np.repeat(np.arange(60), 10)
    y = np.repeat((chance.random(60) < 0.5) * 1.0, 10)
    f = np.where(chance.random(600) < 0.9, y, 1 - y)
    lab = calls < 20
    alone = ppi(y[lab].tolist(), f[lab].tolist(), f[~lab].tolist())
    clumped = ppi(
        y[lab].tolist(), f[lab].tolist(), f[~lab].tolist(),
        calls=(calls[lab].tolist(), calls[~lab].tolist()),
    )  # fmt: skip
    assert clumped.value == alone.value
    assert None not in (alone.high, alone.low, clumped.high, clumped.low)
    assert clumped.high - clumped.low > 1.8 * (alone.high - alone.low)  # type: ignore[operator]


def test_rogan_gladen_of_fewer_effective_counts_is_wider_and_the_same() -> None:
    one = rogan_gladen(1520, 2000, 144, 160, 28, 40)
    other = rogan_gladen(760, 1000, 72, 80, 14, 20)
    assert other.value == pytest.approx(one.value)
    assert None not in (one.high, one.low, other.high, other.low)
    assert other.high - other.low > one.high - one.low  # type: ignore[operator]
