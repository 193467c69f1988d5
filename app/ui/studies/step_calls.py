"""Second step: which calls, how clips are cut, and what that finds."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.services.studies.choosing import ClipRule
from app.ui.library.words import calls_words, thousands
from app.ui.rubrics.fields import NumberField
from app.ui.studies.grid import Column, Grid, Row, cells
from app.ui.studies.setup import Drawn, Setup
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.tick import TickBox

COLUMNS = (
    Column(title="Condition", px=200, right=False, stretch=True),
    Column(title="Clips", px=70),
    Column(title="Calls", px=70),
)
CLIPS = (
    Segment("turn", "Turns"), Segment("excerpt", "Excerpts"), Segment("call", "Whole calls"),
)  # fmt: skip
CONDITIONS = (
    Segment("agent_version", "Agent and version"),
    Segment("agent", "Agent"),
    Segment("perturbation", "Perturbation"),
    Segment("tag", "Tag"),
)
HEARD = (Segment("agent", "Agent"), Segment("caller", "Caller"), Segment("both", "Both"))


class CallsStep(QWidget):
    """`changed` after each change by a person; the wizard then draws anew."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._ids: tuple[str, ...] = ()
        self.query = QLineEdit()
        self.query.setAccessibleName("Which calls, a query")
        self.query.setPlaceholderText("All calls. Or a query, as agent:nora tag:wave2")
        self.chosen = Button(theme, "x", icon="x")
        self.chosen.setToolTip("Press to type a query instead")
        self.chosen.clicked.connect(self._drop)
        self.of = Segmented(theme, CLIPS, name="Clips", compact=True)
        self.heard = Segmented(theme, HEARD, name="Heard", compact=True)
        self.by = Segmented(theme, CONDITIONS, name="Condition", compact=True)
        self.per_call = NumberField(theme, "Clips a call, 0 for all", 0, 99)
        self.shortest = NumberField(theme, "Shortest clip, s", 1, 60)
        self.longest = NumberField(theme, "Longest clip, s", 1, 120)
        self.excerpt = NumberField(theme, "Length of an excerpt, s", 5, 120)
        self.pairs = NumberField(theme, "Pairs, 0 for all", 0, 9999, width=64)
        self.references = TickBox(theme, "Add reference conditions that span the range")
        self.found = Label(theme, "", "small", "t2", wrap=True)
        self.table = Grid(theme, COLUMNS, "Conditions found", plain=True)
        self._lay_out()
        self.query.textEdited.connect(lambda _t: self.changed.emit())
        for part in (self.of, self.heard, self.by):
            part.chosen.connect(self._on_changed)
        for number in self._numbers:
            number.valueChanged.connect(self._on_changed)
        self.references.clicked.connect(self._on_changed)
        self.setFocusProxy(self.query)

    @property
    def _numbers(self) -> tuple[NumberField, ...]:
        return self.per_call, self.shortest, self.longest, self.excerpt, self.pairs

    def _row(self, title: str, *parts: QWidget | str) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        head = Label(self._theme, title, "small", "t2")
        head.setFixedWidth(self._theme.px(84))
        row.addWidget(head)
        for part in parts:
            row.addWidget(
                Label(self._theme, part, "small", "t2") if isinstance(part, str) else part
            )
        row.addStretch()
        return holder

    def _lay_out(self) -> None:
        self._clips = self._row("Clips", self.of, self.per_call, "a call, 0 for all")
        self._lengths = self._row("Length", self.shortest, "to", self.longest, "s")
        self._excerpts = self._row("Length", self.excerpt, "s, cut at turn edges")
        self._heard = self._row("Heard", self.heard)
        self._pairs = self._row("Pairs", self.pairs, "by chance, 0 for all")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Label(self._theme, "Calls", "small", "t2"))
        for part in (
            self.query, self.chosen, self._clips, self._lengths, self._excerpts, self._heard,
            self._row("Condition", self.by), self._pairs, self.references,
        ):  # fmt: skip
            column.addWidget(part)
        column.addSpacing(6)
        column.addWidget(self.found)
        column.addWidget(self.table, 1)

    def _drop(self) -> None:
        self._ids = ()
        self._show_ids()
        self.query.setFocus()
        self.changed.emit()

    def _show_ids(self) -> None:
        self.query.setVisible(not self._ids)
        self.chosen.setVisible(bool(self._ids))
        self.chosen.set_text(f"{calls_words(len(self._ids))} chosen")

    def _on_changed(self, *_args: object) -> None:
        self._show_fields()
        self.changed.emit()

    def show_setup(self, setup: Setup) -> None:
        """Show what was told before, and the fields that the instrument has."""
        rule = setup.rule
        self._ids = setup.call_ids
        self.query.setText(setup.query)
        self._show_ids()
        self.of.set_current(rule.of)
        self.by.set_current(rule.condition_by)
        self.heard.set_current(setup.design.channels)
        for part, value in zip(
            self._numbers,
            (rule.per_call, rule.shortest_s, rule.longest_s, rule.excerpt_s, setup.most_pairs),
            strict=True,
        ):
            part.fill(int(value))
        self.references.setChecked(setup.references)
        self._instrument = setup.instrument
        self._show_fields()

    def _show_fields(self) -> None:
        sound, of = self._instrument != "rubric", self.of.current
        self._clips.setVisible(sound)
        self._heard.setVisible(sound)
        self._lengths.setVisible(sound and of == "turn")
        self._excerpts.setVisible(sound and of == "excerpt")
        self._pairs.setVisible(self._instrument in ("ccr", "pairwise"))
        self.references.setVisible(self._instrument == "acr")

    def told(self, setup: Setup) -> Setup:
        """The setup with what this step says."""
        rule = ClipRule(
            of=self.of.current or "turn",  # type: ignore[arg-type]
            per_call=self.per_call.value(),
            shortest_s=float(self.shortest.value()),
            longest_s=float(self.longest.value()),
            excerpt_s=float(self.excerpt.value()),
            condition_by=self.by.current or "agent_version",  # type: ignore[arg-type]
        )
        channels = self.heard.current or "agent"
        return replace(
            setup, query=self.query.text().strip(), call_ids=self._ids, rule=rule,
            most_pairs=self.pairs.value(), references=self.references.isChecked(),
            design=replace(setup.design, channels=channels),  # type: ignore[arg-type]
        )  # fmt: skip

    def show_drawn(self, drawn: Drawn | None) -> None:
        """Show what was found; None while it is being drawn."""
        if drawn is None:
            self.found.set_token("t3")
            self.found.setText("Looking for clips…")
            return
        self.found.set_token("danger" if drawn.problem else "t2")
        unit = {"rubric": "calls", "ccr": "pairs", "pairwise": "pairs"}.get(
            self._instrument, "clips"
        )
        self.found.setText(
            f"{drawn.problem} {drawn.remedy}".strip()
            or f"{thousands(drawn.rated)} {unit} of {calls_words(drawn.calls)}, "
            f"{len(drawn.conditions)} condition{'' if len(drawn.conditions) == 1 else 's'}"
        )
        self.table.show_rows(
            [
                Row(key=name, cells=cells(name, thousands(clips), thousands(calls)))
                for name, clips, calls in drawn.conditions
            ]
        )
