"""The recipe as a list of steps: a kind in words, its numbers, and buttons to move or drop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.services.perturbing import ABOUT, STEPS
from app.ui.library.words import MINUS
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

KIND_PX, NUMBER_PX = 440, 96
NUMBERS: dict[str, tuple[str, str, int, float]] = {
    "snr_db": ("speech over it by", " dB", 1, 1.0),
    "low_hz": ("from", " Hz", 0, 50.0),
    "high_hz": ("to", " Hz", 0, 50.0),
    "rate": ("lost share", "", 3, 0.01),
    "burst_ms": ("bursts of", " ms", 0, 20.0),
    "gain_db": ("by", " dB", 1, 1.0),
    "drive_db": ("driven by", " dB", 1, 1.0),
    "cutoff_hz": ("above", " Hz", 0, 50.0),
    "share": ("share", "", 2, 0.05),
}
"""Name of a number → its word, unit, digits and step."""


class StepRow(QFrame):
    """One step."""

    changed = Signal()
    moved = Signal(int)
    dropped = Signal()

    def __init__(self, theme: Theme, kind: str) -> None:
        super().__init__()
        self._theme = theme
        self.numbers: list[QDoubleSpinBox] = []
        self.kind = QComboBox()
        self.kind.setFont(theme.font("body"))
        self.kind.setAccessibleName("Perturbation")
        self.kind.setFixedWidth(theme.px(KIND_PX))
        for key in STEPS:
            self.kind.addItem(f"{key}: {ABOUT[key]}", key)
        self.kind.setCurrentIndex(list(STEPS).index(kind))
        self.kind.currentIndexChanged.connect(self._on_kind)
        self._fields = QHBoxLayout()
        self._fields.setSpacing(6)
        self.up = Button(theme, icon="caret-up", kind="quiet", name="Earlier", compact=True)
        self.down = Button(theme, icon="caret-down", kind="quiet", name="Later", compact=True)
        self.drop = Button(theme, icon="x", kind="quiet", name="Take this step out", compact=True)
        self.up.clicked.connect(lambda: self.moved.emit(-1))
        self.down.clicked.connect(lambda: self.moved.emit(1))
        self.drop.clicked.connect(self.dropped)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.kind)
        head.addStretch()
        for button in (self.up, self.down, self.drop):
            head.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 6)
        column.setSpacing(6)
        column.addLayout(head)
        column.addLayout(self._fields)
        self._show_numbers()

    @property
    def text(self) -> str:
        """The step as a recipe writes it."""
        values = ",".join(f"{box.value():g}" for box in self.numbers)
        key = str(self.kind.currentData())
        return f"{key}:{values}" if values else key

    def _on_kind(self) -> None:
        self._show_numbers()
        self.changed.emit()

    def _show_numbers(self) -> None:
        while (item := self._fields.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.numbers = []
        self.kind.setToolTip(self.kind.currentText())
        parameters = STEPS[str(self.kind.currentData())]
        for parameter in parameters:
            word, unit, digits, step = NUMBERS.get(parameter.name, (parameter.name, "", 2, 1.0))
            box = QDoubleSpinBox()
            box.setDecimals(digits)
            box.setRange(parameter.low, parameter.high)
            box.setSingleStep(step)
            box.setValue(parameter.default)
            box.setSuffix(unit)
            box.setFont(self._theme.font("body"))
            box.setFixedWidth(self._theme.px(NUMBER_PX))
            box.setAlignment(Qt.AlignmentFlag.AlignRight)
            box.setAccessibleName(word)
            ends = f"{parameter.low:g} to {parameter.high:g}{unit}".replace("-", MINUS)
            box.setToolTip(ends)
            box.valueChanged.connect(self.changed)
            self.numbers.append(box)
            self._fields.addWidget(Label(self._theme, word, "small", "t2"))
            self._fields.addWidget(box)
            self._fields.addWidget(Label(self._theme, ends, "label", "t3"))
            self._fields.addSpacing(8)
        if not parameters:
            self._fields.addWidget(Label(self._theme, "Has no numbers.", "label", "t3"))
        self._fields.addStretch()


class StepList(QWidget):
    """Steps in the order in which they are applied."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: list[StepRow] = []
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(2)
        self._none = Label(theme, "Nothing is done yet. Add a step.", "small", "t3")
        self._column.addWidget(self._none)
        self._column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        self.add = Button(theme, "Add a step", icon="plus", compact=True)
        self.add.clicked.connect(lambda: self.add_step())
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        outer.addWidget(area, 1)
        outer.addWidget(self.add)

    @property
    def text(self) -> str:
        """The recipe in text; empty for no steps."""
        return " ".join(row.text for row in self.rows)

    def add_step(self, kind: str = "babble") -> StepRow:
        """Put a step at the end."""
        row = StepRow(self._theme, kind)
        row.changed.connect(self.changed)
        row.moved.connect(lambda by: self._move(row, by))
        row.dropped.connect(lambda: self._drop(row))
        self.rows.append(row)
        self._lay()
        return row

    def _move(self, row: StepRow, by: int) -> None:
        at = self.rows.index(row)
        to = min(len(self.rows) - 1, max(0, at + by))
        self.rows.insert(to, self.rows.pop(at))
        self._lay()

    def _drop(self, row: StepRow) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        self._lay()
        self.add.setFocus()

    def _lay(self) -> None:
        """Rows in order; the ends cannot be moved further."""
        for at, row in enumerate(self.rows):
            self._column.removeWidget(row)
            self._column.insertWidget(at, row)
            row.up.setEnabled(at > 0)
            row.down.setEnabled(at < len(self.rows) - 1)
        self._none.setVisible(not self.rows)
        self.changed.emit()
