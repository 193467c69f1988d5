"""The rows of a transcript in a scroll area that lays out only what is in view."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QTextLayout
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from app.ui.theme import Theme
from app.ui.transcript.row_painter import RowPainter, RowState
from app.ui.transcript.rows import Piece, Row
from app.ui.widgets.tips import plain_tip

KEPT_LAYOUTS = 400
MEASURED_AT_ONCE, MEASURED_A_STEP = 120, 50
SCROLL_STEP_PX = 48

StateOf = Callable[[int], RowState]


class RowList(QAbstractScrollArea):
    """Variable heights: measured in view and, bit by bit, elsewhere; guessed until then."""

    row_clicked = Signal(int, object)
    """(row, piece): a row, and the word of it that was clicked, if one was."""
    row_double_clicked = Signal(int)

    def __init__(self, theme: Theme, painter: RowPainter, state_of: StateOf) -> None:
        super().__init__()
        self._theme, self.painter, self._state_of = theme, painter, state_of
        self.rows: Sequence[Row] = ()
        self._heights = np.zeros(0, np.int64)
        self._tops = np.zeros(1, np.int64)
        self._measured = np.zeros(0, np.bool_)
        self._layouts: OrderedDict[int, QTextLayout] = OrderedDict()
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._measure_some)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(SCROLL_STEP_PX)
        self.setAccessibleName("Transcript")
        theme.changed.connect(self._on_theme)

    # content ---------------------------------------------------------------------------------

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; place and measures are kept as far as rows are the same."""
        top, old = self.verticalScrollBar().value(), self.rows
        heights, measured = self._heights, self._measured
        head, tail = _common(old, rows)
        self.rows = rows
        if not head and not tail:
            self._measure_anew()
        else:
            self._layouts.clear()
            middle = rows[head : len(rows) - tail]
            guessed = [self.painter.text.guess_height(r) for r in middle]
            cut = len(heights) - tail
            self._heights = np.concatenate([heights[:head], guessed, heights[cut:]])
            self._heights = self._heights.astype(np.int64)
            unknown = np.zeros(len(middle), np.bool_)
            self._measured = np.concatenate([measured[:head], unknown, measured[cut:]])
            self._measure(range(head, min(head + len(middle), head + MEASURED_AT_ONCE)))
            self._stack()
            if not self._measured.all():
                self._idle.start()
            self.viewport().update()
        self.verticalScrollBar().setValue(top)

    def _measure_anew(self) -> None:
        self._layouts.clear()
        text = self.painter.text
        text.width = self.width()
        count = len(self.rows)
        self._heights = np.array([text.guess_height(r) for r in self.rows], np.int64)
        self._measured = np.zeros(count, np.bool_)
        self._measure(range(min(count, MEASURED_AT_ONCE)))
        self._stack()
        if count > MEASURED_AT_ONCE:
            self._idle.start()
        else:
            self._idle.stop()
        self.viewport().update()

    def _layout(self, n: int) -> QTextLayout:
        layout = self._layouts.get(n)
        if layout is None:
            layout = self._layouts[n] = self.painter.text.layout(self.rows[n])
            if len(self._layouts) > KEPT_LAYOUTS:
                self._layouts.popitem(last=False)
        else:
            self._layouts.move_to_end(n)
        return layout

    def _measure(self, some: range | np.typing.NDArray[np.int64]) -> None:
        for n in some:
            if not self._measured[n]:
                row = self.rows[int(n)]
                self._heights[n] = self.painter.text.height(self._layout(int(n)), row)
                self._measured[n] = True

    def _measure_some(self) -> None:
        left = np.flatnonzero(~self._measured)[:MEASURED_A_STEP]
        if not len(left):
            self._idle.stop()
            return
        anchor, rest = self._anchor()
        self._measure(left)
        self._stack()
        self.verticalScrollBar().setValue(int(self._tops[anchor]) + rest)

    def _anchor(self) -> tuple[int, int]:
        """The first row in view and how far it is scrolled."""
        top = self.verticalScrollBar().value()
        n = int(np.searchsorted(self._tops, top, "right")) - 1
        n = min(max(n, 0), max(0, len(self.rows) - 1))
        return n, top - int(self._tops[n])

    def _stack(self) -> None:
        self._tops = np.concatenate([[0], np.cumsum(self._heights)])
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, int(self._tops[-1]) - self.viewport().height()))

    def _on_theme(self) -> None:
        anchor, _ = self._anchor()
        self._measure_anew()
        if len(self.rows):
            self.verticalScrollBar().setValue(int(self._tops[anchor]))

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.width() != self.painter.text.width:
            self._on_theme()
        else:
            self._stack()

    # geometry --------------------------------------------------------------------------------

    def row_rect(self, n: int) -> QRect:
        """The row's rectangle in the viewport; its right end lies under the scroll bar."""
        top = int(self._tops[n]) - self.verticalScrollBar().value()
        return QRect(0, top, self.width(), int(self._heights[n]))

    def row_at(self, y: int) -> int | None:
        """The row at `y` of the viewport."""
        n = int(np.searchsorted(self._tops, y + self.verticalScrollBar().value(), "right")) - 1
        return n if 0 <= n < len(self.rows) else None

    def reveal(self, n: int) -> None:
        """Scroll the least that shows the row whole."""
        if not 0 <= n < len(self.rows):
            return
        self._measure(range(max(0, n - 3), min(n + 4, len(self.rows))))
        self._stack()
        rect, bar = self.row_rect(n), self.verticalScrollBar()
        view = self.viewport().height()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() >= view:
            bar.setValue(bar.value() + min(rect.top(), rect.bottom() + 1 - view))

    def update_row(self, n: int) -> None:
        """Paint one row again."""
        if 0 <= n < len(self.rows):
            self.viewport().update(self.row_rect(n))

    # events ----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg1"))
        if not len(self.rows):
            return
        first = self.row_at(event.rect().top()) or 0
        n = first
        while n < len(self.rows):
            if not self._measured[n]:
                self._measure(range(n, min(n + 20, len(self.rows))))
                self._tops = np.concatenate([[0], np.cumsum(self._heights)])
            rect = self.row_rect(n)
            if rect.top() > event.rect().bottom():
                break
            self.painter.paint(painter, rect, self.rows[n], self._layout(n), self._state_of(n))
            n += 1

    def _piece_at(self, n: int, at: QPoint) -> Piece | None:
        rect = self.row_rect(n)
        char = self.painter.text.char_at(self._layout(n), at.x() - rect.left(), at.y() - rect.top())
        return self.rows[n].piece_of_char(char) if char is not None else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        n = self.row_at(at.y())
        if n is not None and event.button() == Qt.MouseButton.LeftButton:
            self.row_clicked.emit(n, self._piece_at(n, at))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            tip = self.tip_at(event.pos())
            if tip:
                QToolTip.showText(event.globalPos(), plain_tip(tip), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def tip_at(self, at: QPoint) -> str:
        """The redacted words at a point of the viewport; empty elsewhere."""
        n = self.row_at(at.y())
        piece = self._piece_at(n, at) if n is not None else None
        if n is None or piece is None or not piece.redacted:
            return ""
        row = self.rows[n]
        words = " ".join(row.text[p.start : p.end] for p in _run(row.pieces, piece))
        return f"Redacted in all that leaves the workspace\n{words}"

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        n = self.row_at(event.position().toPoint().y())
        if n is not None:
            self.row_double_clicked.emit(n)


def _run(pieces: Sequence[Piece], piece: Piece) -> Sequence[Piece]:
    """The redacted pieces in a row that `piece` is one of."""
    first = last = pieces.index(piece)
    while first and pieces[first - 1].redacted:
        first -= 1
    while last + 1 < len(pieces) and pieces[last + 1].redacted:
        last += 1
    return pieces[first : last + 1]


def _common(old: Sequence[Row], new: Sequence[Row]) -> tuple[int, int]:
    """How many rows at the beginning and at the end are the same in both."""
    most = min(len(old), len(new))
    head = next((n for n in range(most) if old[n] != new[n]), most)
    rest = most - head
    tail = next((n for n in range(rest) if old[-1 - n] != new[-1 - n]), rest)
    return head, tail
