"""The short pages of a session: surroundings, instructions, parts, breaks, the end."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPlainTextEdit

from app.ui.listening.choice_list import ChoiceList
from app.ui.listening.page import SetupPage
from app.ui.listening.words import HOW
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.services.studies.sessions import TrialView
    from app.ui.listening.session import ListenSession

PLACES = (
    ("quiet", "Quiet: a closed room, nobody speaks"),
    ("some", "Some noise: an office, a fan, a street outside"),
    ("loud", "Loud: people speak near me, music, traffic"),
)


class EnvironmentPage(SetupPage):
    """How quiet it is where the rater sits; a report says so."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session, "How quiet is it where you are?", "Go on")
        self.list = ChoiceList(self.theme, "", [words for _key, words in PLACES])
        self.body.addWidget(self.list)
        self.list.chosen.connect(lambda _n: self.say_problem(""))
        self.keys |= {
            "listen.up": lambda: self.list.step(-1),
            "listen.down": lambda: self.list.step(1),
        }
        for digit in range(1, 4):
            self.keys[f"listen.digit_{digit}"] = partial(self.list.choose, digit - 1)

    def confirm(self) -> None:
        """Note the answer."""
        if self.list.current is None:
            self.say_problem("Choose the line that fits best. A digit chooses.")
            return
        answer = PLACES[self.list.current][0]
        self.session.note("environment", {"answer": answer}, self.passed.emit)


class InstructionPage(SetupPage):
    """What is asked, how it is answered, and what comes first."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session, "", "Begin")
        self.how, self.asked = self.say("", "t1"), self.say("", "t1")
        self.answers = self.say("")
        self.first, self.rules = self.say(""), self.say("")

    def show_trial(self, trial: TrialView) -> None:
        """Explain the kind of trial that comes."""
        rules = self.session.rules
        assert rules is not None
        self.heading.setText("How it works")
        self.how.setText(HOW.get(rules.instrument, ""))
        self.asked.setText(f"The question: {trial.question}")
        self.answers.setText(_scale_words(trial) if rules.instrument != "pairwise" else "")
        if trial.is_training:
            noun = "clip is" if trial.block_trials == 1 else f"{trial.block_trials} clips are"
            first = f"The first {noun} for practice, so that you know what to expect."
        else:
            first = f"This part has {trial.block_trials} of them."
        self.first.setText(first)
        once_more = {0: "Each plays once.", 1: "You may play each once more."}
        plays = "You may play each as often as you like."
        if trial.replays is not None:
            plays = once_more.get(trial.replays, f"You may play each {trial.replays} more times.")
        self.rules.setText(
            f"{plays} Some clips speak an instruction: follow it. There are no right "
            "answers otherwise; we want your own impression."
        )


def _scale_words(trial: TrialView) -> str:
    named = [f"{v.value} {v.label}" for v in trial.levels if v.label and v.label != str(v.value)]
    return f"The answers: {', '.join(named)}." if named else ""


class PartPage(SetupPage):
    """Between two parts: what was done, what is left."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session, "", "Go on")
        self.words = self.say("")

    def show_words(self, heading: str, words: str, button: str = "Go on") -> None:
        """Say something else."""
        self.heading.setText(heading)
        self.words.setText(words)
        self.words.setVisible(bool(words))
        self.go.set_text(button)


class BreakPage(SetupPage):
    """A break. A forced one cannot be cut short, an offered one can."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session, "", "Go on listening")
        self.words = self.say("")
        self.left = Label(self.theme, "", "state")
        self.body.addWidget(self.left)
        self._until = 0.0
        self._is_offer = False
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self._show)

    def show_break(self, seconds: float) -> None:
        """A break that must last so many seconds more."""
        self._until, self._is_offer = time.monotonic() + seconds, False
        self.heading.setText("Time for a break")
        self.words.setText(
            "After a while of listening the ear tires and the answers drift. Take the headphones "
            "off; you can go on when the time is over."
        )
        self._timer.start()
        self._show()

    def offer_break(self) -> None:
        """A break that may end at once."""
        self._until, self._is_offer = 0.0, True
        self.heading.setText("A short break?")
        self.words.setText("Rest your ears for a minute if you like, or go on.")
        self._show()

    @property
    def left_s(self) -> float:
        """Seconds until one may go on."""
        return max(0.0, self._until - time.monotonic())

    def _show(self) -> None:
        left = round(self.left_s)
        self.left.setText(f"{left // 60}:{left % 60:02d}" if left else "")
        self.left.setVisible(bool(left))
        self.go.setEnabled(not left)
        if not left:
            self._timer.stop()

    def depart(self) -> None:
        """Stop counting."""
        self._timer.stop()

    def confirm(self) -> None:
        """Only when the time is over."""
        if self._is_offer:
            self.session.note("resumed", {"after": "offered break"}, self.passed.emit)
        elif not round(self.left_s):
            self.session.note("break_done", {}, self.passed.emit)


class DebriefPage(SetupPage):
    """The end: thanks, and a word to whoever made the study. No results."""

    finished = Signal()

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session, "That was all. Thank you!", "Finish")
        self.say("Was there anything that we should know? A fault, a doubt, something you noticed.")
        self.edit = QPlainTextEdit()
        self.edit.setFont(self.theme.font("body"))
        self.edit.setAccessibleName("Comment, optional")
        self.edit.setPlaceholderText("Optional. Ctrl+Enter finishes.")
        self.edit.setFixedHeight(self.theme.px(120))
        self.edit.setTabChangesFocus(True)
        self.body.addWidget(self.edit)

    def confirm(self) -> None:
        """Store the comment and end the session."""
        session = self.session
        body = {"comment": self.edit.toPlainText().strip()}
        session.note("debrief", body, lambda: session.note("ended", {}, self.finished.emit))
