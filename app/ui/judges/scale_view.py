"""A rubric as it is read: each question with the points of its scale and their anchors."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.domain.rubrics import Criterion, Level, RubricVersion
from app.ui.theme import Theme
from app.ui.widgets.labels import Label

BOX_PX, LINE_PAD_PX = 22, 6
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
TALL = 10_000


class LevelLine(QWidget):
    """A value in its box, the anchor in full beside it."""

    def __init__(self, theme: Theme, level: Level) -> None:
        super().__init__()
        self._theme, self._level = theme, level
        words = ": ".join(w for w in (level.label, level.anchor) if w)
        self._words = words
        self.setAccessibleName(f"{level.value}: {words}")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """The anchor wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As tall as the anchor."""
        theme = self._theme
        room = QRect(0, 0, max(60, width - self._left()), TALL)
        text = QFontMetrics(theme.font("small")).boundingRect(room, _WRAP, self._words)
        return max(theme.px(BOX_PX), text.height()) + LINE_PAD_PX

    def sizeHint(self) -> QSize:
        """A guess; the layout asks for the height of its width."""
        return QSize(240, self.heightForWidth(240))

    def _left(self) -> int:
        return self._theme.px(BOX_PX) + 10

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box and anchor."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = theme.px(BOX_PX)
        box = QRectF(0.5, 0.5, side - 1, side - 1)
        painter.setPen(theme.pen("line3"))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(theme.color("t1"))
        painter.setFont(theme.font("small", 600))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self._level.value))
        painter.setPen(theme.color("t2"))
        painter.setFont(theme.font("small"))
        top = (side - theme.line("small")) // 2
        area = QRect(self._left(), top, self.width() - self._left(), self.height())
        painter.drawText(area, _WRAP, self._words)


class ScaleView(QWidget):
    """Criteria below one another."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: str | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_rubric(self, rubric: RubricVersion | None, instead: str = "") -> None:
        """Show a rubric's criteria, or words where there is none."""
        key = rubric.id if rubric is not None else f"none: {instead}"
        if key == self._shown:
            return
        self._shown = key
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if rubric is None:
            self._column.addWidget(Label(self._theme, instead, "small", "t2", wrap=True))
            return
        for at, criterion in enumerate(rubric.criteria):
            if at:
                self._column.addSpacing(10)
            self._add(criterion)

    def _add(self, criterion: Criterion) -> None:
        theme = self._theme
        title = Label(theme, criterion.title, "body", "t1", weight=500, wrap=True)
        question = Label(theme, criterion.question, "small", "t2", wrap=True)
        for widget in (title, question):
            self._column.addWidget(widget)
        self._column.addSpacing(4)
        for level in sorted(criterion.levels, key=lambda lv: -lv.value):
            self._column.addWidget(LevelLine(theme, level))
        if criterion.na_allowed:
            note = Label(theme, "May be not applicable.", "small", "t3")
            self._column.addWidget(note)
