"""The time axis: which ticks a scale carries, and the ruler and grid drawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QLine, QRect
from PySide6.QtGui import QPainter

from app.domain.clock import format_time
from app.ui.timeline.lane import Lane, Scene
from app.ui.timeline.viewport import Viewport

ROW_PX = 20
MIN_LABEL_PX = 120
LABEL_GAP_PX = 4

_STEPS_MS = (
    (1, 2, 5),
    (5, 2, 5),
    (10, 2, 5),
    (20, 2, 4),
    (50, 5, 5),
    (100, 2, 5),
    (200, 2, 4),
    (500, 5, 5),
    (1000, 2, 5),
    (2000, 2, 5),
    (5000, 5, 5),
    (10_000, 2, 5),
    (15_000, 3, 5),
    (30_000, 2, 3),
    (60_000, 2, 3),
    (120_000, 2, 2),
    (300_000, 5, 1),
    (600_000, 2, 5),
    (1_800_000, 3, 2),
    (3_600_000, 2, 3),
)
"""(label step in ms, middle ticks per label, minor ticks per middle tick)."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """The steps of an axis in ms: labels, middle ticks (with a grid line), minor ticks."""

    label_ms: Fraction
    middle_ms: Fraction
    minor_ms: Fraction


def ticks_for(px_per_s: float) -> Ticks:
    """The finest steps whose labels stay at least `MIN_LABEL_PX` apart."""
    fitting = (s for s in _STEPS_MS if s[0] * px_per_s / 1000 >= MIN_LABEL_PX)
    label, middles, minors = next(fitting, _STEPS_MS[-1])
    if label == 1:  # single samples are in view: tenths and hundredths of a millisecond
        step = Fraction(1)
        while step / 10 * Fraction(px_per_s) / 1000 >= MIN_LABEL_PX:
            step /= 10
        return Ticks(step, step / 2, step / 10)
    middle = Fraction(label, middles)
    return Ticks(Fraction(label), middle, middle / minors)


def tick_frames(view: Viewport, step_ms: Fraction, first: int, last: int) -> list[tuple[int, int]]:
    """(multiple of the step, its nearest frame) for every step in `[first, last]` frames."""
    num, den = step_ms.numerator * view.rate_hz, step_ms.denominator * 1000
    low, high = first * den // num, last * den // num + 1
    end = view.frame_count * den
    return [(n, (2 * n * num + den) // (2 * den)) for n in range(low, high + 1) if n * num <= end]


def grid_columns(scene: Scene, rect: QRect) -> list[int]:
    """The columns of `rect` that carry a grid line: those of the middle ticks."""
    view = scene.view
    first, last = view.frame_at(rect.left() - 1), view.frame_at(rect.right() + 1)
    frames = tick_frames(view, ticks_for(view.px_per_s).middle_ms, first, last)
    xs = (view.x_of(frame) for _, frame in frames)
    return [x for x in xs if rect.left() <= x <= rect.right()]


def paint_grid(painter: QPainter, scene: Scene, rect: QRect) -> None:
    """Grid lines of the middle ticks over `rect`."""
    painter.setPen(scene.theme.pen("grid"))
    xs = grid_columns(scene, rect)
    painter.drawLines([QLine(x, rect.top(), x, rect.bottom()) for x in xs])


class Ruler(Lane):
    """Ticks only; the labels keep clear of the play-head's flag and are drawn above the strip."""

    key = "ruler"

    @property
    def height(self) -> int:
        return self.scene.theme.px(ROW_PX)

    def paint(self, painter: QPainter, rect: QRect) -> None:
        view, theme = self.scene.view, self.scene.theme
        first, last = view.frame_at(rect.left() - 1), view.frame_at(rect.right() + 1)
        ticks, floor = ticks_for(view.px_per_s), self.top + self.height - 2
        for step, length, token in (
            (ticks.minor_ms, 2, "line2"),
            (ticks.middle_ms, 5, "line3"),
            (ticks.label_ms, 8, "line3"),
        ):
            painter.setPen(theme.pen(token))
            xs = [view.x_of(f) for _, f in tick_frames(view, step, first, last)]
            painter.drawLines([QLine(x, floor - length + 1, x, floor) for x in xs])

    def paint_labels(self, painter: QPainter, rect: QRect, taken: list[tuple[int, int]]) -> None:
        """Write the labels that touch `rect`, less those in the pixel runs `taken`."""
        view, theme = self.scene.view, self.scene.theme
        step = ticks_for(view.px_per_s).label_ms
        metrics = self.metrics("label")
        width = metrics.horizontalAdvance("0:00:00.0000")
        first, last = view.frame_at(rect.left() - width - 8), view.frame_at(rect.right() + 1)
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("t3"))
        base = self.top + (self.height - 2 + metrics.ascent() - metrics.descent()) // 2
        for n, frame in tick_frames(view, step, first, last):
            text = label(n * step, step)
            left = view.x_of(frame) + LABEL_GAP_PX
            right = left + metrics.horizontalAdvance(text)
            free = all(right < a or left > b for a, b in taken)
            if free and left >= 0 and right <= view.width + 2:
                painter.drawText(left, base, text)


def label(at_ms: Fraction, step_ms: Fraction) -> str:
    """`mm:ss`, with as many decimals as steps of `step_ms` need."""
    whole = format_time(int(at_ms // 1000), 1, millis=False)
    if step_ms % 1000 == 0:
        return whole
    digits = 1 if step_ms % 100 == 0 else 2 if step_ms % 10 == 0 else 3 if step_ms % 1 == 0 else 4
    part = int(at_ms % 1000 * 10 ** (digits - 3))
    return f"{whole}.{part:0{digits}d}"
