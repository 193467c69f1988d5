"""Whose scores count, what counts as what, and the gates of EVA-A and EVA-X."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.services.judging.score_parts import PARTS, PartId
from app.services.judging.score_settings import PAPER_GATES, ScoreSettings
from app.services.judging.scores_table import ScoreTable
from app.services.judging.set_scores import ScoreSet
from app.ui.runs.sections import OverlayArea, Section
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented
from app.ui.widgets.tips import plain_tip

NOBODY = "nobody yet"
SPIN_PX, INDENT_PX = 72, 6
NA_CHOICES = (
    Segment("", "As judged"),
    Segment("exclude", "Left out"),
    Segment("full", "Full marks"),
)
PARTIAL_CHOICES = (Segment("strict", "Nothing"), Segment("lenient", "Half"))


def _indent(spin: QAbstractSpinBox) -> None:
    """The style sheet's padding does not reach the field inside."""
    field = spin.findChild(QLineEdit)
    if field is not None:
        field.setTextMargins(INDENT_PX, 0, INDENT_PX, 0)


class RulesPage(QWidget):
    """`changed` gives the settings; `gates_changed` those gates that shall be kept."""

    changed = Signal(object)
    gates_changed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._settings = ScoreSettings()
        self._quiet = False
        self.sources: dict[PartId, QComboBox] = {part: self._combo(PARTS[part]) for part in PARTS}
        self.na = Segmented(theme, NA_CHOICES, name="Not applicable in GIC", compact=True)
        self.partial = Segmented(theme, PARTIAL_CHOICES, name="A partial step", compact=True)
        self.k = QSpinBox()
        self.k.setRange(0, 99)
        self.k.setSpecialValueText("as most scenarios have")
        self.k.setAccessibleName("Attempts drawn, k")
        self.k.setFont(theme.font("small"))
        _indent(self.k)
        self.gates = {metric: self._gate(metric) for metric in PAPER_GATES}
        self.reset = Button(theme, "Back to the paper's", kind="quiet", compact=True)
        self.reset.clicked.connect(self._on_reset)
        self.na.chosen.connect(lambda _key: self._tell())
        self.partial.chosen.connect(lambda _key: self._tell())
        self.k.valueChanged.connect(lambda _value: self._tell())
        self._lay_out()

    def _combo(self, name: str) -> QComboBox:
        combo = QComboBox()
        combo.setFont(self._theme.font("small"))
        combo.setAccessibleName(f"Whose scores count: {name}")
        policy = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        combo.setSizeAdjustPolicy(policy)
        combo.setMinimumContentsLength(8)
        combo.activated.connect(lambda _at: self._tell())
        return combo

    def _gate(self, metric: str) -> QDoubleSpinBox:
        spin = QDoubleSpinBox()
        spin.setRange(0.0, 1.0)
        spin.setSingleStep(0.05)
        spin.setDecimals(2)
        spin.setFont(self._theme.font("small"))
        spin.setAccessibleName(f"Gate of {PARTS[metric]}")  # type: ignore[index]
        spin.setKeyboardTracking(False)
        spin.setFixedWidth(self._theme.px(SPIN_PX))
        _indent(spin)
        spin.valueChanged.connect(lambda _value: self._on_gate())
        return spin

    def _lay_out(self) -> None:
        theme = self._theme
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(0)
        who = Section(theme, "Whose scores count")
        who.body.addLayout(
            self._grid([(PARTS[part], combo, "") for part, combo in self.sources.items()])
        )
        what = Section(theme, "What counts as what")
        what.body.addLayout(
            self._grid(
                [
                    ("Not applicable, GIC", self.na, ""),
                    ("A partial step, TFC", self.partial, ""),
                    ("k of pass@k", self.k, ""),
                ]
            )
        )
        gates = Section(theme, "Gates of EVA-A and EVA-X")
        gates.head.addWidget(self.reset)
        gates.body.addLayout(
            self._grid(
                [
                    (PARTS[metric], spin, f"paper {PAPER_GATES[metric]:.2f}")  # type: ignore[index]
                    for metric, spin in self.gates.items()
                ]
            )
        )
        for section in (who, what, gates):
            column.addWidget(section)
        column.addStretch()
        area = OverlayArea()
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    def _grid(self, rows: list[tuple[str, QWidget, str]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for at, (name, field, note) in enumerate(rows):
            grid.addWidget(Label(self._theme, name, "small", "t2"), at, 0)
            grid.addWidget(field, at, 1)
            grid.addWidget(Label(self._theme, note, "label", "t3"), at, 2)
        return grid

    def show_rules(self, found: ScoreSet, table: ScoreTable, *, may_change_gates: bool) -> None:
        """Show what is in force, without telling anyone."""
        self._quiet, self._settings = True, table.settings
        for part, combo in self.sources.items():
            options, now = found.options.get(part, ()), table.sources.get(part)
            combo.clear()
            for source in options:
                combo.addItem(f"{source.label} ({source.calls})", source.id)
            combo.setToolTip(plain_tip(combo.itemText(0)) if len(options) == 1 else "")
            if not options:
                combo.addItem(NOBODY, "")
            combo.setEnabled(bool(options))
            combo.setCurrentIndex(max(0, combo.findData(now.id if now is not None else "")))
        self.na.set_current(table.settings.na_mode or "")
        self.partial.set_current(table.settings.partial_mode)
        self.k.setValue(table.settings.k or 0)
        for metric, spin in self.gates.items():
            spin.setValue(table.settings.gates.get(metric, PAPER_GATES[metric]))
            spin.setEnabled(may_change_gates)
        self.reset.setVisible(may_change_gates and not table.settings.are_gates_published)
        self._quiet = False

    def _told(self, gates: Mapping[str, float]) -> ScoreSettings:
        sources: dict[str, str] = {
            part: str(combo.currentData()) for part, combo in self.sources.items()
            if combo.isEnabled() and combo.currentIndex() > 0
        }  # fmt: skip
        na = self.na.current
        return replace(
            self._settings,
            sources=sources,
            na_mode=na if na in ("exclude", "full") else None,  # type: ignore[arg-type]
            partial_mode="lenient" if self.partial.current == "lenient" else "strict",
            k=self.k.value() or None,
            gates=dict(gates),
        )

    def _tell(self) -> None:
        if not self._quiet:
            self.changed.emit(self._told(self._settings.gates))

    def _on_gate(self) -> None:
        if not self._quiet:
            gates = {metric: round(spin.value(), 4) for metric, spin in self.gates.items()}
            self.changed.emit(self._told(gates))
            self.gates_changed.emit(gates)

    def _on_reset(self) -> None:
        self.changed.emit(self._told(PAPER_GATES))
        self.gates_changed.emit(dict(PAPER_GATES))
