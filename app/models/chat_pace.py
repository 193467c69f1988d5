"""How fast requests may leave: limits a minute, and what a server's 429 asks for.

One pace is shared by all requests of a client, inside one event loop. After a 429 everybody waits
as long as the server said, and then leaves one after another at a distance that shrinks with every
success: a herd that waits together must not come back together.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

BURST_S = 1.0
"""What a limit allows at once: its share of a second, so that no minute holds more than it may."""
LEAST_GAP_S, MOST_GAP_S = 0.005, 5.0
TICK_S = 1e-4
"""A shorter wait is none: what is left of rounding must not be waited for."""
EASING = 0.9
"""The distance after a success, of the one before."""


class Bucket:
    """A limit a minute that fills evenly. It may be overdrawn by what a request needs."""

    def __init__(self, per_minute: float, now_s: float) -> None:
        self._per_s = per_minute / 60.0
        self._most = max(1.0, self._per_s * BURST_S)
        self._level, self._at_s = self._most, now_s

    def wait_s(self, need: float, now_s: float) -> float:
        """Seconds until `need` may be taken."""
        self._fill(now_s)
        return max(0.0, (min(need, self._most) - self._level) / self._per_s)

    def take(self, amount: float) -> None:
        """Take what was asked for; a negative amount gives back."""
        self._level -= amount

    def _fill(self, now_s: float) -> None:
        self._level = min(self._most, self._level + (now_s - self._at_s) * self._per_s)
        self._at_s = now_s


class Pace:
    """When the next request may leave.

    Args:
        rpm: requests a minute; None for no limit.
        tpm: tokens a minute; None for no limit.
        clock: seconds, monotonic.
        sleep: waits for seconds.
    """

    def __init__(
        self,
        rpm: float | None = None,
        tpm: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._requests = Bucket(rpm, clock()) if rpm else None
        self._tokens = Bucket(tpm, clock()) if tpm else None
        self._turn = asyncio.Lock()
        """Whoever waits first leaves first."""
        self._not_before_s = self._slowed_s = float("-inf")
        self._gap_s = 0.0

    async def leave(self, tokens: int) -> float:
        """Wait for a turn to send a request of about so many tokens; returns the time it left."""
        async with self._turn:
            while (wait_s := self._wait_s(tokens, self._clock())) > TICK_S:
                await self._sleep(wait_s)
            now = self._clock()
            self._not_before_s = now + self._gap_s
            if self._requests is not None:
                self._requests.take(1)
            if self._tokens is not None:
                self._tokens.take(tokens)
            return now

    def used(self, guessed: int, tokens: int) -> None:
        """Replace the guess at a request's tokens by what it used."""
        if self._tokens is not None:
            self._tokens.take(tokens - guessed)

    def slow(self, pause_s: float, left_s: float, together: int) -> None:
        """A request that left at `left_s` met a 429: nobody sends for `pause_s`.

        Args:
            pause_s: as the server said, or as we back off.
            left_s: what `leave` returned for it.
            together: how many requests may wait for the end of the pause.
        """
        now = self._clock()
        self._not_before_s = max(self._not_before_s, now + pause_s)
        # Those that were under way already when the first was refused tell nothing new.
        if left_s > self._slowed_s:
            self._slowed_s = now
            wider = max(2.0 * self._gap_s, pause_s / max(together, 1), LEAST_GAP_S)
            self._gap_s = min(wider, MOST_GAP_S)

    def ease(self) -> None:
        """A request was answered."""
        self._gap_s = self._gap_s * EASING if self._gap_s > LEAST_GAP_S else 0.0

    def _wait_s(self, tokens: int, now_s: float) -> float:
        waits = [self._not_before_s - now_s]
        if self._requests is not None:
            waits.append(self._requests.wait_s(1.0, now_s))
        if self._tokens is not None:
            waits.append(self._tokens.wait_s(tokens, now_s))
        return max(waits)
