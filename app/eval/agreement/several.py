"""Agreement of several raters from shares per item: Fleiss' kappa and Gwet's AC1 and AC2.

An item with a single rating tells nothing of agreement, yet counts in how often levels occur
(Gwet, Handbook of Inter-Rater Reliability, 4th ed., ch. 2 and 3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats, Ratings
from app.eval.agreement.tables import dot, ratio


@dataclass(frozen=True, slots=True)
class Shares:
    """Sums over items that add up over calls; each of shape (calls, …)."""

    agreed: Floats
    """Sum of the pairwise agreement of items with two ratings or more; (…,)."""
    several: Floats
    """How many items have two ratings or more; (…,)."""
    levels: Floats
    """Sum of the share of each level over items with a rating; (…, levels)."""
    rated: Floats
    """How many items have a rating; (…,)."""

    def resampled(self, draws: Floats) -> Shares:
        """The sums of each resample; `draws` is (resamples, calls), how often each call came."""
        return Shares(
            draws @ self.agreed, draws @ self.several, draws @ self.levels, draws @ self.rated
        )

    def total(self) -> Shares:
        """The sums of all calls."""
        return Shares(
            self.agreed.sum(0), self.several.sum(0), self.levels.sum(0), self.rated.sum(0)
        )

    @property
    def packed(self) -> Floats:
        """All in one array (calls, 3 + levels); `unpacked` takes it apart again."""
        lone = np.stack([self.agreed, self.several, self.rated], -1)
        return np.concatenate([lone, self.levels], -1)


def unpacked(flat: Floats) -> Shares:
    """The parts of `Shares.packed`, of whatever leading shape."""
    return Shares(flat[..., 0], flat[..., 1], flat[..., 3:], flat[..., 2])


def agreement_weights(levels: Floats, kind: str) -> Floats:
    """Weights of agreement, 1 on the diagonal: `nominal`, `linear` or `quadratic`."""
    if kind == "nominal" or len(levels) < 2:
        return np.eye(len(levels))
    gap = np.abs(levels[:, None] - levels[None, :]) / (levels[-1] - levels[0])
    return np.asarray(1.0 - (gap if kind == "linear" else gap**2))


def shares(ratings: Ratings, weights: Floats | None = None) -> Shares:
    """The sums of each call."""
    counts = ratings.counts
    size = counts.sum(1)
    w = np.eye(counts.shape[1]) if weights is None else weights
    several, rated = size >= 2, size >= 1
    fitting = (counts * (counts @ w - 1.0)).sum(1)
    agreed = np.where(several, fitting / np.where(several, size * (size - 1), 1.0), 0.0)
    spread = np.where(rated[:, None], counts / np.where(rated, size, 1.0)[:, None], 0.0)
    parts = (agreed, several.astype(np.float64), spread, rated.astype(np.float64))
    return Shares(*(ratings.by_call(part) for part in parts))


def fleiss_kappa(found: Shares) -> Floats:
    """Fleiss' kappa, with gaps as in Gwet."""
    seen, pi = ratio(found.agreed, found.several), _pi(found)
    chance = dot(pi, pi)
    return ratio(seen - chance, 1.0 - chance)


def gwet(found: Shares, weights: Floats) -> Floats:
    """Gwet's AC1 (weights of identity) or AC2. Undefined with a single level."""
    size = len(weights)
    if size < 2:
        return np.full(np.shape(found.several), np.nan)
    seen, pi = ratio(found.agreed, found.several), _pi(found)
    chance = weights.sum() / (size * (size - 1)) * dot(pi, 1 - pi)
    return ratio(seen - chance, 1.0 - chance)


def gwet_error(ratings: Ratings, weights: Floats) -> float | None:
    """Standard error of AC1 or AC2 over items, for independent items (Gwet, eq. 5.9)."""
    found = shares(ratings, weights).total()
    value, pi = float(gwet(found, weights)), _pi(found)
    counts, size = ratings.counts, ratings.counts.sum(1)
    counts, size = counts[size > 0], size[size > 0]
    n, q = len(counts), len(weights)
    if n < 2 or np.isnan(value):
        return None
    scale = weights.sum() / (q * (q - 1))
    chance = scale * (pi * (1 - pi)).sum()
    several = size >= 2
    own = (counts * (counts @ weights - 1)).sum(1) / np.where(several, size * (size - 1), 1.0)
    kappa = np.where(several, n / several.sum() * (own - chance) / (1 - chance), 0.0)
    own_chance = scale * (counts / size[:, None] * (1 - pi)).sum(1)
    lifted = kappa - 2 * (1 - value) * (own_chance - chance) / (1 - chance)
    return float(np.sqrt(((lifted - value) ** 2).sum() / (n * (n - 1))))


def _pi(found: Shares) -> Floats:
    return ratio(found.levels, np.asarray(found.rated)[..., None])
