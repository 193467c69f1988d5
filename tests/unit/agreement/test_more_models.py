"""Mappings that must rise, their comparison; the alternative test clustered, and over epsilons."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.eval.agreement import p1401, p1401_compare
from app.eval.agreement.alt_test import alt_test, alt_tests, closeness
from app.eval.agreement.corrected import ppi
from app.eval.agreement.figures import human_figures, judge_figures
from app.eval.agreement.ratings import Floats, Ratings, from_matrix

Panel = Callable[..., tuple[Ratings, Floats]]


def test_a_mapping_that_would_fall_is_held_to_rise() -> None:
    chance = np.random.default_rng(1)
    x = np.linspace(1, 5, 60)
    y = np.where(x < 3, x, 6 - x) + 0.1 * chance.normal(size=60)  # rises, then falls
    found = p1401.fit(y.tolist(), x.tolist(), [0.1] * 60, 3)
    assert found.monotone
    mapped = np.polynomial.polynomial.polyval(x, found.coefficients)
    assert (np.diff(mapped) >= -1e-6).all()
    free = np.polynomial.polynomial.polyfit(x, y, 3)
    assert float(((np.polynomial.polynomial.polyval(x, free) - y) ** 2).sum()) < float(
        ((mapped - y) ** 2).sum()
    )
    flat = p1401.fit(y.tolist(), (-y).tolist(), [0.1] * 60, 1)
    assert flat.coefficients == pytest.approx((float(y.mean()), 0.0))
    assert flat.pcc is None


def test_comparing_models() -> None:
    from scipy import stats

    z = (np.arctanh(0.9) - np.arctanh(0.8)) / np.sqrt(2 / 97)
    assert p1401_compare.correlations(0.9, 0.8, 100) == pytest.approx(2 * stats.norm.sf(z))
    assert p1401_compare.correlations(0.9, 1.0, 100) is None
    expected = stats.f.sf((0.5 / 0.4) ** 2, 98, 96)
    assert p1401_compare.errors(0.4, 0.5, 96, 98) == pytest.approx(expected)
    assert p1401_compare.errors(0.5, 0.4, 98, 96) == pytest.approx(expected)
    assert p1401_compare.errors(0.5, 0.0, 98, 96) is None
    assert p1401_compare.outlier_ratios(0.3, 0.3, 50) == 1
    assert p1401_compare.outlier_ratios(0.5, 0.3, 200) < 0.001  # type: ignore[operator]
    assert p1401_compare.outlier_ratios(0.0, 0.0, 50) is None


def test_items_of_one_text_do_not_count_as_many() -> None:
    chance = np.random.default_rng(2)
    texts, questions = 40, 10
    truth = chance.integers(0, 3, texts * questions)
    bad = np.repeat(chance.random(texts) < 0.35, questions)  # a person errs on whole texts
    rows = np.stack([np.where(bad & (chance.random(400) < 0.6), (truth + 1) % 3, truth), truth], 1)
    calls = np.repeat(np.arange(texts), questions)
    people = Ratings(rows.astype(float), calls, tuple(range(400)), ("a", "b"))
    judge = np.where(chance.random(400) < 0.1, (truth + 2) % 3, truth).astype(float)
    first = alt_test(people, judge, 0.0).people[0]
    assert first.p is not None
    assert first.p_published is not None
    assert first.p > 2 * first.p_published
    assert (first.n, first.calls, first.few) == (400, 40, False)


def test_a_bonus_never_lowers_the_winning_rate(panel: Panel) -> None:
    people, judge = panel(gaps=0.2)
    rates = [t.winning_rate for t in alt_tests(people, judge, (0, 0.1, 0.15, 0.2), closeness)]
    assert None not in rates
    assert rates == sorted(rates)  # type: ignore[type-var]
    single = alt_test(people, judge, 0.15, closeness)
    assert single.winning_rate == rates[2]


def test_the_test_counts_what_it_compares() -> None:
    nan = np.nan
    people = from_matrix([[1, 1, 2], [2, None, None], [3, 3, None], [1, 2, 2]])
    found = alt_test(people, np.array([1, 2, 3, nan]), 0.2)
    assert [p.n for p in found.people] == [2, 2, 1]
    assert found.people[2].judge_ahead == 1
    assert all(p.few for p in found.people)
    lone = from_matrix([[1], [2]])
    assert alt_test(lone, np.array([1, 2.0])).winning_rate is None


ALIKE = st.tuples(st.integers(1, 5), st.integers(2, 40), st.integers(1, 4))


@settings(max_examples=30, deadline=None)
@given(ALIKE)
def test_where_all_is_the_same_chance_corrected_figures_are_undefined(
    shape: tuple[int, int, int],
) -> None:
    value, items, raters = shape
    people = from_matrix([[value] * raters] * items)
    for kind in ("ordinal", "nominal", "interval"):
        found = judge_figures(people, np.full(items, float(value)), kind)
        found |= {f"people {k}": v for k, v in human_figures(people, kind).items()}
        for name, figure in found.items():
            plain = ("exact", "within_one", "macro_f1", "mae", "rmse", "bias")
            if not any(word in name for word in plain):
                assert figure.value is None, name
                assert figure.undefined


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 5), min_size=3, max_size=30), st.floats(0, 5))
def test_a_constant_judge_leaves_the_classical_mean(labels: list[float], said: float) -> None:
    found = ppi(labels, [said] * len(labels), [said] * 50)
    assert found.tuning == 0
    assert found.value == pytest.approx(float(np.mean(labels)))
    reach = 1.959963984540054 * float(np.std(labels)) / len(labels) ** 0.5
    assert found.high == pytest.approx(float(np.mean(labels)) + reach)
