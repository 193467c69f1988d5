"""Parts of a channel's strip in the gutter: mute and solo, trim, level meter."""

from __future__ import annotations

import time

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.audio.play_types import SILENCE_DB, Level
from app.ui.theme import Theme
from app.ui.tokens import Size

TOGGLE_W, TOGGLE_H, COMPACT_TOGGLE_W = 22, 20, 16
METER_W, METER_TICK_W = 6, 4
METER_FLOOR_DB = -60.0
METER_TICKS_DB = (0.0, -18.0, -42.0)
FALL_DB_PER_S, HOLD_S = 20.0, 1.0
TRIM_STEP_DB = 0.5


class StripToggle(QAbstractButton):
    """A small lettered toggle: M or S."""

    def __init__(self, theme: Theme, letter: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setText(letter)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fit()

    def fit(self, *, compact: bool = False) -> None:
        """Take the size of the font scale in force; `compact` where room is short."""
        hint = self.sizeHint()
        wide = self._theme.px(COMPACT_TOGGLE_W) if compact else hint.width()
        self.resize(wide, hint.height())

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(TOGGLE_W), self._theme.px(TOGGLE_H))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, on = self._theme, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("t1" if on else "line2"))
        painter.setBrush(theme.color("t1" if on else "bg2"))
        box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        painter.setPen(theme.color("bg1" if on else "t1"))
        painter.setFont(theme.font("label", 700 if on else 500))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class Trim(QWidget):
    """A channel's gain: wheel or Up and Down change it by 0.5 dB, a double click resets it."""

    changed = Signal(float)

    def __init__(self, theme: Theme, who: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._who = theme, who
        self._db = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip("Wheel, or ↑ and ↓ while focused: 0.5 dB. Double click: 0 dB.")
        self.show_db(0.0)
        self.fit()

    def fit(self) -> None:
        """Take the size of the font scale in force."""
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(84), self._theme.line("label") + 4)

    def show_db(self, trim_db: float) -> None:
        """Show a gain without telling anyone."""
        self._db = trim_db
        self.setAccessibleName(f"{self._who} trim: {self.words}")
        self.update()

    @property
    def words(self) -> str:
        """The gain as written."""
        sign = "+" if self._db > 0 else "\u2212" if self._db < 0 else ""
        return f"{sign}{abs(self._db):.1f} dB"

    def _step(self, steps: float) -> None:
        self.changed.emit(self._db + steps * TRIM_STEP_DB)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._step(event.angleDelta().y() / 120)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if steps is None:
            super().keyPressEvent(event)
        else:
            self._step(steps)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        self.changed.emit(0.0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setFont(theme.font("label"))
        metrics = painter.fontMetrics()
        base = (self.height() + metrics.ascent() - metrics.descent()) // 2
        painter.setPen(theme.color("t3"))
        painter.drawText(0, base, "Trim")
        painter.setPen(theme.color("t1"))
        painter.drawText(metrics.horizontalAdvance("Trim "), base, self.words)


class Meter(QWidget):
    """What is heard of a channel: rms as a bar, the peak of the last second as a line."""

    def __init__(self, theme: Theme, token: str, who: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._token = theme, token
        self._rms_db = self._peak_db = SILENCE_DB
        self._peak_at = self._seen_at = 0.0
        self.setAccessibleName(f"{who} level")
        self.resize(METER_W + METER_TICK_W, 74)

    @property
    def is_at_rest(self) -> bool:
        """Whether it has fallen back to the floor."""
        return self._rms_db <= METER_FLOOR_DB and self._peak_db <= METER_FLOOR_DB

    def show_level(self, level: Level | None) -> None:
        """Take what is heard now; None falls back. Call at the rate of the screen."""
        now = time.monotonic()
        fall = FALL_DB_PER_S * min(now - self._seen_at, 1.0)
        self._seen_at = now
        rms, peak = (level.rms_db, level.peak_db) if level else (SILENCE_DB, SILENCE_DB)
        self._rms_db = max(rms, self._rms_db - fall)
        if peak >= self._peak_db:
            self._peak_db, self._peak_at = peak, now
        elif now - self._peak_at > HOLD_S:
            self._peak_db = max(peak, self._peak_db - fall)
        if not self.is_at_rest or level is not None:
            self.setAccessibleDescription(f"{round(self._rms_db)} dB")
        self.update()

    def _y(self, level_db: float) -> int:
        share = min(max(1 - level_db / METER_FLOOR_DB, 0.0), 1.0)
        return round((1 - share) * self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, height = self._theme, self.height()
        painter = QPainter(self)
        painter.fillRect(QRect(0, 0, METER_W, height), theme.color("bg3"))
        top = self._y(self._rms_db)
        painter.fillRect(QRect(0, top, METER_W, height - top), theme.color(self._token))
        if self._peak_db > METER_FLOOR_DB:
            y = min(self._y(self._peak_db), height - 1)
            painter.fillRect(QRect(0, y, METER_W, 1), theme.color("t1"))
        for tick in METER_TICKS_DB:
            y = min(self._y(tick), height - 1)
            painter.fillRect(QRect(METER_W + 1, y, METER_TICK_W - 1, 1), theme.color("line3"))
