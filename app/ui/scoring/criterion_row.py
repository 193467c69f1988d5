"""A criterion that is not in focus: one line with its number, title, scope and score."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.ratings import Answer
from app.domain.rubrics import Criterion
from app.ui.scoring.marks import (
    BOX_H,
    BOX_W,
    CONFIDENCE_W,
    SCOPE_WORDS,
    paint_confidence,
    paint_score_box,
    paint_tag,
    score_text,
    tag_width,
)
from app.ui.theme import Theme

ROW_HEIGHT = 30
INSET = 16
NUMBER_W = 28


class CriterionRow(QWidget):
    """One line of the form. Clicking it asks for the focus."""

    clicked = Signal()

    def __init__(self, theme: Theme, number: int, criterion: Criterion) -> None:
        super().__init__()
        self._theme, self._number, self._criterion = theme, number, criterion
        self._answer: Answer | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("")
        self.show_answer(None)

    def show_answer(self, answer: Answer | None) -> None:
        """Show that answer, or a dashed box for None."""
        self._answer = answer
        spoken = score_text(answer) or "not scored"
        self.setAccessibleName(f"{self._number}. {self._criterion.title}: {spoken}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, self._theme.px(ROW_HEIGHT))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        rect = self.rect()
        painter.fillRect(rect, theme.color("bg1"))
        painter.setPen(theme.pen("line1"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        box_w = max(BOX_W, theme.px(BOX_W)) + (10 if len(score_text(self._answer)) > 1 else 0)
        box_h = min(theme.px(BOX_H), rect.height() - 6)
        box = QRect(
            rect.right() + 1 - INSET - box_w, rect.center().y() - box_h // 2 + 1, box_w, box_h
        )
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t3"))
        number = QRect(INSET, 0, NUMBER_W, rect.height())
        painter.drawText(number, Qt.AlignmentFlag.AlignVCenter, str(self._number))
        tag = SCOPE_WORDS[self._criterion.scope]
        x = INSET + NUMBER_W
        bars_left = box.left() - 8 - CONFIDENCE_W
        room = bars_left - x - 16 - tag_width(theme, tag)
        font = theme.font("body")
        title = QFontMetrics(font).elidedText(
            self._criterion.title, Qt.TextElideMode.ElideRight, room
        )
        painter.setFont(font)
        painter.setPen(theme.color("t1" if self._answer is not None else "t2"))
        painter.drawText(QRect(x, 0, room, rect.height()), Qt.AlignmentFlag.AlignVCenter, title)
        end = x + QFontMetrics(font).horizontalAdvance(title)
        paint_tag(painter, theme, end + 8, rect, tag)
        confidence = self._answer.confidence if self._answer is not None else None
        paint_confidence(
            painter, theme, QRect(bars_left, 0, CONFIDENCE_W, rect.height()), confidence
        )
        paint_score_box(painter, theme, box, self._answer)
