"""The names of all plots in a row; those that are shown have an accent line below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.theme import Theme

GAP, INSET, HEIGHT = 14, 16, 28


class Chooser(QWidget):
    """A click brings a plot in; Left and Right move the mark, Enter brings in what it is on."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, names: Sequence[tuple[str, str]]) -> None:
        """`names`: key and word of each."""
        super().__init__()
        self._theme, self._names = theme, tuple(names)
        self._shown: tuple[str, ...] = ()
        self._mark = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._on_theme)
        self._describe()

    def _on_theme(self) -> None:
        self.updateGeometry()
        self.update()

    def set_shown(self, keys: Sequence[str]) -> None:
        """Mark what is shown."""
        self._shown = tuple(keys)
        self._describe()
        self.update()

    def _describe(self) -> None:
        shown = [word for key, word in self._names if key in self._shown]
        self.setAccessibleName(f"Plots: {', '.join(shown) or 'none'} shown")
        self.setAccessibleDescription(f"{self._names[self._mark][1]}, Enter shows it")

    def sizeHint(self) -> QSize:
        """A row of words, which may be cut."""
        return QSize(200, self._theme.px(HEIGHT))

    def _places(self) -> list[tuple[str, str, QRectF]]:
        """Each name with its box; gaps shrink first, then the row moves so that the mark is in."""
        metrics = QFontMetricsF(self._theme.font("small", 500))
        wide = [metrics.horizontalAdvance(word) for _, word in self._names]
        free = self.width() - 2 * INSET - sum(wide)
        gap = max(6.0, min(self._theme.px(GAP), free / max(1, len(wide) - 1)))
        out, x = [], float(INSET)
        for (key, word), width in zip(self._names, wide):
            out.append((key, word, QRectF(x, 0, width, self.height())))
            x += width + gap
        over = out[self._mark][2].right() + INSET - self.width()
        return [(k, w, box.translated(-max(0.0, over), 0)) for k, w, box in out]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Bring in the plot under the pointer."""
        for at, (key, _word, box) in enumerate(self._places()):
            if box.adjusted(-4, 0, 4, 0).contains(event.position()):
                self._mark = at
                self.chosen.emit(key)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left, Right, Enter."""
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key)
        if step is not None:
            self._mark = (self._mark + step) % len(self._names)
            self._describe()
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self._names[self._mark][0])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Words, accent lines, and the mark while the row has the focus."""
        painter, theme = QPainter(self), self._theme
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line1"))
        for at, (key, word, box) in enumerate(self._places()):
            on = key in self._shown
            painter.setFont(theme.font("small", 500))
            painter.setPen(theme.color("t1" if on else "t2"))
            painter.drawText(box.adjusted(0, 0, 2, 0), Qt.AlignmentFlag.AlignVCenter, word)
            if on:
                line = QRectF(box.left(), box.bottom() - 2, box.width(), 2)
                painter.fillRect(line, theme.color("accent"))
            if self.hasFocus() and at == self._mark:
                painter.setPen(theme.pen("focus", 1))
                painter.drawRect(box.adjusted(-4, 4, 4, -5))
