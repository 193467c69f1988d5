"""Each rater's error rates and each item's likely truth, without gold (Dawid and Skene 1979).

Raters are taken to err independently of each other given the truth. Judges of one model family do
not: with few raters this is no gold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats, Ratings

STEPS = 500
TINY = 1e-9
PRIOR = 0.01
"""Added to each cell, so that what was never seen is unlikely instead of impossible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """Estimates by expectation-maximisation, begun at the majority."""

    prevalence: Floats
    """(levels,)"""
    confusion: Floats
    """(raters, true level, given level); rows sum to 1"""
    posterior: Floats
    """(items, levels)"""
    steps: int
    converged: bool


def truth(ratings: Ratings) -> Truth | None:
    """The estimates; None without a rating."""
    size, raters = len(ratings.levels), len(ratings.raters)
    if not size:
        return None
    given = np.zeros((len(ratings.items), raters, size))
    rows, columns = np.nonzero(ratings.coded >= 0)
    given[rows, columns, ratings.coded[rows, columns]] = 1.0
    rated = given.any((1, 2))
    posterior = given.sum(1) + TINY
    posterior /= posterior.sum(1, keepdims=True)
    moved, step = np.inf, 0
    while moved >= TINY and step < STEPS:
        confusion = _confusion(posterior, given)
        log = np.log(posterior[rated].mean(0) + 1e-300)
        log = log + np.einsum("irg,rtg->it", given, np.log(confusion))
        after = np.exp(log - log.max(1, keepdims=True))
        after /= after.sum(1, keepdims=True)
        moved = float(np.abs(after - posterior).max())
        posterior, step = after, step + 1
    return Truth(
        prevalence=posterior[rated].mean(0),
        confusion=_confusion(posterior, given),
        posterior=posterior,
        steps=step,
        converged=moved < TINY,
    )


def _confusion(posterior: Floats, given: Floats) -> Floats:
    table = np.einsum("it,irg->rtg", posterior, given) + PRIOR
    return np.asarray(table / table.sum(-1, keepdims=True))
