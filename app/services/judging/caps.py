"""How much a judge run may use, and the meter that keeps it there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.judging import RunCost

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
            return f"{_amount(self.cost_micro)} {self.currency}"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one request uses."""

    tokens: int = 0
    cost_micro: int = 0
    currency: str = ""


class Meter:
    """Counts what a run uses. Belongs to the thread of its event loop.

    A request is let go only if it fits beside those in flight, each reckoned at what it may use at
    most: the last few before a cap go one by one rather than over it together.
    """

    def __init__(self, caps: Caps, used: RunCost) -> None:
        self._caps = caps
        self._asked, self._tokens = used.asked, used.tokens
        self._cost_micro = used.priced_micro.get(caps.currency, 0)
        self._flying = self._held_tokens = self._held_micro = 0
        self._changed = asyncio.Event()
        self._closed = False
        self.stopped = ""
        """The cap that was reached, in words."""

    def close(self) -> None:
        """Let no more requests go."""
        self._closed = True
        self._changed.set()

    async def take(self, most: Share) -> bool:
        """Wait for leave to send a request; False once a cap is reached, or the meter closed."""
        while not self._closed:
            self.stopped = self._caps.reached(self._asked, self._tokens, self._cost_micro)
            if self.stopped:
                return False
            if not self._flying or self._fits(most):
                self._asked += 1
                self._hold(most, 1)
                return True
            self._changed.clear()
            await self._changed.wait()
        return False

    def give(self, most: Share, used: Share) -> None:
        """Count what a request that was let go has used, as far as that is known."""
        self._hold(most, -1)
        self._tokens += used.tokens
        self._cost_micro += used.cost_micro if used.currency == self._caps.currency else 0
        self._changed.set()

    def _hold(self, most: Share, sign: int) -> None:
        self._flying += sign
        self._held_tokens += sign * most.tokens
        self._held_micro += sign * most.cost_micro

    def _fits(self, most: Share) -> bool:
        tokens = self._tokens + self._held_tokens + most.tokens
        cost_micro = self._cost_micro + self._held_micro + most.cost_micro
        # The cap on requests is exact as it is: they are counted when they are let go.
        return (self._caps.tokens is None or tokens <= self._caps.tokens) and (
            self._caps.cost_micro is None or cost_micro <= self._caps.cost_micro
        )


def _amount(micro: int) -> str:
    """At least two decimals, and no more than there are."""
    cents, rest = divmod(micro, MICRO // 100)
    return f"{cents / 100:,.2f}" if not rest else f"{micro / MICRO:,.6f}".rstrip("0")


def note_of(words: Sequence[str]) -> str:
    """Why a run stopped, as its note."""
    return f"Stopped at its cap of {' and '.join(dict.fromkeys(words))}."
