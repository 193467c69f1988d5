"""What is asked before copies are made: the steps, on whose channel, the seed, a tag."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from app.services.perturbing import Recipe, parse
from app.ui.perturbing.steps import StepList
from app.ui.theme import Theme
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.domain.calls import Speaker

MOST_SEED = 2**31 - 1
SPEAKERS: dict[str, tuple[Speaker, ...]] = {
    "caller": ("caller",),
    "agent": ("agent",),
    "both": ("caller", "agent"),
}
ABOUT = (
    "Every call gets a copy in which the sound is perturbed, step by step in this order. The "
    "originals stay as they are. The same recipe with the same seed makes the same samples."
)


class RecipeForm(QWidget):
    """The recipe's fields, and the tag of its copies."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.steps = StepList(theme)
        self.channel = Segmented(
            theme,
            [Segment("caller", "Caller"), Segment("agent", "Agent"), Segment("both", "Both")],
            name="Channel",
        )
        self.seed = QSpinBox()
        self.seed.setRange(0, MOST_SEED)
        self.seed.setFixedWidth(theme.px(120))
        self.seed.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.seed.setAccessibleName("Seed")
        self.tag = QLineEdit("perturbed")
        self.tag.setAccessibleName("Tag of the copies")
        for field in (self.seed, self.tag):
            field.setFont(theme.font("body"))
        self._lay_out(theme)
        self.steps.changed.connect(self.changed)
        self.channel.chosen.connect(lambda _key: self.changed.emit())
        self.steps.add_step()

    def _lay_out(self, theme: Theme) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Label(theme, ABOUT, "small", "t2", wrap=True))
        column.addSpacing(4)
        column.addWidget(Label(theme, "Steps", "small", "t2"))
        column.addWidget(self.steps, 1)
        column.addSpacing(8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        for at, (word, field) in enumerate(
            (("Channel", self.channel), ("Seed", self.seed), ("Tag of the copies", self.tag))
        ):
            grid.addWidget(Label(theme, word, "small", "t2"), 0, at)
            grid.addWidget(field, 1, at)
        grid.setColumnStretch(2, 1)
        column.addLayout(grid)

    def recipe(self) -> Recipe:
        """What the fields say.

        Raises:
            BadInput: there is no step, or a number is out of its range.
        """
        speakers = SPEAKERS[self.channel.current or "caller"]
        return parse(self.steps.text, speakers=speakers, seed=self.seed.value())
