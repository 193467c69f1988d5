"""What to label next: probabilities, order, and how many labels are enough."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.eval.calibration import sampling
from app.eval.calibration.sampling import Candidate


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.one_of(st.floats(1e-6, 9), st.sampled_from([0.0, float("nan")])), min_size=1, max_size=60
    ),
    st.floats(0.05, 1),
)
def test_probabilities_keep_their_bounds_and_the_budget(errors: list[float], share: float) -> None:
    budget = share * len(errors)
    found = sampling.measure_probabilities(errors, budget)
    assert (found >= sampling.LEAST).all()
    assert (found <= sampling.MOST).all()
    reachable = sum(1.0 if e != 0 else sampling.LEAST for e in errors)
    if not any(errors) or np.nansum(errors) == 0:
        reachable = len(errors)
    if sampling.LEAST * len(errors) <= budget <= reachable:
        assert found.sum() == pytest.approx(budget, abs=1e-6 * len(errors))


def test_probabilities_follow_the_root_of_the_error() -> None:
    found = sampling.measure_probabilities([1, 4, 9, 16], 1.0)
    assert found == pytest.approx([0.1, 0.2, 0.3, 0.4])
    costly = sampling.measure_probabilities([1, 1], 1.0, minutes=[1, 4])
    assert costly[0] == pytest.approx(2 * costly[1])
    assert costly @ np.array([1, 4]) == pytest.approx(1.0)


def test_a_draw_is_repeatable_and_meets_its_probabilities() -> None:
    chances = np.tile([0.05, 0.5, 1.0], 4000)
    found = sampling.drawn(chances, seed=3)
    assert np.array_equal(found, sampling.drawn(chances, seed=3))
    shares = found.reshape(-1, 3).mean(0)
    assert shares == pytest.approx([0.05, 0.5, 1.0], abs=0.03)


def test_inverse_weights_make_an_error_led_draw_unbiased() -> None:
    chance = np.random.default_rng(1)
    values = chance.gamma(2.0, size=3000)
    odds = sampling.measure_probabilities(values**2, 300)
    means = []
    for seed in range(200):
        took = sampling.drawn(odds, seed)
        means.append(float((values[took] / odds[took]).sum()) / len(values))
    assert np.mean(means) == pytest.approx(values.mean(), rel=0.01)


def test_learning_goes_for_what_is_unclear_and_rare() -> None:
    plain = Candidate(call="plain", cell_count=50, stratum_count=50)
    unsure = Candidate(call="unsure", uncertainty=0.9, cell_count=50, stratum_count=50)
    rare = Candidate(call="rare", cell_count=0, stratum_count=50)
    long = Candidate(call="long", uncertainty=0.9, cell_count=50, stratum_count=50, minutes=20)
    found = [c.call for c in sampling.learn_order([plain, long, rare, unsure])]
    assert found[0] in ("rare", "unsure")
    assert found[-1] == "long"
    assert found == [c.call for c in sampling.learn_order([unsure, rare, long, plain])]


@pytest.mark.parametrize(
    ("items", "width"), [(50, 0.22), (100, 0.16), (200, 0.11), (400, 0.08), (800, 0.055)]
)
def test_published_widths_of_kappa(items: int, width: float) -> None:
    assert sampling.half_width_of_kappa(items) == pytest.approx(width, abs=0.0055)
    reach = sampling.half_width_of_kappa(items)
    assert sampling.items_for_kappa(reach) == items


def test_the_design_effect_of_turns() -> None:
    alone = sampling.items_for_kappa(0.1)
    turns = sampling.items_for_kappa(0.1, per_call=12, within_call=0.2)
    assert turns / alone == pytest.approx(3.2, rel=0.01)
    with pytest.raises(ValueError, match="half-width"):
        sampling.items_for_kappa(0.0)


def test_likeness_within_calls() -> None:
    chance = np.random.default_rng(2)
    calls = np.repeat(np.arange(400), 5)
    y = np.repeat(chance.normal(size=400), 5) + 2 * chance.normal(size=2000)
    assert sampling.intraclass_of_calls(y, calls.tolist()) == pytest.approx(0.2, abs=0.04)
    assert sampling.intraclass_of_calls(chance.normal(size=5), range(5)) is None


def test_the_next_minute_is_worth_less_and_less() -> None:
    worth = [sampling.marginal_value(0.1 * (50 / n) ** 0.5, n, 4.0) for n in (50, 100, 400)]
    assert worth == sorted(worth, reverse=True)
    assert worth[-1] > 0


def test_labels_go_where_the_variance_is() -> None:
    best = sampling.split_of_labels(200, prevalence=0.8, sensitivity=0.9, specificity=0.7)
    assert sum(best) == 200

    def spread(m1: int) -> float:
        return 0.64 * 0.09 / m1 + 0.04 * 0.21 / (200 - m1)

    assert spread(best[0]) == pytest.approx(min(spread(m) for m in range(1, 200)), rel=1e-3)
    assert sampling.split_of_labels(10, prevalence=1.0, sensitivity=1.0, specificity=1.0) == (5, 5)
