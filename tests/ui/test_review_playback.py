"""The transport's keys do what they say, on a player whose clock the test turns by hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.audio.play_types import PlayerEvent
from app.domain.calls import Span
from app.ui.review.screen import ReviewScreen
from app.ui.transport import commands
from tests.ui import review_support as support
from tests.ui.review_support import frames

MOD = Qt.KeyboardModifier


@pytest.fixture
def screen(qtbot: Any) -> Iterator[ReviewScreen]:
    ctx = support.context()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ctx.actions.install(app)
    made = ReviewScreen(ctx)
    qtbot.addWidget(made)
    support.show(made.session, support.review())
    made.resize(1376, 840)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    made.session.playback.seek(frames(13.0))
    yield made
    made.session.playback.unload()
    ctx.actions.uninstall(app)
    ctx.runner.close()


def press(screen: ReviewScreen, key: Any, modifier: Any = MOD.NoModifier) -> None:
    focus = screen.focusWidget() or screen
    QTest.keyClick(focus, key, modifier)


def at(screen: ReviewScreen) -> int:
    assert screen.session.view.cursor == screen.ctx.player.at
    return screen.session.view.cursor


def hear(screen: ReviewScreen, second: float) -> None:
    """Let the player come to a second of the call."""
    screen.ctx.player.at = frames(second)
    screen.session.playback._tick()


def test_space_plays_and_pauses(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_Space)
    assert screen.ctx.player.state == "playing"
    assert screen.transport.play.accessibleName() == "Pause"
    press(screen, Qt.Key.Key_Space)
    assert screen.ctx.player.state == "paused"


@pytest.mark.parametrize(
    ("key", "modifier", "moved_s"),
    [
        (Qt.Key.Key_Left, MOD.NoModifier, -1.0),
        (Qt.Key.Key_Right, MOD.NoModifier, 1.0),
        (Qt.Key.Key_Left, MOD.ShiftModifier, -5.0),
        (Qt.Key.Key_Right, MOD.ShiftModifier, 5.0),
        (Qt.Key.Key_Left, MOD.AltModifier, -0.05),
        (Qt.Key.Key_Right, MOD.AltModifier, 0.05),
    ],
)
def test_arrows_move_the_play_head(
    screen: ReviewScreen, key: Any, modifier: Any, moved_s: float
) -> None:
    press(screen, key, modifier)
    assert at(screen) == frames(13.0 + moved_s)


def test_home_and_end(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_End)
    assert at(screen) == screen.session.view.frame_count
    press(screen, Qt.Key.Key_Home)
    assert at(screen) == 0


def test_l_plays_faster_each_time_and_k_stops_at_normal_speed(screen: ReviewScreen) -> None:
    speeds = []
    for _ in range(4):
        press(screen, Qt.Key.Key_L)
        speeds.append(screen.ctx.player.speed)
    assert speeds == [1.0, 1.5, 2.0, 2.0]
    press(screen, Qt.Key.Key_K)
    assert screen.ctx.player.state == "paused"
    assert screen.ctx.player.speed == 1.0


def test_j_jumps_back_further_each_time(screen: ReviewScreen) -> None:
    for expected in (12.0, 10.0, 6.0, 2.0):
        press(screen, Qt.Key.Key_J)
        assert at(screen) == frames(expected)


def test_full_stop_plays_the_next_turn_to_its_end_and_comma_the_one_before(
    screen: ReviewScreen,
) -> None:
    press(screen, Qt.Key.Key_Period)
    turn = screen.session.turn
    assert turn is not None
    assert (turn.speaker, turn.span.start) == ("agent", frames(17.34))
    assert at(screen) == turn.span.start
    hear(screen, 20.0)
    assert screen.ctx.player.state == "playing"
    hear(screen, 21.2)
    assert screen.ctx.player.state == "paused"
    assert at(screen) == turn.span.end
    press(screen, Qt.Key.Key_Comma)
    assert screen.session.turn is not None
    assert screen.session.turn.span.start == frames(12.2)


def test_r_replays_the_turn_at_the_play_head(screen: ReviewScreen) -> None:
    screen.session.playback.seek(frames(19.0))
    press(screen, Qt.Key.Key_R)
    assert at(screen) == frames(17.34)
    assert screen.ctx.player.state == "playing"


def test_s_goes_back_3_s_at_three_quarters_and_then_returns_to_the_old_speed(
    screen: ReviewScreen,
) -> None:
    screen.session.playback.set_speed(1.2)
    press(screen, Qt.Key.Key_S)
    assert at(screen) == frames(10.0)
    assert screen.ctx.player.speed == 0.75
    hear(screen, 12.9)
    assert screen.ctx.player.speed == 0.75
    hear(screen, 13.0)
    assert screen.ctx.player.speed == 1.2


def test_brackets_set_the_loop_and_backslash_switches_it(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_BracketLeft)
    screen.session.playback.seek(frames(14.0))
    press(screen, Qt.Key.Key_BracketRight)
    assert screen.session.view.loop == Span(frames(13.0), frames(14.0))
    assert screen.ctx.player.loop_span == Span(frames(13.0), frames(14.0))
    press(screen, Qt.Key.Key_Backslash)
    assert screen.ctx.player.loop_span is None
    assert screen.session.view.loop == Span(frames(13.0), frames(14.0))
    press(screen, Qt.Key.Key_Backslash)
    assert screen.ctx.player.loop_span == Span(frames(13.0), frames(14.0))


def test_backslash_without_a_region_loops_the_turn(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_Backslash)
    assert screen.ctx.player.loop_span == Span(frames(12.2), frames(15.5))


def test_seeking_out_of_a_loop_leaves_it_but_keeps_the_region(screen: ReviewScreen) -> None:
    screen.session.view.set_loop(Span(frames(12), frames(13.5)))
    screen.session.playback.seek(frames(30))
    assert screen.ctx.player.loop_span is None
    assert screen.session.view.loop == Span(frames(12), frames(13.5))


def test_minus_and_equals_change_the_speed_and_ctrl_0_resets_it(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_Minus)
    assert screen.ctx.player.speed == 0.9
    press(screen, Qt.Key.Key_Equal)
    press(screen, Qt.Key.Key_Equal)
    assert screen.ctx.player.speed == 1.1
    assert screen.transport.speed.text() == "1.10×"
    press(screen, Qt.Key.Key_0, MOD.ControlModifier)
    assert screen.ctx.player.speed == 1.0


def test_q_w_e_choose_who_is_heard_and_shift_mutes(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_Q)
    assert (screen.ctx.player.mix.caller.solo, screen.ctx.player.mix.agent.solo) == (True, False)
    assert screen.transport.heard.current == "caller"
    press(screen, Qt.Key.Key_E)
    assert (screen.ctx.player.mix.caller.solo, screen.ctx.player.mix.agent.solo) == (False, True)
    press(screen, Qt.Key.Key_W)
    assert not screen.ctx.player.mix.agent.solo
    press(screen, Qt.Key.Key_Q, MOD.ShiftModifier)
    assert screen.ctx.player.mix.caller.mute
    press(screen, Qt.Key.Key_W, MOD.ShiftModifier)
    assert not screen.ctx.player.mix.caller.mute


def test_x_cycles_the_ears_and_says_so(screen: ReviewScreen) -> None:
    seen = []
    for _ in range(3):
        press(screen, Qt.Key.Key_X)
        seen.append((screen.ctx.player.mix.ears, screen.transport.ears.text()))
    assert seen == [("swap", "Swap L/R"), ("mono", "Mono sum"), ("split", "Split L/R")]


def test_z_zooms_to_the_turn_and_shift_z_to_the_call(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_Z)
    seen = screen.session.view.visible()
    assert seen.start <= frames(12.2)
    assert frames(15.5) <= seen.end
    assert seen.frames < frames(6)
    press(screen, Qt.Key.Key_Z, MOD.ShiftModifier)
    assert screen.session.view.is_fitted


def test_g_shows_the_spectrogram_and_back(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_G)
    assert screen.timing.scene.spectrogram
    press(screen, Qt.Key.Key_G)
    assert not screen.timing.scene.spectrogram


def test_up_and_down_go_through_the_turns(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_Down)
    first = screen.session.turn
    press(screen, Qt.Key.Key_Down)
    assert first is not None
    assert screen.session.turn is not None
    assert screen.session.turn.index == first.index + 1


def test_keys_are_letters_while_typing_and_ctrl_space_still_plays(
    screen: ReviewScreen, qtbot: Any
) -> None:
    screen.transcript.open_find()
    field = screen.transcript.find_bar.field
    qtbot.waitUntil(field.hasFocus)
    press(screen, Qt.Key.Key_L)
    press(screen, Qt.Key.Key_Space)
    assert isinstance(screen.focusWidget(), QLineEdit)
    assert field.text() == "l "
    assert screen.ctx.player.state == "paused"
    press(screen, Qt.Key.Key_Space, MOD.ControlModifier)
    assert screen.ctx.player.state == "playing"


def test_a_silent_or_lost_device_is_told_in_the_bar(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_Space)
    screen.ctx.player.events = [PlayerEvent("device", "Silent", 1)]
    hear(screen, 13.1)
    assert "No sound output" in screen.transport.notice.text()
    screen.ctx.player.events = [PlayerEvent("device_lost", "USB stopped. Playing on Speakers.", 0)]
    hear(screen, 13.2)
    assert screen.transport.notice.text() == "USB stopped. Playing on Speakers."


def test_trim_by_keys_and_mute_buttons_reach_the_player(screen: ReviewScreen) -> None:
    strip = screen.timing.gutter._strips["agent"]
    strip.trim.setFocus()
    QTest.keyClick(strip.trim, Qt.Key.Key_Up)
    QTest.keyClick(strip.trim, Qt.Key.Key_Up)
    assert screen.ctx.player.mix.agent.trim_db == 1.0
    assert strip.trim.accessibleName() == "Agent trim: +1.0 dB"
    strip.mute.click()
    assert screen.ctx.player.mix.agent.mute
    assert strip.mute.isChecked()


def test_leaving_the_screen_is_silent(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_Space)
    screen.deactivate()
    assert screen.ctx.player.state == "empty"


def test_every_transport_action_is_bound(screen: ReviewScreen) -> None:
    handled = set(commands.transport_handlers(screen.session))
    own = {"transport.find", "transport.next_item", "transport.previous_item"}
    listed = {s.id for s in screen.ctx.actions.specs if s.scope == "transport"}
    assert listed == handled | own


def test_more_of_a_call_that_is_being_decoded_does_not_stop_it(screen: ReviewScreen) -> None:
    session = screen.session
    session.playback.play()
    before = session.ctx.player.position()
    session.sound.load_player()
    assert session.playback.is_playing
    assert session.ctx.player.position() == before
