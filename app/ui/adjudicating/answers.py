"""What each rater wrote about the line in focus, side by side."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.adjudication import Given, Line
from app.ui.adjudicating.rows import value_text
from app.ui.theme import Theme
from app.ui.widgets.labels import Label

CONFIDENCE = {1: "low confidence", 2: "middle confidence", 3: "high confidence"}


class GivenCard(QWidget):
    """One rater's value, how sure, why."""

    clicked = Signal()

    def __init__(self, theme: Theme, name: str, given: Given, *, chosen: bool) -> None:
        super().__init__()
        self._theme, self._chosen = theme, chosen
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label(theme, name, "small", weight=500))
        head.addStretch()
        head.addWidget(Label(theme, value_text(given.value), "title", weight=600))
        notes = [CONFIDENCE[given.confidence]] if given.confidence in CONFIDENCE else []
        notes += ["" if given.blind else "not blind", "flagged" if given.flagged else ""]
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 12, 8)
        column.setSpacing(4)
        column.addLayout(head)
        words = given.rationale or given.na_reason
        column.addWidget(
            Label(theme, words or "No rationale.", "small", "t2" if words else "t3", wrap=True)
        )
        column.addWidget(Label(theme, ", ".join(filter(None, notes)), "label", "t3", wrap=True))
        column.addStretch()
        self.setAccessibleName(f"{name}: {value_text(given.value)}. {words}")

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """Choose it."""
        self.clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A line at its right; a bar above the one that is chosen."""
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.color("line1"))
        if self._chosen:
            painter.fillRect(0, 0, self.width() - 1, 2, theme.color("accent"))


class AnswersRow(QWidget):
    """Cards side by side."""

    rater_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cards: list[GivenCard] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)

    def show_line(self, line: Line | None, names: Mapping[str, str], rater_id: str) -> None:
        """Show what was given on a line."""
        for card in self._cards:
            self._row.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        by_rater = {g.rater_id: g for g in (line.given if line is not None else ())}
        for rater, name in names.items():
            if rater in by_rater:
                card = GivenCard(self._theme, name, by_rater[rater], chosen=rater == rater_id)
                card.clicked.connect(lambda r=rater: self.rater_chosen.emit(r))
                self._row.addWidget(card, 1)
                self._cards.append(card)
