"""The window on calls without a recording: each screen, and what its keys do there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

from app.domain.calls import SPEAKERS, Call
from app.domain.work import Quiet
from app.eval.registry import build
from app.services import calls, reviewing
from app.services.evaluating import inputs
from app.services.importing import foreign_commit
from app.services.importing.foreign import ForeignAudio
from app.services.raters import cli_viewer
from app.services.workspace import Workspace
from app.ui.context import UiContext
from app.ui.library.fetch_overview import open_overview
from app.ui.review.header import facts_of
from app.ui.review.recording_panel import log_clock
from app.ui.review.screen import ReviewScreen
from app.ui.screenshot.grabbing import settle
from app.ui.screenshot.render import render
from app.ui.timeline.wave_lane import WaveLane
from app.ui.transport.bar import NOTICE_NO_SOUND
from tests.ui.shell_support import context
from tests.unit.foreign.foreign_support import RATE, TALK, FakeReader, call, voice


@pytest.fixture
def silent(workspace: Workspace, tmp_path: Path) -> Call:
    """A call of which only the log is there."""
    result = foreign_commit.take_in(Quiet(), workspace, FakeReader(call(tmp_path)), tmp_path)
    return calls.get_call(workspace, result.items[0].id)


@pytest.fixture
def ctx(workspace: Workspace, qapp: Any) -> Iterator[UiContext]:
    with context(workspace) as made:
        yield made


@pytest.fixture
def screen(qtbot: Any, ctx: UiContext, silent: Call) -> ReviewScreen:
    """The review with that call open."""
    made = ReviewScreen(ctx)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    made.session.open(silent.id)
    made.session.activate()
    settle(ctx, made)
    return made


@pytest.mark.parametrize("name", ["library", "review", "score", "keys"])
def test_every_screen_can_be_drawn(
    workspace: Workspace, qapp: Any, silent: Call, tmp_path: Path, name: str
) -> None:
    out = tmp_path / f"{name}.png"
    render(workspace, name, out, call=silent.code, size=(1280, 800))
    image = QImage(str(out))
    assert (image.width(), image.height()) == (1280, 800)


def test_turns_take_the_place_of_the_waveforms(screen: ReviewScreen) -> None:
    lanes = screen.timing.canvas.lanes
    assert not [lane for lane in lanes if isinstance(lane, WaveLane)]
    assert {"caller_turns", "agent_turns"} <= {lane.key for lane in lanes}
    assert "reported" not in {lane.key for lane in lanes}, "the turns are the log's already"
    assert [t.speaker for t in screen.session.data.turns.items] == [who for who, *_ in TALK]
    assert screen.timing.minimap.roles == ()


def test_the_play_bar_says_why_it_is_silent(screen: ReviewScreen) -> None:
    assert screen.transport.notice.text() == NOTICE_NO_SOUND
    assert not screen.transport.play.isEnabled()
    assert screen.session.sound.error is None
    assert not screen.timing.note.isVisible()


def test_playing_moves_nothing_but_seeking_and_stepping_do(screen: ReviewScreen) -> None:
    playback = screen.session.playback
    playback.toggle()
    assert not playback.is_playing
    screen.session.step_turn(1)
    turn = screen.session.turn
    assert turn is not None
    playback.play_span(turn.span)
    assert screen.session.view.cursor == turn.span.start
    assert not playback.is_playing


def test_boundaries_are_edited_without_sound(screen: ReviewScreen, ctx: UiContext) -> None:
    editor = screen.editor
    editor.enter()
    assert editor.active
    before = editor.current
    assert before is not None
    editor.step(1)
    here = editor.current
    assert here is not None
    editor.snap(1)
    settle(ctx, screen)
    assert editor.current is not None
    assert editor.current.frame == here.frame + 160, "10 ms: there is no sound to snap to"
    review = screen.session.review
    assert review is not None
    assert review.layer is not None
    assert review.layer.origin == "human"


def test_the_recording_tab_offers_nothing_that_needs_sound(screen: ReviewScreen) -> None:
    panel = screen.dock.recording
    assert not panel.detect.isEnabled()
    assert not panel.swap.isEnabled()
    assert "without a recording" in panel.channels.text()


def test_half_a_recording_is_not_detected_by_hand_nor_in_a_run(
    qtbot: Any, workspace: Workspace, ctx: UiContext, tmp_path: Path, make_wav: Any
) -> None:
    pair = tuple(
        ForeignAudio(path=make_wav(f"{who}.wav", voice(who), RATE), channel_index=0, role=who)
        for who in SPEAKERS
    )
    halves = {"half": pair[:1], "whole": pair}
    panels = {}
    for name, audio in halves.items():
        given = FakeReader(call(tmp_path, name, audio=audio))
        (item,) = foreign_commit.take_in(Quiet(), workspace, given, tmp_path, detect=False).items
        made = ReviewScreen(ctx)
        qtbot.addWidget(made)
        made.session.open(item.id)
        settle(ctx, made)
        panels[name] = made.dock.recording
        on = inputs.shelf(workspace, item.id)
        assert on is not None
        reason = inputs.why_not(on, build("speech.detect"))
        assert panels[name].why_not.text() == reason
        assert panels[name].detect.isEnabled() == (not reason)
    assert "Only one speaker" in panels["half"].why_not.text()
    assert panels["half"].channels.text() == "Only the caller was recorded."
    panels["half"]._on_busy("")
    assert not panels["half"].detect.isEnabled(), "nor after other work"


def test_the_facts_say_that_there_is_no_audio(silent: Call) -> None:
    assert dict(facts_of(silent))["Audio"] == "none"


def test_the_preview_has_turns_and_no_waves(
    workspace: Workspace, ctx: UiContext, silent: Call
) -> None:
    opened = open_overview(Quiet(), workspace, ctx.viewer, silent)
    assert opened.data.waves == ()
    assert len(opened.data.turns) == len(TALK)
    assert opened.media.roles == ()


def test_space_in_the_library_says_that_there_is_nothing_to_play(
    workspace: Workspace, qapp: Any, silent: Call, ctx: UiContext
) -> None:
    from app.ui.main_window import MainWindow

    window = MainWindow(ctx)
    try:
        window.resize(1280, 800)
        window.show_screen("library", call_id=silent.id)
        window.show()
        settle(ctx, window)
        library: Any = window.front
        library.flow.play()
        settle(ctx, window)
        assert "nothing to play" in library.parts.preview._problem.text()
        assert not library.parts.preview._play.isEnabled()
    finally:
        window.close()
        window.deleteLater()


def test_the_row_of_the_library_shows_who_spoke_when(workspace: Workspace, silent: Call) -> None:
    with workspace.db.read() as uow:
        bars, turns = uow.connection.exec_driver_sql(
            "SELECT s.bars, m.turns FROM call_sparkline s JOIN call_summary m ON m.seq = s.seq"
        ).one()
    assert len(bars) == 2 * 53
    assert max(bars) > 0
    assert turns == len(TALK)


def test_a_log_beside_a_recording_is_still_compared_with_it(
    workspace: Workspace, silent: Call
) -> None:
    found = reviewing.load(workspace, cli_viewer(workspace), silent.id)
    assert found.reported == ()
    assert found.layer is not None
    assert found.layer.origin == "platform"


@pytest.mark.parametrize(
    "told", [None, 7, {}, {"offset_s": "x"}, {"offset_s": 1.0, "offset_confidence": None}]
)
def test_the_clock_of_a_log_is_said_only_where_it_was_measured(silent: Call, told: Any) -> None:
    from dataclasses import replace

    from tests.ui.review_support import call as heard_call

    heard = replace(heard_call(), extra={"conditions": {"eva_timeline": told}})
    assert log_clock(heard) == ""
    measured = {"offset_s": 1.25, "offset_confidence": 0.93}
    heard = replace(heard, extra={"conditions": {"eva_timeline": measured}})
    assert "+1.250 s" in log_clock(heard)
    assert log_clock(replace(silent, extra=heard.extra)) == ""
