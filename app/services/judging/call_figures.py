"""Figures of one call while they are being made: values, or why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.services.judging.score_marks import Mark


@dataclass(slots=True)
class Figures:
    """Figures as they are found."""

    values: dict[str, float | None] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def put(self, column: str, value: float | None, why: str = "", count: int = 0) -> None:
        """A figure, or why there is none."""
        self.values[column] = value
        if value is None:
            self.why[column] = why
        if count:
            self.counts[column] = count


def spread(marks: Sequence[Mark]) -> list[float | None]:
    """One value for each verdict that was had."""
    return [v for m in marks if m.status != "failed" for v in [m.value] * m.count]
