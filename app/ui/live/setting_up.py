"""What goes on behind the page before a call: what there is, what is chosen, who consented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.clock import utc_now
from app.tasks.runner import Lane
from app.ui.live import work
from app.ui.live.mic_watch import MicWatch, Opened
from app.ui.live.setup import DEFAULT, Setup, dumps, loads
from app.ui.live.setup_page import SetupPage

if TYPE_CHECKING:
    from app.agents.profiles import CallProfile
    from app.services.live_calls.consent import Consent
    from app.services.live_calls.device_list import DeviceChoices
    from app.ui.context import UiContext
    from app.ui.live.scenario_card import Script

NO_CONSENT = "Needed before anything is recorded. It is remembered for this workspace."


class SettingUp(QObject):
    """Keeps the page as the workspace and the machine are. Main thread only.

    Args:
        ctx: the shared parts.
        page: what it fills.
        listed: lists devices.
        opener: opens a microphone for its level.
    """

    known_changed = Signal()
    """Profiles, scripts and the rating's form were read."""

    def __init__(
        self, ctx: UiContext, page: SetupPage, listed: Callable[[], DeviceChoices],
        opener: Callable[[str], Opened],
    ) -> None:  # fmt: skip
        super().__init__(page)
        self._ctx, self._page, self._listed = ctx, page, listed
        self.known: work.Known | None = None
        """What the workspace offers; None until it is read."""
        self.consent: Consent | None = None
        """In force in this workspace."""
        self._shown_script: str | None = None
        self._watches = False
        self.microphone = MicWatch(ctx, self, opener)
        self.microphone.level.connect(self._on_level)
        self.microphone.lost.connect(self._on_lost)
        self.microphone.failed.connect(lambda told: page.sound.say(told, "warn"))
        page.show_setup(loads(ctx.settings.text("live.setup")))
        page.changed.connect(self._on_chosen)
        page.consented.connect(self.give_consent)
        page.sound.check_asked.connect(self.check_sound)
        page.sound.look_asked.connect(self._look_again)
        page.edit_asked.connect(self.edit_profile)

    @property
    def is_ready(self) -> bool:
        """Whether everything that a call needs has been read."""
        return self.known is not None and self._page.has_devices

    @property
    def setup(self) -> Setup:
        """What is chosen."""
        return self._page.setup

    # --- what there is

    def read(self) -> None:
        """Read profiles, scenarios, consent and the rating's form."""
        self._ctx.runner.run(Lane.WRITE, work.look, self._ctx.ws, done=self._on_known)

    def _on_known(self, known: work.Known) -> None:
        self.known, self.consent = known, known.consent
        self._page.show_profiles(known.profiles)
        self._page.show_scenarios([(s.key, s.title) for s in known.scripts])
        self._show_consent()
        self._show_script()
        self.known_changed.emit()

    @property
    def profiles(self) -> dict[str, CallProfile]:
        """Saved profiles by name."""
        return {p.name: p for p in self.known.profiles} if self.known else {}

    @property
    def script(self) -> Script | None:
        """Of the chosen scenario, else of the one that the agent is called for."""
        known, setup = self.known, self.setup
        if known is None:
            return None
        wanted = setup.scenario
        if not wanted and setup.is_practice:
            wanted = known.practice_scenario
        elif not wanted and setup.profile in self.profiles:
            wanted = self.profiles[setup.profile].scenario_key
        return next((s for s in known.scripts if s.key == wanted), None)

    def _show_script(self) -> None:
        script = self.script
        key = script.key if script else ""
        if key != self._shown_script:
            self._shown_script = key
            self._page.show_script(script)

    # --- devices

    def look_for_devices(self) -> None:
        """List the devices anew, with the microphone given back meanwhile."""
        self.microphone.stop(
            lambda: self._ctx.runner.run(Lane.READ, self._listed, done=self._on_devices)
        )

    def _look_again(self) -> None:
        self._page.say_problem("")
        self.look_for_devices()

    def _on_devices(self, found: DeviceChoices) -> None:
        kept = loads(self._ctx.settings.text("live.setup"))
        self._page.show_devices(found, kept)
        self._say_missing(kept)
        self.watch(on=self._watches)

    def _say_missing(self, kept: Setup) -> None:
        """Nobody calls through another device than the chosen one without being told."""
        sound = self._page.sound
        chosen = (sound.microphone, kept.microphone), (sound.loudspeaker, kept.loudspeaker)
        told = [
            f"“{key}” was not found; “{box.currentText()}” stands in for it."
            for box, key in chosen
            if sound.has_inputs and key not in ("", DEFAULT, box.currentData())
        ]
        told += ["Plug it in and look again, or choose another one."] if told else []
        self._page.say_missing(" ".join(told))

    def _on_lost(self, name: str) -> None:
        self._page.say_problem(f"The microphone “{name}” is gone. Plug it in again and look again.")
        self.look_for_devices()

    def watch(self, *, on: bool) -> None:
        """Show the microphone's level while the page is in front."""
        self._watches = on
        choice = self.setup.microphone if on and self._page.has_devices else ""
        self.microphone.watch(choice)
        if not choice:
            self._page.sound.level.show_level(-120.0, -120.0)

    def _on_level(self, rms_dbfs: float, peak_dbfs: float) -> None:
        self._page.sound.level.show_level(rms_dbfs, peak_dbfs)
        self._page.sound.say(level_words(rms_dbfs, peak_dbfs))

    def check_sound(self) -> None:
        """Open the sound check, with the microphone given back meanwhile."""
        from app.ui.live.check_dialog import CheckDialog

        setup = self.setup
        if not setup.microphone or setup.is_elsewhere:
            return

        def done(found: Mapping[str, Any]) -> None:
            self._page.take_check(found)
            self.watch(on=self._watches)

        devices, window = (setup.microphone, setup.loudspeaker), self._page.window()
        self.microphone.stop(lambda: CheckDialog(self._ctx, devices, done, window).open())

    # --- what is chosen

    def _on_chosen(self) -> None:
        self._page.say_problem("")
        settings, kept = self._ctx.settings, self.setup
        if not self._page.sound.has_inputs:  # what stands in for a microphone is not a choice
            kept = replace(kept, microphone=loads(settings.text("live.setup")).microphone)
        settings.set("live.setup", dumps(kept))
        self.watch(on=self._watches)
        self._show_script()

    def give_consent(self, given: bool) -> None:
        """Store that everybody agrees, or that they do not any more."""
        from app.services.live_calls.consent import set_consent

        def stored(found: Consent | None) -> None:
            self.consent = found
            self._ctx.bus.saved.emit(utc_now())
            self._page.say_problem("")
            self._show_consent()

        store = partial(set_consent, given=given)
        self._ctx.runner.run(Lane.WRITE, store, self._ctx.ws, self._ctx.viewer, done=stored)

    def _show_consent(self) -> None:
        found = self.consent
        told = NO_CONSENT if found is None else f"Given {_day(found.given_at)} by {found.by}."
        self._page.show_consent(told, given=found is not None)

    def edit_profile(self, new: bool) -> None:
        """Edit the profile that is on, or make one."""
        from app.ui.live.profile_dialog import ProfileDialog

        profile = None if new else self.profiles.get(self.setup.profile)
        if new or profile is not None:
            ProfileDialog(self._ctx, profile, self._on_profile, self._page.window()).open()

    def _on_profile(self, profile: CallProfile) -> None:
        self._ctx.bus.saved.emit(utc_now())
        self._page.choose_profile(profile.name)
        self.read()


def level_words(rms_dbfs: float, peak_dbfs: float) -> str:
    """What a microphone's level means."""
    if peak_dbfs >= -0.5:
        return "It clips: turn the microphone down."
    if rms_dbfs > -40:
        return f"Good: {rms_dbfs:.0f} dBFS, peak {peak_dbfs:.0f}.".replace("-", "−")
    return "Speak, and the bar should reach the green line."


def _day(stamp: str) -> str:
    from datetime import UTC, datetime

    when = datetime.fromisoformat(stamp.replace("Z", "+00:00"))
    return when.replace(tzinfo=when.tzinfo or UTC).astimezone().strftime("%d %b %Y, %H:%M")
