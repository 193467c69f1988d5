"""A whole call at the window, by keys alone; and what must not happen during one."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication

from app.services import calls, raters
from app.services.call_figures import call_figures
from app.services.live_calls import awaits_rating
from app.services.workspace import Workspace
from app.ui.live.leave_dialog import LeaveDialog
from tests.ui.live.live_rig import CTRL, Key, live_window, press, until

ANSWERS = (Key.Key_4, Key.Key_0, Key.Key_1, Key.Key_5, Key.Key_3, Key.Key_4)


def captured(screen: Any, seconds: float) -> Any:
    return lambda: screen.flow.call.snapshot().captured_s >= seconds


def phase(screen: Any) -> str:
    return str(screen.flow.phase)


def over(screen: Any) -> Any:
    return lambda: screen.flow.call.is_over


def test_a_call_from_setting_it_up_to_its_figures_by_keys_alone(
    workspace: Workspace, qtbot: Any, monkeypatch: Any
) -> None:
    with live_window(workspace, qtbot, monkeypatch) as (window, screen):
        press(screen, Key.Key_Return, CTRL)
        assert phase(screen) == "setup"
        assert "consent" in screen.setup_page.problem.text()
        screen.setFocus()
        press(screen, Key.Key_C)
        until(qtbot, lambda: screen.setting_up.consent is not None)
        screen.setFocus()
        press(screen, Key.Key_Return, CTRL)
        until(qtbot, lambda: screen.flow.phase == "call")
        until(qtbot, captured(screen, 0.8))
        assert "Consent given" in screen.head.facts.text()
        press(screen, Key.Key_F3)
        press(screen, Key.Key_F10)
        for letter in (Key.Key_O, Key.Key_K, Key.Key_Return):
            press(screen, letter)
        press(screen, Key.Key_X)
        press(screen, Key.Key_M)
        press(screen, Key.Key_5)
        # The call goes on while another place is in front, and the rail says so.
        window.show_screen("library")
        assert not screen.timer.isActive()
        until(qtbot, captured(screen, 4.0))
        assert "recorded" in window.rail.item("live").accessibleName()
        window.close()
        assert window.isVisible()
        (asked,) = window.findChildren(LeaveDialog)
        asked.stay.click()
        window.show_screen("live")
        screen.setFocus()
        assert phase(screen) == "call"
        screen.frame()
        assert screen.head.mute.text() == "Muted"
        press(screen, Key.Key_F10)
        assert screen.call_page.tags.note.hasFocus()
        press(screen, Key.Key_Period, CTRL)  # also while typing
        # No figure from here on until it is rated.
        assert phase(screen) == "rating"
        assert screen.call_page.state.hides_figures
        until(qtbot, over(screen))
        call = screen.flow.call
        assert call is not None
        stored = call.done
        assert stored is not None
        assert awaits_rating(workspace, window.ctx.viewer, stored.call_id)
        assert call_figures(workspace, window.ctx.viewer, stored.call_id).awaits_caller
        press(screen, Key.Key_Return, CTRL)
        assert "Not answered yet" in screen.rating_page.problem.text()
        for key in ANSWERS:
            press(screen, key)
        press(screen, Key.Key_Return, CTRL)
        until(qtbot, lambda: screen.flow.phase == "summary")
        assert not awaits_rating(workspace, window.ctx.viewer, stored.call_id)
        assert stored.code in screen.summary_page.title.text()
        events = calls.get_call(workspace, stored.call_id).extra["events"]
        labels = {e["label"] for e in events}
        assert {"Talk-over", "ok", "DTMF 5"} <= labels
        assert any("drink water" in label for label in labels)
        assert "Talk-over" in screen.summary_page.tags.text()
        press(screen, Key.Key_Escape)
        assert phase(screen) == "setup"


def test_a_skipped_rating_keeps_its_reason_and_no_value(
    workspace: Workspace, qtbot: Any, monkeypatch: Any
) -> None:
    from app.services.rating import scores

    with live_window(workspace, qtbot, monkeypatch) as (window, screen):
        screen.setting_up.give_consent(True)
        until(qtbot, lambda: screen.setting_up.consent is not None)
        screen.connect_call()
        until(qtbot, lambda: screen.flow.phase == "call")
        until(qtbot, captured(screen, 0.5))
        screen.flow.hang_up()
        # Asked for before the call is stored: kept until it is.
        screen.flow.skip("a test of the line")
        until(qtbot, lambda: screen.flow.phase == "summary")
        assert "skipped" in screen.summary_page.ending.text()
        call = screen.flow.call
        assert call is not None
        assert call.done is not None
        stored, viewer = call.done, window.ctx.viewer
        assert not awaits_rating(workspace, viewer, stored.call_id)
        found = scores(workspace, viewer, call_id=stored.call_id)
        assert {s.answer.value for s in found} == {None}
        assert any("a test of the line" in s.answer.na_reason for s in found)


def test_a_refused_server_is_told_on_the_page_and_no_call_is_left(
    workspace: Workspace, qtbot: Any, monkeypatch: Any
) -> None:
    from app.agents.profiles import CallProfile
    from app.services.live_calls import save_profile

    save_profile(workspace, CallProfile(name="gone", url="ws://127.0.0.1:9/v1/realtime"))
    with live_window(workspace, qtbot, monkeypatch) as (window, screen):
        screen.setting_up.give_consent(True)
        until(qtbot, lambda: screen.setting_up.consent is not None)
        row = next(r for r in screen.setup_page.agents.rows if r.key == "gone")
        row.click()
        assert screen.setup_page.setup.profile == "gone"
        screen.connect_call()
        until(qtbot, lambda: bool(screen.setup_page.problem.text()))
        assert phase(screen) == "setup"
        assert not window.ctx.live.is_on
        assert window.rail.item("live").accessibleName() == "Live"


def test_no_second_call_begins_and_nobody_else_signs_in_during_one(
    workspace: Workspace, qtbot: Any, monkeypatch: Any
) -> None:
    with live_window(workspace, qtbot, monkeypatch) as (window, screen):
        screen.setting_up.give_consent(True)
        until(qtbot, lambda: screen.setting_up.consent is not None)
        screen.connect_call()
        until(qtbot, lambda: screen.flow.phase == "call")
        first = window.ctx.live.call
        screen.flow.place(screen.setup_page.setup, {}, consent=True)
        assert window.ctx.live.call is first
        assert "already" in window.messages.words
        window.acts.ask_sign_in()
        assert "Hang up" in window.messages.words
        assert raters.raters(workspace)
        screen.flow.hang_up()
        until(qtbot, lambda: not window.ctx.live.is_on)
        assert not any(isinstance(w, LeaveDialog) for w in QApplication.topLevelWidgets())
