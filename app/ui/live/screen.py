"""The live place: set a call up, be in it, rate it, see what it measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.clock import utc_now
from app.tasks.runner import Lane
from app.ui.live import keys, work
from app.ui.live.call_page import CallPage
from app.ui.live.facts import facts
from app.ui.live.flow import STORING, LiveFlow
from app.ui.live.hands import Hands
from app.ui.live.live_head import LiveHead
from app.ui.live.mic_watch import MicWatch, Opened, open_microphone
from app.ui.live.rating_page import RatingPage
from app.ui.live.scenario_card import Script
from app.ui.live.setup import dumps, loads
from app.ui.live.setup_page import SetupPage
from app.ui.live.summary_page import SummaryPage, next_step
from app.ui.live.talk_key import TalkKey
from app.ui.screen import Screen, StatusKey
from app.ui.status_bar import local_clock

if TYPE_CHECKING:
    from app.agents.live_view import Snapshot
    from app.agents.profiles import CallProfile
    from app.services.live_calls.consent import Consent
    from app.services.live_calls.device_list import DeviceChoices
    from app.ui.context import UiContext

FRAME_MS = 40
ASK_CONSENT = "The call was not placed: recording needs the consent of everybody in it."
ASK_KEY = "Tick it below “Recording”, or press C."
NO_CONSENT = "Needed before anything is recorded. It is remembered for this workspace."


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
        self._listed = listed
        self._known: work.Known | None = None
        self.consent: Consent | None = None
        """In force in this workspace."""
        self._marks = 0
        self.notes: tuple[str, ...] = ()
        """Of the status bar during a call."""
        self._after: tuple[str, bool] | None = None
        self.flow = LiveFlow(ctx, self)
        self.head = LiveHead(theme, actions)
        self.setup_page = SetupPage(theme, actions)
        self.call_page = CallPage(ctx)
        self.rating_page = RatingPage(theme, actions)
        slow_ms, late_ms = (float(ctx.settings.number(f"latency_{w}_ms")) for w in ("slow", "late"))
        self.summary_page = SummaryPage(theme, actions, slow_ms, late_ms)
        self.hands = Hands(ctx, self.call_page)
        self.talk_key = TalkKey(self)
        self.microphone = MicWatch(ctx, self, opener)
        self.timer = QTimer(self)
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.setInterval(FRAME_MS)
        self.pages = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.pages, 1)
        for page in (self.setup_page, self.call_page, self.rating_page, self.summary_page):
            self.pages.addWidget(page)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setup_page.show_setup(loads(ctx.settings.text("live.setup")))
        self._wire()
        keys.bind(self)
        self.show_phase()

    def _wire(self) -> None:
        self.timer.timeout.connect(self.frame)
        self.flow.phase_changed.connect(self.show_phase)
        self.flow.stored.connect(self._on_stored)
        self.flow.refused.connect(self.rating_page.say_problem)
        self.flow.problem.connect(self._on_problem)
        self.hands.marked.connect(self.status_changed)
        self.talk_key.held.connect(self.hands.talk)
        self.microphone.level.connect(self._on_level)
        self.microphone.failed.connect(lambda told: self.setup_page.say_level(told, "warn"))
        page = self.setup_page
        page.changed.connect(self._on_setup)
        page.consented.connect(self.give_consent)
        page.check_asked.connect(self.check_sound)
        page.look_asked.connect(self.look_for_devices)
        page.edit_asked.connect(self.edit_profile)
        self.head.call.clicked.connect(self.connect_call)
        self.head.mute.clicked.connect(self.hands.mute)
        self.head.hang_up.clicked.connect(self.flow.hang_up)
        self.head.new.clicked.connect(self.flow.leave)
        self.rating_page.submitted.connect(self.submit)
        self.rating_page.skip_asked.connect(self.ask_skip)
        self.summary_page.review_asked.connect(self.open_review)
        self.summary_page.again_asked.connect(partial(self.repeat, replay=False))
        self.summary_page.replay_asked.connect(partial(self.repeat, replay=True))

    # --- before the call

    @property
    def is_ready(self) -> bool:
        """Whether everything that a call needs has been read."""
        return self._known is not None and self.setup_page.has_devices

    def reload(self) -> None:
        """Read profiles, scenarios, consent and the rating's form."""
        self.ctx.runner.run(Lane.WRITE, work.look, self.ctx.ws, done=self._on_known)

    def _on_known(self, known: work.Known) -> None:
        first = self._known is None or self._known.rubric != known.rubric
        self._known, self.consent = known, known.consent
        self.setup_page.show_profiles(known.profiles)
        self.setup_page.show_scenarios([(s.key, s.title) for s in known.scripts])
        self._show_consent()
        self._show_script()
        if first:
            self.rating_page.show_rubric(known.rubric)
        if self.flow.phase == "call" and not self.call_page.scenario.steps:
            self.call_page.scenario.show_script(self._script())
        if self._after is not None:
            (call_id, replay), self._after = self._after, None
            self.flow.repeat(call_id, consent=self.consent is not None, replay=replay)

    def look_for_devices(self) -> None:
        """List the devices anew."""
        self.microphone.stop(
            lambda: self.ctx.runner.run(Lane.READ, self._listed, done=self._on_devices)
        )

    def _on_devices(self, found: DeviceChoices) -> None:
        self.setup_page.show_devices(found)
        self._watch_microphone()

    def _watch_microphone(self) -> None:
        ready = self.flow.phase == "setup" and self.isVisible()
        self.microphone.watch(self.setup_page.setup.microphone if ready else "")
        if ready and not self.setup_page.setup.microphone:
            self.setup_page.level.show_level(-120.0, -120.0)

    def _on_level(self, rms_dbfs: float, peak_dbfs: float) -> None:
        self.setup_page.level.show_level(rms_dbfs, peak_dbfs)
        self.setup_page.say_level(_level_words(rms_dbfs, peak_dbfs))

    def _on_setup(self) -> None:
        self.setup_page.say_problem("")
        self.head.show_kind(elsewhere=self.setup_page.setup.is_elsewhere)
        self.ctx.settings.set("live.setup", dumps(self.setup_page.setup))
        self._watch_microphone()
        self._show_script()

    def _profiles(self) -> dict[str, CallProfile]:
        return {p.name: p for p in self._known.profiles} if self._known else {}

    def _script(self) -> Script | None:
        known, setup = self._known, self.setup_page.setup
        if known is None:
            return None
        wanted = setup.scenario
        if not wanted and setup.is_practice:
            wanted = known.practice_scenario
        elif not wanted and setup.profile in self._profiles():
            wanted = self._profiles()[setup.profile].scenario_key
        return next((s for s in known.scripts if s.key == wanted), None)

    def _show_script(self) -> None:
        if self.setup_page.script.title.property("script") != (key := self._script_key()):
            self.setup_page.script.title.setProperty("script", key)
            self.setup_page.show_script(self._script())

    def _script_key(self) -> str:
        script = self._script()
        return script.key if script else "none"

    def give_consent(self, given: bool) -> None:
        """Store that everybody agrees, or that they do not any more."""
        from app.services.live_calls.consent import set_consent

        def stored(found: Consent | None) -> None:
            self.consent = found
            self.ctx.bus.saved.emit(utc_now())
            self.setup_page.say_problem("")
            self._show_consent()

        viewer, ws = self.ctx.viewer, self.ctx.ws
        self.ctx.runner.run(Lane.WRITE, partial(set_consent, given=given), ws, viewer, done=stored)

    def toggle_consent(self) -> None:
        """As a click on the tick box."""
        self.setup_page.consent.click()

    def _show_consent(self) -> None:
        found = self.consent
        told = NO_CONSENT if found is None else f"Given {_day(found.given_at)} by {found.by}."
        self.setup_page.show_consent(told, given=found is not None)

    def check_sound(self) -> None:
        """Open the sound check, with the microphone given back meanwhile."""
        from app.ui.live.check_dialog import CheckDialog

        setup = self.setup_page.setup
        if not setup.microphone or setup.is_elsewhere:
            return

        def done(echo_db: float | None, level_dbov: float | None) -> None:
            self.setup_page.take_check(echo_db, level_dbov)
            self._watch_microphone()

        devices = setup.microphone, setup.loudspeaker
        self.microphone.stop(lambda: CheckDialog(self.ctx, devices, done, self.window()).open())

    def edit_profile(self, new: bool) -> None:
        """Edit the profile that is on, or make one."""
        from app.ui.live.profile_dialog import ProfileDialog

        profile = None if new else self._profiles().get(self.setup_page.setup.profile)
        if not new and profile is None:
            return
        ProfileDialog(self.ctx, profile, self._on_profile, self.window()).open()

    def _on_profile(self, profile: CallProfile) -> None:
        self.ctx.bus.saved.emit(utc_now())
        self.setup_page.choose_profile(profile.name)
        self.reload()

    # --- the call

    def connect_call(self) -> None:
        """Place the call, once the microphone is given back."""
        if self.flow.phase != "setup" or self._known is None or self.ctx.live.is_on:
            return
        if self.consent is None:
            self.setup_page.consent.setFocus()
            self.setup_page.say_problem(f"{ASK_CONSENT} {ASK_KEY}")
            return
        self.setup_page.say_problem("")
        self.microphone.stop(self._place)

    def _place(self) -> None:
        self.flow.place(self.setup_page.setup, self._profiles(), consent=self.consent is not None)

    def _on_problem(self, what: str, remedy: str) -> None:
        """On the page where it stands beside what can be changed, or in the bar elsewhere."""
        self.setup_page.say_problem(f"{what} {remedy}".strip())
        if self.flow.phase != "setup" or not self.isVisible():
            self.ctx.bus.message.emit("error", what, remedy)

    def repeat(self, *, replay: bool) -> None:
        """Call again as the last call was, or replay its caller."""
        call = self.flow.call
        if self.flow.phase == "summary" and call is not None and call.done is not None:
            consent = self.consent is not None
            self.flow.repeat(call.done.call_id, consent=consent, replay=replay)

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
        if phase == "call":
            self._begin_call()
        if phase == "rating":
            call = self.flow.call
            self.call_page.hide_figures(hidden=True)
            self.rating_page.begin("")
            self.rating_page.say_stored(STORING if call is None or call.done is None else "")
        if phase == "summary":
            self._show_summary()
        if phase == "setup":
            self.head.show_kind(elsewhere=self.setup_page.setup.is_elsewhere)
            self.head.facts.setText("")
            self._watch_microphone()
        named: dict[str, QWidget] = {
            "setup": self.setup_page,
            "call": self.call_page,
            "rating": self.rating_page,
            "summary": self.summary_page,
        }
        self.pages.setCurrentWidget(named[phase])
        self._run_timer()
        if self.isVisible():
            self.setFocus()
        self.status_changed.emit()

    def _begin_call(self) -> None:
        self._marks, call = 0, self.flow.call
        if call is not None:
            device = call.request.device or "no device"
            self.notes = (f"In: {device}", f"Out: {call.request.device_out or device}")
        self.call_page.begin()
        self.call_page.scenario.show_script(self._script())
        self.call_page.conditions.show_setup(self.setup_page.setup)
        self.call_page.show_kind(call.request if call is not None else None)
        self.head.facts.setText(self._facts())
        self.frame()

    def _facts(self) -> str:
        call = self.flow.call
        return "" if call is None else facts(call.request, self.consent)

    def _run_timer(self) -> None:
        if self.flow.phase == "call" and self.isVisible():
            self.timer.start()
        else:
            self.timer.stop()

    # --- after it

    def _on_stored(self) -> None:
        call = self.flow.call
        if call is None or call.done is None:
            return
        done = call.done
        self.rating_page.say_stored(f"{done.code} is stored.")
        if done.dropped:
            self.rating_page.say_ending(f"The call was cut off. {done.words} {next_step(done)}")
        self.status_changed.emit()

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

        reasons = ("A test of the line", "Cut off too early", "I was not the caller")
        TextDialog(
            self.ctx.theme, "Skip the rating", "Why is this call not rated?", take, self.window(),
            button="Skip", suggestions=reasons,
        ).open()  # fmt: skip

    def _show_summary(self) -> None:
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
        self.reload()
        if self.flow.phase == "setup":
            self.look_for_devices()
        self._run_timer()
        if self.flow.phase == "call":
            self.frame()

    def deactivate(self) -> None:
        """Leave the call going; give the microphone back where there is none."""
        self.talk_key.release()
        self.timer.stop()
        self.microphone.stop()


def _level_words(rms_dbfs: float, peak_dbfs: float) -> str:
    if peak_dbfs >= -0.5:
        return "It clips: turn the microphone down."
    if rms_dbfs > -40:
        return f"Good: {rms_dbfs:.0f} dBFS, peak {peak_dbfs:.0f}.".replace("-", "−")
    return "Speak, and the bar should reach the green line."


def _day(stamp: str) -> str:
    from datetime import UTC, datetime

    when = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone().strftime("%d %b %Y, %H:%M")
