"""The answers of a trial: boxes in a row, or lines where words are long. Their order is fixed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QSizePolicy, QWidget

from app.domain.rubrics import Level
from app.ui.listening.words import signed
from app.ui.scoring.level_option import LevelOption
from app.ui.theme import Theme
from app.ui.tokens import Size

BOX_W, BOX_H = 148, 88
MANY = 7
"""More answers than this stand one below the other."""
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignHCenter)


class AnswerBox(QAbstractButton):
    """One answer: its value over its word, or the word alone."""

    def __init__(self, theme: Theme, value: str, word: str, *, high: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._value, self._word, self._high = theme, value, word, high
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{value}: {word}" if value else word)
        theme.changed.connect(self.updateGeometry)

    def nextCheckState(self) -> None:
        """A click asks; the page checks."""

    def sizeHint(self) -> QSize:
        """As in the other boxes of the row."""
        return QSize(self._theme.px(BOX_W), self._theme.px(self._high))

    def minimumSizeHint(self) -> QSize:
        """Narrower, for a small window."""
        return QSize(self._theme.px(56), self._theme.px(self._high))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the box; nothing in it says that an answer is good or bad."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, live = self.isChecked(), self.isEnabled()
        line = "t2" if on else "line3" if live else "line2"
        over = live and (self.underMouse() or on)
        is_faint = not live and theme.is_contrast  # that theme has no fainter ink
        style = Qt.PenStyle.DashLine if is_faint else Qt.PenStyle.SolidLine
        painter.setPen(theme.pen(line, 2 if on else 1, style))
        painter.setBrush(theme.color("bg3" if over else "bg2"))
        inset = 1.0 if on else 0.5
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        painter.setPen(theme.color("t1") if live else theme.color("t3"))
        inner = self.rect().adjusted(8, 0, -8, 0)
        word_font = theme.font("title" if self._value else "body", 600 if on else 400)
        room = QFontMetrics(word_font).boundingRect(inner, _WRAP, self._word)
        value_h = theme.line("figure") + theme.px(4) if self._value else 0
        top = (self.height() - value_h - room.height()) // 2
        if self._value:
            painter.setFont(theme.font("figure"))
            area = QRect(inner.left(), top, inner.width(), theme.line("figure"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._value)
        painter.setFont(word_font)
        words = QRect(inner.left(), top + value_h, inner.width(), room.height())
        painter.drawText(words, _WRAP, self._word)


class Answers(QWidget):
    """All answers of a trial. `picked(index)` is a click; keys go through the page."""

    picked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key: object = None
        self._boxes: list[QAbstractButton] = []
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.levels: tuple[Level, ...] = ()
        self.chosen: int | None = None

    def show_levels(
        self, levels: Sequence[Level], words: Sequence[str] = (), *, valued: bool = True
    ) -> None:
        """Offer these; the same ones again are only cleared.

        Args:
            levels: in their fixed order.
            words: what stands on each box; its label by default.
            valued: whether the value stands above the word.
        """
        words = tuple(words) or tuple(v.label or v.anchor for v in levels)
        key = (tuple(levels), words, valued)
        if key != self._key:
            self._key, self.levels = key, tuple(levels)
            self._build(words, valued)
        self.choose(None)

    def _build(self, words: Sequence[str], valued: bool) -> None:
        for old in self._boxes:
            self._box.removeWidget(old)
            old.deleteLater()
        many = len(self.levels) > MANY
        both_ways = any(v.value < 0 for v in self.levels)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._box.setDirection(down if many else across)
        self._box.setSpacing(2 if many else 8 if len(self.levels) > 5 else 12)
        self._boxes = []
        for index, (level, word) in enumerate(zip(self.levels, words, strict=True)):
            value = signed(level.value) if both_ways else str(level.value)
            box: QAbstractButton
            if many:
                box = LevelOption(self._theme, value, level.anchor, parent=self)
            else:
                high = BOX_H if valued else 58
                box = AnswerBox(self._theme, value if valued else "", word, high=high, parent=self)
            box.clicked.connect(lambda _=False, n=index: self.picked.emit(n))
            self._box.addWidget(box)
            self._boxes.append(box)
        self.setMaximumWidth(self._theme.px(640 if many else (BOX_W + 12) * len(self.levels)))

    def set_open(self, is_open: bool) -> None:
        """Whether an answer would be taken now."""
        for box in self._boxes:
            box.setEnabled(is_open)

    def choose(self, index: int | None) -> None:
        """Mark one as chosen."""
        self.chosen = index
        for n, box in enumerate(self._boxes):
            box.setChecked(n == index)

    def index_of(self, value: float) -> int | None:
        """Where that value stands."""
        return next((n for n, v in enumerate(self.levels) if v.value == value), None)

    def shift(self, step: int) -> None:
        """The choice one further; from none, to the nearest beside the middle."""
        last = len(self.levels) - 1
        if self.chosen is None:
            at = last // 2 if step < 0 else (last + 1) // 2
            if last % 2 == 0 and last > 1:
                at += step
        else:
            at = max(0, min(last, self.chosen + step))
        self.choose(at)
