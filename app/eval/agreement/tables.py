"""Contingency tables of two raters that add up over calls, and what follows from them.

Every function takes tables of shape (…, levels, levels), the first rater's level down, the second
one's across, and gives shape (…). A bootstrap resample is a sum of calls' tables.
"""

from __future__ import annotations

import numpy as np

from app.eval.agreement.ratings import Floats, Ratings


def pair_tables(ratings: Ratings) -> Floats:
    """The table of two raters in each call; shape (calls, levels, levels).

    Raises:
        ValueError: not exactly two raters.
    """
    if len(ratings.raters) != 2:
        raise ValueError("a contingency table is of two raters")
    size = len(ratings.levels)
    out = np.zeros((ratings.call_count, size, size))
    both = (ratings.coded >= 0).all(axis=1)
    coded = ratings.coded[both]
    np.add.at(out, (ratings.calls[both], coded[:, 0], coded[:, 1]), 1.0)
    return out


def percent_agreement(table: Floats) -> Floats:
    """Share of items on which both gave the same level."""
    return ratio(np.trace(table, axis1=-2, axis2=-1), table.sum((-2, -1)))


def within_one(table: Floats) -> Floats:
    """Share of items on which the two levels are the same or next to each other."""
    at = np.arange(table.shape[-1])
    near = np.abs(at[:, None] - at[None, :]) <= 1
    return ratio((table * near).sum((-2, -1)), table.sum((-2, -1)))


def disagreement(levels: Floats, kind: str) -> Floats:
    """Weights of disagreement: `nominal` 0/1, `linear` by distance, `quadratic` by its square."""
    if kind == "nominal":
        return 1.0 - np.eye(len(levels))
    distance = np.abs(levels[:, None] - levels[None, :])
    return distance if kind == "linear" else distance**2


def cohen_kappa(table: Floats, weights: Floats | None = None) -> Floats:
    """Cohen's kappa, weighted by disagreement weights (Cohen 1960, 1968).

    Undefined where chance alone would agree always.
    """
    size = table.shape[-1]
    w = 1.0 - np.eye(size) if weights is None else weights
    n = table.sum((-2, -1))
    rows, columns = table.sum(-1), table.sum(-2)
    seen = (w * table).sum((-2, -1))
    expected = ratio(np.einsum("...i,ij,...j->...", rows, w, columns), n)
    return 1.0 - ratio(seen, expected)


def scott_pi(table: Floats) -> Floats:
    """Scott's pi (1955): as kappa, with one distribution of levels for both raters."""
    n = table.sum((-2, -1))
    seen = percent_agreement(table)
    shares = ratio(table.sum(-1) + table.sum(-2), 2 * n[..., None])
    chance = (shares**2).sum(-1)
    return ratio(seen - chance, 1.0 - chance)


def pearson(table: Floats, levels: Floats) -> Floats:
    """Pearson's correlation of the two raters' values."""
    return _correlation(table, np.broadcast_to(levels, table.shape[:-1]), levels)


def spearman(table: Floats) -> Floats:
    """Spearman's rank correlation; ties share their mean rank."""
    return _correlation(table, _ranks(table.sum(-1)), _ranks(table.sum(-2)))


def kendall(table: Floats) -> Floats:
    """Kendall's tau-b: of pairs of items, those in the same order less those in the other."""
    total = table.sum((-2, -1))
    below = np.zeros_like(table)
    sums = np.cumsum(np.cumsum(table, -2), -1)
    below[..., 1:, 1:] = sums[..., :-1, :-1]
    flipped = np.flip(table, -1)
    sums = np.cumsum(np.cumsum(flipped, -2), -1)
    across = np.zeros_like(table)
    across[..., 1:, 1:] = sums[..., :-1, :-1]
    same = (table * below).sum((-2, -1))
    other = (flipped * across).sum((-2, -1))
    pairs = total * (total - 1) / 2
    ties = [(c * (c - 1) / 2).sum(-1) for c in (table.sum(-1), table.sum(-2))]
    return ratio(same - other, np.sqrt((pairs - ties[0]) * (pairs - ties[1])))


def bias(table: Floats, levels: Floats) -> Floats:
    """Mean of the second rater's value less the first one's."""
    gap = levels[None, :] - levels[:, None]
    return ratio((table * gap).sum((-2, -1)), table.sum((-2, -1)))


def mean_absolute_error(table: Floats, levels: Floats) -> Floats:
    """Mean distance of the two values."""
    gap = np.abs(levels[None, :] - levels[:, None])
    return ratio((table * gap).sum((-2, -1)), table.sum((-2, -1)))


def macro_f1(table: Floats) -> Floats:
    """Mean F1 over the levels that either rater gave, the first one taken for the truth."""
    hit = np.diagonal(table, axis1=-2, axis2=-1)
    size = table.sum(-1) + table.sum(-2)
    scores = np.where(size > 0, 2 * hit / np.where(size > 0, size, 1.0), np.nan)
    there = size > 0
    return ratio(np.where(there, scores, 0.0).sum(-1), there.sum(-1).astype(np.float64))


def sensitivity(table: Floats) -> Floats:
    """Of a two-level table: share of the first rater's upper level that the second one found."""
    return ratio(table[..., 1, 1], table[..., 1, :].sum(-1))


def specificity(table: Floats) -> Floats:
    """Of a two-level table: share of the first rater's lower level that the second one left."""
    return ratio(table[..., 0, 0], table[..., 0, :].sum(-1))


def _ranks(marginal: Floats) -> Floats:
    """The mean rank of each level."""
    upto = np.cumsum(marginal, -1)
    return upto - (marginal - 1) / 2


def _correlation(table: Floats, down: Floats, across: Floats) -> Floats:
    """Correlation of scores `down` (…, levels) of the rows and `across` of the columns."""
    n = table.sum((-2, -1))
    rows, columns = table.sum(-1), table.sum(-2)
    x = down - ratio((rows * down).sum(-1), n)[..., None]
    y = across - ratio((columns * across).sum(-1), n)[..., None]
    both = np.einsum("...i,...ij,...j->...", x, table, np.broadcast_to(y, x.shape))
    return ratio(both, np.sqrt((rows * x**2).sum(-1) * (columns * y**2).sum(-1)))


def ratio(over: Floats, under: Floats) -> Floats:
    """A quotient, NaN where it is undefined; a rounding error of nothing is nothing."""
    under = np.asarray(under, np.float64)
    safe = np.abs(under) > 1e-12
    return np.where(safe, over / np.where(safe, under, 1.0), np.nan)
