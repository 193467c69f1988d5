"""What trial pages share: where one is, notices, a fault, a pause after this one, the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.ui.listening.page import Page
from app.ui.listening.words import count
from app.ui.widgets.buttons import Button
from app.ui.widgets.dialog import TextDialog
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.domain.errors import UserError
    from app.services.studies.sessions import TrialView
    from app.ui.listening.session import ListenSession

TORN = "The sound was torn. Answer all the same: the clip will be asked again."
PAUSING = "A pause follows this one."


class TrialPage(Page):
    """One trial. Nothing on it tells what is played."""

    pause_asked = Signal()
    """Nothing plays yet and nothing was answered: pause here."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session)
        theme = self.theme
        self.trial: TrialView | None = None
        self.pause_after = False
        self.place = Label(theme, "", "title", "t2", weight=400)
        self.notice = Label(theme, "", "body", "t2", wrap=True)
        self.notice.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.question = Label(theme, "", "question", wrap=True)
        self.question.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.fault = Button(
            theme, "Technical fault", kind="quiet", action=self._fault_action, actions=self.table
        )
        self.fault.clicked.connect(self.ask_fault)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(24)
        self.foot.addStretch()
        self.foot.addWidget(self.fault)
        self.foot.addStretch()
        middle = QWidget()
        self.middle = QVBoxLayout(middle)
        self.middle.setContentsMargins(0, 0, 0, 0)
        self.middle.setSpacing(0)
        area = QScrollArea()  # for large text in a small window
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(middle)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 26, 32, 24)
        column.setSpacing(0)
        column.addWidget(self.place)
        column.addWidget(area, 1)
        column.addWidget(self.notice)
        column.addSpacing(14)
        column.addLayout(self.foot)
        self._unsent: Callable[[], None] | None = None

    _fault_action = "listen.fault"

    @staticmethod
    def centred(part: QWidget, max_width: int) -> QHBoxLayout:
        """A part in the middle of the page, no wider than that."""
        part.setMaximumWidth(max_width)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(part, 100)
        row.addStretch(1)
        return row

    def show_trial(self, trial: TrialView) -> None:
        """Show a trial whose sound is on its way; nothing can be answered yet."""
        rules = self.session.rules
        assert rules is not None
        self.trial, self._unsent = trial, None
        self.place.setText(count(trial, rules.instrument))
        self.question.setText(trial.question)
        self.fault.setEnabled(True)

    def say(self, words: str, token: str = "t2") -> None:
        """A line at the foot; it stays until something else is said."""
        self.notice.set_token(token)
        self.notice.setText(words)

    def begin(self) -> None:
        """The sound is in memory: play it."""
        raise NotImplementedError

    @property
    def is_sent(self) -> bool:
        """Whether an answer is on its way to the disk, or waits to be sent again."""
        return self.session.is_busy or self._unsent is not None

    def send(self, value: float | None, *, fault: bool = False, note: str = "") -> None:
        """Send the answer; the next trial is shown when it is on disk."""
        if self.is_sent or self.trial is None:
            return
        self.fault.setEnabled(False)
        self.session.vote(self.session.answer(value, fault=fault, note=note))

    def refuse(self, error: UserError) -> None:
        """The answer, or the sound, did not come through; Enter tries again."""
        self._unsent = self.session.retry
        self.say(f"{error} Press Enter to try again; your answer is kept.", "danger")

    def resend(self) -> bool:
        """Try again what did not come through; whether there was anything."""
        again, self._unsent = self._unsent, None
        if again is None:
            return False
        self.say("Trying again…")
        again()
        return True

    def escape(self) -> None:
        """Pause: here before the first play, after this trial otherwise."""
        if self.session.player.plays == 0:
            self.pause_asked.emit()
            return
        self.pause_after = not self.pause_after
        self.say(PAUSING if self.pause_after else "")

    def ask_fault(self) -> None:
        """Ask what went wrong, then send that instead of an answer."""
        if self.is_sent or self.trial is None:
            return
        trial = self.trial

        def accept(words: str) -> str | None:
            if self.trial is trial:
                self.send(None, fault=True, note=words)
            return None

        dialog = TextDialog(
            self.theme, "Technical fault", "What went wrong with the sound? (optional)", accept,
            self, button="Report it",
        )  # fmt: skip
        dialog.finished.connect(lambda _result: self.setFocus())
        dialog.open()

    def depart(self) -> None:
        """Fall silent."""
        self.session.player.stop()

    def tick(self) -> None:
        """Say that the sound was torn."""
        if self.session.player.underruns and self._unsent is None:
            self.say(TORN, "warn")
