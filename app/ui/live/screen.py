"""The live place: set a call up, be in it, rate it, see what it measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.clock import utc_now
from app.ui.live import keys
from app.ui.live.call_page import CallPage
from app.ui.live.facts import facts
from app.ui.live.flow import STORING, LiveFlow
from app.ui.live.hands import Hands
from app.ui.live.live_head import LiveHead
from app.ui.live.mic_watch import Opened, open_microphone
from app.ui.live.rating_page import RatingPage
from app.ui.live.setting_up import SettingUp
from app.ui.live.setup_page import SetupPage
from app.ui.live.summary_page import SummaryPage, next_step
from app.ui.live.talk_key import TalkKey
from app.ui.screen import Screen, StatusKey
from app.ui.status_bar import local_clock

if TYPE_CHECKING:
    from app.agents.live_view import Snapshot
    from app.domain.rubrics import RubricVersion
    from app.services.live_calls.device_list import DeviceChoices
    from app.ui.context import UiContext

FRAME_MS = 40
ASK_CONSENT = "The call was not placed: recording needs the consent of everybody in it."
ASK_KEY = "Tick it below “Recording”, or press C."
SKIP_REASONS = ("A test of the line", "Cut off too early", "I was not the caller")


def _devices() -> DeviceChoices:
    from app.services import live_calls

    return live_calls.device_choices()


class LiveScreen(Screen):
    """Composition; the call itself lives in `ctx.live`, and goes on when the screen is left.

    Args:
        ctx: the shared parts.
        parent: the window's stack.
        listed: lists devices; tests give their own.
        opener: opens a microphone for the level before the call.
    """

    key: ClassVar[str] = "live"
    title: ClassVar[str] = "Live call"

    def __init__(
        self, ctx: UiContext, parent: QWidget | None = None, *,
        listed: Callable[[], DeviceChoices] = _devices,
        opener: Callable[[str], Opened] = open_microphone,
    ) -> None:  # fmt: skip
        super().__init__(ctx, parent)
        theme, actions = ctx.theme, ctx.actions
        self._rubric: RubricVersion | None = None
        self._marks = 0
        self.notes: tuple[str, ...] = ()
        """Of the status bar during a call."""
        self._after: tuple[str, bool] | None = None
        self.flow = LiveFlow(ctx, self)
        self.head = LiveHead(theme, actions)
        self.setup_page = SetupPage(theme, actions)
        self.setting_up = SettingUp(ctx, self.setup_page, listed, opener)
        self.call_page = CallPage(ctx)
        self.rating_page = RatingPage(theme, actions)
        slow_ms, late_ms = (float(ctx.settings.number(f"latency_{w}_ms")) for w in ("slow", "late"))
        self.summary_page = SummaryPage(theme, actions, slow_ms, late_ms)
        self.hands = Hands(ctx, self.call_page)
        self.talk_key = TalkKey(self)
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.setInterval(FRAME_MS)
        self.pages = QStackedWidget()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._lay_out()
        self._wire()
        keys.bind(self)
        self.show_phase()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.pages, 1)
        for page in (self.setup_page, self.call_page, self.rating_page, self.summary_page):
            self.pages.addWidget(page)

    def _wire(self) -> None:
        self.timer.timeout.connect(self.frame)
        self.flow.phase_changed.connect(self.show_phase)
        self.flow.stored.connect(self._on_stored)
        self.flow.kept.connect(self.rating_page.say_kept)
        self.flow.refused.connect(self.rating_page.say_problem)
        self.flow.problem.connect(self._on_problem)
        self.setting_up.known_changed.connect(self._on_known)
        self.setup_page.changed.connect(self._show_kind)
        self.hands.marked.connect(self.status_changed)
        self.talk_key.held.connect(self.hands.talk)
        self.head.call.clicked.connect(self.connect_call)
        self.head.mute.clicked.connect(self.hands.mute)
        self.head.hang_up.clicked.connect(self.flow.hang_up)
        self.head.new.clicked.connect(self.flow.leave)
        self.rating_page.submitted.connect(self.submit)
        self.rating_page.store_asked.connect(self.store)
        self.rating_page.left.connect(self.flow.leave)
        self.rating_page.skip_asked.connect(self.ask_skip)
        self.summary_page.review_asked.connect(self.open_review)
        self.summary_page.again_asked.connect(lambda: self.repeat(replay=False))
        self.summary_page.replay_asked.connect(lambda: self.repeat(replay=True))

    # --- placing a call

    def _on_known(self) -> None:
        known = self.setting_up.known
        if known is None:
            return
        if known.rubric != self._rubric:
            self._rubric = known.rubric
            self.rating_page.show_rubric(known.rubric)
        if self.flow.phase == "call" and not self.call_page.scenario.steps:
            self.call_page.scenario.show_script(self.setting_up.script)
        if self._after is not None:
            (call_id, replay), self._after = self._after, None
            self._repeat(call_id, replay=replay)

    def connect_call(self) -> None:
        """Place the call, once the microphone is given back."""
        setting_up = self.setting_up
        if self.flow.phase != "setup" or setting_up.known is None or self.ctx.live.is_on:
            return
        if setting_up.consent is None:
            self.setup_page.consent.setFocus()
            self.setup_page.say_problem(f"{ASK_CONSENT} {ASK_KEY}")
            return
        self.setup_page.say_problem("")
        setting_up.microphone.stop(
            lambda: self.flow.place(
                setting_up.setup, setting_up.profiles, consent=setting_up.consent is not None
            )
        )

    def _on_problem(self, what: str, remedy: str) -> None:
        """On the page where it stands beside what can be changed, or in the bar elsewhere."""
        self.setup_page.say_problem(f"{what} {remedy}".strip())
        if self.flow.phase != "setup" or not self.isVisible():
            self.ctx.bus.message.emit("error", what, remedy)

    def repeat(self, *, replay: bool) -> None:
        """Call again as the last call was, or replay its caller."""
        call = self.flow.call
        if self.flow.phase == "summary" and call is not None and call.done is not None:
            self._repeat(call.done.call_id, replay=replay)

    def _repeat(self, call_id: str, *, replay: bool) -> None:
        consent = self.setting_up.consent is not None
        self.setting_up.microphone.stop(
            lambda: self.flow.repeat(call_id, consent=consent, replay=replay)
        )

    # --- the call

    def frame(self) -> None:
        """Show the call as it stands; 25 times a second."""
        call = self.flow.call
        if call is None:
            return
        snapshot = call.snapshot()
        self.call_page.show_call(snapshot, call.lane)
        self.show_snapshot(snapshot)
        if snapshot.state == "ended" and not snapshot.error:
            self.flow.ended()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """The head, and what the status bar says of tags."""
        self.head.show_time(snapshot.captured_s)
        self.head.show_muted(snapshot.muted)
        if len(snapshot.marks) != self._marks:
            self._marks = len(snapshot.marks)
            self.notes = (*self.notes[:2], f"Tags saved {local_clock(utc_now())}")
            self.status_changed.emit()

    def show_phase(self) -> None:
        """Bring the page of the phase to the front, and what belongs to it."""
        phase = self.flow.phase
        self.head.show_phase(phase)
        self.talk_key.release()
        begin: dict[str, tuple[QWidget, Callable[[], object]]] = {
            "setup": (self.setup_page, self._show_kind),
            "call": (self.call_page, self._begin_call),
            "rating": (self.rating_page, self._begin_rating),
            "summary": (self.summary_page, self._begin_summary),
        }
        page, show = begin[phase]
        show()
        self.pages.setCurrentWidget(page)
        self._run()
        if phase == "setup" and self.isVisible():
            self.setting_up.look_for_devices()  # they may be others than before the call
        if self.isVisible():
            self.setFocus()
        self.status_changed.emit()

    def _run(self) -> None:
        """Frames during a call, the microphone's level before it; while the screen is seen."""
        phase, seen = self.flow.phase, self.isVisible()
        if phase == "call" and seen:
            self.timer.start()
        else:
            self.timer.stop()
        self.setting_up.watch(on=phase == "setup" and seen)

    def _show_kind(self) -> None:
        self.head.show_kind(elsewhere=self.setting_up.setup.is_elsewhere)

    def _begin_call(self) -> None:
        self._marks, call = 0, self.flow.call
        self.call_page.begin()
        self.call_page.scenario.show_script(self.setting_up.script)
        self.call_page.conditions.show_setup(self.setting_up.setup)
        if call is not None:
            request = call.request
            device = request.device or "no device"
            self.notes = (f"In: {device}", f"Out: {request.device_out or device}")
            self.call_page.show_kind(request)
            self.head.facts.setText(facts(request, self.setting_up.consent))
        self.frame()

    # --- after it

    def _begin_rating(self) -> None:
        call = self.flow.call
        self.call_page.hide_figures(hidden=True)
        self.rating_page.begin("")
        self.rating_page.say_stored(STORING if call is None or call.done is None else "")

    def store(self) -> None:
        """Store a call for which there was no room."""
        self.rating_page.say_stored(STORING)
        self.flow.store()

    def _on_stored(self) -> None:
        call = self.flow.call
        if call is None or call.done is None:
            return
        done = call.done
        self.rating_page.say_stored(f"{done.code} is stored.")
        told = f"The call was cut off. {done.words} {next_step(done)}" if done.dropped else ""
        self.rating_page.say_ending(told.strip())

    def submit(self) -> None:
        """Store the rating, if every question has its answer."""
        missing = self.rating_page.missing()
        if missing:
            self.rating_page.say_problem(f"Not answered yet: {', '.join(missing)}.")
            return
        self.flow.rate(dict(self.rating_page.answers()))

    def ask_skip(self) -> None:
        """Ask why the call is not rated."""
        from app.ui.widgets.dialog import TextDialog

        def take(reason: str) -> str | None:
            if not reason:
                return "Say in some words why."
            self.flow.skip(reason)
            return None

        TextDialog(
            self.ctx.theme, "Skip the rating", "Why is this call not rated?", take, self.window(),
            button="Skip", suggestions=SKIP_REASONS,
        ).open()  # fmt: skip

    def _begin_summary(self) -> None:
        call = self.flow.call
        if call is not None and call.done is not None:
            self.summary_page.show_call(call.done, call.snapshot(), note=self.flow.note)

    def open_review(self) -> None:
        """Open the call in Review."""
        call = self.flow.call
        if call is not None and call.done is not None:
            self.navigate.emit("review", {"call_id": call.done.call_id})

    # --- a screen of the window

    def escape(self) -> None:
        """Leave a field; after a call, set up another one."""
        self.setFocus()
        self.flow.leave()

    def status_keys(self) -> Sequence[StatusKey]:
        """What the phase offers."""
        return keys.hints(self)

    def status_notes(self) -> Sequence[str]:
        """The devices, and when the last tag was saved."""
        return self.notes if self.flow.phase == "call" else ()

    def activate(self, again: str = "", replay: str = "", **_kwargs: Any) -> None:
        """Come to the front; `again` or `replay` name a stored call to place anew."""
        if (again or replay) and not self.ctx.live.is_on and self.flow.phase != "rating":
            self._after = (again or replay, bool(replay))
        self.setting_up.read()
        if self.flow.phase == "setup":
            self.setting_up.look_for_devices()
        self._run()
        if self.flow.phase == "call":
            self.frame()

    def deactivate(self) -> None:
        """Leave the call going; give the microphone back where there is none."""
        self.talk_key.release()
        self.timer.stop()
        self.setting_up.watch(on=False)
