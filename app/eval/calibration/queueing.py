"""What a queue of calls to label is made from: lots, expected errors, and what a draw is worth."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import numpy as np

from app.eval.agreement.ratings import Floats, Ints, grouped
from app.eval.calibration.sampling import Z

PRIOR_LABELS = 10.0
"""How much the usual error weighs beside what is known of one of the judge's levels."""


def lot(seed: int, name: str) -> float:
    """A call's own number, uniform in 0..1, the same in every draw of one seed.

    A call is drawn where its lot is below its probability. Since the lot stays, two draws after
    each other are one draw with the larger of both probabilities, so that labels of both may be
    used together (permanent random numbers, Ohlsson 1995).
    """
    digest = hashlib.sha256(f"{seed}\n{name}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


def expected_by_level(judge: Floats, squares: Floats) -> Floats:
    """The squared error to be expected of each item, from the judge's level of it.

    Args:
        judge: its value of each item.
        squares: the squared error where it is known, NaN elsewhere.

    Returns:
        Of every item that the judge scored; a level with few labels is drawn towards all. NaN
        where nothing at all is known.
    """
    known = ~np.isnan(squares) & ~np.isnan(judge)
    out = np.full(len(judge), np.nan)
    if not known.any():
        return out
    usual = float(squares[known].mean())
    for level in np.unique(judge[~np.isnan(judge)]):
        here = judge == level
        mine = squares[here & known]
        out[here] = (mine.sum() + PRIOR_LABELS * usual) / (len(mine) + PRIOR_LABELS)
    return out


def error_of_calls(expected: Floats, calls: Ints, within_call: float) -> Floats:
    """The expected square of each call's summed error; NaN where nothing is known of it.

    Args:
        expected: square of each item's error.
        calls: number of each item's call, from 0.
        within_call: ρ, how alike errors within a call are.
    """
    count = int(calls.max()) + 1 if len(calls) else 0
    known = ~np.isnan(expected)
    parts = np.stack([known.astype(np.float64), np.where(known, expected, 0.0)], 1)
    sums = grouped(parts, calls, count)
    size = sums[:, 0]
    effect = 1 + np.maximum(0.0, size - 1) * within_call
    return np.where(size > 0, sums[:, 1] * effect, np.nan)


def half_width_of_draw(squares: Floats, probability: Floats, items: int) -> float | None:
    """The half-width of a mean's 95 % interval once such a draw is labelled.

    Var = Σ (1 − π) / π · e² + Σ e², of call sums, over the square of the number of items: what the
    draw leaves out, and what labels of a whole population would still leave open.

    Args:
        squares: expected square of each call's summed error.
        probability: with which each call is drawn.
        items: in the population.
    """
    known = ~np.isnan(squares)
    if not known.any() or items < 1:
        return None
    usual = float(squares[known].mean())
    error = np.where(known, squares, usual)
    return Z * math.sqrt(float((error / probability).sum())) / items


def together(half_widths: Sequence[float | None]) -> float | None:
    """The half-width of several independent estimates weighted by their precision."""
    known = [w for w in half_widths if w is not None and w > 0]
    return 1 / math.sqrt(sum(1 / w**2 for w in known)) if known else None


def raters_of(
    names: Sequence[str],
    gains: Floats,
    *,
    seed: int,
    triple_share: float,
    second_share: float,
) -> list[int]:
    """How many raters each drawn call gets: 1, 2 or 3.

    Three by lot, so that people's agreement is measured on a fair sample; two where a second vote
    lowers the estimate's variance most.

    Args:
        names: of the calls.
        gains: expected fall of variance by a second vote, of each.
        seed: of the lots.
        triple_share: of all calls, those that three rate.
        second_share: of all calls, those that two rate.
    """
    count = len(names)
    lots = [lot(seed, f"overlap\n{name}") for name in names]
    three = set(sorted(range(count), key=lots.__getitem__)[: math.ceil(triple_share * count)])
    rest = sorted((at for at in range(count) if at not in three), key=lambda at: -gains[at])
    two = set(rest[: math.ceil(second_share * count)])
    return [3 if at in three else 2 if at in two else 1 for at in range(count)]
