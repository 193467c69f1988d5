"""Heavy packages, imported by one lane at a time.

Two threads that import the same package for the first time may each wait for the other; Python
then lets one of them have a module that is half made. Seen with pydantic.
"""

from __future__ import annotations

from importlib import import_module
from threading import Lock

_NAMES = ("jinja2.sandbox", "pydantic.main", "pydantic.fields", "pydantic.json_schema")
_lock = Lock()


def load() -> None:
    """Import what judges are rendered and checked with. Call from a lane before using it."""
    with _lock:
        for name in _NAMES:
            import_module(name)
