"""Weights: the published ones, fixed, and what-if weights beside them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.eval.outbound.final import effective_weights
from app.eval.outbound.weights import GIC_DIMENSIONS, PAPER, Weights, what_if
from app.services.judging.score_columns import BY_ID
from app.services.judging.score_rows import AgentRow
from app.ui.runs.sections import OverlayArea, Section
from app.ui.scores.weight_slider import WeightSlider
from app.ui.scores.words import share, signed
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

NAME = "What if"
SHARES = {
    "tfc": "TFC in Final, the rest GIC",
    "cov": "Cov in TFC, the rest Proc",
    "key_rate": "Key steps in Cov, the rest all steps",
}
DIMENSION_MOST = 50


class WeightsPage(QWidget):
    """Sliders; `changed` gives the weights, None for the paper's alone."""

    changed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._weights: Weights | None = None
        self.mode = Segmented(
            theme,
            [Segment("paper", PAPER.name), Segment("what_if", "Paper and what if")],
            name="Weights",
            compact=True,
        )
        self.mode.chosen.connect(self._on_mode)
        self.lock = Label(theme, "", "small", "t3", wrap=True)
        self.reset = Button(theme, "Reset", kind="quiet", compact=True)
        self.reset.setToolTip("Back to the paper's weights")
        self.reset.clicked.connect(self._on_reset)
        self.sliders: dict[str, WeightSlider] = {}
        self._values: dict[str, Label] = {}
        self._effective: dict[str, Label] = {}
        self.shares = self._section("Shares", SHARES, 100)
        titles = {key: BY_ID[f"gic.{key}"].title for key in GIC_DIMENSIONS}
        self.dimensions = self._section("GIC, relative to each other", titles, DIMENSION_MOST)
        self.beside = Section(theme, "Paper and what if")
        self._beside = Label(theme, "", "small", "t2", wrap=True)
        self.beside.body.addWidget(self._beside)
        self._lay_out()
        self.show_weights(None)

    def _section(self, title: str, names: dict[str, str], most: int) -> Section:
        theme = self._theme
        section = Section(theme, title)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        below = most == 100
        for at, (key, name) in enumerate(names.items()):
            slider = WeightSlider(theme, name, _paper(key), most=most)
            slider.valueChanged.connect(self._on_slider)
            self.sliders[key] = slider
            self._values[key] = Label(theme, "", "small", "t1")
            self._effective[key] = Label(theme, "", "label", "t3")
            self._values[key].setMinimumWidth(theme.px(36))
            row = 2 * at if below else at
            right = Qt.AlignmentFlag.AlignRight
            grid.addWidget(Label(theme, name, "small", "t2"), row, 0, 1, 2 if below else 1)
            grid.addWidget(
                self._effective[key], row, 2 if below else 3, 1, 2 if below else 1, right
            )
            line = row + 1 if below else row
            grid.addWidget(slider, line, 0 if below else 1, 1, 3 if below else 1)
            grid.addWidget(self._values[key], line, 3 if below else 2, right)
        section.body.addLayout(grid)
        return section

    def _lay_out(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(Size.INSET, 0, Size.INSET, 12)
        head.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self.mode)
        row.addStretch()
        row.addWidget(self.reset)
        head.addLayout(row)
        head.addWidget(self.lock)
        column.addLayout(head)
        for section in (self.beside, self.shares, self.dimensions):
            column.addWidget(section)
        column.addStretch()
        area = OverlayArea()
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)

    @property
    def weights(self) -> Weights | None:
        """The what-if weights; None where the paper's stand alone."""
        return self._weights

    def show_weights(self, weights: Weights | None) -> None:
        """Show weights without telling anyone."""
        self._weights = weights
        told = weights or PAPER
        self.mode.set_current("paper" if weights is None else "what_if")
        for key, slider in self.sliders.items():
            slider.blockSignals(True)
            slider.setValue(round(_value(told, key) * 100))
            slider.blockSignals(False)
            slider.setEnabled(weights is not None)
        self._say(told)

    def toggle(self) -> None:
        """The paper's alone, or what-if weights beside them."""
        self._on_mode("paper" if self._weights is not None else "what_if")

    def show_beside(self, paper: AgentRow, other: AgentRow | None) -> None:
        """One agent's main figures by both weights."""
        self.beside.setVisible(other is not None)
        if other is None:
            return
        self.beside.set_title(paper.name)
        lines = []
        for key in ("final", "tfc", "gic"):
            a, b = paper.cells[key].value, other.cells[key].value
            moved = f"  ({signed(b - a)})" if a is not None and b is not None else ""
            lines.append(f"{BY_ID[key].title}: paper {share(a)}, what if {share(b)}{moved}")
        self._beside.setText("\n".join(lines))

    def _on_mode(self, key: str) -> None:
        weights = None if key == "paper" else what_if(NAME)
        self.show_weights(weights)
        self.changed.emit(weights)

    def _on_reset(self) -> None:
        if self._weights is not None:
            self._on_mode("what_if")

    def _on_slider(self, _value: int) -> None:
        given = {key: slider.value() / 100 for key, slider in self.sliders.items()}
        dimensions = {key: given[key] for key in GIC_DIMENSIONS}
        if not sum(dimensions.values()):
            dimensions = dict(self._weights.dimensions if self._weights else GIC_DIMENSIONS)
        self._weights = what_if(
            NAME,
            dimensions=dimensions,
            key_rate=given["key_rate"],
            cov=given["cov"],
            tfc=given["tfc"],
        )
        self._say(self._weights)
        self.changed.emit(self._weights)

    def _say(self, weights: Weights) -> None:
        found = effective_weights(weights=weights)
        for key, label in self._values.items():
            label.setText(f"{_value(weights, key) * 100:.0f} %")
        parts = {
            "tfc": f"GIC {_percent(found.parts['gic'])}",
            "cov": f"Proc {_percent(found.parts['proc'])}",
            "key_rate": f"Key rate {_percent(found.parts['key_rate'])}",
        }
        for key, words in parts.items():
            self._effective[key].setText(words)
        for key, share_of_final in found.dimensions.items():
            self._effective[key].setText(_percent(share_of_final))
        fixed = self._weights is None
        self.lock.setText(
            "The published weights. They are fixed; choose what if to try others beside them."
            if fixed
            else "The notch is the published weight. Only you see what-if figures."
        )
        self.reset.setEnabled(not fixed)
        self.beside.setVisible(not fixed)


def _percent(share_of_final: float) -> str:
    return f"{share_of_final * 100:.1f} % of Final"


def _paper(key: str) -> float:
    return _value(PAPER, key)


def _value(weights: Weights, key: str) -> float:
    if key in SHARES:
        return float(getattr(weights, key))
    return float(weights.dimensions.get(key, 0.0))
