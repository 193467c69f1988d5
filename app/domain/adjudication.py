"""What raters gave on one call side by side, and the final values. Frozen values only."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.domain.ratings import Evidence, ItemRef, score_value
from app.domain.rubrics import Criterion, RubricVersion

Provenance = Literal["unanimous", "majority", "adjudicated"]


def computed(value: float) -> float:
    """A value that is computed from others, without the rounding errors."""
    return score_value(round(value, 9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one rater gave; `value` is None where they found it not applicable."""

    score_id: str
    rater_id: str
    value: float | None
    na_reason: str
    confidence: int | None
    rationale: str
    evidence: tuple[Evidence, ...]
    flagged: bool
    blind: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Final:
    """The value that stands; None for not applicable."""

    score_id: str
    value: float | None
    provenance: Provenance
    cause: str
    decided_by: str
    """A rater's id."""
    decided_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One criterion on one item, with what everyone gave."""

    criterion: Criterion
    item: ItemRef
    given: tuple[Given, ...]
    spread: float | None
    """Highest less lowest value; None below two values."""
    majority: float | None
    """What more than half gave; None where there is no such value."""
    is_unanimous: bool
    final: Final | None

    def provenance_of(self, value: float | None) -> Provenance:
        """Where that value would come from, if it became the final one."""
        n = len(self.given)
        same = sum(g.value == value for g in self.given)
        if n > 1 and same == n:
            return "unanimous"
        return "majority" if n > 1 and 2 * same > n else "adjudicated"

    @property
    def median(self) -> float | None:
        """The middle of the values that were given; None where there are none."""
        values = [g.value for g in self.given if g.value is not None]
        return computed(statistics.median(values)) if values else None

    @property
    def choices(self) -> tuple[float, ...]:
        """Values to decide between, the highest first.

        An interval scale has any number of them, of which raters seldom give the same: beside its
        levels, what was given, the median, and what stands.
        """
        levels = [level.value for level in self.criterion.levels]
        if self.criterion.scale != "interval":
            return tuple(sorted(levels, reverse=True))
        final = None if self.final is None else self.final.value
        given = (*(g.value for g in self.given), self.median, final)
        return tuple(sorted({*levels, *(v for v in given if v is not None)}, reverse=True))

    @property
    def is_flagged(self) -> bool:
        """Whether a rater asked for adjudication."""
        return any(g.flagged for g in self.given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The criteria × raters table of a call's rubric; lines by time, then in the rubric's order."""

    call_id: str
    rubric: RubricVersion
    raters: Mapping[str, str]
    """Rater id → name, in the order of names."""
    lines: tuple[Line, ...]
