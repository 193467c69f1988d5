"""The six intraclass correlations (Shrout and Fleiss 1979; McGraw and Wong 1996).

The sums that they follow from add up over calls, so that a bootstrap over calls is one product.
Items that some rater has not rated are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats, Ratings
from app.eval.agreement.tables import ratio


@dataclass(frozen=True, slots=True)
class Squares:
    """Sums of complete items, each of shape (calls, …)."""

    items: Floats
    """How many; (…,)."""
    row_means: Floats
    """Sum of squared item means; (…,)."""
    squares: Floats
    """Sum of squared values; (…,)."""
    columns: Floats
    """Sum of values by rater; (…, raters)."""

    def resampled(self, draws: Floats) -> Squares:
        """The sums of each resample; `draws` is (resamples, calls)."""
        return Squares(
            draws @ self.items, draws @ self.row_means, draws @ self.squares, draws @ self.columns
        )

    def total(self) -> Squares:
        """The sums of all calls."""
        return Squares(
            self.items.sum(0), self.row_means.sum(0), self.squares.sum(0), self.columns.sum(0)
        )

    @property
    def packed(self) -> Floats:
        """All in one array (calls, 3 + raters); `unpacked` takes it apart again."""
        lone = np.stack([self.items, self.row_means, self.squares], -1)
        return np.concatenate([lone, self.columns], -1)


def unpacked(flat: Floats) -> Squares:
    """The parts of `Squares.packed`, of whatever leading shape."""
    return Squares(flat[..., 0], flat[..., 1], flat[..., 2], flat[..., 3:])


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """The analysis of variance of items by raters; each of shape (…,)."""

    between: Floats
    within: Floats
    raters: Floats
    error: Floats
    items: Floats
    rater_count: int


def squares(ratings: Ratings) -> Squares:
    """The sums of each call."""
    whole = ratings.complete
    # Centred, so that sums of squares of large values keep their digits.
    rated = ratings.values[~np.isnan(ratings.values)]
    values = ratings.values - (float(rated.mean()) if len(rated) else 0.0)
    values = np.where(whole[:, None], values, 0.0)
    parts = (
        whole.astype(np.float64),
        values.mean(1) ** 2,
        (values**2).sum(1),
        values,
    )
    return Squares(*(ratings.by_call(part) for part in parts))


def mean_squares(found: Squares) -> MeanSquares:
    """Mean squares between items, within items, of raters, and of the rest."""
    n, k = np.asarray(found.items), found.columns.shape[-1]
    grand = ratio(found.columns.sum(-1), n * k)
    between = k * (found.row_means - n * grand**2)
    total = found.squares - n * k * grand**2
    raters = n * ((ratio(found.columns, n[..., None]) - grand[..., None]) ** 2).sum(-1)
    return MeanSquares(
        between=ratio(between, n - 1),
        within=ratio(total - between, n * (k - 1)),
        raters=ratio(raters, np.asarray(k - 1.0)),
        error=ratio(total - between - raters, (n - 1) * (k - 1)),
        items=n,
        rater_count=k,
    )


def iccs(found: MeanSquares) -> dict[str, Floats]:
    """`icc_1_1` to `icc_3_k`: one-way, two-way absolute, two-way consistency; single and mean."""
    b, w, j, e = found.between, found.within, found.raters, found.error
    n, k = found.items, found.rater_count
    return {
        "icc_1_1": ratio(b - w, b + (k - 1) * w),
        "icc_2_1": ratio(b - e, b + (k - 1) * e + ratio(k * (j - e), n)),
        "icc_3_1": ratio(b - e, b + (k - 1) * e),
        "icc_1_k": ratio(b - w, b),
        "icc_2_k": ratio(b - e, b + ratio(j - e, n)),
        "icc_3_k": ratio(b - e, b),
    }
