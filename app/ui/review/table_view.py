"""F6: the same review as tables, for those who cannot use the picture. One selection for both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from app.domain.latency import Thresholds
from app.ui.review.tab_strip import Tab, TabStrip
from app.ui.review.table_model import SheetModel, sheets

if TYPE_CHECKING:
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession

TABS = (
    Tab("turns", "Turns"),
    Tab("latencies", "Latencies"),
    Tab("overlaps", "Overlaps"),
    Tab("events", "Events"),
    Tab("comments", "Comments"),
)
ROW_PX = 26


class _Table(QTableView):
    """A table that says when Enter is pressed."""

    activated_row = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated_row.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)


class TableView(QWidget):
    """Choosing a row selects its turn and moves the play-head; Enter plays it."""

    def __init__(self, ctx: UiContext, session: ReviewSession) -> None:
        super().__init__()
        self._ctx, self._session = ctx, session
        self._following = False
        self.tabs = TabStrip(ctx.theme, TABS, name="Table")
        self.model = SheetModel()
        self.view = _Table()
        self.view.setModel(self.model)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.verticalHeader().hide()
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        self.view.setAccessibleName("Review table")
        head = self.view.horizontalHeader()
        head.setStretchLastSection(True)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.view, 1)
        self.view.selectionModel().currentRowChanged.connect(self._on_row)
        self.tabs.chosen.connect(self._show_tab)
        self.view.activated_row.connect(self._play)
        for signal in (session.opened, session.changed):
            signal.connect(self.refresh)
        session.turn_changed.connect(self._on_turn)
        ctx.theme.changed.connect(self._style)
        self._style()

    def _style(self) -> None:
        theme = self._ctx.theme
        self.view.setFont(theme.font("small"))
        self.view.horizontalHeader().setFont(theme.font("label"))
        self.view.verticalHeader().setDefaultSectionSize(theme.px(ROW_PX))
        tint, bar, ink = theme.hex("tint"), theme.hex("accent"), theme.hex("t1")
        mark = f"background: {tint}; color: {ink};"
        if theme.is_contrast:
            mark = f"background: {bar}; color: {theme.hex('accentInk')};"
        line = theme.hex("line1")
        self.view.setStyleSheet(
            f"QTableView::item {{ padding: 0 8px; border-bottom: 1px solid {line}; }}"
            f"QTableView::item:selected {{ {mark} }}"
        )

    # content ---------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Show the chosen table of the call; only while it is looked at."""
        review = self._session.review
        if not self.isVisible() or review is None:
            return
        settings = self._ctx.settings
        thresholds = Thresholds(
            settings.number("latency_slow_ms"), settings.number("latency_late_ms")
        )
        made = sheets(review, thresholds)
        for tab in TABS:
            self.tabs.set_note(tab.key, str(len(made[tab.key].lines)))
        self.model.show_sheet(made[self.tabs.current])
        head = self.view.horizontalHeader()
        head.resizeSections(QHeaderView.ResizeMode.ResizeToContents)
        self._on_turn()

    def _show_tab(self, _key: str) -> None:
        self.refresh()
        self.view.setFocus()

    def take_focus(self) -> None:
        """Give the table the focus, on the selected turn's row."""
        self.refresh()
        self.view.setFocus()
        if not self.view.currentIndex().isValid() and self.model.rowCount():
            self._following = True
            self.view.selectRow(0)
            self._following = False

    # selection -------------------------------------------------------------------------------

    def _on_turn(self) -> None:
        """Another turn was selected elsewhere: its row is chosen here too."""
        turn = self._session.turn
        if turn is None or not self.isVisible():
            return
        row = self.model.first(lambda line: line.turn_id == turn.id)
        if row >= 0 and row != self.view.currentIndex().row():
            self._following = True
            self.view.selectRow(row)
            self._following = False

    def _on_row(self, index: QModelIndex, _before: QModelIndex) -> None:
        if self._following or not index.isValid():
            return
        line = self.model.sheet.lines[index.row()]
        session = self._session
        session.playback.seek(line.span.start)
        session.view.reveal(line.span)
        turn = session.turn_by_id(line.turn_id) if line.turn_id else None
        if turn is not None:
            session.select_turn(turn)

    def _play(self, row: int) -> None:
        if 0 <= row < len(self.model.sheet.lines):
            self._session.playback.play_span(self.model.sheet.lines[row].span)
