"""How many threads a model session may use here: one in a worker, all cores for one call."""

from __future__ import annotations

import os

_threads = 0


def use_threads(count: int) -> None:
    """Set the number for sessions made from now on in this process; 0 for all cores."""
    global _threads
    _threads = count


def model_threads() -> int:
    """Threads for a new model session."""
    return _threads or os.cpu_count() or 1
