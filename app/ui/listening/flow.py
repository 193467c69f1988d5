"""From one step of a session to the page that shows it, and back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.ui.listening.front import Front
from app.ui.listening.pages import Pages
from app.ui.listening.setting_up import SettingUp
from app.ui.listening.words import DISTURBED, RULES, void

if TYPE_CHECKING:
    from app.domain.errors import UserError
    from app.services.studies.blocks import BlockResult
    from app.services.studies.sessions import SessionStep, TrialView
    from app.services.studies.voting import VoteReceipt
    from app.ui.listening.session import ListenSession
    from app.ui.listening.trial_page import TrialPage
    from app.ui.listening.work import Begun


class Flow(QObject):
    """The session does the work, the pages ask and show; this says which is in front."""

    left = Signal()
    """The session was left, or is over: back to the list."""

    def __init__(self, session: ListenSession, pages: Pages, parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.pages = session, pages
        self.front = Front(session, pages, self)
        self.setting_up = SettingUp(session, pages, self.front, self)
        self._waiting: TrialView | None = None
        """A trial that is shown after the page in front."""
        self._is_told = False
        """Whether the instructions were shown in this session."""
        self._rested_at = time.monotonic()
        self._wire()

    def _wire(self) -> None:
        session, pages = self.session, self.pages
        session.begun.connect(self._on_begun)
        session.stepped.connect(self._on_step)
        session.trial_ready.connect(self._on_ready)
        session.voted.connect(self._on_voted)
        session.block_closed.connect(self._on_block)
        session.refused.connect(self._on_refused)
        session.disturbed.connect(self._on_disturbed)
        pages.instructions.passed.connect(self._on_instructed)
        pages.rest.passed.connect(self._on_rested)
        pages.debrief.finished.connect(self.leave)
        for page in (pages.opinion, pages.pair):
            page.pause_asked.connect(self._pause)

    # --- begin, leave

    def begin(self, study_id: str) -> None:
        """Begin or go on with a study."""
        self._is_told, self._waiting, self._rested_at = False, None, time.monotonic()
        self.setting_up.begin()
        self.session.begin(study_id)

    def leave(self) -> None:
        """Fall silent; what was not answered is asked again when the session goes on."""
        self.session.leave()
        self.front.show(self.pages.list)
        self.left.emit()

    def _on_begun(self, begun: Begun) -> None:
        if begun.unfinished is None:
            self.session.next()
        else:
            self.setting_up.take_up(begun.unfinished)

    # --- steps

    def _on_step(self, step: SessionStep) -> None:
        if step.kind == "setup":
            self.setting_up.ask(step.missing)
        elif step.trial is not None:
            self._on_trial(step.trial)
        elif step.kind == "block_end":
            self.session.close_block(step.block)
        elif step.kind == "break":
            self._on_break(step.break_s)
        elif step.kind == "busy":
            self.front.say(*DISTURBED["lease"], self.session.next, by_itself=True)
        else:
            self.front.show(self.pages.debrief)

    @property
    def _page(self) -> TrialPage:
        """The page of this study's trials."""
        rules = self.session.rules
        is_pair = rules is not None and rules.instrument == "pairwise"
        return self.pages.pair if is_pair else self.pages.opinion

    def _on_trial(self, trial: TrialView) -> None:
        if self.session.is_disturbed:
            return  # the page in front says so; this trial is asked for again after it
        if not self._is_told:
            self._waiting = trial
            self.pages.instructions.show_trial(trial)
            self.front.show(self.pages.instructions)
        elif self._page.pause_after:
            self._waiting = trial
            self._pause()
        elif self._is_break_offered():
            self.pages.rest.offer_break()
            self.front.show(self.pages.rest)
        elif trial.number == 1 and not trial.is_training:
            body = {"block": trial.block}
            self.session.note("block_begun", body, lambda: self._show_trial(trial))
        else:
            self._show_trial(trial)

    def _show_trial(self, trial: TrialView) -> None:
        page = self._page
        self._waiting, page.pause_after = None, False
        page.show_trial(trial)
        self.front.show(page)
        self.session.prepare(trial)

    def _on_instructed(self) -> None:
        self._is_told = True
        trial, self._waiting = self._waiting, None
        if trial is None:
            self.session.next()
        else:
            self._on_trial(trial)

    def _on_ready(self, trial: TrialView) -> None:
        page = self._page
        if self.front.page is page and page.trial is trial:
            page.begin()

    def _on_voted(self, receipt: VoteReceipt | None) -> None:
        if receipt is not None and receipt.void_reason:
            words = void(receipt.void_reason, asked_again=receipt.asked_again)
            self._page.say(words, "warn")
        else:
            self._page.say("")

    # --- between trials

    def _pause(self) -> None:
        page = self._page
        page.pause_after = False
        waiting = self._waiting or page.trial
        self.session.player.stop()
        words = f"{waiting.trials_left} are left." if waiting is not None else ""
        # A pause may be long: whether a break or set-up is due is asked anew after it.
        self.front.say("Paused", words, lambda: self.session.note("resumed", {}, self._on_rested))
        self.session.note("paused", {})

    def _on_block(self, result: BlockResult) -> None:
        heading, words = f"Part {result.block} is done", "Your answers are stored."
        if result.block == 0:
            heading, words = "Practice is over", "Now it counts. The clips come in parts."
        elif result.rule:
            heading = "This part does not count"
            again = " The part comes once more, later." if result.asked_again else ""
            words = f"{RULES.get(result.rule, '')} Your answers are kept.{again}"
        self.front.say(heading, words, self.session.next)

    def _on_break(self, seconds: float) -> None:
        rules = self.session.rules
        self.pages.rest.show_break(seconds)
        self.front.show(self.pages.rest)
        if rules is not None and seconds >= 60 * rules.break_min - 0.5:  # only now become due
            self.session.note("break_begun", {"minutes": seconds / 60})

    def _is_break_offered(self) -> bool:
        rules = self.session.rules
        worked_s = time.monotonic() - self._rested_at
        return rules is not None and worked_s >= 60 * rules.soft_break_min

    def _on_rested(self) -> None:
        self._waiting, self._rested_at = None, time.monotonic()
        self.session.next()

    # --- what goes wrong

    def _on_disturbed(self, what: str) -> None:
        if self.setting_up.is_in_front:
            if what == "device":
                self.setting_up.ask(("device", "digits", "level"))
            return
        self._waiting = None
        then = {
            "device": lambda: self.session.note("device_changed", {}, self.session.next),
            "level": lambda: self.session.note("level_changed", {}, self._after_level),
            "lease": self._after_lease,
        }[what]
        self.front.say(*DISTURBED[what], then, by_itself=what == "lease")

    def _after_level(self) -> None:
        self.setting_up.ask(("level",))

    def _after_lease(self) -> None:
        self.session.undisturb()
        self.session.next()

    def _on_refused(self, error: UserError) -> None:
        if self.front.page is self._page and self.session.trial is not None:
            self._page.refuse(error)
        elif self.front.page is self.pages.list:
            self.session.ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            words = f"{error} Nothing is lost."
            self.front.say("That did not work", words, self.session.retry, "Try again")
