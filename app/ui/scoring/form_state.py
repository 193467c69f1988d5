"""Where the rater is in a form and what is answered so far. Qt-free; holds no rules of storage.

A form is a list of items (the call itself, or its turns), each with the criteria that are asked of
it. A *cell* is one criterion of one item; exactly one cell is in focus.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.forms import Cell, Form, applies
from app.domain.ratings import Answer, ItemRef
from app.domain.rubrics import Criterion

ANSWERED = ("observed", "not_applicable", "abstained")


class FormState:
    """The cells of a stored form in the order of work, their latest answers, and the focus."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.answers: dict[Cell, Answer] = dict(form.answers)
        self.cells: tuple[Cell, ...] = tuple(
            (i, c)
            for i, item in enumerate(form.items)
            for c, criterion in enumerate(form.rubric.criteria)
            if applies(criterion, item)
        )
        self._at = 0

    @property
    def is_empty(self) -> bool:
        """True where nothing is asked, as on a call without agent turns."""
        return not self.cells

    @property
    def cell(self) -> Cell:
        """The cell in focus."""
        return self.cells[self._at]

    @property
    def criterion(self) -> Criterion:
        """The criterion in focus."""
        return self.form.rubric.criteria[self.cell[1]]

    @property
    def item(self) -> ItemRef:
        """The item in focus."""
        return self.form.items[self.cell[0]]

    @property
    def group(self) -> tuple[Cell, ...]:
        """The cells of the item in focus."""
        return self.cells_of(self.cell[0])

    @property
    def item_indices(self) -> tuple[int, ...]:
        """Items that are asked anything, in order."""
        return tuple(dict.fromkeys(i for i, _ in self.cells))

    def cells_of(self, item_index: int) -> tuple[Cell, ...]:
        """The cells of that item."""
        return tuple(cell for cell in self.cells if cell[0] == item_index)

    def answer(self, cell: Cell | None = None) -> Answer | None:
        """The latest answer of a cell (default: in focus); None while unset."""
        found = self.answers.get(self.cell if cell is None else cell)
        return found if found is not None and found.status != "cleared" else None

    def is_set(self, cell: Cell) -> bool:
        """Whether a cell carries a score, a not-applicable or a skip."""
        found = self.answer(cell)
        return found is not None and found.status in ANSWERED

    def count_set(self, cells: tuple[Cell, ...] | None = None) -> int:
        """How many of `cells` (default: all) are set."""
        return sum(self.is_set(cell) for cell in (self.cells if cells is None else cells))

    def move(self, steps: int) -> bool:
        """Move the focus by whole criteria, across items; False at either end."""
        if not 0 <= self._at + steps < len(self.cells):
            return False
        self._at += steps
        return True

    def focus(self, cell: Cell) -> bool:
        """Put the focus on a cell; False if the form has no such cell."""
        if cell not in self.cells:
            return False
        self._at = self.cells.index(cell)
        return True

    def focus_item(self, item_index: int) -> bool:
        """Go to that item: to its first unset criterion, or to its first."""
        cells = self.cells_of(item_index)
        unset = [cell for cell in cells if not self.is_set(cell)]
        return bool(cells) and self.focus((unset or list(cells))[0])

    def next_unset(self) -> bool:
        """Move to the next unset cell after the focus, wrapping once; False if none is left."""
        for cell in self.cells[self._at + 1 :] + self.cells[: self._at + 1]:
            if not self.is_set(cell):
                return self.focus(cell)
        return False

    def needs_rationale(self, cell: Cell) -> bool:
        """Whether the given score asks for a written reason that is not there yet."""
        found = self.answer(cell)
        asked_at = self.form.rubric.criteria[cell[1]].rationale_required_at
        return (
            found is not None
            and found.status == "observed"
            and found.value in asked_at
            and not found.rationale.strip()
        )

    def missing(self) -> list[Cell]:
        """Cells that keep the form from being submitted."""
        return [c for c in self.cells if not self.is_set(c) or self.needs_rationale(c)]


def scored(before: Answer | None, value: int) -> Answer:
    """The answer with that score, keeping confidence, evidence and rationale."""
    base = before if before is not None else Answer(status="observed")
    return replace(base, status="observed", value=value, na_reason="")


def not_applicable(before: Answer | None, reason: str = "") -> Answer:
    """The answer marked as not applicable."""
    base = before if before is not None else Answer(status="not_applicable")
    return replace(base, status="not_applicable", value=None, na_reason=reason)


def skipped(before: Answer | None, reason: str) -> Answer:
    """The answer marked as skipped by the rater, with the reason."""
    base = before if before is not None else Answer(status="abstained")
    return replace(base, status="abstained", value=None, na_reason=reason)
