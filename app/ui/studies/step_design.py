"""Third step: the rules, fixed before the first vote, with what they will be able to show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.studies import StudyDesign
from app.ui.rubrics.fields import LineField, NumberField
from app.ui.runs.sections import OverlayArea
from app.ui.studies.planning_panel import PlanningPanel
from app.ui.studies.setup import Drawn, Setup
from app.ui.studies.words import RULE_WORDS
from app.ui.theme import Theme
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.tick import TickBox

ANY = "any"
POINTS = (Segment("2", "A or B"), Segment("3", "With a tie"), Segment("7", "7 points"))
REPLAYS = (Segment("0", "None"), Segment("1", "1"), Segment("2", "2"), Segment(ANY, "Any"))


class DesignStep(QWidget):
    """Fields at the left, planning help at the right."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: dict[str, tuple[QWidget, QWidget]] = {}
        self._base = StudyDesign()
        self._instrument = "acr"
        self.question = LineField(theme, "Question", "As the rubric asks it")
        self.raters = NumberField(theme, "Raters an item", 1, 99)
        self.overlap = NumberField(theme, "Overlap, per cent", 0, 100)
        self.block = NumberField(theme, "Trials a block", 1, 99)
        self.traps = NumberField(theme, "Traps a block", 0, 9)
        self.golds = NumberField(theme, "Golds a block", 0, 9)
        self.training = NumberField(theme, "Training clips", 0, 9)
        self.points = Segmented(theme, POINTS, name="Answer", compact=True)
        self.replays = Segmented(theme, REPLAYS, name="Replays", compact=True)
        self.level = NumberField(theme, "Level, dBov", -40, -10)
        self.own_level = TickBox(theme, "Keep each clip's own level")
        self.confirm = TickBox(theme, "Enter confirms each vote")
        self.reveal = TickBox(theme, "Show judges' and others' answers after submitting")
        self.seed = NumberField(theme, "Seed", 0, 2_000_000_000, width=96)
        self.due = QLineEdit()
        self.due.setAccessibleName("Due date")
        self.due.setPlaceholderText("YYYY-MM-DD")
        self.due.setFixedWidth(theme.px(120))
        self.rules = {key: TickBox(theme, RULE_WORDS[key]) for key in
                      ("trap", "gold", "straight", "consistency")}  # fmt: skip
        self.planning = PlanningPanel(theme)
        self._lay_out()
        self._wire()
        self.setFocusProxy(self.raters)

    def _lay_out(self) -> None:
        body = QWidget()
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(0, 0, 16, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        rules = QWidget()
        column = QVBoxLayout(rules)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for tick in self.rules.values():
            column.addWidget(tick)
        for key, title, part, words in (
            ("question", "Question", self.question, ""),
            ("raters", "Raters an item", self.raters, ""),
            ("overlap", "Overlap", self.overlap, "% of the items go to every rater"),
            ("points", "Answer", self.points, ""),
            ("block", "Block", self.block, "rating trials"),
            ("traps", "Traps", self.traps, "a block"),
            ("golds", "Golds", self.golds, "a block"),
            ("training", "Training", self.training, "clips before the first block"),
            ("replays", "Replays", self.replays, ""),
            ("level", "Level", self.level, "dBov, active speech level"),
            ("own_level", "", self.own_level, ""),
            ("confirm", "", self.confirm, ""),
            ("reveal", "Reveal", self.reveal, ""),
            ("rules", "Exclude by rule", rules, ""),
            ("due", "Due", self.due, ""),
            ("seed", "Seed", self.seed, "orders and draws follow from it"),
        ):
            self._add(key, title, part, words)
        self._grid.setRowStretch(len(self._rows), 1)
        area = OverlayArea(self)
        area.setWidget(body)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(16)
        outer.addWidget(area, 1)
        self.planning.setFixedWidth(self._theme.px(300))
        outer.addWidget(self.planning)

    def _add(self, key: str, title: str, part: QWidget, words: str) -> None:
        head = Label(self._theme, title, "small", "t2")
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(part)
        if words:
            row.addWidget(Label(self._theme, words, "small", "t3"))
        if not isinstance(part, LineField):
            row.addStretch()
        at = len(self._rows)
        top = Qt.AlignmentFlag.AlignTop if key == "rules" else Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(head, at, 0, top)
        self._grid.addWidget(holder, at, 1)
        self._rows[key] = (head, holder)

    def _wire(self) -> None:
        for number in (self.raters, self.overlap, self.block, self.traps, self.golds,
                       self.training, self.level, self.seed):  # fmt: skip
            number.valueChanged.connect(self._on_changed)
        for choice in (self.points, self.replays):
            choice.chosen.connect(self._on_changed)
        for tick in (self.own_level, self.confirm, self.reveal, *self.rules.values()):
            tick.clicked.connect(self._on_changed)
        for text in (self.question, self.due):
            text.textEdited.connect(self._on_changed)

    def _on_changed(self, *_args: object) -> None:
        self.level.setEnabled(not self.own_level.isChecked())
        self.planning.show_raters(self.raters.value())
        self.changed.emit()

    def show_setup(self, setup: Setup) -> None:
        """Show what was told before, and the fields that the instrument has."""
        design = self._base = setup.design
        self._instrument = setup.instrument
        self.question.fill(design.question)
        for number, value in (
            (self.raters, design.raters_per_item), (self.overlap, round(design.overlap * 100)),
            (self.block, design.block), (self.traps, design.traps_per_block),
            (self.golds, design.golds_per_block), (self.training, design.training),
            (self.level, round(design.level_dbov)), (self.seed, setup.seed),
        ):  # fmt: skip
            number.fill(value)
        self.points.set_current(str(design.points))
        self.replays.set_current(ANY if design.replays is None else str(design.replays))
        self.own_level.setChecked(not design.lock_level)
        self.level.setEnabled(design.lock_level)
        self.confirm.setChecked(design.confirm)
        self.reveal.setChecked(design.reveal)
        for key, tick in self.rules.items():
            tick.setChecked(bool(design.rules.get(key)))
        self.due.setText(setup.due or "")
        self._show_fields()

    def _show_fields(self) -> None:
        sound = self._instrument != "rubric"
        paired = self._instrument in ("ccr", "pairwise")
        shown = {
            "question": sound, "points": self._instrument == "pairwise", "block": sound,
            "traps": sound and not paired, "golds": self._instrument in ("acr", "dcr"),
            "training": sound, "replays": sound, "level": sound, "own_level": sound,
            "confirm": sound, "reveal": not sound, "rules": sound,
        }  # fmt: skip
        for key, parts in self._rows.items():
            for part in parts:
                part.setVisible(shown.get(key, True))
        self.planning.setVisible(sound)

    def show_drawn(self, drawn: Drawn) -> None:
        """Take what the calls give, for the planning help."""
        self.planning.show_drawn(drawn, self._instrument, self.raters.value())

    def told(self, setup: Setup) -> Setup:
        """The setup with what this step says."""
        points = int(self.points.current or 7)
        replays = self.replays.current
        design = replace(
            self._base,
            channels=setup.design.channels,
            question=self.question.text().strip(),
            raters_per_item=self.raters.value(),
            overlap=self.overlap.value() / 100,
            block=self.block.value(),
            traps_per_block=self.traps.value(),
            golds_per_block=self.golds.value(),
            training=self.training.value(),
            points=points,
            ties=points != 2,
            replays=None if replays == ANY else int(replays or 0),
            level_dbov=float(self.level.value()),
            lock_level=not self.own_level.isChecked(),
            confirm=self.confirm.isChecked(),
            reveal=self.reveal.isChecked(),
            rules={key: tick.isChecked() for key, tick in self.rules.items()},
        )
        due = self.due.text().strip() or None
        return replace(setup, design=design, seed=self.seed.value(), due=due)

    def problem(self) -> str:
        """What is wrong; empty for nothing."""
        text = self.due.text().strip()
        try:
            if text:
                date.fromisoformat(text)
        except ValueError:
            return "The due date is written as 2026-12-24."
        return ""
