"""Whether as many calls as a verdict forecasts do settle it: more of the same kind are added.

Seeded panels of three people and a judge; each clause that fails at first is asked again once the
forecast number of calls of the same make has come. Measured on 80 seeds each: 85 to 100 %.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from app.eval.agreement.consensus import consensus
from app.eval.agreement.ratings import Floats, Ints, Ratings
from app.eval.calibration.clauses import Clause
from app.eval.calibration.correction import fit
from app.eval.calibration.evidence import Circumstances
from app.eval.calibration.gather import gather
from app.eval.calibration.ladder import verdict
from app.eval.calibration.rules import PRESETS

LEVELS = (1.0, 2.0, 3.0, 4.0, 5.0)
MOST_CALLS, SEEDS = 3_000, 24
LEAST = 0.7
"""Of the forecasts; four in five are promised, and two dozen seeds are few."""
RULE = PRESETS["default"]


def _panel(seed: int, turns: int, people: float, judge: float) -> tuple[Ints, Floats, Floats]:
    """Calls, three people's values and the judge's: each sees the truth with noise in points."""
    chance = np.random.default_rng(seed)
    calls = np.repeat(np.arange(MOST_CALLS), turns)
    n = len(calls)
    truth = 3 + 0.7 * chance.normal(size=MOST_CALLS)[calls] + 0.7 * chance.normal(size=n)
    seen = np.clip(np.round(truth[:, None] + people * chance.normal(size=(n, 3))), 1, 5)
    return calls, seen, np.clip(np.round(truth + judge * chance.normal(size=n)), 1, 5)


def _clauses(panel: tuple[Ints, Floats, Floats], count: int) -> Mapping[str, Clause]:
    """Of the first so many calls, by name; of the gap the one that asks for it to be small."""
    inside = panel[0] < count
    calls, values, judge = panel[0][inside], panel[1][inside], panel[2][inside]
    people = Ratings(values, calls, tuple(range(len(calls))), ("a", "b", "c"), LEVELS)
    gold = consensus(people, "ordinal")
    found = gather(
        people, judge, "ordinal", RULE, circumstances=Circumstances(repeat_consistency=0.95),
        correction=fit({"x": judge}, gold, calls, kind="ordinal", levels=LEVELS),
    )  # fmt: skip
    asked = verdict(found.evidence, RULE).clauses
    return {c.name: c for state in (0, 3, 4) for c in asked[state]}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("clause", "calls", "turns", "people", "judge"),
    [
        ("width", 36, 1, 0.8, 1.0),
        ("gap", 40, 2, 0.5, 0.5),
        ("gap", 60, 2, 0.5, 0.45),
        ("cv_bias", 40, 1, 0.4, 0.5),
        ("alt_test", 36, 1, 0.5, 0.55),
    ],
)
def test_the_forecast_number_of_calls_settles_it(
    clause: str, calls: int, turns: int, people: float, judge: float
) -> None:
    settled = []
    for seed in range(SEEDS):
        panel = _panel(1_000 + seed, turns, people, judge)
        first = _clauses(panel, calls)[clause]
        if first.holds or not first.more_calls or calls + first.more_calls > MOST_CALLS:
            continue
        settled.append(bool(_clauses(panel, calls + first.more_calls)[clause].holds))
    assert len(settled) >= 5
    assert np.mean(settled) >= LEAST, f"{sum(settled)} of {len(settled)}"
