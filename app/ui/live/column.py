"""A column of cards that scrolls down only, and keeps in sight what has the focus."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget


class Column(QScrollArea):
    """Shows `inner`. Keys go to fields of it wherever it was scrolled to: it follows them."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self._inner = inner
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and self._inner.isAncestorOf(new):
            self.ensureWidgetVisible(new)

    def call_up(self, card: QWidget) -> None:
        """Bring a card into sight that needs somebody, unless they are busy with another."""
        focus = QApplication.focusWidget()
        if focus is None or not self._inner.isAncestorOf(focus):
            # It may have been shown just now, and lies nowhere yet.
            QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(card))
