"""Who may write next. SQLite takes one writer at a time; here people go before machines.

Without it the two writers would meet in SQLite's busy handler, which sleeps up to 100 ms between
tries and keeps no order: a key press could wait behind an import.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import Bug


class WriteGate:
    """Lets one thread at a time through; call from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._holder: int | None = None
        self._people_waiting = 0

    @contextmanager
    def held(self, *, person: bool) -> Iterator[None]:
        """Hold the gate; a person's turn comes before any machine's.

        Raises:
            Bug: this thread holds it already: a transaction inside a transaction.
        """
        self._acquire(person)
        try:
            yield
        finally:
            with self._changed:
                self._holder = None
                self._changed.notify_all()

    def _acquire(self, person: bool) -> None:
        me = threading.get_ident()
        with self._changed:
            if self._holder == me:
                raise Bug("a write was begun inside a write of the same thread")
            self._people_waiting += person
            try:
                self._changed.wait_for(
                    lambda: self._holder is None and (person or not self._people_waiting)
                )
                self._holder = me
            finally:
                self._people_waiting -= person
