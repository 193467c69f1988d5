"""Parts of the play bar that no other screen has: time code, buttons with several key caps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetrics, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.domain.clock import format_time
from app.ui.actions import ActionTable
from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.timeline.viewport import Viewport
from app.ui.tokens import Size
from app.ui.widgets.keycap import cap_width, paint_cap

PAD_PX, GAP_PX, CAP_GAP_PX, ICON_PX = 8, 6, 5, 14


class TimeCode(QWidget):
    """Where the play-head is, large, and how long the call lasts, small."""

    def __init__(self, theme: Theme, view: Viewport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._view = theme, view
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Time")
        view.on("cursor", self._on_cursor)
        theme.changed.connect(self.updateGeometry)

    def _on_cursor(self) -> None:
        self.update()

    @property
    def words(self) -> str:
        """The time code as written."""
        return format_time(self._view.cursor, self._view.rate_hz)

    @property
    def _length(self) -> str:
        return f"/ {format_time(self._view.frame_count, self._view.rate_hz)}"

    def _widths(self) -> tuple[int, int]:
        shape = self._length.replace("/ ", "")
        big = QFontMetrics(self._theme.font("figure")).horizontalAdvance(shape)
        return big, QFontMetrics(self._theme.font("small")).horizontalAdvance(self._length)

    def sizeHint(self) -> QSize:
        return QSize(sum(self._widths()) + 8, self._theme.line("figure") + 4)

    def describe(self) -> None:
        """Say the time to assistive technology; called when sound stops, not at every frame."""
        self.setAccessibleDescription(f"{self.words} {self._length}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        big, _ = self._widths()
        painter.setFont(theme.font("figure"))
        metrics = painter.fontMetrics()
        base = (self.height() + metrics.capHeight()) // 2
        painter.setPen(theme.color("t1"))
        painter.drawText(0, base, self.words)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("t3"))
        painter.drawText(big + 8, base, self._length)


class CapsButton(QAbstractButton):
    """A word with the caps of several actions: outlined in the accent while it is on."""

    def __init__(
        self,
        theme: Theme,
        actions: ActionTable,
        text: str,
        caps: Sequence[str],
        *,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._actions, self._caps, self._icon = theme, actions, tuple(caps), icon
        self._hover = False
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        actions.changed.connect(self.updateGeometry)

    def set_on(self, on: bool) -> None:
        """Show it on or off."""
        self.setCheckable(True)
        if on != self.isChecked():
            self.setChecked(on)
            self.setAccessibleDescription("on" if on else "off")
            self.update()

    def _shown(self) -> list[str]:
        return [cap for cap in map(self._actions.cap, self._caps) if cap]

    def sizeHint(self) -> QSize:
        theme = self._theme
        width = QFontMetricsF(theme.font("small", 500)).horizontalAdvance(self.text())
        width += theme.px(ICON_PX) + GAP_PX if self._icon else 0
        width += sum(cap_width(theme, cap) + CAP_GAP_PX for cap in self._shown())
        return QSize(round(width) + 2 * PAD_PX + 2, theme.px(Size.CONTROL))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = False
        self.update()
        super().leaveEvent(event)

    def nextCheckState(self) -> None:
        """The owner says whether it is on."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isChecked()
        if on or (self._hover and self.isEnabled()):
            painter.setPen(theme.pen("accent") if on else Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("bg2" if on else "bg3"))
            painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        ink = "accent" if on else "t1"
        x = float(PAD_PX)
        if self._icon:
            side = theme.px(ICON_PX)
            area = self.rect()
            area.setLeft(PAD_PX)
            area.setWidth(side)
            paint_icon(painter, theme, self._icon, area, "accent" if on else "t2", size=side)
            x += side + GAP_PX
        painter.setFont(theme.font("small", 500))
        painter.setPen(theme.color(ink) if self.isEnabled() else theme.disabled())
        advance = QFontMetricsF(painter.font()).horizontalAdvance(self.text())
        area_f = QRectF(x, 0, advance + 2, self.height())
        painter.drawText(area_f, Qt.AlignmentFlag.AlignVCenter, self.text())
        x += advance + CAP_GAP_PX + 1
        for cap in self._shown():
            x += paint_cap(painter, theme, x, self.height() / 2, cap) + CAP_GAP_PX


class CapKey(QAbstractButton):
    """A key cap that can be clicked: the minus and plus of the speed."""

    def __init__(
        self, theme: Theme, actions: ActionTable, action: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._actions, self._action = theme, actions, action
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        actions.changed.connect(self._on_actions)
        self._on_actions()

    def _on_actions(self) -> None:
        self.setAccessibleName(self._actions.spec(self._action).text)
        self.setToolTip(self._actions.tip(self._action))
        self.updateGeometry()
        self.update()

    @property
    def _cap(self) -> str:
        return self._actions.cap(self._action) or self._actions.keys(self._action)[0]

    def sizeHint(self) -> QSize:
        theme = self._theme
        return QSize(round(cap_width(theme, self._cap)), theme.px(Size.CONTROL))

    def paintEvent(self, _event: QPaintEvent) -> None:
        ink = "t1" if self.underMouse() else "t2"
        paint_cap(QPainter(self), self._theme, 0, self.height() / 2, self._cap, ink=ink)


class PlayButton(QAbstractButton):
    """Play or pause, in the filled weight, 36 px wide."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._playing = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(actions.tip("transport.play"))
        self.setAccessibleName("Play")
        theme.changed.connect(self.updateGeometry)

    def set_playing(self, playing: bool) -> None:
        """Show pause while playing, else play."""
        if playing != self._playing:
            self._playing = playing
            self.setAccessibleName("Pause" if playing else "Play")
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(36), self._theme.px(Size.CONTROL))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("line2"))
        painter.setBrush(theme.color("bg3" if self.isDown() else "bg2"))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        name = "pause" if self._playing else "play"
        token = "t1" if self.isEnabled() else "t3"
        side = theme.px(16)
        paint_icon(painter, theme, name, self.rect(), token, size=side, filled=True)
