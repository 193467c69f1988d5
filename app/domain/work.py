"""What long work may ask of whoever runs it: progress, partial results, cancellation.

The task runner's context has this shape; command line and tests use `Quiet`.
"""

from __future__ import annotations

from typing import Protocol


class Work(Protocol):
    """The runner's side of a piece of work. Called from the worker's thread."""

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Report `done` of `total` (0 where unknown)."""

    def partial(self, value: object) -> None:
        """Hand over an intermediate value."""

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if cancel was asked for."""


class Quiet:
    """A `Work` that reports to nobody and is never cancelled."""

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Drop the report."""

    def partial(self, value: object) -> None:
        """Drop the value."""

    def raise_if_cancelled(self) -> None:
        """Never cancelled."""
