"""Buttons: icon, word, key cap, in the looks that the screens share.

`primary` at most once a screen; `quiet` has no outline until the pointer is over it.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.ui.actions import ActionTable
from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.keycap import cap_width, paint_cap

Kind = Literal["plain", "primary", "quiet", "danger"]

_PAD = 10
_GAP = 6
_ICON = 14


class Button(QAbstractButton):
    """A push button painted by the theme. With `action`, the key cap follows the action table.

    A button without `text` needs `name`: it becomes the tooltip and the accessible name.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        icon: str = "",
        kind: Kind = "plain",
        action: str = "",
        actions: ActionTable | None = None,
        name: str = "",
        compact: bool = False,
        checkable: bool = False,
        menu: bool = False,
        filled_icon: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._kind, self._icon, self._menu = theme, kind, icon, menu
        self._action, self._actions, self._name = action, actions, name
        self._compact, self._hover, self._filled = compact, False, filled_icon
        self._icon_token = ""
        self.shows_cap = True
        self.setText(text)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        if actions is not None:
            actions.changed.connect(self._on_actions)
        self._on_actions()

    def set_icon(self, name: str, *, token: str = "", filled: bool = False) -> None:
        """Show another icon; `token` overrides its colour."""
        if (name, token, filled) != (self._icon, self._icon_token, self._filled):
            self._icon, self._icon_token, self._filled = name, token, filled
            self.updateGeometry()
            self.update()

    def show_cap(self, *, shown: bool) -> None:
        """Show the key cap, or leave it out where there is no room."""
        if shown != self.shows_cap:
            self.shows_cap = shown
            self.updateGeometry()
            self.update()

    def set_kind(self, kind: Kind) -> None:
        """Take another look."""
        if kind != self._kind:
            self._kind = kind
            self.update()

    def set_text(self, text: str) -> None:
        """Change the word."""
        if text != self.text():
            self.setText(text)
            self._on_actions()

    def _on_actions(self) -> None:
        tip = self._name or self.text()
        if self._action and self._actions is not None:
            tip = self._actions.tip(self._action) if not self._name else tip
            keys = self._actions.keys(self._action)
            if keys and self._name:
                tip = f"{self._name} ({self._actions.cap(self._action) or keys[0]})"
        self.setAccessibleName(self._name or self.text())
        if not self.text():
            self.setToolTip(tip)
        self.updateGeometry()
        self.update()

    @property
    def _key(self) -> str:
        if not self._action or self._actions is None or not self.text():
            return ""
        return self._actions.cap(self._action)

    @property
    def _cap(self) -> str:
        return self._key if self.shows_cap else ""

    @property
    def cap_px(self) -> int:
        """Width that the key cap takes, whether it is shown or not."""
        return round(_GAP + cap_width(self._theme, self._key)) if self._key else 0

    def sizeHint(self) -> QSize:
        """28 px high (24 compact), as wide as its contents."""
        height = self._theme.px(Size.CONTROL_COMPACT if self._compact else Size.CONTROL)
        if not self.text():
            return QSize(height if self._compact else self._theme.px(28), height)
        width = 2 * _PAD + self._content_width()
        return QSize(round(width), height)

    def minimumSizeHint(self) -> QSize:
        """Never narrower than its contents."""
        return self.sizeHint()

    def _content_width(self) -> float:
        font = self._theme.font("small", 500)
        width = QFontMetricsF(font).horizontalAdvance(self.text())
        if self._icon:
            width += self._icon_px + (_GAP if self.text() else 0)
        if self._cap:
            width += _GAP + cap_width(self._theme, self._cap)
        if self._menu:
            width += _GAP + 10
        return width

    @property
    def _icon_px(self) -> int:
        return self._theme.px(_ICON if self.text() else 16)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show hover."""
        self._hover = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """End hover."""
        self._hover = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box, icon, word and cap."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_box(painter)
        self._paint_content(painter, self._ink())

    def _ink(self) -> str:
        if self._kind == "primary":
            return "accentInk"
        return "danger" if self._kind == "danger" else "t1"

    def _paint_box(self, painter: QPainter) -> None:
        theme, on = self._theme, self.isEnabled()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        pressed = self.isDown() or self.isChecked()
        if self._kind == "primary" and on:
            fill = theme.mixed("accent", 0.86, "bg1") if self._hover else theme.color("accent")
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawRoundedRect(QRectF(self.rect()), Size.RADIUS, Size.RADIUS)
            return
        if self._kind == "quiet" and not pressed and not (self._hover and on):
            return
        line = "danger" if self._kind == "danger" and on else "line2"
        if self.isCheckable() and self.isChecked():
            line = "accent"
        if self._kind == "quiet":
            painter.setPen(Qt.PenStyle.NoPen)
        else:
            painter.setPen(theme.pen(line))
        painter.setBrush(theme.color("bg3" if pressed or (self._hover and on) else "bg2"))
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)

    def _paint_icon(self, painter: QPainter, token: str, area: QRect) -> None:
        ink = self._icon_token or (token if self.isEnabled() else "t3")
        paint_icon(
            painter, self._theme, self._icon, area, ink, size=self._icon_px, filled=self._filled
        )

    def _paint_content(self, painter: QPainter, token: str) -> None:
        theme = self._theme
        font = theme.font("small", 500)
        painter.setFont(font)
        ink = theme.color(token) if self.isEnabled() else theme.disabled("bg2")
        if not self.text():
            self._paint_icon(painter, token, self.rect())
            return
        x = (self.width() - self._content_width()) / 2
        if self._icon:
            area = self.rect()
            area.setLeft(round(x))
            area.setWidth(self._icon_px)
            self._paint_icon(painter, token, area)
            x += self._icon_px + _GAP
        painter.setPen(ink)
        advance = QFontMetricsF(font).horizontalAdvance(self.text())
        box = QRectF(x, 0, advance + 2, self.height())
        painter.drawText(
            box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text()
        )
        x += advance
        if self._cap:
            primary = self._kind == "primary" and self.isEnabled()
            cap_ink = "accentInk" if primary else "t2" if self.isEnabled() else "t3"
            cap_line = "accentInk" if primary else "line2"
            x += _GAP
            middle = self.height() / 2
            x += paint_cap(painter, theme, x, middle, self._cap, ink=cap_ink, line=cap_line)
        if self._menu:
            area = self.rect()
            area.setLeft(round(x + _GAP))
            area.setWidth(10)
            paint_icon(painter, theme, "caret-down", area, "t2", size=10)
