"""Noise and line during a call: changed while it goes on, and written into its log."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.domain.errors import BadInput
from app.ui.live.card import Card
from app.ui.live.options_form import OptionsForm
from app.ui.live.setup import Setup, line_of, noise_of
from app.ui.theme import Theme

SETTLE_MS = 400
"""A number that is being typed is not sent digit by digit."""


class ConditionsCard(Card):
    """`changed(noise, line)`: what lies between caller and agent from now on."""

    changed = Signal(object, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Conditions", parent)
        self.form = OptionsForm(theme, narrow=True)
        self.form.talk.hide()
        self.body.addWidget(self.form)
        self._setup = Setup()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self._tell)
        self.form.changed.connect(self._timer.start)

    def show_setup(self, setup: Setup) -> None:
        """Those that the call began with."""
        self._setup = setup
        self.form.show_setup(setup)

    def show_labels(self, noise: str, line: str) -> None:
        """What is in force."""
        told = ", ".join(p for p in (noise.partition(",")[0], "line" if line else "") if p)
        self.side.setText(told or "none")

    def _tell(self) -> None:
        try:
            wanted = self.form.read(self._setup)
            self.changed.emit(noise_of(wanted), line_of(wanted))
        except BadInput as error:
            self.side.setText(str(error))
