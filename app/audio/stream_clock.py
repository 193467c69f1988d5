"""When the samples of an input stream were captured, from the times that its callbacks tell.

A callback's time trembles by some ms; the clock behind it does not. So the rate is a straight
line through half a minute of callbacks, and the offset their median.
"""

from __future__ import annotations

from collections import deque

import numpy as np

POINTS = 1_500
LEAST_S = 10.0
"""Before so much is known, the nominal rate is taken."""
FIT_EVERY = 25
STEADY_POINTS, STEADY_S = 100, 0.0015
"""Sound servers correct what they say for some seconds: until the medians of four half seconds
agree, no time is to be trusted."""
MOST_PPM = 1_000.0
"""A straight line that says more is of a stream that is not steady yet."""


class StreamClock:
    """Of one stream. `tell` from its callback, the rest from one other thread.

    Args:
        rate_hz: nominal.
    """

    def __init__(self, rate_hz: int) -> None:
        self._nominal = float(rate_hz)
        self._points: deque[tuple[int, float]] = deque(maxlen=POINTS)
        self._told = self._fitted = 0
        self._origin_s = 0.0
        self.rate_hz = float(rate_hz)
        """As measured, by the machine's clock."""
        self.spread_s = 0.0
        """Median distance of the callbacks' times from the line."""

    def tell(self, index: int, at_s: float) -> None:
        """Sample `index` was captured at `at_s` of the machine's monotonic clock."""
        self._points.append((index, at_s))
        self._told += 1

    @property
    def is_known(self) -> bool:
        """Whether any time can be told."""
        return self._told > 0

    def settles(self) -> bool:
        """Whether the times have become steady; until then, what was told is forgotten."""
        points = list(self._points)[-STEADY_POINTS:]
        if len(points) < STEADY_POINTS:
            return False
        offsets = np.array([at_s - index / self.rate_hz for index, at_s in points])
        quarters = np.median(offsets.reshape(4, -1), axis=1)
        if float(np.ptp(quarters)) > STEADY_S:
            return False
        for _ in range(len(self._points) - STEADY_POINTS):
            self._points.popleft()
        self._fitted = -FIT_EVERY
        return True

    def at(self, index: float) -> float:
        """When a sample was captured, in s."""
        self._fit()
        return self._origin_s + index / self.rate_hz

    def index_at(self, at_s: float) -> float:
        """Which sample was captured then."""
        self._fit()
        return (at_s - self._origin_s) * self.rate_hz

    def _fit(self) -> None:
        early = self._told < FIT_EVERY and self._told != self._fitted
        if not early and self._told - self._fitted < FIT_EVERY:
            return
        self._fitted = self._told
        index, at_s = (np.array(x) for x in zip(*list(self._points)))
        if at_s[-1] - at_s[0] >= LEAST_S:
            slope = float(np.polyfit(at_s - at_s[0], index - index[0], 1)[0])
            most = self._nominal * MOST_PPM / 1e6
            self.rate_hz = float(np.clip(slope, self._nominal - most, self._nominal + most))
        offsets = at_s - index / self.rate_hz
        self._origin_s = float(np.median(offsets))
        self.spread_s = float(np.median(np.abs(offsets - self._origin_s)))
