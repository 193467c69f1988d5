"""The gate in words: open with what it rests on, or shut with what is missing."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.eval.calibration.gate import Gate
from app.services.calibrating.agreement import Cell
from app.ui.calibrating import words
from app.ui.icons import pixmap
from app.ui.library.words import thousands
from app.ui.theme import Theme
from app.ui.widgets.labels import ElidedLabel
from app.ui.widgets.tips import plain_tip

ICON_PX = 15
ABOUT = "At least 150 items, 30 of the rarest class, and agreement that is high or near people's."


class GateLight(QWidget):
    """A sign and a line of words; the tooltip tells every condition."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sign, self._words = QLabel(), ElidedLabel(theme, "", "small", "t2")
        self._icon = ("", "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._sign)
        row.addWidget(self._words, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self._draw)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def show_gate(self, cell: Cell | None, gate: Gate | None) -> None:
        """Show the gate of a cell; nothing where none is selected."""
        self.setVisible(cell is not None)
        if cell is None or gate is None:
            self._words.setText("")
            return
        self._icon = ("check-circle", "success") if gate.is_open else ("prohibit", "warn")
        self._words.setText(gate_words(cell, gate))
        told = [f"{'✓' if c.holds else '✗'} {words.with_measures(c.words)}" for c in gate.clauses]
        self.setToolTip(plain_tip("\n".join((ABOUT, *told))))
        self.setAccessibleName(self._words.text())
        self._draw()

    def _draw(self) -> None:
        name, token = self._icon
        if name:
            self._sign.setPixmap(pixmap(self._theme, name, self._theme.px(ICON_PX), token))


def gate_words(cell: Cell, gate: Gate) -> str:
    """`Gate open: n 214, rarest class 50`, or `Gate shut: 60 of 150 items`."""
    evidence = cell.found.evidence
    rare = "" if evidence.rare_items is None else f", rarest class {thousands(evidence.rare_items)}"
    if gate.is_open:
        return f"Gate open: n {thousands(evidence.items)}{rare}"
    what = {
        "items": "items", "calls": "calls", "humans": "people", "rare": "of the rarest class",
        "gate": "agreement too low",
    }  # fmt: skip
    first = gate.failing[0]
    told = what[first.name] if first.name == "gate" else f"{first.value} {what[first.name]}"
    return f"Gate shut: {told}"
