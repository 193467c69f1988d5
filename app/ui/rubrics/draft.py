"""A rubric while it is edited: what it says, which criterion is in focus, undo. No widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.rubrics import Criterion, RubricVersion
from app.services import rubric_editing
from app.services.rubric_editing import Problem

LIMIT = 200


@dataclass(frozen=True, slots=True)
class _State:
    rubric: RubricVersion
    at: int


class RubricDraft:
    """One rubric at a time. Values never change, so a step of undo is the value before it."""

    def __init__(self, base: RubricVersion) -> None:
        self.base = base
        """The stored version that it began from."""
        self._now = _State(base, 0)
        self._before: list[_State] = []
        self._after: list[_State] = []
        self._field = ""

    @property
    def rubric(self) -> RubricVersion:
        """As it stands."""
        return self._now.rubric

    @property
    def at(self) -> int:
        """Place of the criterion in focus."""
        return self._now.at

    @property
    def criterion(self) -> Criterion | None:
        """The criterion in focus; None where there is none."""
        criteria = self.rubric.criteria
        return criteria[self.at] if self.at < len(criteria) else None

    @property
    def is_new(self) -> bool:
        """Whether no version of it was ever saved."""
        return not self.base.key

    @property
    def is_changed(self) -> bool:
        """Whether saving would make a version."""
        return self.is_new or rubric_editing.meaning(self.rubric) != rubric_editing.meaning(
            self.base
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps it from being saved."""
        return rubric_editing.problems(self.rubric)

    @property
    def can_undo(self) -> bool:
        """Whether there is anything to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is anything to do again."""
        return bool(self._after)

    def focus(self, at: int) -> bool:
        """Put a criterion into focus; whether that is another one."""
        at = max(0, min(at, len(self.rubric.criteria) - 1))
        if at == self.at:
            return False
        self._now, self._field = _State(self.rubric, at), ""
        return True

    def put(self, rubric: RubricVersion, *, at: int | None = None, field: str = "") -> None:
        """Take a change; changes of the same `field` in a row are one step of undo."""
        if rubric == self.rubric:
            return
        if not field or field != self._field:
            self._before.append(self._now)
            del self._before[:-LIMIT]
        self._after.clear()
        self._field = field
        self._now = _State(rubric, self.at if at is None else at)

    def change(self, to: Callable[[Criterion], Criterion], field: str = "") -> None:
        """Change the criterion in focus."""
        if self.criterion is None:
            return
        criteria = list(self.rubric.criteria)
        criteria[self.at] = to(criteria[self.at])
        name = f"{self.at}/{field}" if field else ""
        self.put(replace(self.rubric, criteria=tuple(criteria)), field=name)

    def add(self) -> None:
        """Add an empty criterion below the one in focus."""
        criteria = list(self.rubric.criteria)
        at = min(self.at + 1, len(criteria))
        criteria.insert(at, rubric_editing.blank_criterion(criteria))
        self.put(replace(self.rubric, criteria=tuple(criteria)), at=at)

    def remove(self) -> None:
        """Remove the criterion in focus."""
        criteria = list(self.rubric.criteria)
        if self.at < len(criteria):
            del criteria[self.at]
            at = max(0, min(self.at, len(criteria) - 1))
            self.put(replace(self.rubric, criteria=tuple(criteria)), at=at)

    def move(self, by: int) -> None:
        """Move the criterion in focus among the others."""
        criteria, to = list(self.rubric.criteria), self.at + by
        if 0 <= to < len(criteria):
            criteria[self.at], criteria[to] = criteria[to], criteria[self.at]
            self.put(replace(self.rubric, criteria=tuple(criteria)), at=to)

    def undo(self) -> bool:
        """Take the last change back; whether there was one."""
        return self._step(self._before, self._after)

    def redo(self) -> bool:
        """Do again what was taken back; whether there was anything."""
        return self._step(self._after, self._before)

    def _step(self, source: list[_State], target: list[_State]) -> bool:
        if not source:
            return False
        target.append(self._now)
        self._now, self._field = source.pop(), ""
        return True

    def to_save(self) -> RubricVersion:
        """What is saved: criteria that are new take their keys from their titles."""
        known = {c.key for c in self.base.criteria} if not self.is_new else set()
        kept: list[Criterion] = []
        for criterion in self.rubric.criteria:
            others = [c for c in self.rubric.criteria if c.key in known] + kept
            own = criterion.key in known
            kept.append(criterion if own else rubric_editing.keyed(criterion, others))
        return replace(self.rubric, criteria=tuple(kept))
