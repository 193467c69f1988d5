"""Heavy packages, imported for the first time by one thread at a time.

Two threads that first import packages which need each other may each wait for the other; Python
then gives one of them a module that is half made.
"""

from __future__ import annotations

from importlib import import_module
from threading import Lock

_lock = Lock()
_PYDANTIC = ("pydantic", "pydantic.main", "pydantic.fields", "pydantic.json_schema")


def load_pydantic() -> None:
    """See that pydantic is there as a whole. Cheap from the second time on."""
    _load(_PYDANTIC)


def load_openai() -> None:
    """See that the `openai` package is there as a whole, pydantic with it."""
    _load((*_PYDANTIC, "openai"))


def _load(names: tuple[str, ...]) -> None:
    with _lock:
        for name in names:
            import_module(name)
