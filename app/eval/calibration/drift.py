"""Has a judge, or a rater, become another? Paired on frozen anchors; control charts in between.

A judge is rerun on the same anchors, so that a change is the judge's and not the calls'. Between
reruns a CUSUM (Page 1954) watches the audited residuals and the population stability index the
distributions: a shift of the inputs is no drift of the judge. People get a few items again, blind:
without that a harsher judge and milder people look alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.figures import MOST_LEVELS, pooled
from app.eval.agreement.ratings import Floats, Ints, Ratings, renumbered
from app.eval.agreement.resampling import Estimate, Statistic, draws, estimate, interval, resampled
from app.eval.agreement.tables import cohen_kappa, disagreement, ratio

MARGIN = 0.1
"""Points of the scale below which a shift of the mean is let pass."""
MARGIN_KAPPA = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """Items whose agreement with gold changed; McNemar's exact test of one way against the other.

    Without gold, `worse` and `better` are the items that fell and rose.
    """

    table: Floats
    """Counts of (before, after) values; (levels, levels)."""
    levels: tuple[float, ...]
    same: int
    worse: int
    better: int
    p: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A judge after against the same judge before, on the same items."""

    mean: Estimate
    """Of after less before."""
    kappa: Estimate | None
    """Quadratic kappa with gold, after less before; None without gold or levels."""
    flips: Flips | None
    """None where values are no classes: too many, or with decimals."""
    drifted: bool
    """An interval excludes 0 and the change exceeds its margin."""
    words: str


def anchor_drift(
    before: Floats,
    after: Floats,
    calls: Ints,
    gold: Floats | None = None,
    *,
    margin: float = MARGIN,
    margin_kappa: float = MARGIN_KAPPA,
) -> Drift:
    """Compare two runs on the anchors.

    Args:
        before: scores of the first run, NaN where there is none.
        after: of the second run.
        calls: of each item.
        gold: people's consensus.
        margin: of the mean.
        margin_kappa: of the agreement.
    """
    both = ~(np.isnan(before) | np.isnan(after))
    one, two, groups = before[both], after[both], renumbered(calls[both])
    count = int(groups.max()) + 1 if len(groups) else 0
    drawn = draws(max(1, count))
    sums = np.zeros((count, 2))
    np.add.at(sums, groups, np.stack([np.ones(len(one)), two - one], 1))
    mean = estimate(sums, _mean, n=len(one), raters=1, drawn=drawn)
    known = None if gold is None else gold[both]
    levels = np.unique(np.concatenate([one, two]))
    small = len(levels) <= MOST_LEVELS
    kappa = None if known is None or not small else _kappa(one, two, known, groups, drawn)
    classes = small and bool((levels % 1 == 0).all())
    flips = _flips(one, two, known, levels) if classes else None
    shifted = _beyond(mean, margin)
    worse = kappa is not None and _beyond(kappa, margin_kappa)
    words = [f"Mean {_signed(mean.value)} points." if mean.value is not None else mean.undefined]
    if kappa is not None and kappa.value is not None:
        words.append(f"Agreement with gold {_signed(kappa.value)}.")
    words.append("It has drifted." if shifted or worse else "No drift beyond the margin is shown.")
    return Drift(
        mean=mean, kappa=kappa, flips=flips, drifted=shifted or worse, words=" ".join(words)
    )


def _signed(value: float) -> str:
    """A change with its sign; none before a rounded nothing."""
    text = f"{value:+.2f}"
    return text.replace("-", "−") if float(text) else text[1:]


def _mean(sums: Floats) -> Floats:
    return ratio(sums[..., 1], sums[..., 0])


def _beyond(found: Estimate, margin: float) -> bool:
    if found.value is None or found.low is None or found.high is None:
        return False
    return (found.low > 0 or found.high < 0) and abs(found.value) > margin


def _kappa(one: Floats, two: Floats, gold: Floats, calls: Ints, drawn: Floats) -> Estimate:
    """The difference of two kappas of the same items, paired within each resample."""
    levels = np.unique(np.concatenate([one, two, gold[~np.isnan(gold)]]))
    weights = disagreement(levels, "quadratic")
    kappa = Statistic(lambda t: cohen_kappa(t, weights), -1.0, 1.0)
    count = int(calls.max()) + 1 if len(calls) else 0
    first, second = (pooled(gold[:, None], v, levels, calls, count) for v in (one, two))
    n = int((~np.isnan(gold)).sum())
    used = len(np.unique(calls[~np.isnan(gold)]))
    value = float(kappa.of(second.sum(0)) - kappa.of(first.sum(0)))
    if np.isnan(value) or used < 2:
        return Estimate(
            value=None, low=None, high=None, n=n, calls=used, raters=2,
            undefined="All ratings are the same, or there are too few.",
        )  # fmt: skip
    gap = resampled(second, {"k": kappa}, drawn)["k"] - resampled(first, {"k": kappa}, drawn)["k"]
    got = interval(value, gap, used, Statistic(kappa.of, -2.0, 2.0))
    return Estimate(
        value=value, low=got.low, high=got.high, n=n, calls=used, raters=2, method=got.method,
        warning=got.warning,
    )  # fmt: skip


def _flips(one: Floats, two: Floats, gold: Floats | None, levels: Floats) -> Flips:
    table = pooled(one[:, None], two, levels, np.zeros(len(one), np.int64), 1)[0]
    if gold is None:
        worse, better = int((two < one).sum()), int((two > one).sum())
    else:
        worse = int(((one == gold) & (two != gold)).sum())
        better = int(((one != gold) & (two == gold)).sum())
    return Flips(
        table=table, levels=tuple(levels.tolist()), same=int((one == two).sum()), worse=worse,
        better=better, p=exact_sign(worse, better),
    )  # fmt: skip


def exact_sign(one: int, other: int) -> float | None:
    """Two-sided exact binomial test of two counts being alike; None where both are 0."""
    n = one + other
    if not n:
        return None
    from scipy.special import bdtr

    return min(1.0, 2 * float(bdtr(min(one, other), n, 0.5)))


def intra_rater(first: Floats, again: Floats, calls: Ints) -> tuple[Estimate, Estimate]:
    """A person's blind repeats: alpha (interval) of the two rounds, and the mean change."""
    from app.eval.agreement.alpha import interval_alpha, interval_sums

    table = Ratings(
        np.stack([first, again], 1), renumbered(calls), tuple(range(len(first))), ("first", "again")
    )
    both = int(table.complete.sum())
    steady = estimate(interval_sums(table), interval_alpha, n=both, raters=1, low=-1.0, high=1.0)
    return steady, anchor_drift(first, again, calls).mean


def trend(residuals: Sequence[float], days: Sequence[float], calls: Sequence[int]) -> Estimate:
    """Slope of a rater's residuals over time, in points a day; sums add up over calls."""
    y, x = np.asarray(residuals, np.float64), np.asarray(days, np.float64)
    groups = renumbered(np.asarray(calls, np.int64))
    count = int(groups.max()) + 1 if len(groups) else 0
    x = x - x.mean() if len(x) else x
    sums = np.zeros((count, 5))
    np.add.at(sums, groups, np.stack([np.ones(len(x)), x, y, x * x, x * y], 1))

    def slope(s: Floats) -> Floats:
        n, sx, sy = s[..., 0], s[..., 1], s[..., 2]
        return ratio(s[..., 4] - ratio(sx * sy, n), s[..., 3] - ratio(sx * sx, n))

    return estimate(sums, slope, n=len(y), raters=1, undefined="All on one day.")
