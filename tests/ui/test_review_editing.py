"""Boundary editing: shown at once, saved durably, undone; the machine's layer never changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.services import layers, timing
from app.services.workspace import Workspace
from app.ui.review.edits import boundaries
from app.ui.review.screen import EDITING_WORDS, ReviewScreen
from tests.ui import review_support as support
from tests.ui.review_stored import Stored, store
from tests.ui.review_support import frames

MOD = Qt.KeyboardModifier
MS = 16  # frames in a millisecond


@pytest.fixture
def stored(workspace: Workspace) -> Stored:
    return store(workspace)


@pytest.fixture
def screen(qtbot: Any, stored: Stored) -> Iterator[ReviewScreen]:
    ctx = support.context(ws=stored.ws)
    ctx.viewer = stored.viewer
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    ctx.actions.install(app)
    made = ReviewScreen(ctx)
    qtbot.addWidget(made)
    made.resize(1376, 840)
    made.show()
    made.activate(call_id=stored.call_id)
    qtbot.waitUntil(lambda: made.session.state == "ready")
    qtbot.waitUntil(lambda: not ctx.runner.live)
    made.setFocus()
    made.session.playback.seek(frames(17.3))
    yield made
    made.deactivate()
    ctx.actions.uninstall(app)
    qtbot.waitUntil(lambda: not ctx.runner.live)
    ctx.runner.close()


def press(screen: ReviewScreen, key: Any, modifier: Any = MOD.NoModifier) -> None:
    QTest.keyClick(screen, key, modifier)


def settle(qtbot: Any, screen: ReviewScreen) -> None:
    qtbot.waitUntil(lambda: not screen.ctx.runner.live)


def latency_ms(screen: ReviewScreen, start_s: float) -> int:
    """The latency of the agent's turn that begins near a second."""
    data = screen.session.data
    turn = data.turns.near(frames(start_s), frames(0.4))
    assert turn is not None
    assert turn.latency is not None
    return round(turn.latency.frames / MS)


def test_b_enters_at_the_nearest_boundary_and_esc_leaves(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_B)
    here = screen.editor.current
    assert here is not None
    assert (here.speaker, here.edge, here.frame) == ("agent", "start", frames(17.34))
    assert screen.timing.canvas.overlays.framed
    assert screen.transport.notice.text() == EDITING_WORDS
    press(screen, Qt.Key.Key_Escape)
    assert not screen.editor.active
    assert not screen.timing.canvas.overlays.framed
    assert screen.transport.notice.text() == ""


def test_editing_begins_at_a_boundary_that_is_drawn(screen: ReviewScreen, qtbot: Any) -> None:
    press(screen, Qt.Key.Key_B)
    screen.session.playback.seek(frames(19.3))
    press(screen, Qt.Key.Key_D)
    settle(qtbot, screen)
    for _ in range(5):  # a pause of 50 ms, which the lanes close
        press(screen, Qt.Key.Key_Right)
    settle(qtbot, screen)
    press(screen, Qt.Key.Key_Escape)
    press(screen, Qt.Key.Key_B)
    here = screen.editor.current
    assert here is not None
    assert (here.speaker, here.frame) == ("caller", frames(20.42))
    press(screen, Qt.Key.Key_Backtab)
    assert screen.editor.current is not None
    assert screen.editor.current.frame == frames(19.35)  # inside: still to be had
    press(screen, Qt.Key.Key_Escape)


def test_editing_begins_in_the_selected_turn(screen: ReviewScreen) -> None:
    screen.session.playback.seek(frames(20.5))
    screen.session.select_turn(screen.session.turn_by_id("t5"))
    press(screen, Qt.Key.Key_B)
    here = screen.editor.current
    assert here is not None
    assert (here.speaker, here.edge, here.frame) == ("agent", "end", frames(21.18))
    press(screen, Qt.Key.Key_Escape)


@pytest.mark.parametrize(
    ("key", "modifier", "ms"),
    [
        (Qt.Key.Key_Left, MOD.NoModifier, -10),
        (Qt.Key.Key_Right, MOD.NoModifier, 10),
        (Qt.Key.Key_Left, MOD.ShiftModifier, -1),
        (Qt.Key.Key_Right, MOD.ShiftModifier, 1),
        (Qt.Key.Key_Left, MOD.AltModifier, -50),
        (Qt.Key.Key_Right, MOD.AltModifier, 50),
    ],
)
def test_arrows_move_the_boundary_and_the_latency_follows(
    screen: ReviewScreen, qtbot: Any, key: Any, modifier: Any, ms: int
) -> None:
    cursor = screen.session.view.cursor
    press(screen, Qt.Key.Key_B)
    press(screen, key, modifier)
    assert screen.editor.current is not None
    assert screen.editor.current.frame == frames(17.34) + ms * MS  # at once
    assert screen.session.view.cursor == cursor  # in the mode, arrows do not move the play-head
    settle(qtbot, screen)
    assert latency_ms(screen, 17.34) == 1840 + ms


def test_an_edit_makes_a_human_layer_and_leaves_the_machines(
    screen: ReviewScreen, stored: Stored, qtbot: Any
) -> None:
    before = layers.segments(stored.ws, stored.layer.id)
    press(screen, Qt.Key.Key_B)
    for _ in range(5):
        press(screen, Qt.Key.Key_Right)
    settle(qtbot, screen)
    assert layers.segments(stored.ws, stored.layer.id) == before
    human = layers.current_speech_layer(stored.ws, stored.call_id)
    assert human is not None
    assert (human.origin, human.version, human.parent_id) == ("human", 5, stored.layer.id)
    turns = timing.turn_set(stored.ws, stored.call_id)
    moved = [t for t in turns.turns if t.span.start == frames(17.39)]
    assert len(moved) == 1
    review = screen.session.review
    assert review is not None
    assert review.layer == human
    assert review.turn_set is not None
    assert review.turn_set.layer_version == 5
    assert review.machine == before


def test_undo_and_redo_go_through_the_edits_one_by_one(screen: ReviewScreen, qtbot: Any) -> None:
    press(screen, Qt.Key.Key_B)
    press(screen, Qt.Key.Key_Right)
    press(screen, Qt.Key.Key_Right)
    press(screen, Qt.Key.Key_Z, MOD.ControlModifier)
    settle(qtbot, screen)
    assert latency_ms(screen, 17.34) == 1850
    press(screen, Qt.Key.Key_Z, MOD.ControlModifier)
    settle(qtbot, screen)
    assert latency_ms(screen, 17.34) == 1840
    press(screen, Qt.Key.Key_Z, MOD.ControlModifier | MOD.ShiftModifier)
    settle(qtbot, screen)
    assert latency_ms(screen, 17.34) == 1850


def test_where_the_boundary_was_is_still_marked(screen: ReviewScreen, qtbot: Any) -> None:
    press(screen, Qt.Key.Key_B)
    press(screen, Qt.Key.Key_Right, MOD.AltModifier)
    settle(qtbot, screen)
    assert screen.editor.originals() == [("agent", frames(17.34))]


def test_tab_goes_to_the_next_boundary_in_time(screen: ReviewScreen) -> None:
    press(screen, Qt.Key.Key_B)
    press(screen, Qt.Key.Key_Tab)
    here = screen.editor.current
    assert here is not None
    assert (here.speaker, here.frame) == ("caller", frames(20.42))
    press(screen, Qt.Key.Key_Backtab, MOD.ShiftModifier)
    assert screen.editor.current is not None
    assert screen.editor.current.frame == frames(17.34)


def test_d_splits_at_the_play_head_and_m_merges_again(screen: ReviewScreen, qtbot: Any) -> None:
    press(screen, Qt.Key.Key_B)
    count = len(screen.session.review.segments)  # type: ignore[union-attr]
    screen.session.playback.seek(frames(19.0))
    press(screen, Qt.Key.Key_D)
    settle(qtbot, screen)
    assert len(screen.session.review.segments) == count + 1  # type: ignore[union-attr]
    here = screen.editor.current
    assert here is not None
    assert (here.edge, here.frame) == ("start", frames(19.0))
    for _ in range(8):
        press(screen, Qt.Key.Key_Right, MOD.AltModifier)
    settle(qtbot, screen)
    agents = [u for u in screen.session.data.utterances["agent"].items if u.turn_id == "t5"]
    assert [u.span.start for u in agents] == [frames(17.34), frames(19.4)]
    press(screen, Qt.Key.Key_Tab, MOD.ShiftModifier)
    assert screen.editor.current is not None
    assert screen.editor.current.frame == frames(19.0)
    press(screen, Qt.Key.Key_M)
    settle(qtbot, screen)
    assert len(screen.session.review.segments) == count  # type: ignore[union-attr]
    agents = [u for u in screen.session.data.utterances["agent"].items if u.turn_id == "t5"]
    assert [u.span.start for u in agents] == [frames(17.34)]


def test_y_cycles_the_kind_of_the_overlap(screen: ReviewScreen, qtbot: Any) -> None:
    screen.session.playback.seek(frames(20.4))
    press(screen, Qt.Key.Key_B)
    assert len(screen.session.review.turn_set.interruptions) == 1  # type: ignore[union-attr]
    press(screen, Qt.Key.Key_Y)
    settle(qtbot, screen)
    overlap = screen.session.data.overlaps.near(frames(20.5), frames(0.3))
    assert overlap is not None
    assert (overlap.kind, overlap.edited) == ("false_interruption", True)
    assert screen.session.review.turn_set.interruptions == ()  # type: ignore[union-attr]
    settle(qtbot, screen)
    stored_kinds = set(screen.session.review.overrides.values())  # type: ignore[union-attr]
    assert stored_kinds == {"false_interruption"}


def test_an_edit_that_breaks_a_rule_is_refused_in_words(
    screen: ReviewScreen, stored: Stored, qtbot: Any
) -> None:
    press(screen, Qt.Key.Key_B)
    screen.editor.move_to(frames(25.0))  # beyond the segment's own end
    settle(qtbot, screen)
    assert "end after it begins" in screen.transport._notice_words
    assert latency_ms(screen, 17.34) == 1840
    assert layers.current_speech_layer(stored.ws, stored.call_id) == stored.layer


def test_ctrl_snaps_to_the_quietest_moment_within_20_ms(screen: ReviewScreen, qtbot: Any) -> None:
    import numpy as np

    review = screen.session.review
    assert review is not None
    loud = np.full(review.call.frame_count, 8000, np.int16)
    quiet = frames(17.34) + 17 * MS
    loud[quiet - 10 : quiet + 11] = 0
    screen.session.sound.media = support.FakeMedia(  # type: ignore[assignment]
        review.call, {"caller": loud, "agent": loud}
    )
    press(screen, Qt.Key.Key_B)
    press(screen, Qt.Key.Key_Right, MOD.ControlModifier)
    assert screen.editor.current is not None
    assert abs(screen.editor.current.frame - quiet) <= 2
    settle(qtbot, screen)


def test_the_mouse_drags_a_boundary(screen: ReviewScreen, qtbot: Any) -> None:
    press(screen, Qt.Key.Key_B)
    view, canvas = screen.session.view, screen.timing.canvas
    view.set_px_per_s(1000.0, at_frame=frames(17.0))
    lane = canvas.lane("agent_turns")
    assert lane is not None
    x, y = view.x_of(frames(17.34)), lane.top + 12
    assert screen.parts.edit_tool.over(x, y)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    QTest.mouseMove(canvas, QPoint(x + 60, y))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(x + 60, y))
    settle(qtbot, screen)
    assert abs(latency_ms(screen, 17.34) - 1900) <= 1


def test_outside_the_mode_the_same_keys_mean_what_they_meant(screen: ReviewScreen) -> None:
    before = screen.session.review
    press(screen, Qt.Key.Key_Right)
    press(screen, Qt.Key.Key_M)
    press(screen, Qt.Key.Key_D)
    assert screen.session.review is before
    assert screen.session.view.cursor == frames(18.3)


def test_boundaries_are_in_order_of_time() -> None:
    review = support.review()
    found = [b.frame for b in boundaries(review.segments)]
    assert found == sorted(found)
    assert len(found) == 2 * len(review.segments)
