"""The list of verdicts: what keys and clicks do. Only the rows in view are painted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QListView

from app.ui.review.judge_delegate import JudgeDelegate
from app.ui.review.judge_model import AnyIndex, JudgeModel
from app.ui.review.verdict_row import JudgeRow
from app.ui.theme import Theme


class JudgeList(QListView):
    """The list. A click or Enter plays, Shift+Enter shows the reply, arrows move."""

    acted = Signal(object, int)
    """A row, and which of its evidence to hear; -1 for the next."""
    reply_asked = Signal(object)
    moved = Signal(object)
    """Another row is the current one; by a person, not by `choose`."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.verdicts = JudgeModel()
        self.setModel(self.verdicts)
        self.delegate = JudgeDelegate(theme, self)
        self.setItemDelegate(self.delegate)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setProperty("ring", "inside")
        self.setAccessibleName("Judges' verdicts")
        self._was_open = -1
        self._silent = False
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    @property
    def current(self) -> JudgeRow | None:
        """The row that is open."""
        at = self.currentIndex().row()
        return self.verdicts.rows[at] if 0 <= at < len(self.verdicts.rows) else None

    def choose(self, at: int) -> None:
        """Open a row without telling anyone; -1 closes all."""
        self._silent = True
        self.setCurrentIndex(self.verdicts.index(at))
        self._silent = False

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        """The row opens, the one before it closes."""
        super().currentChanged(current, previous)
        self.scheduleDelayedItemsLayout()
        row = self.current
        if row is not None and not self._silent:
            self.moved.emit(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """What is under the pointer before anything opens says what a click means."""
        self._was_open = self.currentIndex().row()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click plays; on a chip that turn, on the way to the reply it shows it."""
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        index = self.indexAt(at)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        row = self.verdicts.rows[index.row()]
        part = None
        if index.row() == self._was_open and row.kind == "verdict":
            corner = self.visualRect(index).topLeft()
            part = self.delegate.layout.part_at(row, self.viewport().width(), at - corner)
        if part is not None and part.kind == "reply":
            self.reply_asked.emit(row)
        else:
            self.acted.emit(row, part.at if part is not None else -1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter plays, with Shift it shows the reply; the arrows move."""
        mods = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        row, shift = self.current, mods == Qt.KeyboardModifier.ShiftModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (not mods or shift):
            if row is None:
                return
            if shift:
                self.reply_asked.emit(row)
            else:
                self.acted.emit(row, -1)
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and not mods:
            super().keyPressEvent(event)
        else:
            event.ignore()
