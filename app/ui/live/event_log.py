"""What happened in a call, in order: marks, tools, warnings."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.agents.live_view import Snapshot
from app.ui.live import words
from app.ui.live.line_model import ROW, Index, LineList
from app.ui.theme import Theme
from app.ui.tokens import Size

KINDS = {
    "mark": "Tag", "note": "Note", "step": "Step", "dtmf": "Dialled", "clip": "Said",
    "tool": "Tool", "answer": "Answer", "warning": "Warning",
}  # fmt: skip
TIME, KIND = 66, 74


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One thing that happened. `at_s` is None where its time is not known."""

    at_s: float | None
    kind: str
    text: str

    @property
    def words(self) -> str:
        """The row as it is read aloud."""
        return f"{KINDS[self.kind]}: {self.text}"


def rows(snapshot: Snapshot) -> list[EventRow]:
    """Every event of the call so far, in order; warnings last."""
    found = [EventRow(at_s=m.at_s, kind=m.kind, text=m.label) for m in snapshot.marks]
    for tool in snapshot.tools:
        found.append(EventRow(at_s=tool.at_s, kind="tool", text=f"{tool.name} {tool.arguments}"))
        if tool.answered:
            found.append(EventRow(at_s=tool.at_s, kind="answer", text=tool.result))
    found.sort(key=lambda row: row.at_s or 0.0)
    return found + [EventRow(at_s=None, kind="warning", text=w) for w in snapshot.warnings]


class EventDelegate(QStyledItemDelegate):
    """Time, kind, words."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """One line."""
        return QSize(100, self._theme.px(26))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the row."""
        theme, row = self._theme, index.data(ROW)
        rect: QRect = option.rect
        middle = Qt.AlignmentFlag.AlignVCenter
        x = rect.left() + Size.INSET
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t3"))
        if row.at_s is not None:
            box = QRect(x, rect.top(), theme.px(TIME), rect.height())
            painter.drawText(box, middle, words.clock(row.at_s, tenths=True))
        x += theme.px(TIME)
        painter.setPen(theme.color("warn" if row.kind == "warning" else "t2"))
        box = QRect(x, rect.top(), theme.px(KIND), rect.height())
        painter.drawText(box, middle, KINDS[row.kind])
        x += theme.px(KIND)
        painter.setFont(theme.font("body"))
        painter.setPen(theme.color("t1"))
        width = rect.right() - x - Size.INSET
        told = QFontMetrics(painter.font()).elidedText(
            row.text.replace("\n", " "), Qt.TextElideMode.ElideRight, width
        )
        painter.drawText(QRect(x, rect.top(), width, rect.height()), middle, told)


class EventLog(LineList):
    """The list of events."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._look = EventDelegate(theme)
        super().__init__(theme, self._look, "Event log", parent)
