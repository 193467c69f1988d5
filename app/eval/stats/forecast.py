"""How many more calls would settle a question, were they like those that there are.

Widths of intervals shrink with the root of the number of calls. A forecast at which the interval
would just reach its bound comes true half of the time; these come true four times in five, as
studies are planned (power of 80 %). What they count is labelled calls: turns, raters a call and
calls without labels are taken to grow in proportion.
"""

from __future__ import annotations

import math

SURE = 0.841621
"""Of the normal: four times in five a value lies no further than this on the unlucky side."""
Z95 = 1.959964
MOST_CALLS = 100_000
"""A forecast beyond this is no forecast."""


def to_bring(missing: int, per_call: float) -> int:
    """More calls until so many are there; 0 where nothing is missing or calls bring none.

    Args:
        missing: how many more are asked.
        per_call: how many a call brings; below 1 it is a matter of chance which calls do.
    """
    if missing <= 0 or per_call <= 0:
        return 0
    spread = SURE * math.sqrt(per_call * max(0.0, 1 - per_call))
    root = (spread + math.sqrt(spread**2 + 4 * per_call * missing)) / (2 * per_call)
    return math.ceil(round(root**2, 6))


def to_narrow(calls: int, measured: int, width: float, most: float) -> int | None:
    """More calls until an interval is as narrow as asked; None where that is out of sight.

    Args:
        calls: how many there are.
        measured: calls that the interval is made from; the fewer, the less its width is known.
        width: of half the interval.
        most: that it may have.
    """
    if most <= 0:
        return None
    return grown(calls, (width / most * (1 + SURE / math.sqrt(2 * max(measured, 1)))) ** 2)


def to_clear(calls: int, side: float, gap: float) -> int | None:
    """More calls until a bound is clear of a value's interval; None where that is out of sight.

    Args:
        calls: how many there are.
        side: from the value to the end of its interval on that side.
        gap: from the value to the bound.
    """
    return None if gap <= 0 else grown(calls, (side / gap * (1 + SURE / Z95)) ** 2)


def grown(calls: int, times: float) -> int | None:
    """More calls until there are so many times as many."""
    wanted = calls * times
    return None if wanted > MOST_CALLS else max(1, math.ceil(round(wanted, 6)) - calls)
