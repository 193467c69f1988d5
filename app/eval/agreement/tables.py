"""Contingency tables of two raters that add up over calls, and what follows from them.

Every function takes tables of shape (…, levels, levels), the first rater's level down, the second
one's across, and gives shape (…). A bootstrap resample is a sum of calls' tables.
"""

from __future__ import annotations

from functools import lru_cache

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
    both = (ratings.coded >= 0).all(axis=1)
    coded = ratings.coded[both]
    cell = (ratings.calls[both] * size + coded[:, 0]) * size + coded[:, 1]
    flat = np.bincount(cell, minlength=ratings.call_count * size * size)
    return flat.astype(np.float64).reshape(ratings.call_count, size, size)


# Sums over the few cells of many tables: as products of matrices they take a tenth of the time.


def weighted(table: Floats, weights: Floats) -> Floats:
    """Sum of cells times weights (levels, levels); shape (…)."""
    size = table.shape[-2] * table.shape[-1]
    return np.asarray(table.reshape(*table.shape[:-2], size) @ weights.reshape(size), np.float64)


def total(table: Floats) -> Floats:
    """Sum of all cells; shape (…)."""
    return weighted(table, np.ones(table.shape[-2:]))


def rows(table: Floats) -> Floats:
    """Sums of the rows: how often the first rater gave each level; (…, levels)."""
    return _sums(table, _cells(table.shape[-1])[0])


def columns(table: Floats) -> Floats:
    """Sums of the columns: how often the second rater gave each level; (…, levels)."""
    return _sums(table, _cells(table.shape[-1])[1])


@lru_cache(maxsize=16)
def _cells(size: int) -> tuple[Floats, Floats]:
    """Which cells are of each row, and of each column; (levels², levels)."""
    one = np.eye(size)
    return np.repeat(one, size, axis=0), np.tile(one, (size, 1))


def _sums(table: Floats, cells: Floats) -> Floats:
    return np.asarray(table.reshape(*table.shape[:-2], len(cells)) @ cells, np.float64)


def dot(one: Floats, other: Floats) -> Floats:
    """Sum of products over the last axis."""
    return np.asarray(np.einsum("...i,...i->...", one, other), np.float64)


def percent_agreement(table: Floats) -> Floats:
    """Share of items on which both gave the same level."""
    return ratio(weighted(table, np.eye(table.shape[-1])), total(table))


def within_one(table: Floats) -> Floats:
    """Share of items on which the two levels are the same or next to each other."""
    at = np.arange(table.shape[-1])
    near = np.abs(at[:, None] - at[None, :]) <= 1
    return ratio(weighted(table, near.astype(np.float64)), total(table))


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
    expected = ratio(dot(rows(table) @ w, columns(table)), total(table))
    seen = weighted(table, w)
    return 1.0 - ratio(seen, expected)


def scott_pi(table: Floats) -> Floats:
    """Scott's pi (1955): as kappa, with one distribution of levels for both raters."""
    seen = percent_agreement(table)
    shares = ratio(rows(table) + columns(table), 2 * total(table)[..., None])
    chance = dot(shares, shares)
    return ratio(seen - chance, 1.0 - chance)


def pearson(table: Floats, levels: Floats) -> Floats:
    """Pearson's correlation of the two raters' values."""
    return _correlation(table, np.broadcast_to(levels, table.shape[:-1]), levels)


def spearman(table: Floats) -> Floats:
    """Spearman's rank correlation; ties share their mean rank."""
    return _correlation(table, _ranks(rows(table)), _ranks(columns(table)))


def kendall(table: Floats) -> Floats:
    """Kendall's tau-b: of pairs of items, those in the same order less those in the other."""
    below = np.zeros_like(table)
    sums = np.cumsum(np.cumsum(table, -2), -1)
    below[..., 1:, 1:] = sums[..., :-1, :-1]
    flipped = np.flip(table, -1)
    sums = np.cumsum(np.cumsum(flipped, -2), -1)
    across = np.zeros_like(table)
    across[..., 1:, 1:] = sums[..., :-1, :-1]
    apart = total(table * below - flipped * across)
    n = total(table)
    pairs = n * (n - 1) / 2
    ties = [(dot(c, c) - n) / 2 for c in (rows(table), columns(table))]
    return ratio(apart, np.sqrt((pairs - ties[0]) * (pairs - ties[1])))


def bias(table: Floats, levels: Floats) -> Floats:
    """Mean of the second rater's value less the first one's."""
    gap = levels[None, :] - levels[:, None]
    return ratio(weighted(table, gap), total(table))


def mean_absolute_error(table: Floats, levels: Floats) -> Floats:
    """Mean distance of the two values."""
    gap = np.abs(levels[None, :] - levels[:, None])
    return ratio(weighted(table, gap), total(table))


def macro_f1(table: Floats) -> Floats:
    """Mean F1 over the levels that either rater gave, the first one taken for the truth."""
    hit = np.diagonal(table, axis1=-2, axis2=-1)
    size = rows(table) + columns(table)
    scores = np.where(size > 0, 2 * hit / np.where(size > 0, size, 1.0), np.nan)
    there = size > 0
    return ratio(np.where(there, scores, 0.0).sum(-1), there.sum(-1).astype(np.float64))


def sensitivity(table: Floats) -> Floats:
    """Of a two-level table: share of the first rater's upper level that the second one found."""
    return ratio(table[..., 1, 1], rows(table)[..., 1])


def specificity(table: Floats) -> Floats:
    """Of a two-level table: share of the first rater's lower level that the second one left."""
    return ratio(table[..., 0, 0], rows(table)[..., 0])


def _ranks(marginal: Floats) -> Floats:
    """The mean rank of each level."""
    upto = np.cumsum(marginal, -1)
    return upto - (marginal - 1) / 2


def _correlation(table: Floats, down: Floats, across: Floats) -> Floats:
    """Correlation of scores `down` (…, levels) of the rows and `across` of the columns."""
    n, first, second = total(table), rows(table), columns(table)
    x = down - ratio(dot(first, down), n)[..., None]
    y = across - ratio(dot(second, np.broadcast_to(across, second.shape)), n)[..., None]
    both = dot((table @ y[..., None])[..., 0], x)
    return ratio(both, np.sqrt(dot(first, x**2) * dot(second, y**2)))


def ratio(over: Floats, under: Floats) -> Floats:
    """A quotient, NaN where it is undefined; a rounding error of nothing is nothing."""
    under = np.asarray(under, np.float64)
    safe = np.abs(under) > 1e-12
    return np.where(safe, over / np.where(safe, under, 1.0), np.nan)
