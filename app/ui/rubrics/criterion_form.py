"""Everything that a criterion is, as fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.rubrics import Criterion, Level, ScaleKind, Scope
from app.services import rubric_editing
from app.ui.rubrics.fields import Block, LineField, TextField
from app.ui.rubrics.levels_form import LevelsForm
from app.ui.scoring.marks import SCOPE_WORDS
from app.ui.theme import Theme
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.tick import TickBox

SCALE_WORDS: dict[ScaleKind, str] = {
    "ordinal": "Ordinal",
    "binary": "Yes or no",
    "nominal": "Nominal",
    "interval": "Interval",
}
SCALE_NOTES: dict[ScaleKind, str] = {
    "ordinal": "Points in an order; how far they are apart is not said.",
    "binary": "Two levels.",
    "nominal": "Kinds without an order.",
    "interval": "Points that are equally far apart, as 0 to 9.",
}


class CriterionForm(QWidget):
    """Emits how a criterion changes; knows nothing of the rubric around it."""

    changed = Signal(object, str)
    """(a function from criterion to criterion, the field's name)"""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.title = LineField(theme, "Title of the criterion", "What it is about, in three words")
        self.question = TextField(theme, "Question", "What the rater is asked")
        scopes = [Segment(key, word.capitalize()) for key, word in SCOPE_WORDS.items()]
        self.scope = Segmented(theme, scopes, name="Asked about", compact=True)
        scales = [Segment(key, word) for key, word in SCALE_WORDS.items()]
        self.scale = Segmented(theme, scales, name="Scale", compact=True)
        self.levels = LevelsForm(theme)
        self.na = TickBox(theme, "May be “not applicable”")
        self.better = TickBox(theme, "Higher is better")
        self.weight = QDoubleSpinBox()
        self.weight.setAccessibleName("Weight")
        self.weight.setRange(0, 100)
        self.weight.setDecimals(2)
        self.weight.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.weight.setFixedWidth(theme.px(64))
        self.examples = TextField(theme, "Examples", "One a line", lines=3)
        self._scale_block = Block(theme, "Scale", self.scale, note=" ")
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        theme = self._theme
        flags = QWidget()
        row = QHBoxLayout(flags)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.na)
        row.addWidget(self.better)
        row.addStretch()
        row.addWidget(Label(theme, "Weight", "small", "t2"))
        row.addWidget(self.weight)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for block in (
            Block(theme, "Title", self.title),
            Block(theme, "Question", self.question),
            Block(theme, "Asked about", self.scope),
            self._scale_block,
            self.levels,
            flags,
            Block(theme, "Examples", self.examples),
        ):
            column.addWidget(block)

    def _wire(self) -> None:
        self.title.textEdited.connect(lambda t: self._put("title", lambda c: replace(c, title=t)))
        self.question.edited.connect(
            lambda t: self._put("question", lambda c: replace(c, question=t))
        )
        self.scope.chosen.connect(self._on_scope)
        self.scale.chosen.connect(self._on_scale)
        self.levels.changed.connect(self._on_levels)
        self.na.clicked.connect(lambda on: self._put("", lambda c: replace(c, na_allowed=on)))
        self.better.clicked.connect(
            lambda on: self._put("", lambda c: replace(c, higher_is_better=on))
        )
        self.weight.valueChanged.connect(
            lambda v: self._put("weight", lambda c: replace(c, weight=float(v)))
        )
        self.examples.edited.connect(
            lambda t: self._put(
                "examples", lambda c: replace(c, examples=tuple(t.split("\n")) if t else ())
            )
        )

    def _put(self, field: str, to: Callable[[Criterion], Criterion]) -> None:
        self.changed.emit(to, field)

    def _on_scope(self, key: str) -> None:
        scope: Scope = key  # type: ignore[assignment]
        self._put("", lambda c: replace(c, scope=scope))

    def _on_scale(self, key: str) -> None:
        kind: ScaleKind = key  # type: ignore[assignment]
        self._put("", lambda c: rubric_editing.with_scale(c, kind))

    def _on_levels(self, levels: tuple[Level, ...], asked: tuple[int, ...], field: str) -> None:
        self._put(
            field, lambda c: replace(c, levels=levels, rationale_required_at=tuple(sorted(asked)))
        )

    def show_criterion(self, criterion: Criterion) -> None:
        """Show a criterion; what is being typed stays as it is."""
        self.title.fill(criterion.title)
        self.question.fill(criterion.question)
        self.scope.set_current(criterion.scope)
        self.scale.set_current(criterion.scale)
        self._scale_block.note.setText(SCALE_NOTES[criterion.scale])
        self.levels.show_levels(
            criterion.levels, criterion.rationale_required_at, fixed=criterion.scale == "binary"
        )
        self.na.setChecked(criterion.na_allowed)
        self.better.setChecked(criterion.higher_is_better)
        self.weight.blockSignals(True)
        self.weight.setValue(criterion.weight)
        self.weight.blockSignals(False)
        self.examples.fill("\n".join(criterion.examples))
