"""Whether a platform's times begin with its recording: reported speech laid over heard speech.

Transcripts have been seen seconds late against their recording. The shift at which both agree best
is looked for; where it is clearly not zero that is said, and nothing is moved.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import Finding, Speaker
from app.services.importing.foreign import ForeignLine
from app.services.importing.listen import HOP_S

LAG_HOPS = 5
"""10 ms hops of one step when looking for a shift."""
MOST_LAG_S = 3.0
LEAST_LAG_S = 0.3
GOOD_FIT = 0.35
BETTER_BY = 0.12
MIN_LINES = 4
"""With fewer lines a shift cannot be told from chance."""

Levels = NDArray[np.float32]


def shifted(
    levels_db: Levels, lines: Sequence[ForeignLine], order: tuple[Speaker, Speaker]
) -> Finding | None:
    """A finding where the lines fit the sound clearly better earlier or later.

    Args:
        levels_db: (10 ms hops, 2), dB of full scale.
        lines: who speaks when, in seconds.
        order: who is on which channel.
    """
    if len(lines) < MIN_LINES:
        return None
    fits = _fits(levels_db, lines, order)
    middle = len(fits) // 2
    best = int(np.argmax(fits))
    lag_s = (best - middle) * LAG_HOPS * HOP_S
    if abs(lag_s) < LEAST_LAG_S or fits[best] < max(GOOD_FIT, fits[middle] + BETTER_BY):
        return None
    when = "later" if lag_s > 0 else "earlier"
    message = (
        f"The reported times fit the recording better {abs(lag_s):.2f} s {when} (correlation "
        f"{fits[middle]:.2f} as they are, {fits[best]:.2f} then): the platform's clock may not "
        "begin with the recording. Nothing was moved."
    )
    return Finding(code="log_off_the_sound", message=message)


def _fits(
    levels: Levels, lines: Sequence[ForeignLine], order: tuple[Speaker, Speaker]
) -> NDArray[np.float64]:
    """Correlation of reported with heard speech for each shift, the middle one being none."""
    steps = len(levels) // LAG_HOPS
    most = round(MOST_LAG_S / HOP_S / LAG_HOPS)
    total = np.zeros(2 * most + 1)
    if steps <= 2 * most:
        return total
    for at, speaker in enumerate(order):
        column = levels[: steps * LAG_HOPS, at].reshape(steps, LAG_HOPS).max(axis=1)
        heard = (column > _bar_db(column)).astype(np.float64)
        said = np.zeros(steps)
        for line in lines:
            if line.speaker == speaker:
                first, last = (round(t / HOP_S / LAG_HOPS) for t in (line.start_s, line.end_s))
                said[first:last] = 1.0
        if not (heard.std() and said.std()):
            continue
        heard, said = heard - heard.mean(), said - said.mean()
        norm = 2 * steps * heard.std() * said.std()
        for lag in range(-most, most + 1):
            moved = heard[max(0, lag) : steps + min(0, lag)]
            kept = said[max(0, -lag) : steps + min(0, -lag)]
            total[lag + most] += float(moved @ kept) / norm
    return total


def _bar_db(column: NDArray[np.float32]) -> float:
    """The level from which a channel counts as speech: above its quiet, near enough to its peak."""
    quiet, loud = np.quantile(column, (0.1, 0.98))
    return float(max(quiet + 6.0, loud - 30.0))
