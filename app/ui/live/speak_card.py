"""Words and keys that no person speaks: canned utterances, armed ones, the dialling pad."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from app.ui.actions import ActionTable
from app.ui.live.card import Card
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Label
from app.ui.widgets.tick import TickBox

PAD = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")
AFTER_MS = 1_000


class SpeakCard(Card):
    """Play now, or armed for the moment at which the agent speaks."""

    typed = Signal(str)
    """A turn in words, for agents that read."""
    said = Signal(str)
    """Words, or the path of a recording."""
    armed = Signal(str, float, bool)
    disarmed = Signal()
    dialled = Signal(str)

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Say for me", parent)
        self.armed_label = ""
        """What waits for the agent to speak."""
        self.text = QLineEdit()
        self.text.setFont(theme.font("body"))
        self.text.setAccessibleName("Words to say, or a recording")
        cap = actions.cap("live.say")
        self.text.setPlaceholderText(f"{cap}  Words to speak, or a recording".strip())
        self.text.returnPressed.connect(self._say)
        self.file = Button(theme, icon="folder-open", name="Choose a recording", compact=True)
        self.file.clicked.connect(self._choose)
        self.now = Button(theme, "Say now", compact=True)
        self.now.clicked.connect(self._say)
        self.type = Button(theme, "Type it", compact=True)
        self.type.setToolTip("Send the words as text: this agent reads as well")
        self.type.clicked.connect(self._type)
        self.type.hide()
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.text, 1)
        top.addWidget(self.file)
        top.addWidget(self.now)
        top.addWidget(self.type)
        self.body.addLayout(top)
        for row in self._later(theme):
            self.body.addLayout(row)
        self.body.addLayout(self._pad(theme))

    def _later(self, theme: Theme) -> tuple[QHBoxLayout, QHBoxLayout]:
        """What is said when the agent speaks."""
        self.after = QSpinBox()
        self.after.setFont(theme.font("body"))
        self.after.setRange(0, 60_000)
        self.after.setSingleStep(100)
        self.after.setValue(AFTER_MS)
        self.after.setSuffix(" ms")
        self.after.setAccessibleName("After the agent starts")
        self.arm = Button(theme, "Arm", compact=True, checkable=True)
        self.arm.clicked.connect(self._arm)
        self.repeats = TickBox(theme, "each time the agent speaks")
        middle = QHBoxLayout()
        middle.setSpacing(6)
        middle.addWidget(self.arm)
        middle.addWidget(self.after)
        middle.addWidget(Label(theme, "after the agent starts", "label", "t3"))
        middle.addStretch()
        self.state = ElidedLabel(theme, "", "label", "t2")
        low = QHBoxLayout()
        low.setSpacing(12)
        low.addWidget(self.repeats)
        low.addWidget(self.state, 1)
        return middle, low

    def _pad(self, theme: Theme) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        for at, digit in enumerate(PAD):
            button = Button(theme, digit, compact=True)
            button.setAccessibleName(f"Dial {digit}")
            button.setToolTip(f"Dial {digit}; the digit keys do it as well")
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _=False, d=digit: self.dialled.emit(d))
            grid.addWidget(button, at // 6, at % 6)
        return grid

    def show_armed(self, label: str) -> None:
        """What waits for the agent to speak."""
        self.arm.setChecked(bool(label))
        self.armed_label = label
        self.state.setText(f"Armed: {label}" if label else "")

    def show_typing(self, *, shown: bool) -> None:
        """Whether the agent takes turns in words."""
        self.type.setVisible(shown)

    def begin(self) -> None:
        """Take words, instead of those that were armed."""
        self.text.setFocus()
        self.text.selectAll()

    def _type(self) -> None:
        if self.text.text().strip():
            self.typed.emit(self.text.text().strip())
            self.text.clear()

    def _say(self) -> None:
        if self.text.text().strip():
            self.said.emit(self.text.text().strip())
            self.text.clear()

    def _arm(self) -> None:
        text = self.text.text().strip()
        if self.armed_label:
            self.disarmed.emit()
        elif text:
            self.armed.emit(text, float(self.after.value()), self.repeats.isChecked())
        self.arm.setChecked(False)

    def _choose(self) -> None:
        dialog = QFileDialog(self.window(), "A recording to say")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("Recordings (*.wav *.flac *.ogg *.mp3)")
        dialog.fileSelected.connect(lambda name: self.text.setText(str(Path(name))))
        dialog.open()
