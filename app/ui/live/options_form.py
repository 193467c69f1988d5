"""Options of a call: how the caller talks, what lies between, and the practice agent's faults."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.ui.live.setup import Setup
from app.ui.theme import Theme
from app.ui.widgets.labels import Label
from app.ui.widgets.tick import TickBox

NOISES = (
    ("", "No noise"), ("pink", "Pink"), ("traffic", "Traffic"), ("hum", "Mains hum"),
    ("static", "Static"), ("babble", "Babble"),
)  # fmt: skip
FAULTS: tuple[tuple[str, str, float, float, str], ...] = (
    ("slow", "Slow, by", 800, 60_000, " ms"),
    ("deaf", "Deaf to barge-in", 1, 0, ""),
    ("talk_over", "Talks over, after", 700, 10_000, " ms"),
    ("drop", "Drops frames", 5, 90, " %"),
    ("die", "Dies after", 20, 86_400, " s"),
)
"""Name, words, usual number, greatest number, unit."""


def number(
    theme: Theme, name: str, most: float, suffix: str, *, least: float = 0
) -> QDoubleSpinBox:
    """A field for a number without decimals."""
    box = QDoubleSpinBox()
    box.setFont(theme.font("body"))
    box.setDecimals(0)
    box.setRange(least, most)
    box.setSuffix(suffix)
    box.setAccessibleName(name)
    box.setFixedWidth(theme.px(96))
    return box


class OptionsForm(QWidget):
    """Reads and writes the part of a `Setup` about the line; `narrow` puts one field a row."""

    changed = Signal()

    def __init__(
        self, theme: Theme, *, narrow: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.talk = TickBox(theme, "Push to talk: silence is sent unless Space is held")
        self.noise = QComboBox()
        self.noise.setFont(theme.font("body"))
        self.noise.setAccessibleName("Noise under your voice")
        for kind, word in NOISES:
            self.noise.addItem(word, kind)
        self.snr = number(theme, "Noise below the voice", 60, " dB", least=-20)
        self.ulaw = TickBox(theme, "Telephone, 8 kHz µ-law")
        self.loss = number(theme, "Packets lost", 90, " %")
        self.delay = number(theme, "Delay", 5_000, " ms")
        self.delay.setSingleStep(20)
        self.seed = QSpinBox()
        self.seed.setFont(theme.font("body"))
        self.seed.setRange(0, 999_999)
        self.seed.setAccessibleName("Seed of noise and losses")
        self.seed.setFixedWidth(theme.px(96))
        self._lay_out(theme, narrow=narrow)
        self._wire()

    def _lay_out(self, theme: Theme, *, narrow: bool) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.talk)
        column.addWidget(self.ulaw)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        pairs = (
            ("Noise", self.noise), ("below the voice", self.snr), ("Packets lost", self.loss),
            ("Delay", self.delay), ("Seed", self.seed),
        )  # fmt: skip
        across = 1 if narrow else 2
        for at, (words, field) in enumerate(pairs):
            row, left = at // across, 2 * (at % across)
            grid.addWidget(Label(theme, words, "small", "t2"), row, left)
            grid.addWidget(field, row, left + 1)
        grid.setColumnStretch(4, 1)
        column.addLayout(grid)

    def _wire(self) -> None:
        for box in (self.talk, self.ulaw):
            box.toggled.connect(lambda _on: self.changed.emit())
        self.noise.currentIndexChanged.connect(lambda _at: self.changed.emit())
        for spin in (self.snr, self.loss, self.delay):
            spin.valueChanged.connect(lambda _value: self.changed.emit())
        self.seed.valueChanged.connect(lambda _value: self.changed.emit())

    def show_setup(self, setup: Setup) -> None:
        """Show what was chosen."""
        self.blockSignals(True)
        self.talk.setChecked(setup.talk)
        self.noise.setCurrentIndex(max(0, self.noise.findData(setup.noise)))
        self.snr.setValue(setup.snr_db)
        self.ulaw.setChecked(setup.ulaw)
        self.loss.setValue(setup.loss_percent)
        self.delay.setValue(setup.delay_ms)
        self.seed.setValue(setup.seed)
        self.blockSignals(False)

    def read(self, setup: Setup) -> Setup:
        """The setup with what is chosen here."""
        return replace(
            setup,
            talk=self.talk.isChecked(),
            noise=str(self.noise.currentData() or ""),
            snr_db=self.snr.value(),
            ulaw=self.ulaw.isChecked(),
            loss_percent=self.loss.value(),
            delay_ms=self.delay.value(),
            seed=self.seed.value(),
        )


class FaultsForm(QWidget):
    """What the practice agent does wrong on purpose."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, tuple[TickBox, QDoubleSpinBox | None]] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(2, 1)
        for row, (name, words, usual, most, unit) in enumerate(FAULTS):
            tick = TickBox(theme, words)
            tick.toggled.connect(lambda _on: self.changed.emit())
            grid.addWidget(tick, row, 0)
            spin = None
            if most:
                spin = number(theme, words, most, unit)
                spin.setValue(usual)
                spin.valueChanged.connect(lambda _value: self.changed.emit())
                grid.addWidget(spin, row, 1)
            self.boxes[name] = (tick, spin)

    def show_setup(self, setup: Setup) -> None:
        """Show what was chosen."""
        self.blockSignals(True)
        chosen = dict(setup.faults)
        for name, (tick, spin) in self.boxes.items():
            tick.setChecked(name in chosen)
            if spin is not None and name in chosen:
                spin.setValue(chosen[name])
        self.blockSignals(False)

    def read(self, setup: Setup) -> Setup:
        """The setup with what is chosen here."""
        found = tuple(
            (name, 1.0 if spin is None else spin.value())
            for name, (tick, spin) in self.boxes.items()
            if tick.isChecked()
        )
        return replace(setup, faults=found)
