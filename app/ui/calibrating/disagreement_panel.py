"""Below the matrix, at the right: the items on which the selected judge and people differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.calibrating.cause_bar import CauseBar
from app.ui.calibrating.disagreement_acts import DisagreementActs
from app.ui.calibrating.disagreement_head import DisagreementHead
from app.ui.calibrating.disagreement_list import DisagreementList
from app.ui.calibrating.page import BoardPage
from app.ui.tokens import Size
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline, Label

if TYPE_CHECKING:
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.ui.context import UiContext

NO_CELL = ("No cell is selected", "Choose a judge and a dimension above.")
NONE_DIFFER = (
    "Nothing to look at",
    "On every item that both scored, the judge is where people are, each time it was asked.",
)
NO_LABELS = ("Nobody has labelled these items", "Choose what people shall label next.")


class DisagreementPanel(BoardPage):
    """Head, list and causes; `D` opens the same list large."""

    adjudicate = Signal(str, str)
    """Call id and rubric version id: to be adjudicated."""

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.acts = DisagreementActs(ctx, self)
        self.head = DisagreementHead(ctx.theme, ctx.actions, self.acts)
        self.list = DisagreementList(self.acts)
        self.causes = CauseBar(ctx.theme)
        self._words = EmptyState(ctx.theme, *NO_CELL)
        self._pages = QStackedWidget()
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addWidget(Hairline(ctx.theme))
        column.addWidget(self._foot())
        self._pages.addWidget(self._words)
        self._pages.addWidget(full)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._pages, 1)
        self.setFocusProxy(self.list)
        self.setMinimumWidth(300)
        acts = self.acts
        acts.listed.connect(self._show)
        acts.row_changed.connect(lambda _: self._show_causes())
        acts.open_item.connect(self.open_item)
        acts.adjudicate.connect(self.adjudicate)
        acts.failed.connect(lambda why: self._say("The list cannot be made", why))
        self.head.large_asked.connect(self.open_large)
        ctx.actions.bind(self, {"differ.large": self.open_large}, enabled=lambda _a: self.has_rows)

    def _foot(self) -> QWidget:
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(Size.INSET, 10, Size.INSET, 10)
        row.setSpacing(16)
        label = Label(self._ctx.theme, "Causes", "small", "t2")
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.causes, 1)
        return foot

    @property
    def has_rows(self) -> bool:
        """Whether anything is listed."""
        return bool(self.acts.listing and self.acts.listing.rows)

    def show_board(self, board: Board, cell: Cell | None) -> None:
        """Show the items of a cell."""
        if cell is None:
            self.clear()
            return
        if cell.found.evidence.items == 0:
            self.acts.forget()
            self._say(*NO_LABELS)
            return
        self.acts.show(board.found, cell.judge, cell.criterion.key, board.where)

    def clear(self) -> None:
        """Nothing is selected."""
        self.acts.forget()
        self._say(*NO_CELL)

    def open_large(self) -> None:
        """The same list with everything about the selected item beside it."""
        from app.ui.calibrating.disagreement_browser import DisagreementBrowser

        row = self.list.table.current
        browser = DisagreementBrowser(self.acts, self.window(), "" if row is None else row.item_id)
        browser.left_at.connect(self.list.table.choose)
        browser.open()

    def _show(self) -> None:
        if self.acts.listing is None:
            return
        if self.has_rows:
            self._pages.setCurrentIndex(1)
            self._show_causes()
        else:
            self._say(*NONE_DIFFER)

    def _show_causes(self) -> None:
        if self.acts.listing is not None:
            self.causes.show_pareto(self.acts.listing.pareto)

    def _say(self, title: str, text: str) -> None:
        self._words.set_words(title, text)
        self._pages.setCurrentIndex(0)

    def hideEvent(self, event: QHideEvent) -> None:
        """Fall silent; another screen may take the player."""
        self.acts.player.leave()
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill."""
        QPainter(self).fillRect(self.rect(), self._ctx.theme.color("bg1"))
