"""The widgets of the comparison of two judge versions and how they lie."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.calibrating.flip_map import FlipMap
from app.ui.studies.grid import Column, Grid
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.segmented import Segment, Segmented

MAP_PX, LIST_PX = 280, 320
SPLITS = (Segment("dev", "Dev"), Segment("train", "Train"), Segment("anchor_test", "Test"))
FLIPS = (
    Column(title="Call", px=130, right=False, stretch=True),
    Column(title="Before", px=62),
    Column(title="After", px=62),
    Column(title="People", px=66),
    Column(title="", px=84, right=False),
)
EXAMPLES = (
    Column(title="Call", px=100, right=False, stretch=True),
    Column(title="Dimension", px=110, right=False),
)
LOCKED = (
    "The test split is locked: each look at it wears the exam out. Say why it is opened now; that "
    "is kept."
)
EXAMPLES_WORDS = (
    "Examples for the next prompt, of train calls alone. Add them from the disagreements; Delete "
    "takes one off."
)
NO_PROMPT = "This judge follows rules and has no prompt, so examples cannot make another version."


class ImproveParts(QWidget):
    """Choices above; the result, the flips and the examples below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.before, self.after, self.dimension = (
            self._combo(n) for n in ("Old version", "New version", "Dimension")
        )
        self.split = Segmented(theme, SPLITS, name="Calls of which split", compact=True)
        self.locked = Label(theme, LOCKED, "small", "t2", wrap=True)
        self.reason = QLineEdit()
        self.reason.setFont(theme.font("body"))
        self.reason.setAccessibleName("Reason to open the test split")
        self.unlock = Button(theme, "Open", compact=True)
        self.lock = self._lock_row()
        self.looks = Label(theme, "", "small", "t2", wrap=True)
        self.looks.hide()
        self.outcome = Label(theme, "", "title", wrap=True)
        self.words = Label(theme, "", "small", "t2", wrap=True)
        self.map = FlipMap(theme)
        self.map.setFixedWidth(theme.px(MAP_PX))
        self.flips = Grid(theme, FLIPS, "Items that the versions scored differently")
        self.flip_words = Label(theme, "", "small", "t2", wrap=True)
        self.examples = Grid(theme, EXAMPLES, "Examples for the next prompt")
        self.examples_words = Label(theme, EXAMPLES_WORDS, "small", "t2", wrap=True)
        self.make = Button(theme, "New prompt version with these", icon="plus")
        self._lay_out()

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox()
        combo.setFont(self._theme.font("body"))
        combo.setAccessibleName(name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(14)
        return combo

    def _lock_row(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 6, 0, 0)
        column.addWidget(self.locked)
        row = QHBoxLayout()
        row.addWidget(self.reason, 1)
        row.addWidget(self.unlock)
        column.addLayout(row)
        holder.hide()
        return holder

    def _lay_out(self) -> None:
        theme = self._theme
        choices = QHBoxLayout()
        choices.setSpacing(8)
        for words, part, stretch in (
            ("From", self.before, 3), ("to", self.after, 3), ("on", self.dimension, 2),
            ("calls of", self.split, 0),
        ):  # fmt: skip
            choices.addWidget(Label(theme, words, "small", "t2"))
            choices.addWidget(part, stretch)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(choices)
        column.addWidget(self.lock)
        column.addWidget(self.looks)
        column.addSpacing(6)
        column.addWidget(self.outcome)
        column.addWidget(self.words)
        column.addSpacing(4)
        column.addWidget(Hairline(theme))
        below = QHBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.map)
        below.addLayout(_column(self.flip_words, self.flips, left=12), 1)
        below.addWidget(Hairline(theme, vertical=True))
        right = QWidget()
        right.setFixedWidth(theme.px(LIST_PX))
        right.setLayout(_column(self.examples_words, self.examples, self.make, left=12))
        below.addWidget(right)
        column.addLayout(below, 1)


def _column(
    words: QWidget, grid: QWidget, button: QWidget | None = None, *, left: int = 0
) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(left, 6, 0, 0)
    column.setSpacing(6)
    column.addWidget(words)
    column.addWidget(grid, 1)
    if button is not None:
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignRight)
    return column
