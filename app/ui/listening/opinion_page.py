"""A trial of one answer after the sound: ACR, DCR, CCR, human-likeness, AI detection."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.ui.listening.answers import Answers
from app.ui.listening.play_state import PlayState
from app.ui.listening.trial_page import TrialPage
from app.ui.listening.words import LEADS
from app.ui.screen import StatusKey
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.services.studies.sessions import TrialView
    from app.ui.listening.session import ListenSession

WIDE = 860
NOT_YET = "Listen to the end first"
PARTS = {"dcr": ("The reference", "The clip"), "ccr": ("The first clip", "The second clip")}


class OpinionPage(TrialPage):
    """Play state, question, answers; a digit answers once the sound has ended."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session)
        theme = self.theme
        self.state = PlayState(theme)
        self.lead = Label(theme, "", "title", "t2", weight=400)
        self.answers = Answers(theme)
        self.answers.picked.connect(self._pick)
        self.replay = Button(
            theme, "Replay", kind="quiet", action="listen.replay", actions=self.table
        )
        self.replay.clicked.connect(self.play_again)
        self.foot.insertWidget(1, self.replay)
        self.middle.addStretch(10)
        self.middle.addWidget(self.state)
        self.middle.addSpacing(26)
        self.middle.addLayout(self.centred(self.question, theme.px(WIDE)))
        self.middle.addSpacing(10)
        centre = self.lead.alignment() | self.question.alignment()
        self.lead.setAlignment(centre)
        self.middle.addWidget(self.lead)
        self.middle.addSpacing(22)
        self.middle.addLayout(self.centred(self.answers, theme.px(WIDE)))
        self.middle.addStretch(13)
        self.is_open = False
        self.keys = {
            "listen.play": self.play,
            "listen.replay": self.play_again,
            "listen.fault": self.ask_fault,
            "listen.confirm": self.confirm,
            "listen.left": lambda: self._shift(-1),
            "listen.right": lambda: self._shift(1),
            "listen.up": lambda: self._shift(-1),
            "listen.down": lambda: self._shift(1),
            "listen.escape": self.escape,
        }
        for digit in range(10):
            self.keys[f"listen.digit_{digit}"] = partial(self.answer, digit)
        for digit in (1, 2, 3):
            self.keys[f"listen.minus_{digit}"] = partial(self.answer, -digit)

    def show_trial(self, trial: TrialView) -> None:
        """Show the question; the answers open when the sound has ended."""
        super().show_trial(trial)
        rules = self.session.rules
        self.lead.setText(LEADS.get(rules.instrument, "") if rules is not None else "")
        self.lead.setVisible(bool(self.lead.text()))
        self.answers.show_levels(trial.levels)
        self.is_open = False
        self.answers.set_open(False)
        self.state.end_cue()
        self.state.show_state("headphones", "Getting the sound")
        self._show_replay()

    def begin(self) -> None:
        """Play it."""
        self.play()

    # --- the sound

    @property
    def _plays_left(self) -> int | None:
        """How often it may still be begun; None for any number."""
        if self.trial is None or self.trial.replays is None:
            return None
        return max(0, 1 + self.trial.replays - self.session.player.plays)

    def play(self) -> None:
        """From the first frame, as often as the study permits."""
        if self.is_sent or self.trial is None or not self.session.is_loaded:
            return
        if self._plays_left == 0:
            self.state.cue("It was played as often as it may be")
            return
        self.state.end_cue()
        self.session.player.play()
        self._show_replay()
        self.tick()

    def play_again(self) -> None:
        """The same by its own key."""
        self.play()

    def _show_replay(self) -> None:
        left = self._plays_left
        if left is None:
            self.replay.set_text("Replay")
        elif self.session.player.plays:
            self.replay.set_text(f"Replay, {left} left")
        else:
            self.replay.set_text(f"Replay, {left - 1} left")
        self.replay.setEnabled(left is None or left > 0)

    def tick(self) -> None:
        """Follow the player."""
        super().tick()
        player = self.session.player
        if self.trial is None or self.session.is_busy or not self.session.is_loaded:
            return
        whole = all(share >= 1.0 for share in player.shares())
        if player.state == "playing":
            self.state.show_state("speaker-high", self._part())
        elif player.state == "ended" and whole:
            if not self.is_open:
                self._open()
        elif player.plays == 0:
            self.state.show_state("headphones", "Press Space to listen")

    def _part(self) -> str:
        """Which clip of the trial is heard now."""
        rules, player, trial = self.session.rules, self.session.player, self.trial
        names = PARTS.get(rules.instrument if rules is not None else "")
        if names is None or trial is None or len(trial.lengths_ms) < 2:
            return "Playing"
        past = player.position / max(1, player.rate_hz) * 1000 > trial.lengths_ms[0]
        return names[int(past)]

    def _open(self) -> None:
        self.is_open = True
        self.state.end_cue()
        self.state.show_state("check", "Played to the end. Give your answer.")
        self.answers.set_open(True)
        self.session.look()

    # --- the answer

    def answer(self, value: float) -> None:
        """A digit means the scale's own value."""
        index = self.answers.index_of(value)
        if index is not None:
            self._pick(index)

    def _pick(self, index: int) -> None:
        if self.is_sent:
            return
        if not self.is_open:
            self.state.cue(NOT_YET)
            return
        self.answers.choose(index)
        rules = self.session.rules
        if rules is None or not rules.confirm:
            self._commit()
        else:
            self.state.show_state("check", "Press Enter to confirm, or choose another answer.")

    def _shift(self, step: int) -> None:
        if self.is_sent:
            return
        if not self.is_open:
            self.state.cue(NOT_YET)
            return
        self.answers.shift(step)
        self.state.show_state("check", "Press Enter to confirm, or choose another answer.")

    def confirm(self) -> None:
        """Enter: send what is chosen, or send again what did not come through."""
        if self.resend() or self.is_sent:
            return
        if self.answers.chosen is not None:
            self._commit()
        elif not self.is_open:
            self.state.cue(NOT_YET)

    def _commit(self) -> None:
        chosen = self.answers.chosen
        if chosen is not None:
            self.answers.set_open(False)
            self.send(float(self.answers.levels[chosen].value))

    def status_keys(self) -> Sequence[StatusKey]:
        """As the mock-up has them: the answer's keys."""
        levels = self.answers.levels
        digits = sorted(v.value for v in levels if v.value >= 0)
        caps = (f"listen.digit_{digits[0]}", f"listen.digit_{digits[-1]}") if digits else ()
        hints: list[StatusKey] = [(caps, "answer")] if caps else []
        if any(v.value < 0 for v in levels):
            hints.append((("listen.minus_1", "listen.minus_3"), "below 0"))
        rest: tuple[StatusKey, ...] = (
            (("listen.escape",), "pause after this one"), (("app.keys",), "all keys"),
        )  # fmt: skip
        return (*hints, *rest)
