"""The page of one kind of queue: how much time, who rates what, and what that would draw."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QSpinBox, QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.services.calibrating import queues
from app.services.calibrating.queues import LEAST_TRIPLE, QueueKind, QueuePlan, Wish
from app.tasks.runner import Lane
from app.ui.calibrating.queue_preview import QueuePreview
from app.ui.widgets.labels import Hairline, Label

if TYPE_CHECKING:
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.ui.context import UiContext

DRAW_AFTER_MS = 250
USUAL_MINUTES = 120
WORDS: dict[QueueKind, str] = {
    "measure": "Calls are drawn by lot, more often where this judge is expected to err more. "
    "Each keeps its probability, so that the average stays unbiased.",
    "learn": "Calls that teach most: where the judge is unsure, judges differ, or labels are few. "
    "They enter fits and never an estimate. Anchors are left out.",
}


class QueuePage(QWidget):
    """Draws again a moment after a change."""

    planned = Signal()
    """There is another plan, or none."""

    def __init__(self, ctx: UiContext, board: Board, cell: Cell, kind: QueueKind) -> None:
        super().__init__()
        self._ctx, self._board, self._cell, self.kind = ctx, board, cell, kind
        self.plan: QueuePlan | None = None
        self.minutes = self._number(1, 100_000, USUAL_MINUTES, " min")
        self.triple = self._number(
            round(100 * LEAST_TRIPLE) if kind == "measure" else 0, 100, round(100 * LEAST_TRIPLE),
            " %",
        )  # fmt: skip
        self.second = self._number(0, 100, 0, " %")
        self.problem = Label(ctx.theme, "", "small", "danger", wrap=True)
        self.problem.hide()
        self.preview = QueuePreview(ctx.theme)
        self._asked = 0
        self._timer = QTimer(self, singleShot=True, interval=DRAW_AFTER_MS)
        self._timer.timeout.connect(self.draw)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(Label(ctx.theme, WORDS[kind], "small", "t2", wrap=True))
        column.addLayout(self._fields())
        column.addWidget(Hairline(ctx.theme))
        column.addWidget(self.problem)
        column.addWidget(self.preview, 1)

    def _number(self, least: int, most: int, value: int, unit: str) -> QSpinBox:
        field = QSpinBox()
        field.setRange(least, most)
        field.setValue(value)
        field.setSuffix(unit)
        field.setFont(self._ctx.theme.font("body"))
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setFixedWidth(self._ctx.theme.px(96))
        field.valueChanged.connect(lambda _: self._timer.start())
        return field

    def _fields(self) -> QGridLayout:
        grid, theme = QGridLayout(), self._ctx.theme
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for at, (words, field) in enumerate(
            (
                ("Experts' time, all together", self.minutes),
                ("Rated by three, by lot", self.triple),
                ("Rated by two, where it helps", self.second),
            )
        ):
            label = Label(theme, words, "small", "t2")
            label.setBuddy(field)
            field.setAccessibleName(words)
            grid.addWidget(label, 0, at)
            grid.addWidget(field, 1, at)
        grid.setColumnStretch(3, 1)
        return grid

    @property
    def wish(self) -> Wish:
        """What the fields say."""
        return Wish(
            kind=self.kind, minutes=float(self.minutes.value()),
            triple_share=self.triple.value() / 100, second_share=self.second.value() / 100,
        )  # fmt: skip

    def draw(self) -> None:
        """Choose the calls, off the window's thread."""
        ctx, board, cell = self._ctx, self._board, self._cell
        self._asked += 1
        ctx.runner.run(
            Lane.CPU,
            partial(queues.plan, where=board.where, half_width=half_width_now(cell)),
            ctx.ws, board.found, cell.judge, cell.criterion.key, self.wish,
            done=partial(self._on_plan, self._asked), failed=partial(self._on_failed, self._asked),
        )  # fmt: skip

    def _on_plan(self, asked: int, plan: QueuePlan) -> None:
        if asked == self._asked:
            self.plan = plan
            self.problem.hide()
            calls = self._board.found.calls
            self.preview.show_plan(plan, [calls[p.call_id].code for p in plan.picks])
            self.planned.emit()

    def _on_failed(self, asked: int, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self._ctx.runner.failed.emit(error)
            return
        if asked == self._asked:
            self.plan = None
            self.preview.clear()
            self.problem.setText(f"{error.what} {error.remedy}".strip())
            self.problem.show()
            self.planned.emit()

    def stop(self) -> None:
        """The dialog goes: take no more answers."""
        self._timer.stop()
        self._asked += 1


def half_width_now(cell: Cell) -> float | None:
    """Of the corrected average's interval; None where there is none."""
    return None if cell.mean is None else queues.half_width_of(cell.mean.estimate)
