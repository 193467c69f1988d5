"""The sound check by keys, with a device whose truth is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.audio.duplex import DuplexOpener
from app.services.live_calls import sound_check
from app.services.workspace import Workspace
from app.ui.live import setup as setups
from app.ui.live.check_dialog import STEPS, CheckDialog
from app.ui.live.screen import LiveScreen
from tests.support.virtual_room import Room
from tests.ui.live.live_rig import DEVICES, Key, live_window, press, until


def opener(make: Callable[[], Room]) -> Callable[..., DuplexOpener]:
    return lambda *_devices: lambda _rate_hz, _attempt: make()


def opened(qtbot: Any, screen: LiveScreen) -> CheckDialog:
    screen.setFocus()
    press(screen, Key.Key_S)
    until(qtbot, lambda: bool(screen.window().findChildren(CheckDialog)))
    dialog = screen.window().findChildren(CheckDialog)[-1]
    until(qtbot, dialog.rows[STEPS[0].key].button.hasFocus)
    return dialog


def left(qtbot: Any, dialog: CheckDialog, key: Key) -> None:
    gone: list[bool] = []
    dialog.destroyed.connect(lambda: gone.append(True))
    press(dialog, key)  # type: ignore[arg-type]
    until(qtbot, lambda: bool(gone))


def test_enter_leads_through_the_check_and_the_call_keeps_what_it_found(
    workspace: Workspace, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = opener(lambda: Room(63.0, 0.1, voice=2_000.0))
    monkeypatch.setattr(sound_check, "opener", room)
    monkeypatch.setattr(sound_check, "LISTEN_S", 1.0)
    with live_window(workspace, qtbot, monkeypatch, devices=DEVICES) as (_, screen):
        page = screen.setup_page
        dialog = opened(qtbot, screen)
        for step in STEPS:
            row = dialog.rows[step.key]
            until(qtbot, row.button.hasFocus)
            press(screen, Key.Key_Return)
            until(qtbot, lambda d=dialog: d._task is None)  # type: ignore[misc]
        until(qtbot, dialog.done_button.hasFocus)
        left(qtbot, dialog, Key.Key_Return)
        setup = page.setup
        assert setup.delay is not None
        assert setup.delay.measured_ms == pytest.approx(63.0, abs=0.5)
        assert setup.echo_db == pytest.approx(-20.0, abs=1.5)
        assert setup.level_dbov is not None
        assert "63 ms" in page.sound.checked.text()
        assert "headset" in page.sound.checked.text()
        found = setups.request(setup, {}, consent=True, rater_id="me")
        assert (found.delay, found.echo_db) == (setup.delay, setup.echo_db)

        left(qtbot, opened(qtbot, screen), Key.Key_Escape)  # looked at again, nothing measured
        assert page.setup == setup

        box = page.sound.microphone
        box.setCurrentIndex(box.findData("Headset"))
        box.activated.emit(box.currentIndex())
        assert not page.setup.is_checked
        assert page.sound.checked.isHidden()


def test_a_muted_microphone_gives_no_clean_bill(
    workspace: Workspace, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = opener(lambda: Room(0.0, 0.0, noise=0.0))
    monkeypatch.setattr(sound_check, "opener", room)
    with live_window(workspace, qtbot, monkeypatch, devices=DEVICES) as (_, screen):
        dialog = opened(qtbot, screen)
        press(screen, Key.Key_Tab)
        press(QApplication.focusWidget(), Key.Key_Space)  # type: ignore[arg-type]
        row = dialog.rows["microphone"]
        row.say("word " * 60, "warn")
        qtbot.wait(20)
        assert row.verdict.height() >= row.verdict.heightForWidth(row.verdict.width())
        verdict = dialog.rows["echo"].verdict
        until(qtbot, lambda: dialog._task is None and "muted" in verdict.text())
        left(qtbot, dialog, Key.Key_Escape)
        assert not screen.setup_page.setup.is_checked
