"""How much a judge run may use, and the meter that keeps it there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.judging import RunCost, Usage

MICRO = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Limits of a run; None for no limit."""

    calls: int | None = None
    """Requests, those after an unusable reply among them."""
    tokens: int | None = None
    cost_micro: int | None = None
    """Millionths of `currency`; only replies of a known price in it count."""
    currency: str = "USD"

    def over(self, newer: Caps) -> Caps:
        """These, replaced by those of `newer` that are set."""
        return Caps(
            calls=self.calls if newer.calls is None else newer.calls,
            tokens=self.tokens if newer.tokens is None else newer.tokens,
            cost_micro=self.cost_micro if newer.cost_micro is None else newer.cost_micro,
            currency=self.currency if newer.cost_micro is None else newer.currency,
        )

    def reached(self, asked: int, tokens: int, cost_micro: int) -> str:
        """Which cap is reached, in words; empty while there is room."""
        if self.calls is not None and asked >= self.calls:
            return f"{self.calls:,} requests"
        if self.tokens is not None and tokens >= self.tokens:
            return f"{self.tokens:,} tokens"
        if self.cost_micro is not None and cost_micro >= self.cost_micro:
            return f"{self.cost_micro / MICRO:,.2f} {self.currency}"
        return ""


class Meter:
    """Counts what a run uses. Belongs to the thread of its event loop.

    A request is let go only if it fits when every request in flight uses as much as the mean one:
    the last few of a run go one by one rather than over the cap together.
    """

    def __init__(self, caps: Caps, used: RunCost) -> None:
        self._caps, self._unasked = caps, replace(caps, calls=None)
        self._asked, self._tokens = used.asked, used.tokens
        self._cost_micro = used.priced_micro.get(caps.currency, 0)
        self._landed = used.asked
        self._flying = 0
        self._changed = asyncio.Event()
        self._closed = False
        self.stopped = ""
        """The cap that was reached, in words."""

    def close(self) -> None:
        """Let no more requests go."""
        self._closed = True
        self._changed.set()

    async def take(self) -> bool:
        """Wait for leave to send a request; False once a cap is reached, or the meter closed."""
        while not self._closed:
            self.stopped = self._caps.reached(self._asked, self._tokens, self._cost_micro)
            if self.stopped:
                return False
            if not (self._flying and self._is_tight()):
                self._asked += 1
                self._flying += 1
                return True
            self._changed.clear()
            await self._changed.wait()
        return False

    def give(self, usage: Usage, cost_micro: int | None, currency: str) -> None:
        """Count a request that was let go: what it used, as far as that is known."""
        self._flying -= 1
        self._landed += 1
        self._tokens += usage.total or 0
        if currency == self._caps.currency:
            self._cost_micro += cost_micro or 0
        self._changed.set()

    def _is_tight(self) -> bool:
        share = self._flying / max(self._landed, 1)
        tokens = self._tokens + round(self._tokens * share)
        cost_micro = self._cost_micro + round(self._cost_micro * share)
        # The cap on requests is exact as it is: they are counted when they are let go.
        return bool(self._unasked.reached(0, tokens, cost_micro))


def note_of(words: Sequence[str]) -> str:
    """Why a run stopped, as its note."""
    return f"Stopped at its cap of {' and '.join(dict.fromkeys(words))}."
