"""What a dataset's folder says that it is, before anybody asks to have it; hashes come later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.errors import BadInput
from app.services.calibrating import dataset_files

MOST_LETTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """As the manifest tells it."""

    folder: Path
    rubric: str
    """Title."""
    calls: int
    items: int
    scores: int
    people: int
    judges: int


def glance(folder: Path) -> Glance:
    """Look at a folder.

    Raises:
        BadInput: it is no calibration dataset.
    """
    if not dataset_files.is_dataset(folder):
        raise BadInput(
            f"{folder} holds no calibration dataset.",
            "Choose the folder of an export; its manifest.json says what it is.",
        )
    body = dataset_files.told_by(folder)
    counts, rubric = _table(body, "counts"), _table(body, "rubric")
    return Glance(
        folder=folder, rubric=str(rubric.get("title", ""))[:MOST_LETTERS],
        calls=_count(counts.get("calls")), items=_count(counts.get("items")),
        scores=_count(counts.get("scores")), people=_length(body.get("raters")),
        judges=_length(body.get("judges")),
    )  # fmt: skip


def _table(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _count(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 1 << 53 else 0


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0
