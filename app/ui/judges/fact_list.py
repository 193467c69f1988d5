"""Facts in two columns; only what is copied exactly is in mono."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QGridLayout, QWidget

from app.ui.judges.values import Fact
from app.ui.runs.sections import FactLabel
from app.ui.theme import Theme
from app.ui.widgets.labels import Label

MOST_NAME_PX = 150


class FactList(QWidget):
    """Names at the left in a paler ink. Values are plain text."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[Fact, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        theme.changed.connect(self._widen)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show other facts."""
        if tuple(facts) == self._shown:
            return
        self._shown = tuple(facts)
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        top = Qt.AlignmentFlag.AlignTop
        for row, fact in enumerate(self._shown):
            name = Label(self._theme, fact.name, "small", "t3", wrap=True)
            self._grid.addWidget(name, row, 0, top)
            self._grid.addWidget(self._value(fact), row, 1, top)
        self._widen()

    def _value(self, fact: Fact) -> Label:
        if fact.exact:
            return FactLabel(self._theme, fact.value)
        label = Label(self._theme, fact.value, "small", "t1", wrap=True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _widen(self) -> None:
        metrics = QFontMetrics(self._theme.font("small"))
        widest = max((metrics.horizontalAdvance(f.name) for f in self._shown), default=0)
        self._grid.setColumnMinimumWidth(0, min(widest + 2, self._theme.px(MOST_NAME_PX)))
