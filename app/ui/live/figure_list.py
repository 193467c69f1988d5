"""Responses and barge-ins of a call, row by row, in columns of fixed shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.ui.live import words
from app.ui.live.line_model import ROW, Index
from app.ui.theme import Theme
from app.ui.tokens import Size

if TYPE_CHECKING:
    from app.agents.measures import CallMeasures

FALTERED = "degraded: the stream faltered"
DEAF = "did not stop within 2 s"
WARNINGS = (FALTERED, DEAF)
TURN_HEAD = ("", "Caller ended", "Mouth to ear, ms", "Wire, ms", "Server says, ms", "")
BARGE_HEAD = ("", "Onset", "Stop, ms", "Detect, ms", "Flush, ms", "")
NONE = ("", "none", "", "", "", "")
PARTS = (0.05, 0.14, 0.16, 0.14, 0.17, 0.34)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow:
    """Cells of a row; `token` is the ink of the third."""

    cells: tuple[str, ...]
    token: str = "t1"
    is_head: bool = False

    @property
    def words(self) -> str:
        """The row as it is read aloud."""
        return ", ".join(c for c in self.cells if c)


class FigureDelegate(QStyledItemDelegate):
    """Cells in columns of fixed shares."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """A head takes more room."""
        return QSize(100, self._theme.px(34 if index.data(ROW).is_head else 24))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the cells; numbers at the right."""
        theme, row = self._theme, index.data(ROW)
        rect: QRect = option.rect
        width = rect.width() - 2 * Size.INSET
        x = rect.left() + Size.INSET
        bottom = Qt.AlignmentFlag.AlignBottom if row.is_head else Qt.AlignmentFlag.AlignVCenter
        for at, (cell, part) in enumerate(zip(row.cells, PARTS, strict=True)):
            box = QRect(x, rect.top(), round(part * width) - 8, rect.height() - 3 * row.is_head)
            strong = at == 2 and not row.is_head
            painter.setFont(theme.font("small", 600 if strong else 400))
            token = "t3" if row.is_head or at == 0 else row.token if strong else "t2"
            is_warning = at == 5 and cell in WARNINGS
            painter.setPen(theme.color("warn" if is_warning else token))
            side = Qt.AlignmentFlag.AlignRight if 0 < at < 5 else Qt.AlignmentFlag.AlignLeft
            if at == 5:
                cell = painter.fontMetrics().elidedText(
                    cell, Qt.TextElideMode.ElideRight, box.width()
                )
            painter.drawText(box, side | bottom, cell)
            x += round(part * width)
        if row.is_head:
            painter.fillRect(
                QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line2")
            )


def rows(found: CallMeasures, rate_hz: int, token: Callable[[float], str]) -> list[FigureRow]:
    """Every response, then every barge-in; `token` is the ink of a response."""
    return _turns(found, rate_hz, token) + _barge_ins(found, rate_hz)


def _turns(found: CallMeasures, rate_hz: int, token: Callable[[float], str]) -> list[FigureRow]:
    made = [FigureRow(cells=TURN_HEAD, is_head=True)]
    for number, turn in enumerate(found.turns, start=1):
        at = words.clock(turn.caller_end / rate_hz, tenths=True)
        times = [turn.mouth_to_ear_ms, turn.wire_ms, turn.server_ms]
        told = FALTERED if turn.degraded else words.stages(turn.stages)
        cells = (str(number), at, *(words.ms(t) for t in times), told)
        made.append(FigureRow(cells=cells, token=token(turn.mouth_to_ear_ms)))
    return made if found.turns else [*made, FigureRow(cells=NONE)]


def _barge_ins(found: CallMeasures, rate_hz: int) -> list[FigureRow]:
    made = [FigureRow(cells=BARGE_HEAD, is_head=True)]
    for number, cut in enumerate(found.barge_ins, start=1):
        at = words.clock(cut.onset / rate_hz, tenths=True)
        told = DEAF if cut.stop_ms is None else FALTERED if cut.degraded else ""
        parts = (cut.stop_ms, cut.detect_ms, cut.flush_ms)
        made.append(FigureRow(cells=(f"b{number}", at, *map(words.ms, parts), told)))
    return made if found.barge_ins else [*made, FigureRow(cells=NONE)]
