"""Text labels in a type role and a colour token; text is never read as markup."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.tokens import Role
from app.ui.widgets.tips import plain_tip


class Label(QLabel):
    """A plain-text label that follows the theme."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: Role = "body",
        token: str = "t1",
        *,
        weight: int | None = None,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._role, self._token, self._weight = theme, role, token, weight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setText(text)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_token(self, token: str) -> None:
        """Take another colour."""
        if token != self._token:
            self._token = token
            self._restyle()

    def set_weight(self, weight: int | None) -> None:
        """Take another weight."""
        if weight != self._weight:
            self._weight = weight
            self._restyle()

    def _restyle(self) -> None:
        self.setFont(self._theme.font(self._role, self._weight))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, self._theme.color(self._token))
        self.setPalette(palette)


class ElidedLabel(Label):
    """A one-line label that ends in an ellipsis where it does not fit; the tooltip has it all."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        role: Role = "body",
        token: str = "t1",
        *,
        weight: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, text, role, token, weight=weight, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """May shrink to nothing."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint what fits."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self._theme.color(self._token))
        text = QFontMetrics(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.width()
        )
        self.setToolTip(plain_tip(self.text()) if text != self.text() else "")
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)


class Hairline(QFrame):
    """A 1 px divider in `line1` (or another token)."""

    def __init__(
        self,
        theme: Theme,
        *,
        vertical: bool = False,
        token: str = "line1",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._token = theme, token
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill with the line's colour."""
        QPainter(self).fillRect(self.rect(), self._theme.color(self._token))
