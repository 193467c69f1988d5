"""Published worked examples, to the printed digits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from app.eval.agreement import several, tables
from app.eval.agreement.alpha import Metric, alpha, coincidences
from app.eval.agreement.icc import iccs, mean_squares, squares
from app.eval.agreement.ratings import Ratings, from_matrix


def raters(*rows: str) -> Ratings:
    """A rater a row, `.` for a gap."""
    table = [[None if v == "." else float(v) for v in row.split()] for row in rows]
    return from_matrix([list(column) for column in zip(*table)])


KRIPPENDORFF = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
GWET = (KRIPPENDORFF[0], "1 2 3 3 2 2 4 1 2 5 . .", ". 3 3 3 2 3 4 2 2 5 1 3", KRIPPENDORFF[3])
CODERS = (
    ". . . . . 3 4 1 2 1 1 3 3 . 3",
    "1 . 2 1 3 3 4 3 . . . . . . .",
    ". . 2 1 3 4 4 . 2 1 1 3 3 . 4",
)


def alphas(found: Ratings) -> dict[str, float]:
    table = coincidences(found).sum(0)
    kinds: tuple[Metric, ...] = ("nominal", "ordinal", "interval", "ratio")
    return {k: float(alpha(table, found.levels, k)) for k in kinds}


def test_alpha_of_krippendorff_2011() -> None:
    assert alphas(raters(*KRIPPENDORFF)) == pytest.approx(
        {"nominal": 0.7434, "ordinal": 0.8154, "interval": 0.8491, "ratio": 0.7974}, abs=5e-5
    )


def test_alpha_of_three_coders() -> None:
    assert alphas(raters(*CODERS)) == pytest.approx(
        {"nominal": 0.6914, "ordinal": 0.8067, "interval": 0.8108, "ratio": 0.8089}, abs=5e-5
    )


def test_gwet_and_fleiss_with_gaps() -> None:
    found = raters(*GWET)
    plain = several.agreement_weights(found.levels, "nominal")
    total = several.shares(found, plain).total()
    assert float(tables.ratio(total.agreed, total.several)) == pytest.approx(0.81818, abs=5e-6)
    assert float(several.gwet(total, plain)) == pytest.approx(0.77544, abs=5e-6)
    assert several.gwet_error(found, plain) == pytest.approx(0.14295, abs=5e-6)
    assert float(several.fleiss_kappa(total)) == pytest.approx(0.76117, abs=5e-6)
    assert alphas(found)["nominal"] == pytest.approx(0.74342, abs=5e-6)
    for kind, value in (("quadratic", 0.91400), ("linear", 0.85874)):
        weights = several.agreement_weights(found.levels, kind)
        weighted = several.shares(found, weights).total()
        assert float(several.gwet(weighted, weights)) == pytest.approx(value, abs=5e-6)


COHEN = np.array([[88, 14, 18], [10, 40, 10], [2, 6, 12]], float)


def test_kappa_of_cohen_1960_and_1968() -> None:
    levels = np.arange(3.0)
    assert float(tables.cohen_kappa(COHEN)) == pytest.approx(0.4915, abs=5e-5)
    own = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]], float)
    assert float(tables.cohen_kappa(COHEN, own)) == pytest.approx(0.3478, abs=5e-5)
    for kind, value in (("linear", 0.4737), ("quadratic", 0.4545)):
        found = tables.cohen_kappa(COHEN, tables.disagreement(levels, kind))
        assert float(found) == pytest.approx(value, abs=5e-5)


@pytest.mark.parametrize(
    ("table", "kappa"),
    [
        ([[20, 5], [10, 15]], 0.4000),
        ([[45, 15], [25, 15]], 0.1304),
        ([[25, 35], [5, 35]], 0.2593),
        ([[90, 5], [5, 0]], -0.0526),
    ],
)
def test_kappa_of_small_tables(table: list[list[int]], kappa: float) -> None:
    assert float(tables.cohen_kappa(np.array(table, float))) == pytest.approx(kappa, abs=5e-5)


def test_skew_leaves_ac1_and_ruins_kappa() -> None:
    rows = [[0, 0]] * 90 + [[0, 1]] * 5 + [[1, 0]] * 5
    found = from_matrix(rows)
    plain = several.agreement_weights(found.levels, "nominal")
    total = several.shares(found, plain).total()
    assert float(several.gwet(total, plain)) == pytest.approx(0.8895, abs=5e-5)


def test_intraclass_correlations_of_shrout_and_fleiss() -> None:
    rows = ["9 2 5 8", "6 1 3 2", "8 4 6 8", "7 1 2 6", "10 5 6 9", "6 2 4 7"]
    found = from_matrix([[float(v) for v in r.split()] for r in rows])
    ms = mean_squares(squares(found).total())
    assert [float(v) for v in (ms.between, ms.within, ms.raters, ms.error)] == pytest.approx(
        [11.242, 6.264, 32.486, 1.019], abs=5e-4
    )
    assert {k: float(v) for k, v in iccs(ms).items()} == pytest.approx(
        {
            "icc_1_1": 0.166,
            "icc_2_1": 0.290,
            "icc_3_1": 0.715,
            "icc_1_k": 0.443,
            "icc_2_k": 0.620,
            "icc_3_k": 0.909,
        },
        abs=5e-4,
    )


def test_what_is_undefined_is_no_number() -> None:
    same = from_matrix([[1, 1], [1, 1], [1, 1]])
    assert all(math.isnan(v) for v in alphas(same).values())
    assert math.isnan(float(tables.cohen_kappa(tables.pair_tables(same).sum(0))))
    assert all(math.isnan(v) for v in iccs(mean_squares(squares(same).total())).values())
    plain = several.agreement_weights(same.levels, "nominal")
    total = several.shares(same, plain).total()
    assert math.isnan(float(several.gwet(total, plain)))
    assert math.isnan(float(several.fleiss_kappa(total)))
