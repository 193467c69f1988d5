"""Put a correction to use, or a verdict on record; waive it with a reason; what is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QStackedWidget, QWidget
from shiboken6 import isValid

from app.domain.clock import utc_now
from app.tasks.runner import Lane
from app.ui.calibrating.dialog_work import store, tell
from app.ui.calibrating.words import STATES_AT_LENGTH, with_measures
from app.ui.judges.words import when_words
from app.ui.studies.grid import Cell as GridCell
from app.ui.studies.grid import Column, Grid, Row
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Hairline, Label

if TYPE_CHECKING:
    from app.domain.calibration_records import StoredVerdict
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.ui.context import UiContext

WIDTH_PX, LIST_PX = 680, 190
HISTORY = (
    Column(title="State", px=150, right=False, stretch=True),
    Column(title="Judge", px=150, right=False, stretch=True),
    Column(title="Rule", px=96, right=False),
    Column(title="Recorded", px=110, right=False),
    Column(title="Valid until", px=112, right=False),
)
NO_CELL = "Select a judge's cell in the matrix first."
USE = (
    "The correction makes a second column of scores beside the judge's own, linked to what it was "
    "fitted on. The judge's scores are never changed."
)
WAIVER = "Use it at another state than the rule gives it. Your name and reason stay with it."


class RecordDialog(Dialog):
    """Accepted when something was put on record."""

    def __init__(
        self, ctx: UiContext, board: Board, cell: Cell | None, parent: QWidget | None
    ) -> None:
        super().__init__(ctx.theme, "On record", parent, width=WIDTH_PX)
        self._ctx, self._found, self._cell = ctx, board.found, cell
        theme = ctx.theme
        self.state = Label(theme, "", "title")
        self.words = Label(theme, "", "small", "t2", wrap=True)
        self.refused = Label(theme, "", "small", "t2", wrap=True)
        self.states = QComboBox()
        self.states.setFont(theme.font("body"))
        self.states.setAccessibleName("State to use it at")
        self.reason = QLineEdit()
        self.reason.setFont(theme.font("body"))
        self.reason.setPlaceholderText("Why?")
        self.reason.setAccessibleName("Reason of the waiver")
        self.history = Grid(theme, HISTORY, "Verdicts on record", plain=True)
        self.history.setMinimumHeight(theme.px(LIST_PX))
        self.none_yet = Label(theme, "No verdict is on record for this rubric.", "small", "t3")
        self.on_record = QStackedWidget()
        self._lay_out()
        self.add_button("Close", self.reject)
        self.waive_button = self.add_button("Waive", self.waive)
        self.keep_button = self.add_button("Record verdict", self.keep)
        self.use_button = self.add_button("Put correction to use", self.use, primary=True)
        self._show()
        self._read()

    def _lay_out(self) -> None:
        theme, body = self.theme, self.body
        for part in (self.state, self.words, self.refused, Hairline(theme)):
            body.addWidget(part)
        body.addWidget(Label(theme, WAIVER, "small", "t2", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.states)
        row.addWidget(self.reason, 1)
        body.addLayout(row)
        body.addSpacing(6)
        body.addWidget(Label(theme, "Verdicts on record", "body", weight=600))
        self.none_yet.setAlignment(Qt.AlignmentFlag.AlignTop)
        for page in (self.none_yet, self.history):
            self.on_record.addWidget(page)
        body.addWidget(self.on_record, 1)

    def _show(self) -> None:
        cell = self._cell
        buttons = (self.waive_button, self.keep_button, self.use_button)
        for part in (self.states, self.reason, *buttons):
            part.setEnabled(cell is not None)
        if cell is None:
            self.state.setText(NO_CELL)
            return
        now = cell.verdict.state
        self.state.setText(f"{STATES_AT_LENGTH[now]}: {cell.judge.label}, {cell.criterion.title}")
        self.words.setText(with_measures(cell.verdict.words))
        why = cell.fitted.refused
        self.refused.setText(f"No correction to put to use. {why}" if why else USE)
        self.use_button.setEnabled(not why and cell.fitted.correction is not None)
        for state, name in STATES_AT_LENGTH.items():
            if state != now:
                self.states.addItem(name, state)
        self.states.setCurrentIndex(min(now, self.states.count() - 1))  # the next one up

    def _read(self) -> None:
        from app.services.calibrating import records

        ctx = self._ctx
        ctx.runner.run(
            Lane.READ, records.verdicts, ctx.ws, ctx.viewer, self._found.rubric.id,
            done=self._on_read, failed=lambda error: tell(ctx, self, error),
        )  # fmt: skip

    def _on_read(self, found: list[StoredVerdict]) -> None:
        if not isValid(self):
            return
        judges = {j.id: j.label for j in self._found.judges.values()}
        titles = {c.id: c.title for c in self._found.rubric.criteria}
        names = {rater: told[1] for rater, told in self._found.names.items()}
        self.on_record.setCurrentWidget(self.history if found else self.none_yet)
        self.history.show_rows([_row(v, judges, titles, names) for v in found])

    # acts ---------------------------------------------------------------------------------------

    def use(self) -> None:
        """Store the correction with its verdict."""
        self._store(_use)

    def keep(self) -> None:
        """Store the verdict alone."""
        self._store(_keep)

    def waive(self) -> None:
        """Store another state, with the reason."""
        self._store(_waive, int(self.states.currentData()), self.reason.text())

    def _store(self, act: Any, *args: Any) -> None:
        if self._cell is not None:
            store(self._ctx, self, act, self._found, self._cell, *args)


def _row(
    found: StoredVerdict, judges: dict[str, str], titles: dict[str, str], names: dict[str, str]
) -> Row:
    waived = "" if found.waived_by is None else ", waived"
    who = names.get(found.created_by or "", "")
    until = "" if found.valid_until is None else found.valid_until
    late = bool(until) and until < utc_now()
    judge, title = judges.get(found.judge_version_id, ""), titles.get(found.criterion_id, "")
    return Row(
        key=found.id,
        cells=(
            GridCell(text=f"{STATES_AT_LENGTH[found.state]}{waived}", weight=500),  # type: ignore[index]
            GridCell(text=f"{judge}, {title}", token="t2"),
            GridCell(text=found.rule, token="t2"),
            GridCell(text=when_words(found.created_at), token="t2"),
            GridCell(text=until[:10] or "–", token="warn" if late else "t2"),
        ),
        tip="\n".join(s for s in (f"By {who}." if who else "", found.reason) if s),
    )  # fmt: skip


def _use(ws: Any, viewer: Any, found: Any, cell: Cell) -> object:
    from app.services.calibrating import records

    key = cell.criterion.key
    return records.put_to_use(ws, viewer, found, key, cell.judge, where=cell.where, cell=cell)


def _keep(ws: Any, viewer: Any, found: Any, cell: Cell) -> object:
    from app.services.calibrating import records

    return records.keep_verdict(ws, viewer, found, cell)


def _waive(ws: Any, viewer: Any, found: Any, cell: Cell, state: int, reason: str) -> object:
    from app.services.calibrating import records

    return records.waive(ws, viewer, found, cell, state, reason)
