"""The first tab: figures of the selected cell, the matrix beside its verdict, details below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.services.calibrating.published import figures
from app.ui.calibrating.card_facts import facts
from app.ui.calibrating.cards import CardRow
from app.ui.calibrating.detail_area import DetailArea
from app.ui.calibrating.disagreement_panel import DisagreementPanel
from app.ui.calibrating.legend import Legend
from app.ui.calibrating.matrix import Matrix
from app.ui.calibrating.matrix_model import MatrixModel, shown_of
from app.ui.calibrating.page import BoardPage
from app.ui.calibrating.verdict_panel import VerdictPanel
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline
from app.ui.widgets.splitter import LineSplitter

if TYPE_CHECKING:
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.ui.context import UiContext

VERDICT_PX, VERDICT_SHARE, LOW_SHARE = 316, 0.16, 0.57
MOST_TOP_SHARE, LEAST_TOP_SHARE, LEAST_TOP_PX = 0.52, 0.4, 300
NO_JUDGE = (
    "No judge has scored this rubric",
    "Let a judge score calls that people scored: the matrix then says how far it may be trusted.",
    "New judge run",
)


class JudgesPage(BoardPage):
    """Composition only."""

    judge_run_asked = Signal()
    adjudicate = Signal(str, str)
    """Call id and rubric version id."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        theme = ctx.theme
        self._moved = False
        self.model = MatrixModel(self)
        self.cards, self.matrix = CardRow(theme), Matrix(theme, self.model)
        self.verdict, self.legend = VerdictPanel(theme), Legend(theme)
        self.detail, self.disagreements = DetailArea(ctx), DisagreementPanel(ctx)
        self.words = EmptyState(theme, *NO_JUDGE[:2], button=NO_JUDGE[2])
        self.top, self.low = LineSplitter(theme), LineSplitter(theme)
        self.main = LineSplitter(theme, Qt.Orientation.Vertical)
        self._pages = QStackedWidget()
        self._lay_out(theme)
        self._wire()

    def _lay_out(self, theme: Any) -> None:
        matrix = QWidget()
        column = _column(matrix)
        column.addWidget(self.matrix, 1)
        column.addWidget(Hairline(theme))
        column.addWidget(self.legend)
        for split, parts in (
            (self.top, (matrix, self.verdict)), (self.low, (self.detail, self.disagreements)),
            (self.main, (self.top, self.low)),
        ):  # fmt: skip
            for part in parts:
                split.addWidget(part)
        self.top.setStretchFactor(0, 1)
        self.low.setStretchFactor(0, 1)
        self.main.setStretchFactor(1, 1)
        for page in (self.main, self.words):
            self._pages.addWidget(page)
        outer = _column(self)
        outer.addWidget(self.cards)
        outer.addWidget(self._pages, 1)
        self.setFocusProxy(self.matrix)

    def _wire(self) -> None:
        self.matrix.chosen.connect(self.show_cell)
        self.matrix.opened.connect(self.open_votes)
        self.words.acted.connect(self.judge_run_asked)
        self.disagreements.adjudicate.connect(self.adjudicate)
        for part in (self.detail, self.disagreements):
            part.open_item.connect(self.open_item)
            part.show_cell.connect(self.show_cell)
            part.changed.connect(self.changed)
        for split in (self.top, self.low, self.main):
            split.splitterMoved.connect(self._on_moved)

    def show_matrix(self, board: Board) -> None:
        """Show more cells of the same matrix."""
        self.matrix.show_matrix(shown_of(board))

    def show_board(self, board: Board, cell: Cell | None) -> None:
        """Matrix, cards and verdict at once; what is below once the cell is there."""
        self.matrix.show_matrix(shown_of(board))
        self._pages.setCurrentWidget(self.main if board.facts.judges else self.words)
        key = cell.criterion.key if cell is not None else self.matrix.wanted[1]
        if not key and board.panels:
            key = board.panels[0].criterion.key
        shown = facts(cell, board.panel(key))
        self.cards.show_facts(shown)
        self.cards.setVisible(bool(shown))
        told = figures(board.found.rubric.key, cell.criterion.key) if cell is not None else ()
        self.verdict.show_cell(cell, board.rule, told)
        if cell is not None or not board.awaited:
            self.detail.show_board(board, cell)
            self.disagreements.show_board(board, cell)
        self._settle()

    def take_focus(self) -> None:
        """To the matrix; to what there is to do where no judge is in it."""
        (self.matrix if self._pages.currentWidget() is self.main else self.words).setFocus()

    def clear(self) -> None:
        """No board."""
        for part in (self.detail, self.disagreements):
            part.clear()
        self.verdict.show_cell(None, None)
        self.cards.show_facts(())

    def open_votes(self) -> None:
        """The votes behind the selected cell."""
        self.detail.open_votes()

    def open_disagreements(self) -> None:
        """The items on which judge and people differ, large."""
        if self.disagreements.has_rows:
            self.disagreements.open_large()

    # sizes --------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Until someone moves a line, each part has its share."""
        super().resizeEvent(event)
        self._settle()

    def _settle(self) -> None:
        if self._moved:
            return
        high = self.main.height()
        needed = self.matrix.wanted_height + self.legend.sizeHint().height() + 2
        least = min(LEAST_TOP_PX, round(high * LEAST_TOP_SHARE))
        top = max(min(needed, round(high * MOST_TOP_SHARE)), least)
        self.main.setSizes([top, high - top - 1])
        wide = self.main.width()
        share = max(VERDICT_PX, round(wide * VERDICT_SHARE))
        verdict = max(self.verdict.minimumWidth(), min(share, wide - self.matrix.wanted_width - 1))
        self.top.setSizes([wide - verdict - 1, verdict])
        self.low.setSizes([round(wide * LOW_SHARE), wide - round(wide * LOW_SHARE) - 1])

    def _on_moved(self, *_args: int) -> None:
        self._moved = True

    def sizes(self) -> list[list[int]]:
        """Where the lines are; nothing where nobody moved one."""
        return [s.sizes() for s in (self.main, self.top, self.low)] if self._moved else []

    def set_sizes(self, sizes: list[list[int]]) -> None:
        """Put the lines back."""
        for split, told in zip((self.main, self.top, self.low), sizes):
            split.setSizes([int(n) for n in told])
            self._moved = True


def _column(host: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
