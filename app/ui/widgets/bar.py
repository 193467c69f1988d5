"""A strip across a page: a surface with a hairline below."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.ui.theme import Theme
from app.ui.tokens import Size


class Bar(QWidget):
    """`row` takes what stands in it.

    Args:
        theme: gives colours and scale.
        height: px at 100 %.
        token: the colour of its surface.
        gap: px between what stands in it.
        parent: the widget that it lies in.
    """

    def __init__(
        self,
        theme: Theme,
        height: int,
        *,
        token: str = "bg1",
        gap: int = 8,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._px, self._token = theme, height, token
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(Size.INSET, 0, Size.INSET, 1)
        self.row.setSpacing(gap)
        self._resize()
        theme.changed.connect(self._resize)

    def _resize(self) -> None:
        self.setFixedHeight(self._theme.px(self._px))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill, hairline below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color(self._token))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.color("line1"))
