"""What stands on the picture stands where its time is, and moving the head repaints only itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest

from app.domain.calls import Span
from app.ui.timeline.turn_lane import TurnLane
from app.ui.timeline.view import TimingView
from tests.ui import review_support as support
from tests.ui.review_support import RATE, frames

GUTTER = 132


@pytest.fixture
def ctx(qtbot: Any) -> Iterator[Any]:
    made = support.context()
    yield made
    made.runner.close()


@pytest.fixture
def view(qtbot: Any, ctx: Any) -> TimingView:
    session = support.session(ctx)
    made = TimingView(ctx, session)
    qtbot.addWidget(made)
    made.resize(1000 + GUTTER, made.sizeHint().height())
    made.show()
    session.view.set_px_per_s(70.0)
    session.view.scroll_to(frames(6.0))
    return made


def pixels(view: TimingView) -> QImage:
    return view.canvas.grab().toImage()


def as_array(image: QImage) -> np.ndarray:
    shape = (image.height(), image.width())
    return np.frombuffer(image.constBits(), np.uint32).reshape(shape).copy()


def is_token(view: TimingView, image: QImage, x: int, y: int, token: str) -> bool:
    return image.pixelColor(x, y) == view.ctx.theme.color(token)


def row(view: TimingView, key: str) -> Any:
    found = view.canvas.lane(key)
    assert found is not None
    return found


def test_every_region_has_the_height_of_the_design(view: TimingView) -> None:
    heights = {lane.key: lane.height for lane in view.canvas.lanes}
    assert heights == {
        "ruler": 20, "caller_wave": 90, "agent_wave": 90, "caller_turns": 26, "agent_turns": 26,
        "response": 32, "overlap": 20, "events": 24,
    }  # fmt: skip
    assert view.minimap.height() == 28
    assert view.gutter.width() == GUTTER


def test_the_reported_lane_is_there_only_with_data(qtbot: Any, ctx: Any) -> None:
    platform = (support.segment("p1", "agent", 7.63, 11.3),)
    session = support.session(ctx, support.review(reported=platform))
    made = TimingView(ctx, session)
    qtbot.addWidget(made)
    assert row(made, "reported").height == 20
    assert sum(lane.height for lane in made.canvas.lanes) + made.minimap.height() == 376
    hit = row(made, "reported").hit(session.view.x_of(frames(8)), 5)
    assert "190 ms early" in hit.tip


def test_only_the_first_reported_segment_of_a_turn_is_compared(qtbot: Any, ctx: Any) -> None:
    platform = (
        support.segment("p1", "agent", 7.63, 9.0),
        support.segment("p2", "agent", 9.4, 11.3),
        support.segment("p3", "agent", 34.2, 35.0),
    )
    session = support.session(ctx, support.review(reported=platform))
    made = TimingView(ctx, session)
    qtbot.addWidget(made)
    assert [r.off_ms for r in made.scene.reported.items] == [pytest.approx(-190), None, None]
    assert [r.goes_on for r in made.scene.reported.items] == [False, True, False]
    tips = [row(made, "reported").hit(session.view.x_of(frames(s)), 5).tip for s in (8, 10, 34.6)]
    assert "190 ms early" in tips[0]
    assert "goes on" in tips[1]
    assert "late" not in tips[1]
    assert "no such speech" in tips[2]


def test_a_turn_is_drawn_from_its_first_to_its_last_pixel(view: TimingView) -> None:
    image = pixels(view)
    lane = row(view, "agent_turns")
    left, right = (view.scene.view.x_of(frames(s)) for s in (7.82, 11.5))
    y = lane.top + 5  # inside the bar of an agent's turn with words
    assert is_token(view, image, left, y, "agent")
    assert is_token(view, image, right - 1, y, "agent")
    assert is_token(view, image, left - 1, y, "canvas")
    assert is_token(view, image, right, y, "canvas")


def test_the_response_bar_is_the_gap_and_its_height_the_band(view: TimingView) -> None:
    image = pixels(view)
    lane, floor = row(view, "response"), row(view, "response").top + 27
    for stop_s, start_s, token, tall in (
        (6.9, 7.82, "latSlow", 8),
        (15.5, 17.34, "latLate", 12),
    ):
        left, right = (view.scene.view.x_of(frames(s)) for s in (stop_s, start_s))
        column = [y for y in range(lane.top, floor) if is_token(view, image, left + 5, y, token)]
        assert len(column) == tall
        line = [x for x in range(1000) if is_token(view, image, x, floor - 1, token)]
        assert {left, right - 1} <= set(line)
        assert left - 1 not in line
        assert right not in line


def test_a_negative_latency_is_an_outline_over_the_overlap(view: TimingView) -> None:
    view.scene.view.scroll_to(frames(25))
    image, lane = pixels(view), row(view, "response")
    left, right = (view.scene.view.x_of(frames(s)) for s in (28.86, 29.0))
    middle = lane.top + 24
    assert is_token(view, image, left, middle, "t2")
    assert is_token(view, image, right - 1, middle, "t2")
    assert is_token(view, image, left + 3, middle, "canvas")
    assert "\u2212140 ms" in lane.hit(left + 2, 20).tip


def test_the_tooltip_prints_the_definition_and_where_it_comes_from(view: TimingView) -> None:
    x = view.scene.view.x_of(frames(16.0))
    tip = view.canvas.tip_at(x, row(view, "response").top + 20)
    assert "Agent speech onset minus caller speech offset" in tip
    assert "silero-6.2" in tip
    assert "callbench-1" in tip
    assert "1\u2009840 ms" in tip


def test_turns_narrower_than_three_pixels_are_never_dropped(qtbot: Any, ctx: Any) -> None:
    script = tuple(("caller" if n % 2 else "agent", n * 0.5, n * 0.5 + 0.12, "") for n in range(80))
    the_call = support.call(frame_count=frames(3600))
    the_review = support.review(call=the_call, script=script, transcript=(), events=())
    session = support.session(ctx, the_review, sound=False)
    made = TimingView(ctx, session)
    qtbot.addWidget(made)
    made.resize(1000 + GUTTER, made.sizeHint().height())
    made.show()
    session.view.set_px_per_s(20.0)
    session.view.scroll_to(0)
    image, lane = pixels(made), row(made, "caller_turns")
    y = lane.top + 10
    assert the_review.turn_set is not None
    for utterance in the_review.turn_set.utterances:
        if utterance.speaker == "caller":
            assert is_token(made, image, session.view.x_of(utterance.span.start), y, "caller")


def test_scrolling_gives_the_picture_that_painting_anew_gives(view: TimingView) -> None:
    pixels(view)
    for dx in (37, 3, -90, 260):
        view.scene.view.scroll_px(dx)
        scrolled = as_array(pixels(view))
        view.canvas.refresh()
        # A letter that is cut by the strip's edge may differ in a pixel of its smoothing.
        assert np.count_nonzero(as_array(pixels(view)) != scrolled) <= 4


def test_moving_the_play_head_paints_no_lane(view: TimingView) -> None:
    pixels(view)
    before = view.canvas.painted_columns
    for second in (8.0, 8.1, 9.7, 12.0):
        view.session.playback.seek(frames(second))
        pixels(view)
    assert view.canvas.painted_columns == before


@pytest.mark.parametrize("second", [1, 4, 9, 33])
def test_the_head_is_on_the_click_at_2000_px_a_second(qtbot: Any, ctx: Any, second: int) -> None:
    the_call = support.call()
    clicks = np.zeros(the_call.frame_count, np.int16)
    clicks[::RATE] = 30_000
    session = support.session(ctx, support.review(call=the_call), sound=False)
    session.sound.media = support.FakeMedia(the_call, {"caller": clicks, "agent": clicks})
    session.sound.is_whole = True
    made = TimingView(ctx, session)
    qtbot.addWidget(made)
    made.resize(1000 + GUTTER, made.sizeHint().height())
    made.show()
    session.view.set_px_per_s(2000.0)
    session.view.scroll_to(second * RATE, 400)
    session.playback.seek(second * RATE)
    image, lane = pixels(made), row(made, "caller_wave")
    head = [x for x in range(300, 500) if is_token(made, image, x, lane.top + 80, "play")]
    click = [
        x for x in range(300, 500)
        if not is_token(made, image, x, lane.top + 10, "canvas")
        and not is_token(made, image, x, lane.top + 10, "play")
        and not is_token(made, image, x, lane.top + 10, "grid")
    ]  # fmt: skip
    assert head == [400]
    session.playback.seek(0)  # out of the way, to see the click itself
    image = pixels(made)
    click = [
        x
        for x in range(350, 450)
        if image.pixelColor(x, lane.top + 10)
        not in (made.ctx.theme.color("canvas"), made.ctx.theme.color("grid"))
    ]
    assert click
    assert all(abs(x - 400) <= 1 for x in click)


def test_a_click_seeks_to_the_frame_under_it(view: TimingView) -> None:
    at = QPoint(431, row(view, "agent_wave").top + 40)
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=at)
    assert view.scene.view.x_of(view.scene.view.cursor) == 431


def test_a_click_on_a_turn_selects_it_and_a_double_click_zooms_to_it(view: TimingView) -> None:
    at = QPoint(view.scene.view.x_of(frames(13)), row(view, "caller_turns").top + 12)
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=at)
    assert view.session.turn is not None
    assert view.session.turn.span.start == frames(12.2)
    QTest.mouseDClick(view.canvas, Qt.MouseButton.LeftButton, pos=at)
    seen = view.scene.view.visible()
    assert seen.start < frames(12.2) < frames(15.5) < seen.end
    assert seen.frames < frames(6)


def test_dragging_makes_a_loop_of_what_was_drawn(view: TimingView) -> None:
    y = row(view, "caller_wave").top + 30
    canvas = view.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, y))
    QTest.mouseMove(canvas, QPoint(350, y))
    QTest.mouseMove(canvas, QPoint(500, y))
    assert view.scene.view.selection is not None
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(500, y))
    loop = view.scene.view.loop
    assert loop is not None
    assert view.scene.view.loop_on
    assert (view.scene.view.x_of(loop.start), view.scene.view.x_of(loop.end)) == (300, 500)
    assert view.ctx.player.loop_span == loop


def wheel(view: TimingView, x: int, notches: int, *, ctrl: bool) -> None:
    at = QPointF(x, 100)
    event = QWheelEvent(
        at, view.canvas.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    view.pointer.eventFilter(view.canvas, event)


def test_the_wheel_scrolls_and_with_ctrl_zooms_at_the_pointer(view: TimingView) -> None:
    before = view.scene.view.origin
    wheel(view, 500, -1, ctrl=False)
    assert view.scene.view.origin > before
    scale, frame = view.scene.view.px_per_s, view.scene.view.frame_at(500)
    wheel(view, 500, 1, ctrl=True)
    assert view.scene.view.px_per_s > scale
    assert abs(view.scene.view.x_of(frame) - 500) <= 1


def test_words_appear_from_60_px_a_second_on(view: TimingView) -> None:
    lane = row(view, "agent_turns")
    assert isinstance(lane, TurnLane)
    view.set_comments(())
    view.scene.view.set_px_per_s(59.0)
    assert _ink(view, lane) == 0
    view.scene.view.set_px_per_s(80.0, at_frame=frames(7))
    assert _ink(view, lane) > 50


def _ink(view: TimingView, lane: TurnLane) -> int:
    image = pixels(view)
    tone = view.ctx.theme.color("t1")
    band = range(lane.top + 8, lane.top + 22)
    return sum(image.pixelColor(x, y) == tone for y in band for x in range(1000))


def test_the_loop_shades_the_waveforms_only_and_its_edges_cross_all_lanes(
    view: TimingView,
) -> None:
    view.scene.view.set_loop(Span(frames(12.0), frames(12.1)))
    left = view.scene.view.x_of(frames(12.0))
    image = pixels(view)
    for y in (row(view, "caller_wave").top + 5, row(view, "events").top + 10):
        assert is_token(view, image, left, y, "accent")
    inside = left + 3
    assert not is_token(view, image, inside, row(view, "caller_wave").top + 5, "canvas")
    assert is_token(view, image, inside, row(view, "events").top + 3, "canvas")


def test_a_comment_is_pinned_at_its_time_and_its_words_are_not_markup(qtbot: Any, ctx: Any) -> None:
    from app.ui.widgets.tips import plain_tip as plain

    note = support.comment("h", 8.0, "<b>bold</b> & <img src=x>")
    session = support.session(ctx, support.review(comments=(note,)))
    made = TimingView(ctx, session)
    qtbot.addWidget(made)
    x = session.view.x_of(note.start)
    assert made.canvas.overlays.pin_at(x, 8) == note
    assert "<b>bold</b>" in made.canvas.tip_at(x, 8)
    assert "&lt;b&gt;bold&lt;/b&gt;" in plain(made.canvas.tip_at(x, 8))


def test_a_missing_recording_is_told_in_place_with_its_remedy(qtbot: Any, ctx: Any) -> None:
    from app.domain.errors import NotFound

    session = support.session(ctx, sound=False)
    session.sound.error = NotFound("The recording is gone.", "Put it back.")
    made = TimingView(ctx, session)
    qtbot.addWidget(made)
    made.show()
    session.sound.changed.emit()
    assert made.note.isVisible()
    words = [label.text() for label in (made.note._what, made.note._remedy)]
    assert words == ["The recording is gone.", "Put it back."]
    assert made.note._retry.isVisible()


def test_the_collapsed_view_has_the_low_heights_and_no_words(qtbot: Any, ctx: Any) -> None:
    made = TimingView(ctx, support.session(ctx), collapsed=True)
    qtbot.addWidget(made)
    heights = {lane.key: lane.height for lane in made.canvas.lanes}
    assert heights == {
        "ruler": 20, "caller_wave": 48, "agent_wave": 48, "caller_turns": 18, "agent_turns": 18,
        "response": 26,
    }  # fmt: skip
    assert made.gutter.width() == 72
    assert made.minimap.isHidden()


def test_painted_widgets_have_names_and_values(view: TimingView) -> None:
    assert view.canvas.accessibleName() == "Timing view"
    assert "11 turns" in view.canvas.accessibleDescription()
    assert view.minimap.accessibleName() == "Whole call"
    assert view.minimap.accessibleDescription().startswith("In view: 00:0")


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.3, 1.5, 2.0])
def test_the_strip_of_a_channel_fits_at_every_font_scale(qtbot: Any, scale: float) -> None:
    ctx = support.context(scale=scale)
    made = TimingView(ctx, support.session(ctx, sound=False))
    qtbot.addWidget(made)
    made.resize(1300, made.sizeHint().height())
    made.show()
    lane, strip = row(made, "agent_wave"), made.gutter._strips["agent"]
    parts = [part.geometry() for part in strip.parts]
    for n, one in enumerate(parts):
        assert lane.top <= one.top()
        assert one.bottom() < lane.top + lane.height
        assert one.right() < made.gutter.width()
        assert not any(one.intersects(other) for other in parts[n + 1 :])
    ctx.runner.close()


def test_what_was_not_heard_is_outlined_up_to_what_was_said_next(qtbot: Any, ctx: Any) -> None:
    cut = support.segment("cut", "agent", 11.5, 19.0, "and more than that", heard=False)
    pictures = []
    for lines in ((), (cut,)):
        made = TimingView(ctx, support.session(ctx, support.review(transcript=lines)))
        qtbot.addWidget(made)
        made.resize(1000 + GUTTER, made.sizeHint().height())
        made.show()
        made.scene.view.set_px_per_s(70.0)
        made.scene.view.scroll_to(frames(8.0))
        lane = row(made, "agent_turns")
        pictures.append(as_array(pixels(made))[lane.top : lane.top + lane.height])
    changed = np.flatnonzero((pictures[0] != pictures[1]).any(axis=0))
    x_of = made.scene.view.x_of
    assert changed[0] == x_of(frames(11.5))
    assert changed[-1] == x_of(frames(17.34)) - 1, "the next turn is drawn as it was"
