"""Who may be heard: an answer only while the caller has not begun anew since it was asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Floor:
    """Of one call; any thread. A barge-in and the agent's sound exclude each other here."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = self._open = 0

    @property
    def number(self) -> int:
        """Of the answer that may be heard now."""
        return self._number

    @property
    def is_free(self) -> bool:
        """Whether all that the caller said is recognised, and they say nothing more."""
        return not self._open

    def taken(self) -> None:
        """The caller begins to say something."""
        with self._lock:
            self._number += 1
            self._open += 1

    def recognised(self) -> None:
        """What they said is in the history, or was nothing."""
        with self._lock:
            self._open -= 1

    def cut(self) -> None:
        """No answer may be heard any more that is under way."""
        with self._lock:
            self._number += 1

    def say(self, number: int, tell: Callable[[], None]) -> bool:
        """Tell the engine of sound, unless the answer has lost the word; whether it was told."""
        with self._lock:
            if number != self._number:
                return False
            tell()
            return True
