"""A trial of two clips side by side: play either, switch in place, choose, commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.rubrics import Level
from app.ui.listening.answers import Answers
from app.ui.listening.pair_parts import PairCards, PositionBar, ReasonChips, RowHints, UnderBar
from app.ui.listening.trial_page import TrialPage
from app.ui.screen import StatusKey

if TYPE_CHECKING:
    from app.services.studies.sessions import TrialView
    from app.ui.listening.session import ListenSession

WIDE = 920
WORDS = {
    3: "A by far", 2: "A", 1: "A, slightly", 0: "The same", -1: "B, slightly", -2: "B",
    -3: "B by far",
}  # fmt: skip
ALIKE = 0.75
"""Clips whose lengths differ more are not of the same text: a switch in place means nothing."""


def answer_words(levels: Sequence[Level]) -> list[str]:
    """Words that fit any question; a value is of the first clip against the second."""
    if max(abs(v.value) for v in levels) == 1:
        return [{1: "A", 0: "The same", -1: "B"}[v.value] for v in levels]
    return [WORDS.get(v.value, v.label) for v in levels]


class PairPage(TrialPage):
    """Both must be heard in full once; then Enter commits the choice."""

    _fault_action = "pair.fault"

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session)
        theme, table = self.theme, self.table
        self.cards = PairCards(theme, table)
        self.bar, self.under = PositionBar(theme), UnderBar(theme, table)
        self.answers = Answers(theme)
        self.hints, self.reasons = RowHints(theme, table), ReasonChips(theme, table)
        self.cards.asked.connect(self.play)
        self.under.switch.clicked.connect(self.switch)
        self.under.pause.clicked.connect(self.pause)
        self.answers.picked.connect(self.choose)
        self.middle.addLayout(self.centred(self._column(), theme.px(WIDE)), 1)
        self.keys = {
            "pair.play_a": lambda: self.play(0),
            "pair.play_b": lambda: self.play(1),
            "pair.switch": self.switch,
            "pair.pause": self.pause,
            "pair.left": lambda: self._shift(-1),
            "pair.right": lambda: self._shift(1),
            "pair.same": self._same,
            "pair.commit": self.commit,
            "pair.reason": self.reasons.next,
            "pair.fault": self.ask_fault,
            "pair.escape": self.escape,
        }

    def _column(self) -> QWidget:
        """Everything in the middle, one below the other."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(2)
        column.addWidget(self.question)
        for part, gap in (
            (self.cards, 30), (self.bar, 22), (self.under, 8), (self.answers, 34),
            (self.hints, 8), (self.reasons, 28),
        ):  # fmt: skip
            column.addSpacing(self.theme.px(gap))
            column.addWidget(part, 40 if part is self.cards else 0)
        column.addStretch(5)
        return inner

    def show_trial(self, trial: TrialView) -> None:
        """Two clips of which nothing was heard."""
        super().show_trial(trial)
        levels = sorted(trial.levels, key=lambda v: -v.value)  # A stands left, always
        self.answers.show_levels(levels, answer_words(levels), valued=False)
        self.answers.setMaximumWidth(self.theme.px(WIDE))
        self.answers.set_open(True)
        self.hints.show_same(any(v.value == 0 for v in levels))
        self.reasons.clear()
        short, long = sorted(trial.lengths_ms)
        self.is_alike = short >= ALIKE * long
        self.under.switch.setVisible(self.is_alike)
        self.tick()

    def begin(self) -> None:
        """Play A."""
        self.play(0)

    # --- the sound

    def play(self, at: int) -> None:
        """One of them from its first frame."""
        if not self.is_sent and self.session.is_loaded:
            self.session.player.play(at)
            self.tick()

    def switch(self) -> None:
        """The other one at the same place."""
        player = self.session.player
        if self.is_sent or not self.session.is_loaded or not self.is_alike:
            return
        if player.state not in ("playing", "paused"):
            self.play(1 - player.at)
        elif not player.switch(1 - player.at):
            self.say("The other one has ended before this point.")
        self.tick()

    def pause(self) -> None:
        """Pause, or go on."""
        player = self.session.player
        if self.is_sent or not self.session.is_loaded:
            return
        if player.state == "playing":
            player.pause()
        elif player.state == "paused":
            player.resume()
        else:
            self.play(player.at)
        self.tick()

    def tick(self) -> None:
        """Follow the player."""
        super().tick()
        trial, player = self.trial, self.session.player
        if trial is None:
            return
        loaded = self.session.is_loaded
        shares = player.shares() if loaded else (0.0, 0.0)
        at, state = (player.at, player.state) if loaded else (0, "idle")
        for index, card in enumerate(self.cards.cards):
            here = index == at and state in ("playing", "paused")
            card.show_state(shares[index], playing=here and state == "playing", here=here)
        length_s = max(trial.lengths_ms) / 1000
        here_s = player.position / max(1, player.rate_hz) if loaded else 0.0
        self.bar.show_share(here_s / max(length_s, 0.001))
        self.under.show_time(min(here_s, length_s), length_s)
        self.under.pause.set_text("Pause" if state == "playing" else "Go on")
        self.under.pause.setEnabled(state in ("playing", "paused"))
        self.hints.wait.setText(self._missing(shares))

    def _missing(self, shares: Sequence[float]) -> str:
        unheard = [letter for letter, share in zip("AB", shares, strict=True) if share < 1.0]
        if unheard:
            have = "have" if len(unheard) > 1 else "has"
            return f"Commit opens when {' and '.join(unheard)} {have} been heard in full"
        return "Commit" if self.answers.chosen is not None else "Choose, then commit"

    # --- the answer

    def choose(self, index: int) -> None:
        """Mark an answer; it may be changed until it is committed."""
        if not self.is_sent:
            self.answers.choose(index)
            self.tick()

    def _shift(self, step: int) -> None:
        if not self.is_sent:
            self.answers.shift(step)
            self.tick()

    def _same(self) -> None:
        index = self.answers.index_of(0)
        if index is not None:
            self.choose(index)

    def commit(self) -> None:
        """Send the choice, once both were heard in full."""
        if self.resend() or self.is_sent or not self.session.is_loaded:
            return
        if any(share < 1.0 for share in self.session.player.shares()):
            self.say(f"{self._missing(self.session.player.shares())}.")
        elif self.answers.chosen is None:
            self.say("Choose an answer first.")
        else:
            self.answers.set_open(False)
            value = float(self.answers.levels[self.answers.chosen].value)
            self.send(value, note=self.reasons.note)

    def status_keys(self) -> Sequence[StatusKey]:
        """As the mock-up has them."""
        return (
            (("pair.play_a", "pair.play_b"), "play"), (("pair.switch",), "switch in place"),
            (("pair.commit",), "commit"), (("pair.escape",), "pause after this one"),
            (("app.keys",), "all keys"),
        )  # fmt: skip
