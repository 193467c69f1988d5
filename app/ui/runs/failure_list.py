"""What failed in a run, by kind: call, evaluator, reason. Enter or a click opens the call."""

from __future__ import annotations

from PySide6.QtCore import (
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QListView,
    QSizePolicy,
    QWidget,
)

from app.ui.runs.failure_delegate import ROW_PX, FailureDelegate
from app.ui.runs.failure_model import FailureModel
from app.ui.theme import Theme


class FailureList(QListView):
    """As high as its rows: the panel around it scrolls. Only what is in view is painted."""

    opened = Signal(str)
    """Id of the call to open."""
    traced = Signal(object)
    """A failure whose request and reply are to be shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.failures = FailureModel()
        self.setModel(self.failures)
        self.setItemDelegate(FailureDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setProperty("ring", "inside")
        self.setAccessibleName("Failures")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for which in (self.setVerticalScrollBarPolicy, self.setHorizontalScrollBarPolicy):
            which(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda index: self._open(index.row()))
        self.failures.modelReset.connect(self._fit)
        theme.changed.connect(self._fit)

    def _fit(self) -> None:
        self.setFixedHeight(self._theme.px(ROW_PX) * len(self.failures.rows))

    def _open(self, at: int) -> None:
        failure = self.failures.failure(at)
        if failure is not None:
            self.opened.emit(failure.call_id)

    def open_current(self) -> None:
        """Open the call of the selected failure."""
        self._open(self.currentIndex().row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift+Enter shows what was asked."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            failure = self.failures.failure(self.currentIndex().row())
            if failure is not None:
                self.traced.emit(failure)
            return
        super().keyPressEvent(event)

    def step(self, by: int) -> None:
        """Go to the next or previous failure, over heads."""
        at = self.currentIndex().row() + by
        while 0 <= at < len(self.failures.rows):
            if self.failures.failure(at) is not None:
                self.setCurrentIndex(self.failures.index(at, 0))
                return
            at += by
