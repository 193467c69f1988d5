"""Reading as the importer does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.work import Quiet
from app.services.importing.foreign import ForeignCall, ForeignFailure
from app.services.importing.readers import reader


@pytest.fixture
def read_one() -> Callable[[str, Path], ForeignCall]:
    """`read_one(source, path)`: the only call there."""

    def read(source: str, path: Path) -> ForeignCall:
        found = list(reader(source).read(Quiet(), path))
        assert len(found) == 1
        assert isinstance(found[0], ForeignCall)
        return found[0]

    return read


@pytest.fixture
def read_all() -> Callable[[str, Path], list[ForeignCall | ForeignFailure]]:
    """`read_all(source, path)`: calls and failures."""

    def read(source: str, path: Path) -> list[Any]:
        return list(reader(source).read(Quiet(), path))

    return read
