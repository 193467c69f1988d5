"""Published examples of paired comparisons, corrections, mappings and the alternative test."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from app.eval.agreement import p1401
from app.eval.agreement.alt_test import alt_test
from app.eval.agreement.corrected import ppi, rogan_gladen
from app.eval.agreement.paired_strength import Games, strengths
from app.eval.agreement.ratings import from_matrix

TEAMS = ("Baltimore", "Cleveland", "Boston", "New York", "Toronto", "Detroit", "Milwaukee")


@pytest.fixture
def baseball(shared_data: Path) -> list[Games]:
    (path,) = shared_data.rglob("agresti_baseball_1987.csv")
    with path.open(newline="") as file:
        rows = [list(r.values()) for r in csv.DictReader(file)]
    return [
        Games(
            first=TEAMS.index(r[0]), second=TEAMS.index(r[1]), wins=float(r[2]), losses=float(r[3])
        )
        for r in rows
    ]


def test_bradley_terry_of_baseball(baseball: list[Games]) -> None:
    found = strengths(baseball, len(TEAMS))
    assert found is not None
    assert found.values[1:] == pytest.approx([0.684, 1.108, 1.248, 1.294, 1.436, 1.581], abs=5e-4)
    assert min(found.errors[1:]) == pytest.approx(0.332, abs=5e-4)
    assert max(found.errors[1:]) == pytest.approx(0.343, abs=5e-4)


def test_the_position_term_of_baseball(baseball: list[Games]) -> None:
    without = strengths(baseball, len(TEAMS))
    found = strengths(baseball, len(TEAMS), position=True)
    assert found is not None
    assert without is not None
    shares = np.exp(found.values) / np.exp(found.values).sum()
    assert list(shares) == pytest.approx(
        [0.044, 0.088, 0.137, 0.157, 0.164, 0.190, 0.220], abs=5e-4
    )
    assert found.position == pytest.approx(0.302, abs=5e-4)
    assert found.position_error == pytest.approx(0.131, abs=5e-4)
    ratio = 2 * (found.log_likelihood - without.log_likelihood)
    assert ratio == pytest.approx(5.411, abs=5e-4)


def test_davidsons_ties() -> None:
    pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    counts = zip((30, 25, 40, 20, 30, 22), (10, 20, 8, 18, 9, 15), (12, 9, 6, 15, 11, 10))
    games = [
        Games(first=a, second=b, wins=w, losses=x, ties=t)
        for (a, b), (w, x, t) in zip(pairs, counts)
    ]
    found = strengths(games, 4, ties=True)
    assert found is not None
    assert found.values[1:] == pytest.approx([-0.6865, -0.7060, -1.5493], abs=5e-5)
    assert found.log_tie == pytest.approx(-0.5796, abs=5e-5)


def test_a_system_that_always_wins_has_no_strength() -> None:
    games = [Games(first=0, second=1, wins=5, losses=0), Games(first=1, second=2, wins=3, losses=2)]
    assert strengths(games, 3) is None


HUMAN = [1, 0, 1, 1, 0, 1, 1, 0, 1, 1]
JUDGE = [0.6, 0.5, 0.7, 0.4, 0.4, 0.9, 0.5, 0.3, 0.8, 0.5]
REST = [((i % 10) + 0.5) / 10 for i in range(50)]


def test_prediction_powered_mean() -> None:
    full = ppi(HUMAN, JUDGE, REST, tuning=1.0)
    assert [full.value, full.low, full.high] == pytest.approx([0.64, 0.38985, 0.89015], abs=5e-6)
    tuned = ppi(HUMAN, JUDGE, REST)
    assert [tuned.value, tuned.low, tuned.high] == pytest.approx(
        [0.66487, 0.40891, 0.92084], abs=5e-6
    )


def test_a_judge_that_always_says_the_same_leaves_the_plain_mean() -> None:
    found = ppi(HUMAN, [0.5] * 10, [0.5] * 50)
    assert found.tuning == 0
    assert found.value == pytest.approx(np.mean(HUMAN))


def test_rogan_gladen_with_the_add_two_interval() -> None:
    found = rogan_gladen(1520, 2000, 144, 160, 28, 40)
    assert [found.value, found.low, found.high] == pytest.approx([0.7667, 0.6739, 0.8518], abs=5e-5)
    useless = rogan_gladen(50, 100, 55, 100, 50, 100)
    assert useless.value is None
    assert "tells the classes apart" in useless.reason


MOS = [1.2, 1.6, 2.0, 2.3, 2.7, 3.0, 3.4, 3.7, 4.1, 4.5]
SAID = [1.9, 2.3, 2.1, 2.9, 2.6, 3.4, 3.0, 4.0, 3.7, 4.2]


def test_p1401_mappings() -> None:
    reach = p1401.interval_of_mos(0.4, 24)
    assert reach == pytest.approx(0.1689, abs=5e-5)
    raw = p1401.fit(MOS, SAID, [reach] * 10, 0)
    assert [raw.pcc, raw.srcc, raw.rmse] == pytest.approx([0.9351, 0.9515, 0.4494], abs=5e-5)
    line = p1401.fit(MOS, SAID, [reach] * 10, 1)
    assert line.coefficients == pytest.approx([-0.9771, 1.2715], abs=5e-5)
    assert [line.rmse, line.rmse_star, line.outlier_ratio] == pytest.approx(
        [0.4091, 0.2346, 0.9], abs=5e-5
    )
    cubic = p1401.fit(MOS, SAID, [reach] * 10, 3)
    assert cubic.coefficients == pytest.approx([-6.8398, 7.1768, -1.9013, 0.1970], abs=5e-5)
    assert [cubic.pcc, cubic.rmse, cubic.rmse_star, cubic.outlier_ratio] == pytest.approx(
        [0.9379, 0.4626, 0.2693, 0.8], abs=5e-5
    )


def test_alternative_test_of_the_constructed_fixture() -> None:
    base = [(7 * i) % 3 for i in range(40)]
    rows = [
        [
            (b + 1) % 3 if i % 5 == 0 else b,
            (b + 2) % 3 if i % 4 == 0 else b,
            (b + 1) % 3 if i % 3 == 0 else b,
        ]
        for i, b in enumerate(base)
    ]
    judge = np.array([(b + 1) % 3 if i % 8 == 0 else b for i, b in enumerate(base)], float)
    people = from_matrix(rows)
    strict = alt_test(people, judge, 0.0)
    assert strict.advantage == pytest.approx(0.95)
    assert [p.p_published for p in strict.people] == pytest.approx(
        [0.161737, 0.003246, 0.025457], abs=5e-7
    )
    assert strict.winning_rate_published == pytest.approx(1 / 3)
    # Every item is a call of its own here, so both forms are one.
    assert [p.p for p in strict.people] == pytest.approx([p.p_published for p in strict.people])
    usual = alt_test(people, judge, 0.1)
    assert [p.p_published for p in usual.people] == pytest.approx(
        [0.012440, 0.000028, 0.001501], abs=5e-7
    )
    assert usual.winning_rate == 1
    assert alt_test(people, judge, 0.2).passes
