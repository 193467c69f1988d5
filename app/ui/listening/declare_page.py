"""Consent, and the three questions that tell whether a rater is naive or expert (ITU-T P.800)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, get_args

from app.services.studies.for_rater import LastTest
from app.ui.listening.choice_list import ChoiceList
from app.ui.listening.page import SetupPage

if TYPE_CHECKING:
    from app.ui.listening.session import ListenSession

CONSENT = (
    "You will hear short recordings of telephone calls and judge them. Your answers, the times "
    "they take and how the sound was played are stored under your name in this workspace. You "
    "may stop at any time; what you have answered is kept."
)
HEARING = ("Yes, as far as I know", "No, or I am not sure")
LAST = ("Never", "More than a year ago", "Half a year to a year ago", "In the last half year")
WORK = ("No", "Yes, on speech or audio quality, or on the systems heard here")
LAST_KEYS: tuple[LastTest, ...] = get_args(LastTest)


class DeclarePage(SetupPage):
    """One question is in focus; a digit answers it and goes to the next."""

    def __init__(self, session: ListenSession) -> None:
        super().__init__(session, "Before you listen", "I agree, go on")
        theme = self.theme
        self.say(CONSENT)
        self.lists = (
            ChoiceList(theme, "Is your hearing normal?", HEARING),
            ChoiceList(theme, "When did you last take part in a listening test?", LAST),
            ChoiceList(theme, "Do you work on what you are going to hear?", WORK),
        )
        for one in self.lists:
            self.body.addSpacing(6)
            self.body.addWidget(one)
            one.chosen.connect(self._on_chosen)
        self._go_to(0)
        self.keys |= {
            "listen.up": lambda: self._go_to(self.at - 1),
            "listen.down": lambda: self._go_to(self.at + 1),
        }
        for digit in range(1, 5):
            self.keys[f"listen.digit_{digit}"] = partial(self._answer, digit - 1)

    def _go_to(self, at: int) -> None:
        self.at = max(0, min(len(self.lists) - 1, at))
        for n, one in enumerate(self.lists):
            one.set_live(n == self.at)

    def _answer(self, index: int) -> None:
        self.lists[self.at].choose(index)

    def _on_chosen(self, _index: int) -> None:
        one = self.sender()
        if isinstance(one, ChoiceList):
            self.at = self.lists.index(one)
        unset = [n for n, c in enumerate(self.lists) if c.current is None]
        if unset:
            self.at = min((n for n in unset if n > self.at), default=unset[0])
        self._go_to(self.at)
        self.say_problem("")

    def declared(self) -> dict[str, Any]:
        """What was answered, for the store."""
        hearing, last, work = (one.current or 0 for one in self.lists)
        return {
            "normal_hearing": hearing == 0,
            "last_test": LAST_KEYS[last],
            "works_on_speech": work == 1,
        }

    def confirm(self) -> None:
        """Stores the answers once all are given."""
        if any(one.current is None for one in self.lists):
            self.say_problem("Answer the three questions first. A digit chooses.")
            return
        self.session.declare(self.declared(), self.passed.emit)
