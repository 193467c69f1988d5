"""A strip of tabs, 32 px: words, a count behind them, the accent under the one that is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.tokens import Size

GAP_PX, LEAST_GAP_PX, COUNT_GAP_PX, LINE_PX = 28, 12, 8, 2
ICON_PX = 13


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab."""

    key: str
    text: str
    short: str = ""
    """Its word where there is no room for all."""


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
        self._locked: set[str] = set()
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

    def set_locked(self, key: str, *, locked: bool) -> None:
        """Put a padlock behind a tab's word: what it would show is hidden."""
        if locked != (key in self._locked):
            self._locked ^= {key}
            self._describe()
            self.update()

    def _describe(self) -> None:
        word = next(t.text for t in self._tabs if t.key == self.current)
        note = "hidden" if self.current in self._locked else self._note(self.current)
        self.setAccessibleName(f"{self._name}: {word} {note}".strip())

    def sizeHint(self) -> QSize:
        return QSize(200, self._theme.px(Size.TABS))

    def _note(self, key: str) -> str:
        return self._notes.get(key, ("", ""))[0]

    def _words(self) -> list[str]:
        """Of all tabs: in full, or short where they would not fit."""
        full = [tab.text for tab in self._tabs]
        least = sum(map(self._width, self._tabs, full)) + LEAST_GAP_PX * (len(full) - 1)
        if least <= self.width() - 2 * Size.INSET:
            return full
        return [tab.short or tab.text for tab in self._tabs]

    def _width(self, tab: Tab, words: str) -> int:
        """Of its words and of what stands behind them."""
        metrics = QFontMetrics(self._theme.font("small", 600))
        width = metrics.horizontalAdvance(words)
        if tab.key in self._locked:
            return width + COUNT_GAP_PX + self._theme.px(ICON_PX)
        note = self._note(tab.key)
        return width + (COUNT_GAP_PX + metrics.horizontalAdvance(note) if note else 0)

    def tab_rect(self, key: str) -> QRect:
        """Where a tab's words are; tabs stand closer where there is little room."""
        widths = list(map(self._width, self._tabs, self._words()))
        room = self.width() - 2 * Size.INSET - sum(widths)
        gap = max(LEAST_GAP_PX, min(GAP_PX, room // max(1, len(widths) - 1)))
        x = Size.INSET
        for tab, width in zip(self._tabs, widths, strict=True):
            if tab.key == key:
                return QRect(x, 0, width, self.height())
            x += width + gap
        return QRect()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        for tab in self._tabs:
            if self.tab_rect(tab.key).adjusted(-6, 0, 6, 0).contains(at):
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
        for tab, words in zip(self._tabs, self._words(), strict=True):
            on = tab.key == self.current
            box = self.tab_rect(tab.key)
            painter.setFont(theme.font("small", 600 if on else 500))
            painter.setPen(theme.color("t1" if on else "t2"))
            painter.drawText(box, middle, words)
            note, token = self._notes.get(tab.key, ("", ""))
            if tab.key in self._locked:
                side = theme.px(ICON_PX)
                icon = QRect(box.right() + 1 - side, 0, side, self.height())
                paint_icon(painter, theme, "lock", icon, "t3", size=side)
            elif note:
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
