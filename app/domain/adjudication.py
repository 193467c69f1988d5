"""What raters gave on one call side by side, and the final values. Frozen values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.domain.ratings import Evidence, ItemRef
from app.domain.rubrics import Criterion, RubricVersion

Provenance = Literal["unanimous", "majority", "adjudicated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one rater gave; `value` is None where they found it not applicable."""

    score_id: str
    rater_id: str
    value: int | None
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
    value: int | None
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
    spread: int | None
    """Highest less lowest value; None below two values."""
    majority: int | None
    """What more than half gave; None where there is no such value."""
    is_unanimous: bool
    final: Final | None

    def provenance_of(self, value: int | None) -> Provenance:
        """Where that value would come from, if it became the final one."""
        n = len(self.given)
        same = sum(g.value == value for g in self.given)
        if n > 1 and same == n:
            return "unanimous"
        return "majority" if n > 1 and 2 * same > n else "adjudicated"

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
