"""A table with a strip above and a panel beside it, or words in their place."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.splitter import LineSplitter


class TableWithPanel(QWidget):
    """Begins with words. Until someone moves the line, the panel has its share of the width.

    Args:
        theme: the theme.
        strip: above table and panel.
        table: the table.
        panel: beside it.
        words: title, text and button of what is said at first.
        share: of the width, for the panel.
        most_px: of the panel, whatever its share.
    """

    acted = Signal()
    """The button of the words was pressed."""

    def __init__(
        self,
        theme: Theme,
        *,
        strip: QWidget,
        table: QWidget,
        panel: QWidget,
        words: tuple[str, str, str],
        share: float,
        most_px: int,
    ) -> None:
        super().__init__()
        self.panel, self._share, self._most_px, self._moved = panel, share, most_px, False
        self.words = EmptyState(theme, words[0], words[1], button=words[2])
        self.words.acted.connect(self.acted)
        self.split = LineSplitter(theme)
        self.split.addWidget(table)
        self.split.addWidget(panel)
        self.split.setStretchFactor(0, 1)
        self.split.splitterMoved.connect(self._on_moved)
        self._full, self._pages = QWidget(), QStackedWidget()
        _stacked(self._full, strip, self.split)
        self._pages.addWidget(self.words)
        self._pages.addWidget(self._full)
        _stacked(self, self._pages)

    @property
    def shows_table(self) -> bool:
        """Whether the table is shown, rather than words."""
        return self._pages.currentWidget() is self._full

    def show_words(self, title: str, text: str = "", button: str = "") -> None:
        """Words in place of the table."""
        self.words.set_words(title, text, button)
        self._pages.setCurrentWidget(self.words)

    def show_table(self) -> None:
        """The table and the panel."""
        self._pages.setCurrentWidget(self._full)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the panel its share."""
        super().resizeEvent(event)
        if not self._moved:
            panel = min(self._most_px, round(self.width() * self._share))
            panel = max(panel, self.panel.minimumWidth())
            self.split.setSizes([self.width() - panel - 1, panel])

    def _on_moved(self, *_args: int) -> None:
        self._moved = True


def _stacked(host: QWidget, *parts: QWidget) -> None:
    """Lay parts below each other without gaps; the last one takes the room."""
    column = QVBoxLayout(host)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, int(part is parts[-1]))
