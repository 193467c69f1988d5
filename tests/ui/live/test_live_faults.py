"""What ends a call early, at the window: a state with a message, and a recording that is kept."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import soundfile

from app.agents import disk_watch
from app.domain.calls import Call
from app.domain.work import Quiet
from app.services import calls
from app.services.live_calls import recover
from app.services.live_calls.recovering import live_dir
from app.services.workspace import Workspace
from app.ui.live.screen import LiveScreen
from tests.ui.live.faulty import OTHER_HZ, Disk, Headset
from tests.ui.live.live_rig import DEVICES, NO_DEVICES, Key, live_window, press, until


@pytest.fixture(autouse=True)
def _no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing of all this is a fault of the program's."""
    with caplog.at_level(logging.INFO):
        yield
    assert not [r.getMessage() for r in caplog.records if r.exc_info or r.levelno >= logging.ERROR]


class Ear:
    """A microphone's level."""

    rms_dbfs, peak_dbfs = -30.0, -12.0

    def __init__(self) -> None:
        self.reads = 0

    @property
    def blocks(self) -> int:
        self.reads += 1
        return self.reads


class Microphone:
    """Open for its level; running until somebody pulls the plug."""

    name = "Headset"
    is_running = True

    def close(self) -> None: ...


def hears(_choice: str) -> Any:
    return Microphone(), Ear()


def ready(screen: LiveScreen, qtbot: Any, **setup: Any) -> None:
    """Consent is given, and this is chosen."""
    screen.setting_up.give_consent(True)
    until(qtbot, lambda: screen.setting_up.consent is not None)
    page = screen.setup_page
    page.show_setup(replace(page.setup, **setup))


def place(screen: LiveScreen, qtbot: Any) -> None:
    screen.connect_call()
    until(qtbot, lambda: screen.flow.phase != "setup")


def cut_off(screen: LiveScreen, ws: Workspace, qtbot: Any, reason: str) -> Call:
    """Wait until the call has ended by itself; it is kept, playable, and says why it ended."""
    live = screen.flow.call
    assert live is not None
    until(qtbot, lambda: live.is_over)
    assert live.done is not None, live.error
    call = calls.get_call(ws, live.done.call_id)
    assert call.extra["live"]["ending"]["reason"] == reason
    assert "dropped" in call.tags
    assert live.done.words in [f.message for f in call.warnings if f.code == "call_dropped"]
    heard, rate_hz = soundfile.read(ws.audio_path(call.tracks[0].audio_sha256, ".flac"))
    assert heard.shape == (call.frame_count, 2)
    assert call.frame_count / rate_hz > 0.2
    assert not any(live_dir(ws).iterdir())
    return call


def told(screen: LiveScreen, qtbot: Any, what: str, next_step: str) -> None:
    """On the page of the rating, then beside the figures: what happened, and what to do."""
    until(qtbot, screen.rating_page.ending.isVisible)
    assert screen.flow.phase == "rating"
    words = screen.rating_page.ending.text()
    assert what in words
    assert words.endswith(next_step)
    screen.flow.skip("cut off too early")
    until(qtbot, lambda: screen.flow.phase == "summary")
    assert what in screen.summary_page.ending.text()
    assert next_step in screen.summary_page.ending.text()


def test_whatever_ends_a_call_is_said_and_the_next_can_be_placed_at_once(
    workspace: Workspace, qtbot: Any, monkeypatch: Any, headset: type[Headset]
) -> None:
    asked: list[bool] = []

    def listed() -> Any:
        asked.append(True)
        return DEVICES

    with live_window(
        workspace, qtbot, monkeypatch, devices=DEVICES, opener=hears, listed=listed
    ) as (_, screen):
        ready(screen, qtbot)
        headset.fault = "unplugged"
        place(screen, qtbot)
        cut_off(screen, workspace, qtbot, "device_lost")
        told(screen, qtbot, "The sound device “Headset” is gone", "and call again.")
        looked = len(asked)
        screen.escape()
        until(qtbot, lambda: len(asked) > looked)  # by itself: it may be there again

        headset.fault = "rate"
        place(screen, qtbot)
        call = cut_off(screen, workspace, qtbot, "rate_changed")
        told(screen, qtbot, f"from {call.rate_hz} to {OTHER_HZ} Hz", "at the new rate.")
        screen.escape()

        headset.fault = ""
        ready(screen, qtbot, faults=(("die", 0.6),))
        place(screen, qtbot)
        cut_off(screen, workspace, qtbot, "server_lost")
        told(screen, qtbot, "The agent hung up or was lost", "then call again.")


def test_a_full_disk_ends_a_call_which_is_stored_as_soon_as_there_is_room(
    workspace: Workspace, qtbot: Any, monkeypatch: Any, disk: Disk
) -> None:
    with live_window(workspace, qtbot, monkeypatch) as (window, screen):
        ready(screen, qtbot)
        page = screen.rating_page
        disk.fails_recording = disk.fails_storing = True
        place(screen, qtbot)
        until(qtbot, page.store.isVisible)
        assert screen.flow.phase == "rating"
        assert "recorded, but not in the library yet" in page.ending.text()
        assert "Free some space" in page.ending.text()
        assert page.store.hasFocus()
        press(screen, Key.Key_Space)  # there is still no room
        assert not page.store.isVisible()
        until(qtbot, page.store.isVisible)
        assert any(live_dir(workspace).iterdir())
        # What is answered meanwhile is kept until the call is there.
        screen.flow.skip("cut off too early")
        disk.fails_recording = disk.fails_storing = False
        page.store.click()
        until(qtbot, lambda: screen.flow.phase == "summary")
        cut_off(screen, workspace, qtbot, "disk_full")
        assert "The disk is full" in screen.summary_page.ending.text()
        assert not window.ctx.live.is_on
        screen.escape()

        # Or it is left for the next start.
        disk.fails_recording = disk.fails_storing = True
        place(screen, qtbot)
        until(qtbot, page.store.isVisible)
        page.leave.click()
        assert screen.flow.phase == "setup"
    disk.fails_recording = disk.fails_storing = False
    (found,) = recover(Quiet(), workspace)
    assert found.dropped
    assert "The disk is full" in found.words


def test_a_call_ends_while_there_is_room_to_store_it(
    workspace: Workspace, qtbot: Any, monkeypatch: Any, disk: Disk
) -> None:
    monkeypatch.setattr(disk_watch, "EVERY_S", 0.3)
    with live_window(workspace, qtbot, monkeypatch) as (_, screen):
        ready(screen, qtbot)
        disk.free = disk_watch.LEAST_BYTES - 1
        place(screen, qtbot)
        until(qtbot, lambda: "There is no room" in screen.setup_page.problem.text())
        assert screen.flow.phase == "setup"
        disk.free = disk_watch.LEAST_BYTES
        place(screen, qtbot)
        live = screen.flow.call
        assert live is not None
        until(qtbot, lambda: live.snapshot().captured_s > 0.3)
        disk.free = disk_watch.SPARE_BYTES
        cut_off(screen, workspace, qtbot, "disk_full")
        told(screen, qtbot, "The disk is nearly full (16 MB left)", "before the next call.")


def test_devices_that_come_and_go_before_a_call_are_told(
    workspace: Workspace, qtbot: Any, monkeypatch: Any, headset: type[Headset]
) -> None:
    plugged, there = Microphone(), [DEVICES]

    with live_window(
        workspace, qtbot, monkeypatch, listed=lambda: there[0],
        opener=lambda _choice: (plugged, Ear()),
    ) as (_, screen):  # fmt: skip
        page = screen.setup_page
        box = page.sound.microphone
        box.setCurrentIndex(box.findData("Headset"))
        box.activated.emit(box.currentIndex())
        ready(screen, qtbot)
        until(qtbot, lambda: "Good" in page.sound.words.text())
        # While it is watched; and it was the only one.
        there[0], plugged.is_running = NO_DEVICES, False
        until(qtbot, lambda: "“Headset” is gone" in page.problem.text())
        until(qtbot, lambda: "Plug one in and look again" in page.sound.words.text())
        assert page.setup.microphone == ""
        assert page.sound.look.isEnabled()
        assert not page.sound.check.isEnabled()
        # Another one does not stand in unsaid.
        there[0], plugged.is_running = replace(DEVICES, inputs=DEVICES.inputs[:1]), True
        page.sound.look.click()
        until(qtbot, lambda: "“Headset” was not found; “default” stands in" in page.problem.text())
        assert page.setup.microphone == "default"
        # It comes back, and is the chosen one again.
        there[0] = DEVICES
        page.sound.look.click()
        until(qtbot, lambda: page.setup.microphone == "Headset")
        assert page.problem.isHidden()
        # Between the last look and the call.
        headset.is_there = False
        screen.connect_call()
        until(qtbot, lambda: "could not be opened" in page.problem.text())
        assert "choose another one" in page.problem.text()
        assert screen.flow.phase == "setup"
        headset.is_there = True
        place(screen, qtbot)
        live = screen.flow.call
        assert live is not None
        screen.flow.hang_up()
        until(qtbot, lambda: live.is_over)
        assert headset.opened[0] == "Headset"
