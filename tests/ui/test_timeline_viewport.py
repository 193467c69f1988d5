"""The viewport maps frames to pixels exactly, at every zoom and wherever it was scrolled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calls import Span
from app.ui.timeline.viewport import MAX_PX_PER_FRAME, Viewport


@pytest.mark.parametrize("rate_hz", [8000, 16000, 44100, 48000])
def test_a_click_each_second_lies_on_multiples_of_the_scale(rate_hz: int) -> None:
    view = Viewport(rate_hz, rate_hz * 60, 1200)
    view.set_px_per_s(2000.0)
    for second in (0, 1, 7, 59):
        view.scroll_to(second * rate_hz, 300)
        assert view.x_of(second * rate_hz) + view.origin == second * 2000
        assert view.px_per_s == 2000.0


@given(
    rate=st.sampled_from([8000, 16000, 22050, 44100, 48000]),
    seconds=st.integers(1, 7200),
    px_per_s=st.floats(0.5, 100_000),
    x=st.integers(0, 1499),
    at=st.floats(0, 1),
)
def test_the_pixel_of_a_pixels_frame_is_that_pixel(
    rate: int, seconds: int, px_per_s: float, x: int, at: float
) -> None:
    view = Viewport(rate, rate * seconds, 1500)
    view.set_px_per_s(px_per_s)
    view.scroll_to(int(at * rate * seconds))
    frame = view.frame_at(x)
    if view.scale <= 1:
        assert view.x_of(frame) == x or frame == view.frame_count
    else:
        assert 0 <= x - view.x_of(frame) < view.scale or frame == view.frame_count


def test_a_frame_keeps_its_global_pixel_while_scrolling() -> None:
    view = Viewport(16000, 16000 * 600, 1000)
    view.set_px_per_s(133.7)
    frame = 16000 * 300 + 7
    place = view.x_of(frame) + view.origin
    for dx in (1, 17, 400, -50):
        view.scroll_px(dx)
        assert view.x_of(frame) + view.origin == place


def test_arrays_map_as_single_frames_do() -> None:
    view = Viewport(48000, 48000 * 7200, 1600)
    view.set_px_per_s(MAX_PX_PER_FRAME * 48000)
    view.scroll_to(48000 * 7000)
    frames = np.array([0, 48000 * 7000, 48000 * 7200 - 1], np.int64)
    assert view.xs_of(frames).tolist() == [view.x_of(int(f)) for f in frames]


def test_zoom_holds_what_is_under_the_pointer() -> None:
    view = Viewport(16000, 16000 * 600, 1000)
    view.set_px_per_s(100)
    view.scroll_to(16000 * 100)
    first, after = view.frame_at(640), view.frame_at(641)
    for _ in range(12):
        view.zoom(1.5, 640)
        assert first <= view.frame_at(640) < after
    assert view.px_per_s == pytest.approx(100 * 1.5**12, rel=0.01)


def test_zoom_goes_from_the_whole_call_to_single_samples() -> None:
    view = Viewport(16000, 16000 * 3600, 1000)
    for _ in range(60):
        view.zoom(2.0, 500)
    assert view.scale >= 2
    for _ in range(60):
        view.zoom(0.5, 500)
    assert view.is_fitted
    assert view.visible() == Span(0, 16000 * 3600)


def test_a_fitted_view_stays_fitted_when_resized() -> None:
    view = Viewport(16000, 16000 * 90, 1000)
    view.resize(1733)
    assert view.is_fitted
    assert view.x_of(view.frame_count - 1) == 1732


def test_the_view_never_leaves_the_call() -> None:
    view = Viewport(8000, 8000 * 30, 500)
    view.set_px_per_s(100)
    view.scroll_px(-10_000)
    assert view.visible().start == 0
    view.scroll_px(10_000_000)
    assert view.visible().end == view.frame_count


def test_a_recording_shorter_than_the_view_is_wide_still_works() -> None:
    view = Viewport(8000, 80, 1000)
    view.zoom(3.0, 10)
    assert view.visible() == Span(0, 80)
    assert view.x_of(40) == 500


def test_follow_by_page_and_continuously() -> None:
    view = Viewport(16000, 16000 * 600, 1000)
    view.set_px_per_s(100)
    view.follow(16000 * 9, pages=True)
    assert view.visible().start == 0
    view.follow(16000 * 11, pages=True)
    assert 0 <= view.x_of(16000 * 11) < 200
    view.follow(16000 * 40, pages=False)
    assert view.x_of(16000 * 40) == 620


def test_observers_hear_only_real_changes_of_their_topic() -> None:
    view = Viewport(16000, 16000 * 60, 1000)
    heard: list[str] = []
    view.on("view", lambda: heard.append("view"))
    view.on("cursor", lambda: heard.append("cursor"))
    view.on("loop", lambda: heard.append("loop"))
    view.set_cursor(100)
    view.set_cursor(100)
    view.set_loop(Span(10, 20))
    view.set_loop(Span(10, 20))
    view.scroll_px(50)  # the whole call is in view: nowhere to go
    assert heard == ["cursor", "loop"]
    assert view.loop_on
    view.set_loop(view.loop, on=False)
    assert not view.loop_on
    assert view.loop == Span(10, 20)


def test_reveal_scrolls_no_further_than_needed() -> None:
    view = Viewport(16000, 16000 * 600, 1000)
    view.set_px_per_s(100)
    view.reveal(Span(16000 * 2, 16000 * 4))
    assert view.origin == 0
    view.reveal(Span(16000 * 11, 16000 * 12))
    assert view.x_of(16000 * 12) == 1000 - 48
