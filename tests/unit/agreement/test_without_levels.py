"""Figures of values that no table could hold are those that a table would give."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from app.eval.agreement import figures, moments
from app.eval.agreement.alpha import alpha, coincidences, interval_alpha, interval_sums
from app.eval.agreement.figures import MOST_LEVELS, human_figures, judge_figures
from app.eval.agreement.pair_statistics import pair_statistics
from app.eval.agreement.ratings import Floats, Ratings
from app.eval.calibration.consistency import repeat_consistency

Panel = Callable[..., tuple[Ratings, Floats]]


def test_every_pair_of_judge_and_person_counts(panel: Panel) -> None:
    people, judge = panel(gaps=0.2)
    levels = np.unique(np.concatenate([people.levels, judge]))
    table = figures.pooled(people.values, judge, levels, people.calls, people.call_count).sum(0)
    sums = moments.pooled(people.values, judge, people.calls, people.call_count).sum(0)
    by_table = pair_statistics(levels, "ordinal")
    for name, statistic in moments.STATISTICS.items():
        assert float(statistic.of(sums)) == pytest.approx(float(by_table[name].of(table))), name


def test_every_pair_of_people_counts_both_ways_round(panel: Panel) -> None:
    people, _ = panel(gaps=0.3)
    pairs = [(a, b) for a in range(3) for b in range(3) if a != b]
    one, other = (np.concatenate([people.values[:, p[k]] for p in pairs]) for k in (0, 1))
    calls = np.tile(people.calls, len(pairs))
    expected = moments.sums(one, other, calls, people.call_count).sum(0)
    found = moments.among(people).sum(0)
    assert found[0] == expected[0]
    by_table = human_figures(people, "ordinal")
    for name, statistic in moments.BOTH_WAYS.items():
        assert float(statistic.of(found)) == pytest.approx(float(statistic.of(expected))), name
        assert by_table[name].value == pytest.approx(float(statistic.of(found))), name


def test_alpha_of_intervals_needs_no_levels(panel: Panel) -> None:
    people, judge = panel(gaps=0.3)
    by_table = alpha(coincidences(people).sum(0), people.levels, "interval")
    assert float(interval_alpha(interval_sums(people).sum(0))) == pytest.approx(float(by_table))
    runs = np.column_stack([judge, np.roll(judge, 1), np.where(judge > 3, np.nan, judge)])
    plain = repeat_consistency(runs, people.calls, "nominal")["share"]
    found = repeat_consistency(runs, people.calls, "interval")
    assert found["share"] == plain
    table = Ratings(runs, people.calls, people.items, ("a", "b", "c"))
    assert found["alpha"].value == pytest.approx(
        float(alpha(coincidences(table).sum(0), table.levels, "interval"))
    )


@pytest.mark.parametrize("calls", [12, 60])
def test_decimals_have_every_figure_of_an_interval_scale_and_no_kappa(
    panel: Panel, calls: int
) -> None:
    people, judge = panel(calls=calls, turns=1)
    chance = np.random.default_rng(5)
    fine = Ratings(
        people.values + chance.uniform(-0.4, 0.4, people.values.shape), people.calls, people.items,
        people.raters,
    )  # fmt: skip
    assert (len(fine.levels) > MOST_LEVELS) == (calls == 60)
    among, mine = human_figures(fine, "interval"), judge_figures(fine, judge + 0.25, "interval")
    assert set(among) == {*moments.BOTH_WAYS, "alpha_interval"} | {
        f"icc_{form}_{of}" for form in (1, 2, 3) for of in ("1", "k")
    }
    assert set(mine) == set(moments.STATISTICS)
    assert all(figure.value is not None for figure in (*among.values(), *mine.values()))
    assert mine["exact"].value == 0


def test_people_who_share_no_item_have_no_figures() -> None:
    values = np.array([[1.5, np.nan], [np.nan, 2.5], [3.25, np.nan]])
    apart = Ratings(values, np.arange(3), (0, 1, 2), ("a", "b"))
    found = human_figures(apart, "interval")
    assert {name for name, figure in found.items() if figure.value is not None} == set()
    assert all(figure.undefined for figure in found.values())
