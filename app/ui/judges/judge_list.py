"""The list of judges: a search field over the rows that it leaves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.judges.line_list import LineModel, LineRow, LineView
from app.ui.judges.rows import matching
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline


class SearchField(QLineEdit):
    """Enter, Down and Esc go on in the list; Esc clears first."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand the focus on."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Escape):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class JudgeList(QWidget):
    """Search above, rows below, or that nothing fits."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._all: tuple[LineRow, ...] = ()
        self.model = LineModel()
        self.view = LineView(theme, self.model, "Judges")
        self.view.chosen.connect(self.chosen)
        self.search = SearchField()
        self.search.setPlaceholderText(f"Search judges ({actions.cap('judges.search') or '/'})")
        self.search.setAccessibleName("Search judges")
        self.search.textChanged.connect(lambda _text: self._show())
        self.search.left.connect(self.view.setFocus)
        self._nothing = EmptyState(theme, "No judge fits", "Change the words of the search.")
        self._pages = QStackedWidget()
        for page in (self.view, self._nothing):
            self._pages.addWidget(page)
        bar = QVBoxLayout()
        bar.setContentsMargins(12, 8, 12, 8)
        bar.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(Hairline(theme))
        column.addWidget(self._pages, 1)
        self.setFocusProxy(self.view)
        self._restyle()
        theme.changed.connect(self._restyle)

    def _restyle(self) -> None:
        self.search.setFont(self._theme.font("body"))
        self.search.setFixedHeight(self._theme.px(Size.CONTROL))

    def show_rows(self, rows: Sequence[LineRow]) -> None:
        """Show other judges; the search stays."""
        self._all = tuple(rows)
        self._show()

    def _show(self) -> None:
        found = matching(self._all, self.search.text())
        self.model.set_rows(found)
        self._pages.setCurrentWidget(self.view if found else self._nothing)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill."""
        QPainter(self).fillRect(self.rect(), self._theme.color("bg1"))
