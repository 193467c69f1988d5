"""Figures of judges and people, the matched ceiling, and the intervals of both."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from app.eval.agreement import resampling, views
from app.eval.agreement.alpha import alpha, coincidences
from app.eval.agreement.ceiling import ceiling
from app.eval.agreement.consensus import adjusted_means, consensus, harshness
from app.eval.agreement.figures import human_figures, judge_figures
from app.eval.agreement.icc import iccs, mean_squares, squares
from app.eval.agreement.ratings import Floats, Ratings, from_matrix
from app.eval.agreement.summary import summarise
from app.eval.agreement.wilson_by_call import proportion

Panel = Callable[..., tuple[Ratings, Floats]]


def test_a_judge_beside_one_person_has_the_figures_of_the_two(panel: Panel) -> None:
    people, judge = panel(people=1, gaps=0.1)
    both = Ratings(
        np.column_stack([people.values[:, 0], judge]), people.calls, people.items,
        ("person", "judge"), people.scale,
    )  # fmt: skip
    whole = summarise(both).values
    found = {k: e.value for k, e in judge_figures(people, judge, "ordinal").items()}
    same = {
        "exact": "percent_agreement", "kappa": "cohen_kappa", "kappa_linear": "kappa_linear",
        "kappa_quadratic": "kappa_quadratic", "scott_pi": "scott_pi", "ac1": "gwet_ac1",
        "ac2": "gwet_ac2_quadratic", "alpha_nominal": "alpha_nominal",
        "alpha_ordinal": "alpha_ordinal", "alpha_interval": "alpha_interval",
        "icc_2_1": "icc_2_1", "icc_3_1": "icc_3_1",
    }  # fmt: skip
    pair = summarise(both.pair(0, 1)).values
    for ours, theirs in same.items():
        # Where both must have rated, items of one rating alone are no pair.
        assert found[ours] == pytest.approx(pair[theirs], abs=1e-9), ours
    assert whole["cohen_kappa"] == pytest.approx(found["kappa"])


def test_peoples_alpha_and_icc_are_those_of_the_whole_panel(panel: Panel) -> None:
    people, _ = panel(gaps=0.2)
    found = human_figures(people, "ordinal")
    direct = alpha(coincidences(people).sum(0), people.levels, "ordinal")
    assert found["alpha_ordinal"].value == pytest.approx(float(direct))
    icc = iccs(mean_squares(squares(people).total()))["icc_2_k"]
    assert found["icc_2_k"].value == pytest.approx(float(icc))
    assert found["icc_2_k"].n == int(people.complete.sum())
    assert "bias" not in found  # both ways round it is nothing


def test_mean_opinion_scores_need_no_levels(panel: Panel) -> None:
    from scipy.stats import pearsonr, spearmanr

    people, judge = panel(gaps=0.2)
    judge = judge + np.random.default_rng(1).normal(size=len(judge)) * 0.1
    gold = consensus(people, "interval")
    there = ~np.isnan(gold)
    found = judge_figures(people, judge, "interval", against="consensus")
    x, y = gold[there], judge[there]
    assert found["pearson"].value == pytest.approx(pearsonr(x, y).statistic)
    assert found["spearman"].value == pytest.approx(spearmanr(x, y).statistic)
    assert found["rmse"].value == pytest.approx(float(np.sqrt(((x - y) ** 2).mean())))
    assert found["bias"].value == pytest.approx(float((y - x).mean()))
    two = from_matrix(np.column_stack([x, y]).tolist())
    icc = iccs(mean_squares(squares(two).total()))
    assert found["icc_2_1"].value == pytest.approx(float(icc["icc_2_1"]))
    assert found["icc_3_1"].value == pytest.approx(float(icc["icc_3_1"]))
    assert found["pearson"].n == int(there.sum())


def test_levels_that_nobody_gave_still_count() -> None:
    people = from_matrix([[1], [5], [1], [5], [1], [3]])
    scale = Ratings(people.values, people.calls, people.items, people.raters, (1, 2, 3, 4, 5))
    judge = np.array([1, 5, 3, 5, 3, 3.0])
    near = judge_figures(scale, judge, "ordinal")["within_one"].value
    assert near == pytest.approx(4 / 6)  # 1 and 3 are two steps apart, though nobody said 2
    assert judge_figures(people, judge, "ordinal")["ac1"].value != pytest.approx(
        judge_figures(scale, judge, "ordinal")["ac1"].value
    )


def test_what_is_undefined_says_why() -> None:
    people = from_matrix([[3, 3]] * 40)
    found = judge_figures(people, np.full(40, 3.0), "ordinal")
    assert found["kappa_quadratic"].value is None
    assert "same" in found["kappa_quadratic"].undefined
    assert found["exact"].value == 1
    nobody = judge_figures(people, np.full(40, np.nan), "ordinal")
    assert nobody["exact"].value is None
    assert nobody["exact"].n == 0


def test_figures_of_one_comparison_share_their_draws(panel: Panel) -> None:
    people, judge = panel()
    drawn = resampling.draws(people.call_count)
    one = judge_figures(people, judge, "ordinal", drawn=drawn)
    other = judge_figures(people, judge, "ordinal")
    assert one == other  # the default draws are seeded


def test_gold_is_majority_median_or_mean() -> None:
    rows = [[1, 1, 2], [1, 2, 3], [1, 2, None], [None, None, None], [4, None, None], [2, 2, None]]
    table = from_matrix(rows)
    nan = np.nan
    assert np.array_equal(consensus(table, "nominal"), [1, nan, nan, nan, 4, 2], equal_nan=True)
    assert np.array_equal(consensus(table, "ordinal"), [1, 2, nan, nan, 4, 2], equal_nan=True)
    means = [4 / 3, 2, 1.5, nan, 4, 2]
    assert np.allclose(consensus(table, "interval"), means, equal_nan=True)


def test_a_harsh_rater_lies_below_the_others() -> None:
    found = harshness(from_matrix([[3, 3, 2], [4, 4, 3], [5, 5, 4]]))
    assert found == pytest.approx([-0.5, -0.5, 1.0])


def test_an_item_of_the_harsh_rater_alone_is_not_a_bad_one() -> None:
    truth = np.array([2.0, 3, 4, 5, 3, 4])
    rows = np.stack([truth + 1, truth - 1], 1)
    rows[4, 0] = rows[5, 1] = np.nan
    table = from_matrix(rows.tolist())
    assert adjusted_means(table) == pytest.approx(truth)
    table = from_matrix([[3, None], [None, None], [4, 4]])
    assert np.allclose(adjusted_means(table), [3, np.nan, 4], equal_nan=True, atol=1e-6)


# ---------------------------------------------------------------------------------- intervals


def test_few_calls_have_a_wider_interval_and_a_warning(panel: Panel) -> None:
    people, judge = panel(calls=12, turns=20)
    found = judge_figures(people, judge, "ordinal")["kappa_quadratic"]
    assert found.method == resampling.STUDENT
    assert "12 calls" in found.warning
    many = judge_figures(*panel(calls=60, turns=4), "ordinal")["kappa_quadratic"]
    assert many.method == resampling.PERCENTILE
    assert not many.warning


def test_near_one_the_interval_is_bias_corrected(panel: Panel) -> None:
    people, judge = panel(noise=0.1, judge_noise=0.1)
    found = judge_figures(people, judge, "ordinal")["kappa_quadratic"]
    assert found.value is not None
    assert found.value > resampling.NEAR_LIMIT
    assert found.method == resampling.BCA
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high <= 1


def test_bca_is_that_of_scipy() -> None:
    from scipy.stats import bootstrap

    x = np.random.default_rng(3).exponential(size=60)
    sums = np.stack([np.ones(60), x], 1)

    def squashed(s: Floats) -> Floats:
        return 1 - 0.05 * s[..., 1] / s[..., 0]

    found = resampling.estimate(sums, squashed, n=60, raters=1, low=-1.0, high=1.0)
    theirs = bootstrap(
        (x,), lambda v, axis: 1 - 0.05 * v.mean(axis), n_resamples=9999, method="BCa",
        rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    assert found.method == resampling.BCA
    width = theirs.high - theirs.low
    assert found.low == pytest.approx(theirs.low, abs=0.08 * width)
    assert found.high == pytest.approx(theirs.high, abs=0.08 * width)


def test_a_judge_that_never_disagrees_is_not_certain(panel: Panel) -> None:
    people, _ = panel(people=1)
    found = judge_figures(people, people.values[:, 0], "ordinal")["kappa_quadratic"]
    assert found.value == 1
    assert found.high == 1
    assert found.low is not None
    assert 0.9 < found.low < 1
    assert found.method == resampling.WILSON


def test_one_call_has_no_interval() -> None:
    people = from_matrix([[1], [2], [3], [2]], [0, 0, 0, 0])
    found = judge_figures(people, np.array([1, 2, 2, 2.0]), "ordinal")["kappa_quadratic"]
    assert found.value is not None
    assert found.low is None
    assert found.calls == 1


def test_wilson_by_call_is_wider_where_calls_hang_together() -> None:
    trials = np.full(40, 10.0)
    apart = proportion(np.full(40, 8.0), trials, raters=2)
    clumped = proportion(np.repeat([10.0, 0.0], [32, 8]), trials, raters=2)
    assert apart.value == clumped.value == 0.8
    assert clumped.half_width is not None
    assert apart.half_width is not None
    assert clumped.half_width > 2.5 * apart.half_width
    from app.eval.stats.proportion import wilson

    one = wilson(320, 400)
    assert (apart.low, apart.high) == pytest.approx((one.low, one.high))
    sure = proportion(trials, trials, raters=2)
    assert sure.low == pytest.approx(wilson(40, 40).low)  # calls, not items


# ------------------------------------------------------------------------------------ ceiling


def test_a_judge_like_a_person_reaches_the_ceiling(panel: Panel) -> None:
    people, judge = panel(calls=100)
    found = ceiling(people, judge, "ordinal")
    assert found.measure == "kappa_quadratic"
    assert found.gap.low is not None
    assert found.gap.high is not None
    assert found.gap.low < 0 < found.gap.high
    assert found.ratio.value == pytest.approx(1, abs=0.06)
    assert found.gap.half_width is not None
    assert found.judge.half_width is not None
    # Paired within the resample: what is common to both falls out.
    assert found.gap.half_width < found.judge.half_width
    assert len(found.people) == 3


def test_a_worse_judge_lies_below_people(panel: Panel) -> None:
    people, judge = panel(calls=100, judge_noise=1.5)
    found = ceiling(people, judge, "ordinal")
    assert found.gap.high is not None
    assert found.gap.high < -0.05
    assert found.z is not None
    assert found.z < -1
    assert found.p_inferior is not None
    assert found.p_inferior > 0.9


def test_a_judge_closer_than_people_is_flagged(panel: Panel) -> None:
    people, judge = panel(calls=100, noise=0.9, judge_noise=0.05)
    found = ceiling(people, judge, "ordinal")
    assert found.super_consistent
    assert found.p_inferior is not None
    assert found.p_inferior < 0.01


def test_a_person_put_in_for_the_judge_reaches_exactly_their_own_place(panel: Panel) -> None:
    people, _ = panel(people=3)
    found = ceiling(people, people.values[:, 0].copy(), "ordinal")
    mine = next(p for p in found.people if p.rater == "r0")
    assert mine.judge == pytest.approx(mine.person)


def test_the_ceiling_of_every_scale(panel: Panel) -> None:
    people, judge = panel(gaps=0.2)
    binary = Ratings(
        np.where(np.isnan(people.values), np.nan, people.values > 3), people.calls, people.items,
        people.raters, (0.0, 1.0),
    )  # fmt: skip
    assert ceiling(binary, (judge > 3) * 1.0, "binary").measure == "ac1"
    assert ceiling(people, judge + 0.123, "interval").measure == "pearson"
    assert ceiling(people, judge, "nominal").measure == "kappa"


def test_without_shared_items_there_is_no_ceiling(panel: Panel) -> None:
    people, judge = panel(people=1)
    found = ceiling(people, judge, "ordinal")
    assert found.gap.value is None
    assert "shares" in found.reason


def test_ratings_that_are_all_alike_are_told_apart_from_too_few() -> None:
    alike = from_matrix([[2.0, 2.0]] * 12)
    found = ceiling(alike, np.full(12, 2.0), "ordinal")
    assert found.judge.value is None
    assert found.judge.n == 12
    assert "do not vary" in found.reason
    few = from_matrix([[2.0, 2.0]] * 9)
    assert "shares 10 items" in ceiling(few, np.full(9, 2.0), "ordinal").reason


# -------------------------------------------------------------------------------------- views


def test_the_confusion_table_counts_items_or_votes(panel: Panel) -> None:
    people, judge = panel(gaps=0.2)
    gold = consensus(people, "ordinal")
    found = views.confusion(people, judge, "ordinal")
    assert found.levels == (1, 2, 3, 4, 5)
    assert found.counts.sum() == (~np.isnan(gold)).sum()
    assert found.counts[1, 2] == ((gold == 2) & (judge == 3)).sum()
    votes = views.confusion(people, judge, "ordinal", against="each")
    assert votes.counts.sum() == (~np.isnan(people.values)).sum()


def test_the_calibration_curve_of_a_lenient_judge_lies_below_the_diagonal(panel: Panel) -> None:
    people, judge = panel(judge_bias=1.0)
    curve = views.calibration_curve(people, judge, "ordinal")
    assert [p.judge for p in curve] == sorted({*judge.tolist()})
    middle = [p for p in curve if p.judge in (3, 4)]
    assert all(p.people.high is not None and p.people.high < p.judge for p in middle)
    gold = people.values[judge == 3].mean()
    assert next(p for p in curve if p.judge == 3).people.value == pytest.approx(float(gold))
    fine = views.calibration_curve(people, judge + np.linspace(0, 0.1, len(judge)), "interval")
    assert len(fine) == 10
    assert sum(p.people.n for p in fine) == len(judge)
    assert views.calibration_curve(people, judge * np.nan, "ordinal") == ()


def test_the_forest_has_each_person_alone(panel: Panel) -> None:
    people, judge = panel(gaps=0.1)
    found = dict(views.forest(people, judge, "ordinal"))
    assert set(found) == {"r0", "r1", "r2"}
    alone = Ratings(people.values[:, [1]], people.calls, people.items, ("r1",), people.scale)
    assert found["r1"] == judge_figures(alone, judge, "ordinal")["kappa_quadratic"]
    assert found["r1"].n == int((~np.isnan(people.values[:, 1])).sum())
