"""From one step of a session to the page that shows it, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.audio.system_volume import SystemVolume
from app.services.studies.sessions import SessionStep
from app.tasks.runner import Lane
from app.ui.listening import work
from app.ui.listening.pages import Pages
from app.ui.listening.words import RULES, void

if TYPE_CHECKING:
    from app.domain.errors import UserError
    from app.services.studies.blocks import BlockResult
    from app.services.studies.sessions import TrialView
    from app.services.studies.voting import VoteReceipt
    from app.ui.listening.page import Page
    from app.ui.listening.session import ListenSession
    from app.ui.listening.trial_page import TrialPage
    from app.ui.listening.work import Begun, Opened

AGAIN = "Set up the sound again"
DISTURBED = {
    "device": (
        "The output changed",
        "What you were hearing goes through another output now, or through none. Nothing is lost: "
        "the clip is played again from its start after the set-up.",
    ),
    "level": (
        "The system’s volume was changed",
        "Answers at another volume do not count. Set the level once more; the clip is then played "
        "again from its start.",
    ),
    "lease": (
        "Another window has this session",
        "Close it there, or wait a quarter of a minute, then go on here.",
    ),
}


class Flow(QObject):
    """Says which page is in front. The session does the work, the pages ask and show."""

    front_changed = Signal()
    left = Signal()
    """The session was left, or is over: back to the list."""

    def __init__(self, session: ListenSession, pages: Pages, parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.pages = session, pages
        self.front: Page = pages.list
        self._missing: list[str] = []
        self._waiting: TrialView | None = None
        self._is_told = self._is_asked = False
        self._then: Callable[[], None] = session.next
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
        session.tick.connect(lambda: self.front.tick())
        for page in pages.setup.values():
            page.passed.connect(self._on_setup_passed)
        pages.digits.failed.connect(self._on_digits_failed)
        pages.environment.passed.connect(self._on_environment)
        pages.instructions.passed.connect(self._on_instructed)
        pages.part.passed.connect(self._on_part)
        pages.rest.passed.connect(session.next)
        pages.debrief.finished.connect(self.leave)
        for trial_page in (pages.opinion, pages.pair):
            trial_page.pause_asked.connect(self._pause)

    def show(self, page: Page) -> None:
        """Bring a page to the front."""
        if page is not self.front:
            self.front.depart()
            self.front = page
        self.front_changed.emit()

    # --- begin, leave

    def begin(self, study_id: str) -> None:
        """Begin or go on with a study."""
        self._is_told = self._is_asked = False
        self._waiting = None
        self._then = lambda: self.session.begin(study_id)
        self.session.begin(study_id)

    def leave(self) -> None:
        """Fall silent; what was not answered is asked again when the session goes on."""
        self.session.leave()
        self.show(self.pages.list)
        self.left.emit()

    def _on_begun(self, begun: Begun) -> None:
        self._then = self.session.next
        left = begun.unfinished
        if left is None:
            self.session.next()
            return
        self._say("Going on where you stopped", "Put your headphones on again.", None, "…")
        key = str(left.device.get("key", ""))
        self.session.run(
            Lane.CPU, work.open_device, self.session.player, key,
            done=lambda opened: self._on_reopened(left.device, left.level, opened),
            failed=lambda _error: self._set_up_anew(),
        )  # fmt: skip

    def _on_reopened(self, device: Any, level: Any, opened: Opened) -> None:
        system = level.get("system")
        before = SystemVolume(**system) if system else None
        same = opened.facts.name == device.get("name") and not opened.facts.is_silent
        if not same or (before is not None and before != opened.system):
            self._set_up_anew()
            return
        self._is_asked = True
        self.session.take_device(opened)
        self.session.take_up(float(level.get("gain_db", 0.0)), before)
        self._say(
            "Going on where you stopped",
            "Put your headphones on again. The output and the volume are as you set them.",
            lambda: self.session.note("resumed", {}, self.session.next), "Go on",
        )  # fmt: skip

    def _set_up_anew(self) -> None:
        self.session.note("device_changed", {"at": "resume"}, self.session.next)

    # --- steps

    def _on_step(self, step: SessionStep) -> None:
        if step.kind == "setup":
            self._missing = list(step.missing)
            self._next_setup()
        elif step.kind in ("trial", "training") and step.trial is not None:
            self._on_trial(step.trial)
        elif step.kind == "block_end":
            self.session.close_block(step.block)
        elif step.kind == "break":
            self._on_break(step.break_s)
        elif step.kind == "busy":
            self._say(*DISTURBED["lease"], self.session.next)
        else:
            self.show(self.pages.debrief)

    def _next_setup(self) -> None:
        kinds = [k for k in ("declaration", "device", "digits", "level") if k in self._missing]
        if "consent" in self._missing and "declaration" not in kinds:
            kinds.insert(0, "declaration")
        if not kinds:
            self.session.next()
            return
        page = self.pages.setup[kinds[0]]
        self.pages.place(kinds[0])
        self.pages.share_sounds()
        self.show(page)
        page.arrive()

    def _on_setup_passed(self) -> None:
        done = next((k for k, p in self.pages.setup.items() if p is self.front), "")
        gone = {"declaration": {"consent", "declaration"}}.get(done, {done})
        self._missing = [k for k in self._missing if k not in gone]
        if done == "level" and not self._is_asked:
            self.pages.place("environment")
            self.show(self.pages.environment)
        else:
            self._next_setup()

    def _on_digits_failed(self) -> None:
        from app.ui.listening.digits_page import FAILED

        self.pages.place("device")
        self.show(self.pages.device)
        self.pages.device.arrive()
        self.pages.device.say_reason(FAILED)

    def _on_environment(self) -> None:
        self._is_asked = True
        self._next_setup()

    # --- trials

    def _page_of(self) -> TrialPage:
        rules = self.session.rules
        is_pair = rules is not None and rules.instrument == "pairwise"
        return self.pages.pair if is_pair else self.pages.opinion

    def _on_trial(self, trial: TrialView) -> None:
        page = self._page_of()
        if self.session.is_disturbed:
            return  # the page in front says so; this trial is asked for again after it
        if not self._is_told:
            self._waiting = trial
            self.pages.instructions.show_trial(trial)
            self.show(self.pages.instructions)
        elif page.pause_after:
            self._waiting = trial
            self._pause()
        else:
            self._show_trial(trial)

    def _show_trial(self, trial: TrialView) -> None:
        page = self._page_of()
        self._waiting, page.pause_after = None, False
        page.show_trial(trial)
        self.show(page)
        self.session.prepare(trial)

    def _on_instructed(self) -> None:
        self._is_told = True
        self._show_waiting()

    def _show_waiting(self) -> None:
        """Show the trial that was held back; its clip plays from the start."""
        if self._waiting is None:
            self.session.next()
            return
        trial = self._waiting
        if trial.is_training:
            self._show_trial(trial)
        else:
            body = {"block": trial.block}
            self.session.note("block_begun", body, lambda: self._show_trial(trial))

    def _on_ready(self, trial: TrialView) -> None:
        page = self._page_of()
        if self.front is page and page.trial is trial:
            page.begin()

    def _on_voted(self, receipt: VoteReceipt | None) -> None:
        page = self._page_of()
        void_reason = receipt.void_reason if receipt is not None else ""
        if receipt is not None and void_reason:
            page.say(void(void_reason, asked_again=receipt.asked_again), "warn")
        else:
            page.say("")

    def _pause(self) -> None:
        page = self._page_of()
        page.pause_after = False
        self._waiting = self._waiting or page.trial
        self.session.player.stop()
        waiting = self._waiting
        words = f"{waiting.trials_left} are left." if waiting is not None else ""
        self._say("Paused", words, lambda: self.session.note("resumed", {}, self._resume))
        self.session.note("paused", {})

    def _resume(self) -> None:
        # A pause may have been long: whether a break or set-up is due is asked anew.
        self._waiting = None
        self.session.next()

    # --- between trials

    def _on_block(self, result: BlockResult) -> None:
        if result.block == 0:
            self._say(
                "Practice is over", "Now it counts. The clips come in parts.", self.session.next
            )
        elif result.rule:
            again = " The part comes once more, later." if result.asked_again else ""
            self._say(
                "This part does not count",
                f"{RULES.get(result.rule, '')} Your answers are kept.{again}", self.session.next,
            )  # fmt: skip
        else:
            self._say(f"Part {result.block} is done", "Your answers are stored.", self.session.next)

    def _on_break(self, seconds: float) -> None:
        rules = self.session.rules
        full = 60 * rules.break_min if rules is not None else 0.0
        self.pages.rest.show_break(seconds)
        self.show(self.pages.rest)
        if not seconds or seconds >= full - 0.5:  # it has only now become due
            self.session.note("break_begun", {"minutes": seconds / 60})

    # --- what goes wrong

    def _on_disturbed(self, what: str) -> None:
        if self.front in self.pages.setup.values() and self.front is not self.pages.level:
            if what == "device":
                self.pages.device.arrive()
                self.show(self.pages.device)
            return
        self._waiting = None
        heading, words = DISTURBED[what]
        if what == "device":
            self._say(heading, words, self._after_device, AGAIN)
        elif what == "level":
            self._say(heading, words, self._after_level, "Set the level")
        else:
            self._say(heading, words, self._after_lease)

    def _after_device(self) -> None:
        self.session.note("device_changed", {"at": "trial"}, self.session.next)

    def _after_level(self) -> None:
        self._missing = ["level"]
        self.session.note("level_changed", {}, self._next_setup)

    def _after_lease(self) -> None:
        self.session.undisturb()
        self.session.next()

    def _on_refused(self, error: UserError) -> None:
        if self.front is self._page_of() and self.session.trial is not None:
            self._page_of().refuse(error)
        elif self.front is self.pages.list:
            self.session.ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self._say("That did not work", f"{error} Nothing is lost.", self.session.retry, "Again")

    # --- the page between

    def _say(
        self, heading: str, words: str, then: Callable[[], None] | None, button: str = "Go on"
    ) -> None:
        part = self.pages.part
        part.show_words(heading, words, button)
        part.go.setEnabled(then is not None)
        self._then = then or (lambda: None)
        self.show(part)

    def _on_part(self) -> None:
        if not self.session.is_busy:
            self._then()
