"""Microphone and loudspeaker of a call: which, and how loud the microphone is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.live.level_bar import LevelBar
from app.ui.live.setup import DEFAULT, Setup, unchecked
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.services.live_calls.device_list import DeviceChoice, DeviceChoices

NOBODY = "Nobody: the lines that ship are spoken, no sound is played"
NO_INPUT = (
    "No microphone was found. Plug one in and look again, or let the lines that ship be spoken."
)


class SoundForm(QWidget):
    """Shows and reads the devices of a `Setup`."""

    changed = Signal()
    check_asked = Signal()
    look_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choices: DeviceChoices | None = None
        """What this machine has; None until it is listed."""
        self.microphone, self.loudspeaker = QComboBox(), QComboBox()
        fit = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        for box, name in ((self.microphone, "Microphone"), (self.loudspeaker, "Loudspeaker")):
            box.setFont(theme.font("body"))
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(fit)
            box.setMinimumContentsLength(20)
            box.activated.connect(lambda _at: self.changed.emit())
        self.level = LevelBar(theme, "Microphone level")
        self.words = Label(theme, "", "small", "t3", wrap=True)
        self.check = Button(theme, "Sound check", icon="headphones", action="live.check",
                            actions=actions)  # fmt: skip
        self.checked = Label(theme, "", "small", "t2", wrap=True)
        self.look = Button(theme, "Look again", kind="quiet")
        self.check.clicked.connect(self.check_asked)
        self.look.clicked.connect(self.look_asked)
        self._out_name = Label(theme, "Loudspeaker", "small", "t2")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(Label(theme, "Microphone", "small", "t2"))
        for part in (self.microphone, self.level, self.words, self._out_name, self.loudspeaker):
            column.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.check)
        row.addWidget(self.look)
        row.addStretch()
        column.addLayout(row)
        column.addWidget(self.checked)

    @property
    def has_inputs(self) -> bool:
        """Whether there is a microphone."""
        return self.choices is not None and bool(self.choices.inputs)

    def show_setup(self, setup: Setup) -> Setup:
        """Show the chosen devices; the setup with what stands in for those that are gone."""
        choices, elsewhere = self.choices, setup.is_elsewhere
        inputs: Sequence[DeviceChoice] = choices.inputs if choices else ()
        outputs: Sequence[DeviceChoice] = ()
        if choices:
            outputs = choices.monitors if elsewhere else choices.outputs
        _fill(self.microphone, inputs, setup.microphone, "" if elsewhere else NOBODY)
        _fill(self.loudspeaker, outputs, setup.loudspeaker, "")
        if choices is not None:
            setup = replace(
                setup,
                microphone=_chosen(self.microphone, DEFAULT),
                loudspeaker=_chosen(self.loudspeaker, DEFAULT),
            )
        self.show_kind(setup)
        return setup

    def show_kind(self, setup: Setup) -> None:
        """What the fields mean, and which of them do."""
        elsewhere = setup.is_elsewhere
        self.loudspeaker.setEnabled(bool(setup.microphone))
        self.check.setEnabled(bool(setup.microphone) and not elsewhere)
        self._show_checked(setup)
        self._out_name.setText("The other side: what this plays" if elsewhere else "Loudspeaker")

    def _show_checked(self, setup: Setup) -> None:
        self.checked.setVisible(setup.is_checked)
        if not setup.is_checked:
            return
        from app.services.live_calls import check_words

        told = check_words.summary(setup.delay, setup.echo_db)
        self.checked.setText(told)
        bad = check_words.is_bad(setup.delay, setup.echo_db)
        self.checked.set_token("warn" if bad else "success")

    def read(self, setup: Setup) -> Setup:
        """The setup with the devices that are chosen; others make a sound check void."""
        found = replace(
            setup,
            microphone=_chosen(self.microphone, setup.microphone),
            loudspeaker=_chosen(self.loudspeaker, setup.loudspeaker),
        )
        return found if found == setup else unchecked(found)

    def say(self, words: str, token: str = "t3") -> None:
        """Words below the microphone's level."""
        self.words.setText(words)
        self.words.set_token(token)


def _fill(box: QComboBox, found: Sequence[DeviceChoice], chosen: str, nobody: str) -> None:
    box.clear()
    for choice in found:
        box.addItem(choice.label, choice.key)
    if nobody:
        box.addItem(nobody, "")
    if not box.count():
        box.addItem("None was found", None)
    box.setCurrentIndex(max(0, box.findData(chosen)))


def _chosen(box: QComboBox, before: str) -> str:
    data = box.currentData()
    return before if data is None else str(data)
