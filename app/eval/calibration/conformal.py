"""How far a corrected score may lie from people's, without assuming a distribution.

Split conformal prediction for grouped data (Lee, Barber and Willett, arXiv 2306.06342): calls are
exchangeable, items of one call are not, so that each call has the same weight whatever its length,
and a new call one more.
"""

from __future__ import annotations

import numpy as np

from app.eval.agreement.ratings import Floats, Ints, renumbered

COVERAGE = 0.9


def reach(errors: Floats, calls: Ints, coverage: float = COVERAGE) -> float | None:
    """Half-width that covers a new call's item with that chance.

    Args:
        errors: absolute errors of items that the fit had not seen.
        calls: of each.
        coverage: 0..1.

    Returns:
        None where there are too few calls for that coverage.
    """
    if not len(errors):
        return None
    at = renumbered(calls)
    size = np.bincount(at)
    weight = 1.0 / (size[at] * (len(size) + 1))
    order = np.argsort(errors)
    upto = np.cumsum(weight[order])
    place = int(np.searchsorted(upto, coverage - 1e-12))
    return float(errors[order[place]]) if place < len(errors) else None
