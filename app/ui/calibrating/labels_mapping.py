"""Saying which column of a table of labels holds what, and what rubric they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from app.ui.theme import Theme
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.services.calibrating.label_table import Preview

FIELDS = (
    ("item", "Item", True),
    ("rater", "Rater", True),
    ("value", "Value", True),
    ("criterion", "Criterion", False),
    ("call", "Call", False),
    ("text", "Text", False),
    ("rationale", "Reason", False),
)
"""Field, its word, and whether it must be there."""
CHOOSE, NONE = "choose a column", "not there"
NEW_RUBRIC = "New, from the values"
_ROWS, _GAP_PX = 4, 12


class LabelsMapping(QWidget):
    """A choice for each field, guessed by the columns' names."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.boxes: dict[str, QComboBox] = {}
        self.rubric = self._box("Rubric")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        places = [(word, self._field(key, word)) for key, word, _ in FIELDS]
        places.append(("Rubric", self.rubric))
        for at, (word, box) in enumerate(places):
            row, column = at % _ROWS, at // _ROWS * 3
            label = Label(theme, word, "small", "t2")
            label.setBuddy(box)
            grid.addWidget(label, row, column)
            grid.addWidget(box, row, column + 1)
        for column in (1, 4):
            grid.setColumnStretch(column, 1)
        grid.setColumnMinimumWidth(2, theme.px(_GAP_PX))

    def _field(self, key: str, word: str) -> QComboBox:
        self.boxes[key] = self._box(word)
        return self.boxes[key]

    def _box(self, word: str) -> QComboBox:
        box = QComboBox()
        box.setFont(self._theme.font("small"))
        box.setAccessibleName(word)
        box.setMinimumContentsLength(14)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.currentIndexChanged.connect(self._on_chosen)
        return box

    def show_columns(self, preview: Preview, rubrics: Sequence[tuple[str, str]]) -> None:
        """Offer the columns of a file, the guessed ones chosen, and the rubrics that are here."""
        self.blockSignals(True)
        for key, _, is_needed in FIELDS:
            box = self.boxes[key]
            box.clear()
            box.addItem(CHOOSE if is_needed else NONE, "")
            for name in preview.columns:
                box.addItem(_short(name), name)
            box.setCurrentIndex(max(0, box.findData(preview.guessed.get(key, ""))))
        self.rubric.clear()
        self.rubric.addItem(NEW_RUBRIC, "")
        for key, title in rubrics:
            self.rubric.addItem(_short(title), key)
        self.blockSignals(False)

    def _on_chosen(self) -> None:
        self.changed.emit()

    @property
    def columns(self) -> Mapping[str, str]:
        """Field → column; empty where there is none."""
        return {key: str(box.currentData() or "") for key, box in self.boxes.items()}

    @property
    def rubric_key(self) -> str:
        """Empty for a new one."""
        return str(self.rubric.currentData() or "")

    @property
    def problem(self) -> str:
        """What is missing, or empty."""
        chosen = self.columns
        missing = [word.lower() for key, word, is_needed in FIELDS if is_needed and not chosen[key]]
        return f"Which column holds the {' and the '.join(missing)}?" if missing else ""


def _short(name: str, most: int = 40) -> str:
    flat = " ".join(name.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"
