"""A card of the column at the right: a head, what stands in it, a hairline below."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import ElidedLabel, Hairline, Label


class Card(QWidget):
    """`body` takes what stands in it; `side` is a word at the right of the head."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = ElidedLabel(theme, title, "body", "t1", weight=600)
        self.side = Label(theme, "", "label", "t3")
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        self.head.addWidget(self.title, 1)
        self.head.addWidget(self.side)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        inner = QVBoxLayout()
        inner.setContentsMargins(Size.INSET, 12, Size.INSET, 12)
        inner.setSpacing(8)
        inner.addLayout(self.head)
        inner.addLayout(self.body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(inner)
        column.addWidget(Hairline(theme))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
