"""A button that says what is chosen, and opens a menu of what there is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import write_line
from app.ui.widgets.tips import plain_tip

PAD_PX, GAP_PX, ICON_PX, MOST_PX = 10, 6, 12, 230


class ChoiceButton(QAbstractButton):
    """`Rubric` in grey, then its value; `filling` is asked for the menu each time it opens."""

    filling = Signal(QMenu)

    def __init__(self, theme: Theme, word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._word, self._value, self._icon = theme, word, "", ""
        self._hover = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.open_menu())
        theme.changed.connect(self.updateGeometry)

    @property
    def value(self) -> str:
        """What is chosen, in words."""
        return self._value

    def set_value(self, value: str, *, icon: str = "", tip: str = "") -> None:
        """Say what is chosen; `icon` stands behind it in place of the caret."""
        self._value, self._icon = value, icon
        self.setAccessibleName(f"{self._word}: {value}")
        self.setToolTip(plain_tip(tip or f"{self._word}: {value}"))
        self.updateGeometry()
        self.update()

    def open_menu(self) -> QMenu:
        """Open the menu below the button."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        self.filling.emit(menu)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))
        return menu

    def _widths(self) -> tuple[float, float]:
        theme = self._theme
        word = QFontMetricsF(theme.font("small")).horizontalAdvance(self._word)
        value = QFontMetricsF(theme.font("small", 500)).horizontalAdvance(self._value)
        return word, min(value, float(theme.px(MOST_PX)))

    def sizeHint(self) -> QSize:
        """28 px high, as wide as its words."""
        icons = self._theme.px(ICON_PX) * (2 if self._icon else 1) + (GAP_PX if self._icon else 0)
        wide = sum(self._widths()) + 2 * PAD_PX + 2 * GAP_PX + icons
        return QSize(round(wide) + 2, self._theme.px(Size.CONTROL))

    def minimumSizeHint(self) -> QSize:
        """Its value may be elided to a few letters."""
        value = self._widths()[1]
        spare = max(0, round(value) - self._theme.px(60))
        hint = self.sizeHint()
        return QSize(hint.width() - spare, hint.height())

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
        """Box, word, value, icons."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("line2"))
        painter.setBrush(theme.color("bg3" if self._hover or self.isDown() else "bg2"))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, Size.RADIUS, Size.RADIUS)
        side, right = theme.px(ICON_PX), self.width() - PAD_PX
        caret = QRect(right - side, 0, side, self.height())
        paint_icon(painter, theme, "caret-down", caret, "t2", size=theme.px(10))
        right -= side + GAP_PX
        if self._icon:
            box = QRect(right - side, 0, side, self.height())
            paint_icon(painter, theme, self._icon, box, "t2", size=side)
            right -= side + GAP_PX
        word = round(self._widths()[0]) + 1
        area = QRect(PAD_PX, 0, word, self.height())
        write_line(painter, theme, area, self._word, theme.font("small"), "t3")
        left = PAD_PX + word + GAP_PX
        area = QRect(left, 0, right - left, self.height())
        write_line(painter, theme, area, self._value, theme.font("small", 500), "t1")
