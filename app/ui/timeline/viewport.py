"""What of a call is in view, and what is marked on it. Knows no Qt and draws nothing.

The scale is an exact fraction of pixels per frame, and pixels are counted from the start of the
call: frame `f` lies in global pixel `floor(f * num / den)`, and a view is a window of `width` of
those pixels. So a frame has the same pixel however the view was reached, pictures of it can be
kept and shifted while scrolling, and a play-head is never off by a rounded product of floats.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

import numpy as np
import numpy.typing as npt

from app.domain.calls import Span

Topic = Literal["view", "cursor", "selection", "loop"]
TOPICS: tuple[Topic, ...] = ("view", "cursor", "selection", "loop")

MAX_PX_PER_FRAME = 8
SCALE_DENOMINATOR = 1024
"""Scales are kept to 1/1024 px per second, so that products stay far inside int64."""


class Viewport:
    """The visible window on `[0, frame_count)` frames, the cursor, the selection and the loop.

    Observers register with `on(topic, fn)`; they are called on the caller's thread after the
    change. Main thread only.

    Args:
        rate_hz: frames per second of the call.
        frame_count: length of the call in frames.
        width: width of the view in pixels.
    """

    def __init__(self, rate_hz: int, frame_count: int, width: int = 1000) -> None:
        self._observers: dict[Topic, list[Callable[[], None]]] = defaultdict(list)
        self.rate_hz = rate_hz
        self.frame_count = max(1, frame_count)
        self._width = max(1, width)
        self.origin = 0
        self._set_scale(self._fit_scale())
        self.cursor = 0
        self.selection: Span | None = None
        self.loop: Span | None = None
        self.loop_on = False

    def reset(self, rate_hz: int, frame_count: int) -> None:
        """Show another call from its start, whole; observers stay."""
        self.rate_hz, self.frame_count = rate_hz, max(1, frame_count)
        self.cursor, self.selection, self.loop, self.loop_on = 0, None, None, False
        self.origin = 0
        self._set_scale(self._fit_scale())
        for topic in TOPICS:
            self._tell(topic)

    # observers -----------------------------------------------------------------------------

    def on(self, topic: Topic, fn: Callable[[], None]) -> None:
        """Call `fn()` after each change of `topic`."""
        self._observers[topic].append(fn)

    def off(self, topic: Topic, fn: Callable[[], None]) -> None:
        """Stop calling `fn`; unknown ones are ignored."""
        if fn in self._observers[topic]:
            self._observers[topic].remove(fn)

    def _tell(self, topic: Topic) -> None:
        for fn in tuple(self._observers[topic]):
            fn()

    # scale -----------------------------------------------------------------------------------

    @property
    def width(self) -> int:
        """Width of the view in pixels."""
        return self._width

    @property
    def scale(self) -> Fraction:
        """Pixels per frame, exactly."""
        return self._scale

    @property
    def px_per_s(self) -> float:
        """Pixels per second of the call."""
        return float(self._scale * self.rate_hz)

    @property
    def frames_per_px(self) -> float:
        """Frames that one pixel covers."""
        return float(1 / self._scale)

    @property
    def total_px(self) -> int:
        """Pixels that the whole call takes at this scale."""
        return self._global(self.frame_count - 1) + 1

    @property
    def is_fitted(self) -> bool:
        """True while the whole call fills the view."""
        return self._fitted

    def _fit_scale(self) -> Fraction:
        return Fraction(self._width, self.frame_count)

    def _set_scale(self, scale: Fraction) -> None:
        self._scale = scale
        self._num, self._den = scale.numerator, scale.denominator
        self._fitted = scale == self._fit_scale()

    def _bounded(self, scale: Fraction) -> Fraction:
        fit = self._fit_scale()
        top = max(Fraction(MAX_PX_PER_FRAME), fit)
        return min(max(scale, fit), top)

    # time and pixels ------------------------------------------------------------------------

    def _global(self, frame: int) -> int:
        return frame * self._num // self._den

    def x_of(self, frame: int) -> int:
        """The pixel that `frame` lies in; outside the view it is negative or >= width."""
        return frame * self._num // self._den - self.origin

    def xs_of(self, frames: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """`x_of` for an array of frames, shape kept."""
        return frames.astype(np.int64) * self._num // self._den - self.origin

    def frame_at(self, x: int) -> int:
        """The first frame of pixel `x` (the frame around it when frames are wider than pixels)."""
        num, den = self._num, self._den
        pixel = x + self.origin
        frame = -(-pixel * den // num) if num <= den else -(-(pixel + 1) * den // num) - 1
        return min(max(frame, 0), self.frame_count)

    def visible(self) -> Span:
        """The frames in view."""
        return Span(self.frame_at(0), max(self.frame_at(0), self.frame_at(self._width)))

    # moving ----------------------------------------------------------------------------------

    def resize(self, width: int) -> None:
        """Set the width; a fitted view stays fitted, any other keeps its scale and left edge."""
        width = max(1, width)
        if width == self._width:
            return
        left = self.frame_at(0)
        self._width = width
        self._apply(self._fit_scale() if self._fitted else self._scale, left, 0)

    def set_px_per_s(self, px_per_s: float, *, at_frame: int | None = None, at_x: int = 0) -> None:
        """Set the scale, keeping `at_frame` at pixel `at_x` (the left edge by default)."""
        anchor = self.frame_at(at_x) if at_frame is None else at_frame
        wanted = Fraction(round(px_per_s * SCALE_DENOMINATOR), SCALE_DENOMINATOR * self.rate_hz)
        self._apply(self._bounded(wanted), anchor, at_x)

    def zoom(self, factor: float, at_x: int) -> None:
        """Zoom by `factor` (above 1 is nearer), keeping what is under `at_x` where it is."""
        middle = (2 * (at_x + self.origin) + 1) / (2 * self._scale)
        wanted = round(self._scale * self.rate_hz * SCALE_DENOMINATOR * Fraction(factor))
        scale = self._bounded(Fraction(wanted, SCALE_DENOMINATOR * self.rate_hz))
        self._apply(scale, middle, at_x)

    def show(self, span: Span, *, margin: float = 0.08) -> None:
        """Zoom and scroll so that `span` fills the view, less `margin` of the width each side."""
        frames = max(1, span.frames)
        px_per_s = self._width * (1 - 2 * margin) * self.rate_hz / frames
        self.set_px_per_s(px_per_s, at_frame=span.start, at_x=round(self._width * margin))

    def fit(self) -> None:
        """Show the whole call."""
        self._apply(self._fit_scale(), 0, 0)

    def scroll_px(self, dx: int) -> None:
        """Move the view by `dx` pixels to the right."""
        self._set_origin(self.origin + dx)

    def scroll_to(self, frame: int, at_x: int = 0) -> None:
        """Bring `frame` to pixel `at_x`, as far as the ends allow."""
        self._set_origin(self._global(frame) - at_x)

    def reveal(self, span: Span, *, margin_px: int = 48) -> None:
        """Scroll only as far as needed for the start of `span`, and its end if it fits."""
        left, right = self.x_of(span.start), self.x_of(span.end)
        margin_px = min(margin_px, self._width // 4)
        if left < margin_px or right - left > self._width - 2 * margin_px:
            if not margin_px <= left <= self._width - margin_px:
                self.scroll_px(left - margin_px)
        elif right > self._width - margin_px:
            self.scroll_px(right - self._width + margin_px)

    def follow(self, frame: int, *, pages: bool, at: float = 0.62) -> None:
        """Keep a moving play-head in view.

        Args:
            frame: where the play-head is.
            pages: turn a page when it leaves the view; else hold it at `at` of the width.
            at: fraction of the width where a continuous scroll holds it.
        """
        x, hold = self.x_of(frame), round(self._width * at)
        if pages:
            if not 0 <= x < self._width:
                self.scroll_to(frame, self._width // 16)
        elif x > hold or x < 0:
            self.scroll_to(frame, hold)

    def _apply(self, scale: Fraction, frame: int | Fraction, x: int) -> None:
        before = (self._scale, self.origin)
        self._set_scale(scale)
        self.origin = self._clamped(math.floor(frame * scale) - x)
        if before != (self._scale, self.origin):
            self._tell("view")

    def _clamped(self, origin: int) -> int:
        return min(max(origin, 0), max(0, self.total_px - self._width))

    def _set_origin(self, origin: int) -> None:
        origin = self._clamped(origin)
        if origin != self.origin:
            self.origin = origin
            self._tell("view")

    # marks -----------------------------------------------------------------------------------

    def set_cursor(self, frame: int) -> None:
        """Put the play-head at `frame`, inside the call."""
        frame = min(max(frame, 0), self.frame_count)
        if frame != self.cursor:
            self.cursor = frame
            self._tell("cursor")

    def select(self, span: Span | None) -> None:
        """Mark a run of frames, or none."""
        if span != self.selection:
            self.selection = span
            self._tell("selection")

    def set_loop(self, span: Span | None, *, on: bool | None = None) -> None:
        """Set the loop region; `on` switches it, by default a new region is on and none is off."""
        active = (span is not None) if on is None else on and span is not None
        if (span, active) != (self.loop, self.loop_on):
            self.loop, self.loop_on = span, active
            self._tell("loop")
