"""Three spoken sums that come out right only with both ears: one number left, one right."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from app.audio import clip_build
from app.ui.listening.page import SetupPage
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.ui.listening.session import ListenSession
    from app.ui.listening.work import SetupSounds

SUMS, TRIES = 3, 2
GAIN_DB = -6.0
GAP_S = 0.35
FAILED = (
    "The sums were not right in two tries. Put the headphones on with both ears covered, see that "
    "both sides play, and begin again."
)


class DigitsPage(SetupPage):
    """Asks three sums; all must be right, in two tries."""

    failed = Signal()
    """Two tries were in vain: back to the output."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session, "Add the two numbers", "That is the sum")
        theme = self.theme
        self.say("One number is spoken in each ear. Type their sum.")
        self.count = Label(theme, "", "body", "t3")
        self.edit = QLineEdit()
        self.edit.setFont(theme.font("question"))
        self.edit.setValidator(QIntValidator(0, 18, self.edit))
        self.edit.setMaxLength(2)
        self.edit.setFixedSize(theme.px(96), theme.px(48))
        self.edit.setAccessibleName("The sum of the two numbers")
        self.edit.returnPressed.connect(self.confirm)
        self.again = Button(theme, "Play again", icon="arrow-counter-clockwise")
        self.again.clicked.connect(self.play)
        row = QHBoxLayout()
        row.setSpacing(12)
        for part in (self.edit, self.again, self.count):
            row.addWidget(part)
        row.addStretch()
        self.body.addLayout(row)
        self.sounds: SetupSounds | None = None
        self.sums: list[tuple[int, int, bool]] = []
        """Number, number, and whether the first is in the left ear."""
        self.at = self.tries = self.right = 0

    def arrive(self) -> None:
        """Begin with the first sum of the first try."""
        self.tries = 0
        self._begin()

    def _begin(self) -> None:
        chance = random.SystemRandom()
        pairs = [chance.sample(range(1, 10), 2) for _ in range(SUMS)]
        self.sums = [(a, b, chance.random() < 0.5) for a, b in pairs]
        self.at = self.right = 0
        self._ask()

    def _ask(self) -> None:
        self.count.setText(f"Sum {self.at + 1} of {SUMS}")
        self.edit.clear()
        self.edit.setFocus()
        self.play()

    def play(self) -> None:
        """Speak the two numbers."""
        player, sounds = self.session.player, self.sounds
        if sounds is None:
            return
        first, second, left = self.sums[self.at]
        player.set_gain(GAIN_DB)
        parts = [
            clip_build.one_ear(sounds.digits[first], left=left),
            clip_build.one_ear(sounds.digits[second], left=not left),
        ]
        player.load([clip_build.in_turn(parts, round(GAP_S * player.rate_hz))])
        player.play()
        self.edit.setFocus()

    def depart(self) -> None:
        """Fall silent."""
        self.session.player.stop()

    def confirm(self) -> None:
        """Take a sum; after the third, see whether all were right."""
        words = self.edit.text()
        if not words or self.session.is_busy:
            return
        self.say_problem("")
        first, second, _left = self.sums[self.at]
        self.right += int(words) == first + second
        self.at += 1
        if self.at < SUMS:
            self._ask()
            return
        self.tries += 1
        passed = self.right == SUMS
        body = {"passed": passed, "right": self.right, "of": SUMS, "try": self.tries}
        self.session.note("digits", body, lambda: self._on_noted(passed))

    def _on_noted(self, passed: bool) -> None:
        if passed:
            self.passed.emit()
        elif self.tries < TRIES:
            self.say_problem("Not all of them were right. Here are three others.")
            self._begin()
        else:
            self.failed.emit()
