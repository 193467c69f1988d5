"""What must hold of every coefficient, on random tables."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.eval.agreement import several, tables
from app.eval.agreement.alpha import alpha, coincidences
from app.eval.agreement.icc import iccs, mean_squares, squares
from app.eval.agreement.paired_strength import Games, strengths
from app.eval.agreement.ratings import Ratings, from_matrix
from app.eval.agreement.resampling import draws, estimate
from app.eval.agreement.summary import summarise

CELL = st.one_of(st.none(), st.integers(0, 4))
TABLE = st.integers(2, 5).flatmap(
    lambda raters: st.lists(
        st.lists(CELL, min_size=raters, max_size=raters), min_size=2, max_size=14
    )
)
PAIRS = st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=2), min_size=2, max_size=20)
QUICK = settings(max_examples=40, deadline=None)


def every(found: Ratings) -> dict[str, float | None]:
    return summarise(found).values


def same(one: dict[str, float | None], other: dict[str, float | None]) -> bool:
    return one.keys() == other.keys() and all(
        (a is None) == (b is None) and (a is None or math.isclose(a, b or 0, abs_tol=1e-9))
        for a, b in zip(one.values(), other.values())
    )


@QUICK
@given(TABLE)
def test_the_order_of_raters_and_of_items_says_nothing(rows: list[list[int | None]]) -> None:
    turned = [list(reversed(row)) for row in rows]
    assert same(every(from_matrix(rows)), every(from_matrix(turned)))
    assert same(every(from_matrix(rows)), every(from_matrix(list(reversed(rows)))))


@QUICK
@given(TABLE, st.permutations(range(5)))
def test_nominal_coefficients_know_no_order_of_levels(
    rows: list[list[int | None]], renamed: list[int]
) -> None:
    other = [[None if v is None else renamed[v] for v in row] for row in rows]
    one, two = every(from_matrix(rows)), every(from_matrix(other))
    names = ("cohen_kappa", "scott_pi", "fleiss_kappa", "alpha_nominal", "gwet_ac1")
    assert same({n: one[n] for n in names}, {n: two[n] for n in names})


@QUICK
@given(PAIRS, st.floats(0.1, 9), st.floats(-50, 50))
def test_interval_coefficients_know_no_unit(
    rows: list[list[int]], scale: float, shift: float
) -> None:
    moved = from_matrix([[scale * v + shift for v in row] for row in rows])
    found = from_matrix(rows)
    one, two = every(found), every(moved)
    names = ("alpha_interval", "icc_2_1", "icc_3_1", "kappa_quadratic")
    assert same({n: one[n] for n in names}, {n: two[n] for n in names})
    table, other = tables.pair_tables(found).sum(0), tables.pair_tables(moved).sum(0)
    r = (tables.pearson(table, found.levels), tables.pearson(other, moved.levels))
    assert np.isnan(r[0]) == np.isnan(r[1])
    assert np.isnan(r[0]) or float(r[0]) == pytest.approx(float(r[1]), abs=1e-6)


@QUICK
@given(PAIRS)
def test_a_harsher_rater_lowers_absolute_agreement_alone(rows: list[list[int]]) -> None:
    plain = from_matrix(rows)
    harsh = from_matrix([[a, b - 3] for a, b in rows])
    one, two = (iccs(mean_squares(squares(x).total())) for x in (plain, harsh))
    if np.isnan(one["icc_3_1"]) or one["icc_3_1"] <= 1e-9:
        return
    assert float(two["icc_3_1"]) == pytest.approx(float(one["icc_3_1"]), abs=1e-9)
    gap = float(np.diff(plain.values, axis=1).mean())
    if abs(gap - 3) > abs(gap):
        assert float(two["icc_2_1"]) < float(one["icc_2_1"])


@QUICK
@given(TABLE)
def test_calls_add_up(rows: list[list[int | None]]) -> None:
    apart = from_matrix(rows)
    whole = from_matrix(rows, [0] * len(rows))
    assert same(every(apart), every(whole))
    assert np.allclose(coincidences(apart).sum(0), coincidences(whole)[0])


def test_twice_the_same_calls_change_no_value_and_narrow_the_interval() -> None:
    chance = np.random.default_rng(5)
    truth = chance.integers(0, 4, 300)
    rows = [[int(t), int(np.clip(t + chance.integers(-1, 2), 0, 3))] for t in truth]
    calls = [at // 5 for at in range(300)]
    once = from_matrix(rows, calls)
    twice = from_matrix(rows + rows, calls + [c + 60 for c in calls])

    def kappa(found: Ratings) -> tuple[float, float]:
        weights = tables.disagreement(found.levels, "quadratic")
        got = estimate(
            tables.pair_tables(found), lambda t: tables.cohen_kappa(t, weights),
            n=len(found.items), raters=2,
        )  # fmt: skip
        assert got.value is not None
        assert got.half_width is not None
        return got.value, got.half_width

    (value, width), (again, narrower) = kappa(once), kappa(twice)
    assert value == pytest.approx(again)
    assert width / narrower == pytest.approx(math.sqrt(2), rel=0.12)


def test_resampled_tables_are_the_tables_of_resampled_calls() -> None:
    chance = np.random.default_rng(3)
    rows = [[int(a), int(b)] for a, b in chance.integers(0, 3, (40, 2))]
    calls = [at // 4 for at in range(40)]
    found = from_matrix(rows, calls)
    counts = draws(10, 5, seed=1)
    sums = counts @ coincidences(found).reshape(10, -1)
    for at, row in enumerate(counts):
        drawn = [rows[4 * c + t] for c in range(10) for _ in range(int(row[c])) for t in range(4)]
        direct = coincidences(from_matrix(drawn)).sum(0)
        assert np.allclose(sums[at].reshape(3, 3), direct)
        value = alpha(sums[at].reshape(3, 3), found.levels, "ordinal")
        assert float(value) == pytest.approx(float(alpha(direct, found.levels, "ordinal")))


def test_several_and_icc_sums_resample_too() -> None:
    chance = np.random.default_rng(4)
    rows = [[int(v) for v in row] for row in chance.integers(0, 3, (30, 3))]
    found = from_matrix(rows, [at // 3 for at in range(30)])
    counts = draws(10, 3, seed=2)
    plain = several.agreement_weights(found.levels, "nominal")
    kappas = several.fleiss_kappa(several.shares(found, plain).resampled(counts))
    corr = iccs(mean_squares(squares(found).resampled(counts)))["icc_2_1"]
    for at, row in enumerate(counts):
        drawn = [rows[3 * c + t] for c in range(10) for _ in range(int(row[c])) for t in range(3)]
        direct = every(from_matrix(drawn))
        assert float(kappas[at]) == pytest.approx(direct["fleiss_kappa"])
        assert float(corr[at]) == pytest.approx(direct["icc_2_1"])


def test_strengths_do_not_depend_on_the_order_of_games() -> None:
    games = [
        Games(first=a, second=b, wins=w, losses=x)
        for a, b, w, x in ((0, 1, 3, 2), (1, 2, 4, 1), (2, 0, 2, 2), (0, 1, 1, 1))
    ]
    one, other = strengths(games, 3), strengths(list(reversed(games)), 3)
    assert one is not None
    assert other is not None
    assert one.values == pytest.approx(other.values)
