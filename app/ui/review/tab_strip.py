"""A strip of tabs, 32 px: words, a count behind them, the accent under the one that is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.tokens import Size

GAP_PX, COUNT_GAP_PX, LINE_PX = 28, 8, 2


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab."""

    key: str
    text: str


class TabStrip(QWidget):
    """`chosen(key)` fires on a change made by the person.

    `heads` are column heads at the right end: (word, right edge from the right), px at 100 %.
    """

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        tabs: Sequence[Tab],
        *,
        name: str,
        heads: Sequence[tuple[str, int, Qt.AlignmentFlag]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._tabs, self._heads, self._name = theme, tuple(tabs), tuple(heads), name
        self.current = self._tabs[0].key
        self._notes: dict[str, tuple[str, str]] = {}
        if len(self._tabs) > 1:
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        self._describe()

    def set_current(self, key: str) -> None:
        """Turn a tab on without telling anyone."""
        self.current = key
        self._describe()
        self.update()

    def set_heads(self, heads: Sequence[tuple[str, int, Qt.AlignmentFlag]]) -> None:
        """Show other column heads."""
        self._heads = tuple(heads)
        self.update()

    def set_note(self, key: str, text: str, token: str = "t3") -> None:
        """Write a count behind a tab's word."""
        self._notes[key] = (text, token)
        self._describe()
        self.update()

    def _describe(self) -> None:
        word = next(t.text for t in self._tabs if t.key == self.current)
        note = self._notes.get(self.current, ("", ""))[0]
        self.setAccessibleName(f"{self._name}: {word} {note}".strip())

    def sizeHint(self) -> QSize:
        return QSize(200, self._theme.px(Size.TABS))

    def tab_rect(self, key: str) -> QRect:
        """Where a tab's words are."""
        x = Size.INSET
        for tab in self._tabs:
            metrics = QFontMetrics(self._theme.font("small", 600))
            width = metrics.horizontalAdvance(tab.text)
            note = self._notes.get(tab.key, ("", ""))[0]
            more = COUNT_GAP_PX + metrics.horizontalAdvance(note) if note else 0
            if tab.key == key:
                return QRect(x, 0, width + more, self.height())
            x += width + more + GAP_PX
        return QRect()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        for tab in self._tabs:
            if self.tab_rect(tab.key).adjusted(-8, 0, 8, 0).contains(at):
                self._choose(tab.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        keys = [t.key for t in self._tabs]
        self._choose(keys[(keys.index(self.current) + step) % len(keys)])

    def _choose(self, key: str) -> None:
        if key != self.current:
            self.set_current(key)
            self.chosen.emit(key)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        line = self.height() - 1
        painter.fillRect(0, line, self.width(), 1, theme.color("line1"))
        middle = Qt.AlignmentFlag.AlignVCenter
        for tab in self._tabs:
            on = tab.key == self.current
            box = self.tab_rect(tab.key)
            painter.setFont(theme.font("small", 600 if on else 500))
            painter.setPen(theme.color("t1" if on else "t2"))
            painter.drawText(box, middle, tab.text)
            note, token = self._notes.get(tab.key, ("", ""))
            if note:
                painter.setFont(theme.font("small"))
                painter.setPen(theme.color(token))
                painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, note)
            if on:
                bar = QRect(box.left() - 3, line + 1 - LINE_PX, box.width() + 6, LINE_PX)
                painter.fillRect(bar, theme.color("accent"))
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("t3"))
        for word, from_right, align in self._heads:
            edge = self.width() - theme.px(from_right)
            wide = theme.px(80)
            left = edge - wide if align & Qt.AlignmentFlag.AlignRight else edge
            box = QRect(left, 0, wide, line)
            painter.drawText(box, middle | align, word)
