"""Other people's code computes the same figures: scikit-learn, scipy, statsmodels, choix."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from app.eval.agreement import tables
from app.eval.agreement.figures import judge_figures, pooled
from app.eval.agreement.pair_statistics import pair_statistics
from app.eval.agreement.paired_strength import Games, strengths
from app.eval.agreement.ratings import Ratings, from_matrix
from app.eval.agreement.resampling import draws, resampled

SEEDS = range(5)


def two(seed: int, levels: int = 5, items: int = 200) -> tuple[list[int], list[int]]:
    chance = np.random.default_rng(seed)
    one = chance.integers(1, levels + 1, items)
    other = np.clip(one + chance.integers(-1, 2, items), 1, levels)
    return one.tolist(), other.tolist()


def ours(one: list[int], other: list[int]) -> dict[str, float]:
    people = from_matrix([[v] for v in one])
    found = judge_figures(people, np.array(other, float), "ordinal")
    return {name: e.value if e.value is not None else np.nan for name, e in found.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_scikit_learn_and_scipy_agree_on_pairs(seed: int) -> None:
    from scipy.stats import kendalltau, pearsonr, spearmanr
    from sklearn.metrics import cohen_kappa_score, f1_score

    one, other = two(seed)
    found = ours(one, other)
    expected = {
        "kappa": cohen_kappa_score(one, other),
        "kappa_linear": cohen_kappa_score(one, other, weights="linear"),
        "kappa_quadratic": cohen_kappa_score(one, other, weights="quadratic"),
        "macro_f1": f1_score(one, other, average="macro"),
        "pearson": pearsonr(one, other).statistic,
        "spearman": spearmanr(one, other).statistic,
        "kendall": kendalltau(one, other).statistic,
        "exact": np.mean(np.equal(one, other)),
        "mae": np.mean(np.abs(np.subtract(other, one))),
        "rmse": np.sqrt(np.mean(np.subtract(other, one) ** 2)),
        "bias": np.mean(np.subtract(other, one)),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, abs=1e-9)


def test_each_resample_is_what_scikit_learn_says_of_the_drawn_items() -> None:
    from sklearn.metrics import cohen_kappa_score

    one, other = two(9, items=60)
    calls = np.arange(60) // 4
    levels = np.arange(1.0, 6.0)
    table = pooled(np.array(one, float)[:, None], np.array(other, float), levels, calls, 15)
    drawn = draws(15, 8, seed=3)
    found = resampled(table, pair_statistics(levels, "ordinal"), drawn)["kappa_quadratic"]
    for at, row in enumerate(drawn):
        picked = [
            i for c in range(15) for _ in range(int(row[c])) for i in np.flatnonzero(calls == c)
        ]
        expected = cohen_kappa_score(
            np.take(one, picked), np.take(other, picked), weights="quadratic"
        )
        assert found[at] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_scikit_learn_agrees_on_error_rates(seed: int) -> None:
    from sklearn.metrics import precision_score, recall_score

    one, other = ([v > 3 for v in side] for side in two(seed))
    people = from_matrix([[float(v)] for v in one])
    people = Ratings(people.values, people.calls, people.items, people.raters, (0.0, 1.0))
    found = judge_figures(people, np.array(other, float), "binary", against="consensus")
    values = {k: e.value for k, e in found.items()}
    assert values["sensitivity"] == pytest.approx(recall_score(one, other))
    assert values["specificity"] == pytest.approx(recall_score(one, other, pos_label=False))
    assert values["precision"] == pytest.approx(precision_score(one, other))


@pytest.mark.parametrize("seed", SEEDS)
def test_statsmodels_agrees_on_fleiss_and_kappa(seed: int) -> None:
    from app.eval.agreement import several

    inter = _statsmodels("statsmodels.stats.inter_rater")
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, 3, 80)
    rows = [[int((t + (chance.random() < 0.3)) % 3) for _ in range(4)] for t in truth]
    table = from_matrix(rows)
    plain = several.agreement_weights(table.levels, "nominal")
    found = several.fleiss_kappa(several.shares(table, plain).total())
    assert float(found) == pytest.approx(inter.fleiss_kappa(table.counts), abs=1e-9)
    pair = tables.pair_tables(table.pair(0, 1)).sum(0)
    assert float(tables.cohen_kappa(pair)) == pytest.approx(inter.cohens_kappa(pair).kappa)


@pytest.mark.parametrize("seed", SEEDS)
def test_choix_agrees_on_strengths(seed: int) -> None:
    import choix

    chance = np.random.default_rng(seed)
    truth = np.array([0.0, 0.4, 0.9, 1.5])
    wins = []
    for _ in range(400):
        a, b = (int(v) for v in chance.permutation(4)[:2])
        ahead = chance.random() < 1 / (1 + np.exp(truth[b] - truth[a]))
        wins.append((a, b) if ahead else (b, a))
    games = [Games(first=a, second=b, wins=1, losses=0) for a, b in wins]
    found = strengths(games, 4)
    assert found is not None
    expected = choix.opt_pairwise(4, wins)
    assert list(found.values) == pytest.approx((expected - expected[0]).tolist(), abs=1e-4)


def test_statsmodels_agrees_on_clustered_regressions() -> None:
    from app.eval.calibration.regression import least_squares, logistic

    sm = _statsmodels("statsmodels.api")
    chance = np.random.default_rng(4)
    calls = np.repeat(np.arange(40), 6)
    x, z = chance.normal(size=(2, 240))
    y = 0.5 + 0.8 * x - 0.2 * z + np.repeat(chance.normal(size=40), 6) + chance.normal(size=240)
    design = np.column_stack([np.ones(240), x, z])
    options = {"cov_type": "cluster", "cov_kwds": {"groups": calls}, "use_t": True}
    cases = (
        (least_squares(y, {"x": x, "z": z}, calls), sm.OLS(y, design).fit(**options)),
        (
            logistic(y > 0.5, {"x": x, "z": z}, calls),
            sm.Logit((y > 0.5) * 1.0, design).fit(disp=0, **options),
        ),
    )
    for ours, theirs in cases:
        found = list(ours.coefficients.values())
        assert [c.value for c in found] == pytest.approx(list(theirs.params), abs=1e-6)
        assert [c.error for c in found] == pytest.approx(list(theirs.bse), rel=1e-4)


def test_statsmodels_agrees_on_pairs_clustered_by_pair() -> None:
    """Both orders of each pair, no call in two pairs."""
    from app.eval.calibration.biases import pair_biases

    sm = _statsmodels("statsmodels.api")
    chance = np.random.default_rng(8)
    ends = np.arange(240).reshape(120, 2)
    turned = np.repeat([1.0, -1.0], 120)
    label, longer, slower = chance.normal(size=(3, 120))
    human, longer, slower = (turned * np.tile(v, 2) for v in (np.sign(label), longer, slower))
    odds = 0.5 + human + 0.6 * longer
    first = (chance.random(240) < 1 / (1 + np.exp(-odds))) * 1.0
    ours = pair_biases(
        first, (human + 1) / 2, {"length": longer, "latency": slower}, np.tile(ends, (2, 1))
    )
    design = np.column_stack([np.ones(240), human, longer, slower])
    theirs = sm.Logit(first, design).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": np.tile(np.arange(120), 2)}, use_t=True
    )
    found = list(ours.coefficients.values())
    assert [c.value for c in found] == pytest.approx(list(theirs.params), abs=1e-6)
    assert [c.error for c in found] == pytest.approx(list(theirs.bse), rel=1e-4)
    assert [c.low for c in found] == pytest.approx(list(theirs.conf_int()[:, 0]), rel=1e-3)
    assert [c.p for c in found] == pytest.approx(list(theirs.pvalues), rel=1e-3, abs=1e-9)


def test_statsmodels_agrees_on_ordered_logit() -> None:
    from app.eval.calibration.models import logit

    ordinal = _statsmodels("statsmodels.miscmodels.ordinal_model")
    chance = np.random.default_rng(5)
    x = chance.integers(1, 6, 1500).astype(float)
    y = np.clip(np.round(0.5 + 0.8 * x + chance.logistic(size=1500) * 0.7), 1, 5)
    found = logit(x[:, None], y, np.arange(1.0, 6.0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ordinal.OrderedModel(y.astype(int), x[:, None], distr="logit")
        theirs = model.fit(method="bfgs", disp=0)
    cuts = model.transform_threshold_params(theirs.params)[1:-1]
    # Ours is held back by half an item.
    assert found["slopes"] == pytest.approx([theirs.params[0]], rel=0.02)
    assert found["cuts"] == pytest.approx(cuts.tolist(), rel=0.03, abs=0.05)


def test_scikit_learn_agrees_on_isotonic_regression_and_folds() -> None:
    from sklearn.isotonic import IsotonicRegression

    from app.eval.calibration.crossval import fold_of
    from app.eval.calibration.models import isotonic

    chance = np.random.default_rng(6)
    x = chance.integers(1, 8, 200).astype(float)
    y = x**2 / 10 + chance.normal(size=200)
    found = isotonic(x[:, None], y, np.array([0.0, 10.0]))
    theirs = IsotonicRegression().fit(x, y)
    assert found["y"] == pytest.approx(theirs.predict(found["x"]).tolist(), abs=1e-9)
    calls = chance.integers(0, 30, 200)
    folds = fold_of(calls)
    assert all(len(set(folds[calls == c])) == 1 for c in np.unique(calls))
    assert np.ptp(np.bincount(folds)) <= np.bincount(calls).max()


def test_statsmodels_agrees_on_mcnemar() -> None:
    from app.eval.calibration.drift import exact_sign

    table = _statsmodels("statsmodels.stats.contingency_tables")
    for one, other in ((3, 11), (0, 6), (5, 5), (20, 9)):
        theirs = table.mcnemar([[40, one], [other, 30]], exact=True).pvalue
        assert exact_sign(one, other) == pytest.approx(float(theirs))


def _statsmodels(name: str) -> Any:
    """Importing it may warn of its own affairs."""
    import importlib

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(name)
