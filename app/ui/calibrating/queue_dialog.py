"""What people shall label next: a queue to measure, one to learn from, and how many it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QWidget

from app.domain.changes import Changes
from app.domain.errors import UserError
from app.domain.ratings import Viewer
from app.domain.studies import Study
from app.domain.work import Work
from app.services.calibrating import queue_making
from app.services.calibrating.queues import QueuePlan
from app.services.workspace import Workspace
from app.tasks.runner import Lane
from app.ui.calibrating.queue_page import QueuePage
from app.ui.calibrating.queue_plan_page import QueuePlanPage
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.ui.context import UiContext

MEASURE, LEARN, PLAN = "measure", "learn", "plan"
NO_CELL = "Choose a judge and a dimension in the matrix first: a queue is for one of them."


class QueueDialog(Dialog):
    """Makes a study of the calls that it shows."""

    def __init__(self, ctx: UiContext, board: Board, cell: Cell | None, parent: QWidget) -> None:
        super().__init__(ctx.theme, "Label next", parent, width=760)
        self._ctx = ctx
        self.study: Study | None = None
        """What was made."""
        self.pages: dict[str, QueuePage | QueuePlanPage] = {}
        self.key = MEASURE
        if cell is None:
            self.body.addWidget(Label(ctx.theme, NO_CELL, "body", "t2", wrap=True))
            self.add_button("Close", self.reject)
            return
        self._cell = cell
        self._drawn: set[str] = set()
        self._stack = QStackedWidget()
        self.pages = {
            MEASURE: QueuePage(ctx, board, cell, "measure"),
            LEARN: QueuePage(ctx, board, cell, "learn"),
            PLAN: QueuePlanPage(ctx, board, cell),
        }
        for page in self.pages.values():
            self._stack.addWidget(page)
            if isinstance(page, QueuePage):
                page.planned.connect(self._on_planned)
        self.name = QLineEdit()
        self.name.setFont(ctx.theme.font("body"))
        self.name.setAccessibleName("Name of the study")
        self.body.setSpacing(12)
        self.body.addLayout(self._head())
        self.body.addWidget(self._stack, 1)
        self.body.addLayout(self._name_row())
        self.add_button("Close", self.reject)
        self.keep = self.add_button("Keep as draft", lambda: self._make(is_open=False))
        self.go = self.add_button("Open the study", lambda: self._make(is_open=True), primary=True)
        self.show_page(MEASURE)

    def _head(self) -> QHBoxLayout:
        cell, ctx = self._cell, self._ctx
        head = QHBoxLayout()
        self._segments = Segmented(
            ctx.theme,
            [Segment(MEASURE, "Measure"), Segment(LEARN, "Learn"), Segment(PLAN, "How many?")],
            name="Kind of queue",
        )
        self._segments.chosen.connect(self.show_page)
        head.addWidget(self._segments)
        head.addSpacing(8)
        subject = f"{cell.criterion.title}, {cell.judge.label}"
        head.addWidget(Label(ctx.theme, subject, "small", "t2"))
        head.addStretch()
        return head

    def sizeHint(self) -> QSize:
        """Room for the longest page."""
        return QSize(self.theme.px(760), self.theme.px(560))

    def _name_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        self._name_label = Label(self.theme, "Study", "small", "t2")
        row.addWidget(self._name_label)
        row.addWidget(self.name, 1)
        return row

    def show_page(self, key: str) -> None:
        """Bring a page to the front; it is computed at its first time."""
        self.key = key
        page = self.pages[key]
        self._segments.set_current(key)
        self._stack.setCurrentWidget(page)
        is_queue = isinstance(page, QueuePage)
        for part in (self.name, self._name_label, self.keep, self.go):
            part.setVisible(is_queue)
        if is_queue and not self.name.isModified():
            self.name.setText(f"{key.capitalize()} {self._cell.criterion.title}")
        if key not in self._drawn:
            self._drawn.add(key)
            page.draw() if isinstance(page, QueuePage) else page.ask()
        self._on_planned()

    @property
    def plan(self) -> QueuePlan | None:
        """The queue in front."""
        page = self.pages.get(self.key)
        return page.plan if isinstance(page, QueuePage) else None

    def _on_planned(self) -> None:
        for button in (self.keep, self.go):
            button.setEnabled(self.plan is not None)

    def _make(self, *, is_open: bool) -> None:
        plan, ctx = self.plan, self._ctx
        if plan is None:
            return
        self.say_problem("")
        for button in (self.keep, self.go):
            button.setEnabled(False)
        task = ctx.runner.task(Lane.CPU, make, ctx.ws, ctx.viewer, plan, self.name.text(), is_open)
        task.succeeded.connect(self._on_made)
        task.failed.connect(self._on_failed)
        task.start()

    def _on_made(self, study: Study) -> None:
        self.study = study
        self._ctx.bus.changed.emit(Changes(studies=True), self)
        words = (
            "is open: raters find it under Score" if study.state == "open"
            else "is a draft: it waits under Studies"
        )  # fmt: skip
        self._ctx.bus.message.emit("info", f"{study.code} {words}.", "")
        self.accept()

    def _on_failed(self, error: BaseException) -> None:
        self._on_planned()
        if isinstance(error, UserError):
            self.say_problem(f"{error.what} {error.remedy}".strip())
        else:
            self._ctx.runner.failed.emit(error)

    def done(self, result: int) -> None:
        """Take no more answers."""
        for page in self.pages.values():
            page.stop()
        super().done(result)


def make(
    ctx: Work, ws: Workspace, viewer: Viewer, plan: QueuePlan, name: str, is_open: bool
) -> Study:
    """Store a queue as a draft, and open it where that is asked for.

    Raises:
        NotAllowed: a reviewer. BadInput: no name, or the rubric has a newer version.
    """
    from app.services.studies.opening import open_study

    study = queue_making.make(ws, viewer, plan, name)
    return open_study(ctx, ws, viewer, study.id, ()) if is_open else study
