"""Verdicts of a try-out: value, anchor, rationale, evidence. Plain text, whatever a model said."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.judges.trying import VerdictLine
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

BOX_W, BOX_H = 30, 22
AT_ONCE = 10
"""Verdicts that are drawn at a time; a judge of every turn of a long call gives hundreds."""


class ValueBox(QWidget):
    """The value in a filled box, as a score looks."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme, self._text = theme, text
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        """A small box."""
        return QSize(self._theme.px(BOX_W), self._theme.px(BOX_H))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint it."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("line3") if theme.is_contrast else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("bg3"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        number = self._text.isdecimal()
        painter.setFont(theme.font("body", 600) if number else theme.font("label", 500))
        painter.setPen(theme.color("t1" if number else "t2"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class VerdictList(QWidget):
    """One block a verdict, hairlines between."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._waiting: list[VerdictLine] = []
        self._more = Button(theme, "", compact=True, parent=self)
        self._more.clicked.connect(self._add_some)
        self._more.hide()

    def show_verdicts(self, verdicts: Sequence[VerdictLine]) -> None:
        """Show other verdicts, the first of them; a button brings more."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self._more:
                widget.hide()
                widget.deleteLater()
        self._waiting = list(verdicts)
        self._add_some()

    def _add_some(self) -> None:
        self._more.hide()
        self._column.removeWidget(self._more)
        some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        for verdict in some:
            if self._column.count():
                self._column.addWidget(Hairline(self._theme))
            self._column.addWidget(self._block(verdict))
        if self._waiting:
            self._more.set_text(f"Show more, {len(self._waiting)} are left")
            self._column.addWidget(self._more)
            self._more.show()

    def _block(self, verdict: VerdictLine) -> QWidget:
        theme, block = self._theme, QWidget()
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Label(theme, verdict.title, "body", "t1", weight=500, wrap=True), 1)
        row.addWidget(ValueBox(theme, verdict.value), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(3)
        column.addLayout(row)
        for text, token in (
            (verdict.anchor, "t3"),
            (verdict.rationale, "t1"),
            (verdict.evidence, "t2"),
            (verdict.note, "warn" if verdict.flagged else "t2"),
        ):
            if text:
                label = Label(theme, text, "small", token, wrap=True)
                column.addWidget(label)
        return block
