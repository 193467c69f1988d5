"""People one by one: harshness, agreement with the others and with themselves, blind share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.tasks.runner import Lane
from app.ui.calibrating.page import BoardPage
from app.ui.calibrating.plots.rows_plot import RowsPlot
from app.ui.calibrating.plots.words import measure_words
from app.ui.calibrating.raters_rows import COLUMNS, agreements, grid_rows, harshness
from app.ui.runs.sections import OverlayArea
from app.ui.studies.grid import Grid, Row
from app.ui.tokens import Size
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Label
from app.ui.widgets.splitter import LineSplitter

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.services.calibrating.detail_raters import RaterRow
    from app.services.calibrating.detail_source import Source
    from app.services.workspace import Workspace
    from app.tasks.runner import Task
    from app.ui.context import UiContext

NOBODY = (
    "Nobody has scored this rubric yet",
    "Figures of raters need people's scores: two on the same calls say who is harsh.",
)
COMPUTING = "Computing raters…"
HARSH, WITH = "Harshness", "Agreement with the others"


class RatersPage(BoardPage):
    """The table above; below it the raters of the selected row's dimension side by side."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._board: Board | None = None
        self._cell: Cell | None = None
        self._found: tuple[RaterRow, ...] = ()
        self._task: Task | None = None
        theme = ctx.theme
        self.table = Grid(theme, COLUMNS, "Raters by dimension")
        self.table.chosen.connect(lambda _key: self._draw_soon())
        self.table.opened.connect(lambda _key: self._open())
        self.harsh, self.agree = RowsPlot(theme, HARSH), RowsPlot(theme, WITH)
        self.harsh_title = Label(theme, HARSH, "body", weight=600)
        self.agree_title = Label(theme, WITH, "body", weight=600)
        self.note = Label(theme, "", "label", "t3", wrap=True)
        self.note.setContentsMargins(Size.INSET, 6, Size.INSET, 8)
        self.words = EmptyState(theme, *NOBODY)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._draw)
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._ctx.theme
        self._below = below = LineSplitter(theme)
        below.addWidget(_titled(self.harsh_title, self.harsh))
        below.addWidget(_titled(self.agree_title, self.agree))
        below.setSizes([500, 500])
        self._split = split = LineSplitter(theme, Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setSizes([340, 300])
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(split, 1)
        column.addWidget(self.note)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.words)
        self._pages.addWidget(full)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self.setFocusProxy(self.table)

    # --- data

    def show_board(self, board: Board, cell: Cell | None) -> None:
        """Follow the set and its slice."""
        before, self._cell = self._board, cell
        self._board = board
        if before is not None and before.found is board.found and before.where == board.where:
            return
        if self._task is not None:
            self._task.cancel()
        if not self._found:
            self._say(COMPUTING, "")
        ctx = self._ctx
        task = ctx.runner.task(Lane.CPU, _raters, ctx.ws, ctx.viewer, board)
        task.succeeded.connect(self._on_raters)
        task.failed.connect(self._on_failed)
        self._task = task.start()

    def clear(self) -> None:
        """No board."""
        if self._task is not None:
            self._task.cancel()
        self._board, self._found = None, ()
        self._say(*NOBODY)

    def _say(self, title: str, text: str) -> None:
        self.words.set_words(title, text)
        self._pages.setCurrentIndex(0)

    def _on_failed(self, error: BaseException) -> None:
        self._task = None
        if isinstance(error, UserError):
            self._say(error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)

    def _on_raters(self, told: tuple[tuple[RaterRow, ...], tuple[Row, ...]]) -> None:
        from app.services.calibrating.detail_source import HOW

        self._task = None
        self._found = told[0]
        if not self._found:
            self._say(*NOBODY)
            return
        self.table.show_rows(told[1])
        self.note.setText(
            "Harshness: points below the others on the same items. Again α: the rater's blind "
            f"repeats. Enter shows a rater's votes. {HOW}"
        )
        self._pages.setCurrentIndex(1)
        self._draw_soon()

    # --- plots

    @property
    def row(self) -> RaterRow | None:
        """The selected row."""
        if not self.table.key:
            return None
        rater, key = self.table.key.split("|", 1)
        found = (r for r in self._found if r.rater == rater and r.criterion.key == key)
        return next(found, None)

    def _draw_soon(self) -> None:
        self._timer.start(0)

    def _draw(self) -> None:
        row = self.row
        if row is None:
            return
        rows = [r for r in self._found if r.criterion.key == row.criterion.key]
        title = row.criterion.title
        self.harsh_title.setText(f"{HARSH}: {title}")
        self.agree_title.setText(f"{WITH}: {title}")
        told = harshness(rows)
        self.harsh.setVisible(bool(told))
        self.harsh.show_rows(told, "Others − rater, points", lines=[(0.0, "line3")], sign=True)
        self.agree.show_rows(agreements(rows), measure_words(row.measure))
        for plot in (self.harsh, self.agree):
            plot.choose(row.rater)

    # --- acts

    def _open(self) -> None:
        row, board = self.row, self._board
        if row is None or board is None:
            return
        cells = [c for c in board.cells if c.criterion.key == row.criterion.key]
        own = [c for c in cells if self._cell is not None and c.judge.id == self._cell.judge.id]
        if not cells:
            words = "No judge has scored this dimension: there is nothing to hold the votes beside."
            self._ctx.bus.message.emit("info", words, "")
            return
        task = self._ctx.runner.task(Lane.CPU, _source, board, (own or cells)[0])
        task.succeeded.connect(lambda source, rater=row.rater: self._show_votes(source, rater))
        task.failed.connect(self._on_failed)
        task.start()

    def _show_votes(self, source: Source, rater: str) -> None:
        from app.services.calibrating.votes_behind import Wanted
        from app.ui.calibrating.votes_dialog import VotesDialog

        wanted = Wanted(rater=rater if rater in source.people.raters else None)
        dialog = VotesDialog(self._ctx, source, wanted, self.window())
        dialog.open_item.connect(self.open_item)
        dialog.open()


def _titled(title: Label, plot: RowsPlot) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    title.setContentsMargins(Size.INSET, 8, Size.INSET, 4)
    column.addWidget(title)
    area = OverlayArea()
    area.setWidget(plot)
    column.addWidget(area, 1)
    return holder


def _raters(
    _ctx: Work, ws: Workspace, viewer: Viewer, board: Board
) -> tuple[tuple[RaterRow, ...], tuple[Row, ...]]:
    from app.services.calibrating.detail_raters import raters_of

    found = raters_of(ws, viewer, board.found, board.where)
    return found, grid_rows(found)


def _source(_ctx: Work, board: Board, cell: Cell) -> Source:
    from app.services.calibrating.detail_source import source_of

    return source_of(board.found, cell, board.rule)
