"""A row of joined choices, one of them on: the selected one has `bg3` and an accent line below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.ui.actions import ActionTable
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.keycap import cap_width, paint_cap

_PAD = 10
_GAP = 6


@dataclass(frozen=True, slots=True)
class Segment:
    """One choice: its key, its word, and the action whose cap it shows."""

    key: str
    text: str
    action: str = ""


class Segmented(QWidget):
    """Joined choices. `chosen(key)` fires on a change made by the person, not by `set_current`."""

    chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        segments: Sequence[Segment],
        *,
        name: str,
        actions: ActionTable | None = None,
        compact: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._actions, self._compact = theme, actions, compact
        self._segments = tuple(segments)
        self._name = name
        self._current: str | None = self._segments[0].key if self._segments else None
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        if actions is not None:
            actions.changed.connect(self.updateGeometry)
        self._describe()

    @property
    def current(self) -> str | None:
        """Key of the choice that is on."""
        return self._current

    def set_current(self, key: str | None) -> None:
        """Turn a choice on without telling anyone; None turns all off."""
        if key != self._current:
            self._current = key
            self._describe()
            self.update()

    def _describe(self) -> None:
        word = next((s.text for s in self._segments if s.key == self._current), "none")
        self.setAccessibleName(f"{self._name}: {word}")

    def _cap(self, segment: Segment) -> str:
        if not segment.action or self._actions is None:
            return ""
        return self._actions.cap(segment.action)

    def _width(self, segment: Segment) -> float:
        metrics = QFontMetricsF(self._theme.font("small", 500))
        cap = self._cap(segment)
        width = metrics.horizontalAdvance(segment.text) + 2 * _PAD
        return round(width + (_GAP + cap_width(self._theme, cap) if cap else 0))

    def sizeHint(self) -> QSize:
        """All choices side by side."""
        height = self._theme.px(Size.CONTROL_COMPACT if self._compact else Size.CONTROL)
        return QSize(round(sum(map(self._width, self._segments))) + 2, height)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose what is under the pointer."""
        x = 1.0
        for segment in self._segments:
            x += self._width(segment)
            if event.position().x() < x:
                self._choose(segment.key)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right move the choice while the control has the focus."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        keys = [s.key for s in self._segments]
        at = keys.index(self._current) if self._current in keys else -1
        self._choose(keys[max(0, min(len(keys) - 1, at + step))])

    def _choose(self, key: str) -> None:
        if key != self._current and self.isEnabled():
            self.set_current(key)
            self.chosen.emit(key)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the frame, then each choice."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.pen("line2"))
        painter.setBrush(theme.color("bg2"))
        painter.drawRoundedRect(frame, Size.RADIUS, Size.RADIUS)
        x = 1.0
        for index, segment in enumerate(self._segments):
            width = self._width(segment)
            self._paint_segment(painter, segment, QRectF(x, 1, width, self.height() - 2))
            if index:
                painter.fillRect(QRectF(x, 1, 1, self.height() - 2), theme.color("line2"))
            x += width

    def _paint_segment(self, painter: QPainter, segment: Segment, box: QRectF) -> None:
        theme = self._theme
        is_on = segment.key == self._current
        if is_on:
            painter.fillRect(box, theme.color("bg3"))
            line = QRectF(box.left(), box.bottom() - 2, box.width(), 2)
            painter.fillRect(line, theme.color("accent"))
        font = theme.font("small", 600 if is_on else 500)
        painter.setFont(font)
        ink = theme.color("t1" if is_on else "t2")
        painter.setPen(ink if self.isEnabled() else theme.disabled("bg2"))
        cap = self._cap(segment)
        text_width = QFontMetricsF(theme.font("small", 500)).horizontalAdvance(segment.text)
        total = text_width + (_GAP + cap_width(theme, cap) if cap else 0)
        left = box.left() + (box.width() - total) / 2
        area = QRectF(left, box.top(), text_width + 4, box.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(area, flags, segment.text)
        paint_cap(painter, theme, left + text_width + _GAP, box.center().y(), cap)
