"""What a driver says is under way. A value only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """Handed over as a partial result of a run, whenever it changes."""

    names: tuple[str, ...] = ()
    """Evaluators or judges that something is being done for, the longest under way first; one of
    them may be there several times."""
    places: int = 0
    """How much can be under way at a time; 0 before that is known."""
