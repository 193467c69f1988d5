"""The points of a scale: value, word, written anchor, and where a rationale is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.rubrics import Level
from app.ui.rubrics.fields import LineField, NumberField, TextField
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.tick import TickBox

LABEL_PX = 96


class _Row:
    """The widgets of one level."""

    def __init__(self, theme: Theme, number: int) -> None:
        self.value = NumberField(theme, f"Value of level {number}", -9, 9, width=44)
        self.label = LineField(theme, f"Word of level {number}", "Word")
        self.label.setFixedWidth(theme.px(LABEL_PX))
        self.anchor = TextField(theme, f"Anchor of level {number}", "What is heard at this point")
        self.why = TickBox(theme, "")
        self.why.setAccessibleName(f"Level {number} asks for a rationale")
        self.why.setToolTip("This score cannot be submitted without a written reason")
        self.drop = Button(
            theme, icon="x", kind="quiet", compact=True, name=f"Remove level {number}"
        )

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """In the order of columns."""
        return self.value, self.label, self.anchor, self.why, self.drop


class LevelsForm(QWidget):
    """Emits all levels, and the values that ask for a rationale, after each change."""

    changed = Signal(object, object, str)
    """(levels, values with a rationale, which field)"""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._levels: tuple[Level, ...] = ()
        self._rows: list[_Row] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        for column, word in enumerate(("Value", "Word", "Written anchor", "Why?")):
            self._grid.addWidget(Label(theme, word, "label", "t3"), 0, column)
        self._add = Button(theme, "Add a level", icon="plus", kind="quiet", compact=True)
        self._add.clicked.connect(self._on_add)
        foot = QHBoxLayout()
        foot.addWidget(self._add)
        foot.addStretch()
        column_box = QVBoxLayout(self)
        column_box.setContentsMargins(0, 0, 0, 0)
        column_box.setSpacing(4)
        column_box.addLayout(self._grid)
        column_box.addLayout(foot)

    def show_levels(self, levels: Sequence[Level], asked: Sequence[int], *, fixed: bool) -> None:
        """Show a scale; a `fixed` one has as many levels as it has."""
        self._levels = self._ordered(levels)
        if len(self._rows) != len(levels):
            self._rebuild()
        for row, level in zip(self._rows, self._levels, strict=True):
            row.value.fill(level.value)
            row.label.fill(level.label)
            row.anchor.fill(level.anchor)
            row.why.setChecked(level.value in asked)
            row.drop.setVisible(not fixed)
        self._add.setVisible(not fixed)

    def _ordered(self, levels: Sequence[Level]) -> tuple[Level, ...]:
        """High to low, as raters see them; no row moves while it is written in."""
        same = len(levels) == len(self._levels) and set(levels) == set(self._levels)
        return self._levels if same else tuple(sorted(levels, key=lambda level: -level.value))

    def _rebuild(self) -> None:
        for row in self._rows:
            for widget in row.widgets:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows = [_Row(self._theme, n + 1) for n in range(len(self._levels))]
        for at, row in enumerate(self._rows):
            for column, widget in enumerate(row.widgets):
                middle = Qt.AlignmentFlag.AlignVCenter
                self._grid.addWidget(widget, at + 1, column, middle)
            row.value.valueChanged.connect(lambda _v, n=at: self._tell(f"value{n}"))
            row.label.textEdited.connect(lambda _t, n=at: self._tell(f"label{n}"))
            row.anchor.edited.connect(lambda _t, n=at: self._tell(f"anchor{n}"))
            row.why.clicked.connect(lambda _c=False: self._tell(""))
            row.drop.clicked.connect(lambda _c=False, n=at: self._on_drop(n))

    def _tell(self, field: str) -> None:
        levels = tuple(
            replace(
                level,
                value=r.value.value(),
                label=r.label.text(),
                anchor=" ".join(r.anchor.toPlainText().splitlines()),
            )
            for r, level in zip(self._rows, self._levels, strict=True)
        )
        asked = tuple(r.value.value() for r in self._rows if r.why.isChecked())
        self._levels = levels
        self.changed.emit(levels, asked, field)

    def _on_add(self) -> None:
        known = {level.value for level in self._levels}
        free = next((v for v in range(1, 10) if v not in known), 0)
        asked = tuple(r.value.value() for r in self._rows if r.why.isChecked())
        added = Level(value=free, anchor="")
        self.changed.emit((*self._levels, added), asked, "")

    def _on_drop(self, at: int) -> None:
        levels = tuple(level for n, level in enumerate(self._levels) if n != at)
        asked = tuple(
            r.value.value() for n, r in enumerate(self._rows) if r.why.isChecked() and n != at
        )
        self.changed.emit(levels, asked, "")
