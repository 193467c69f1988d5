"""A rater's form on one call: what to answer, what is answered, what became of old answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.changes import Changes
from app.domain.ratings import Answer, ItemRef, Score
from app.domain.rubrics import Criterion, RubricVersion
from app.domain.segments import Layer

Cell = tuple[int, int]
"""(index into `Form.items`, index into `Form.rubric.criteria`)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One rater's rubric form on one call, as stored.

    `answers` holds the latest answer of each cell, draft or submitted; a cell that was never
    answered or was cleared is absent. `stale` are answers whose item is no longer in the newest
    layer; they stay bound to it and can be confirmed for a new item. `version` is the number of
    submissions so far, `active_ms` the time spent on all answers together.
    """

    call_id: str
    rubric: RubricVersion
    items: tuple[ItemRef, ...]
    answers: dict[Cell, Answer] = field(default_factory=dict)
    score_ids: dict[Cell, str] = field(default_factory=dict)
    stale: tuple[Score, ...] = ()
    version: int = 0
    submitted_at: str | None = None
    active_ms: int = 0
    has_draft: bool = False
    """True where something was changed since the last submission."""

    def criteria_for(self, item: ItemRef) -> tuple[Criterion, ...]:
        """The criteria that are asked of that item, in the rubric's order."""
        return tuple(c for c in self.rubric.criteria if applies(c, item))


def applies(criterion: Criterion, item: ItemRef) -> bool:
    """Whether a criterion of that scope is asked of that item."""
    if criterion.scope == "call":
        return item.kind == "call"
    if criterion.scope in ("clip", "pair"):
        return item.kind == criterion.scope
    if item.kind != "turn":
        return False
    return criterion.scope in ("turn", f"{item.speaker}_turn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The acknowledgement of a durable row."""

    score_id: str
    created_at: str
    changes: Changes = field(default_factory=Changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Version `version` of one rater's form, committed and final."""

    id: str
    call_id: str
    rubric_version_id: str
    rater_id: str
    version: int
    submitted_at: str
    score_count: int
    changes: Changes = field(default_factory=Changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditResult:
    """The human layer after an edit, with its new version."""

    layer: Layer
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What undo or redo did: the step's name as the menu shows it."""

    name: str
    changes: Changes
