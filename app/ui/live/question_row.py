"""One question of the rating: its words, the points of its scale, the anchor of the chosen one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.rubrics import Criterion, Level
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.keycap import cap_width, paint_cap
from app.ui.widgets.labels import ElidedLabel, Label

NA = -1
"""In the place of a value: it does not apply."""
LOOK = -2
"""In the place of a value: only make this question the current one."""


class LevelButton(QAbstractButton):
    """The scale's value as a key cap, and its word."""

    def __init__(self, theme: Theme, cap: str, word: str, tip: str) -> None:
        super().__init__()
        self._theme, self._cap = theme, cap
        self.setText(word)
        self.setCheckable(True)
        self.setAccessibleName(f"{cap} {word}")
        self.setAccessibleDescription(tip)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """As wide as cap and word."""
        theme = self._theme
        word = QFontMetricsF(theme.font("small", 600)).horizontalAdvance(self.text())
        return QSize(round(cap_width(theme, self._cap) + word) + 26, theme.px(Size.CONTROL))

    def nextCheckState(self) -> None:
        """The page says which one is on."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box, cap, word."""
        painter, theme, is_on = QPainter(self), self._theme, self.isChecked()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.pen("accent" if is_on else "line2"))
        painter.setBrush(theme.color("accent" if is_on else "bg2"))
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        ink = "accentInk" if is_on else "t1"
        middle = self.height() / 2
        line = "accentInk" if is_on else "line2"
        width = paint_cap(painter, theme, 8, middle, self._cap, ink=ink, line=line)
        painter.setFont(theme.font("small", 600 if is_on else 500))
        painter.setPen(theme.color(ink))
        area = QRectF(8 + width + 6, 0, self.width(), self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())


class QuestionRow(QWidget):
    """One question: title, words, the points of its scale, the anchor of the chosen one."""

    picked = Signal(int)
    """A value, `NA` or `LOOK`."""

    def __init__(self, theme: Theme, criterion: Criterion) -> None:
        super().__init__()
        self._theme, self.criterion = theme, criterion
        self._is_current = False
        self.value: int | None = None
        self.anchor = ElidedLabel(theme, "", "label", "t3")
        self.buttons: dict[int, LevelButton] = {}
        row = QHBoxLayout()
        row.setSpacing(6)
        levels: list[tuple[int, str, str, str]] = [
            (lv.value, str(lv.value), lv.label, lv.anchor) for lv in criterion.levels
        ]
        if criterion.na_allowed:
            levels.append((NA, "Backspace", "Cannot say", "It does not apply to this call."))
        for value, cap, word, anchor in levels:
            button = LevelButton(theme, cap, word, anchor)
            button.clicked.connect(lambda _=False, v=value: self.picked.emit(v))
            row.addWidget(button)
            self.buttons[value] = button
        row.addStretch()
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(Label(theme, criterion.title, "body", "t1", weight=600))
        head.addWidget(ElidedLabel(theme, criterion.question, "small", "t2"), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 9, 10, 7)
        column.setSpacing(5)
        column.addLayout(head)
        column.addLayout(row)
        column.addWidget(self.anchor)

    def set_current(self, current: bool) -> None:
        """Whether digits answer this one."""
        self._is_current = current
        self._say()
        self.update()

    def set_value(self, value: int | None) -> None:
        """Show an answer."""
        self.value = value
        for key, button in self.buttons.items():
            button.setChecked(key == value)
        self._say()

    def _say(self) -> None:
        level = self._level()
        if level is not None:
            self.anchor.setText(level.anchor)
        elif self.value == NA:
            self.anchor.setText("It does not apply to this call.")
        else:
            self.anchor.setText("Press the number of your answer" if self._is_current else " ")

    def _level(self) -> Level | None:
        return None if self.value is None else self.criterion.level(self.value)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make it the current one."""
        self.picked.emit(LOOK)
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The current question is tinted."""
        if self._is_current:
            self._theme.paint_selection(QPainter(self), self.rect())
