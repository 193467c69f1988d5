"""Plots of the report as SVG text; colours are variables of the page, all text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from app.eval.agreement.resampling import Estimate
from app.services.calibrating.detail_confusion import ConfusionView
from app.services.calibrating.detail_curve import CurveView
from app.services.calibrating.detail_limits import LimitsView

WIDTH, HEIGHT = 440, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 12, 44
ROW_PX = 26
NAMES_PX = 150
MOST_POINTS = 600
"""Of more a sample, as every fifth or so: the page must stay small."""
SPARE = 0.06

Row = tuple[str, Estimate, bool]
"""A name, a figure and whether it stands out."""


class Canvas:
    """A drawing whose axes are in values."""

    def __init__(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        title: str,
        size: tuple[int, int] = (WIDTH, HEIGHT),
        left: int = LEFT,
    ) -> None:
        self._x, self._y = _roomy(x), _roomy(y)
        self._size, self._left, self._title = size, left, title
        self._parts: list[str] = []

    def x(self, value: float) -> float:
        """Place of a value."""
        low, high = self._x
        return self._left + (value - low) / (high - low) * (self._size[0] - self._left - RIGHT)

    def y(self, value: float) -> float:
        """Place of a value."""
        low, high = self._y
        return (
            self._size[1] - BOTTOM - (value - low) / (high - low) * (self._size[1] - TOP - BOTTOM)
        )

    def line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, *,
        width: float = 1.0, dashed: bool = False,
    ) -> None:  # fmt: skip
        """A line between two places in values."""
        self.raw_line(
            (self.x(start[0]), self.y(start[1])), (self.x(end[0]), self.y(end[1])), colour,
            width=width, dashed=dashed,
        )  # fmt: skip

    def raw_line(
        self, start: tuple[float, float], end: tuple[float, float], colour: str, *,
        width: float = 1.0, dashed: bool = False,
    ) -> None:  # fmt: skip
        """A line between two places in units of the drawing."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self._parts.append(
            f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
            f'stroke="var(--{colour})" stroke-width="{width:g}"{dash}/>'
        )

    def dot(self, x: float, y: float, colour: str, radius: float = 3.0, solid: float = 1.0) -> None:
        """A dot at a place in units of the drawing."""
        self._parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="var(--{colour})" '
            f'fill-opacity="{solid:g}"/>'
        )

    def box(
        self, x: float, y: float, width: float, height: float, colour: str, solid: float
    ) -> None:
        """A filled box in units of the drawing."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'fill="var(--{colour})" fill-opacity="{solid:.3f}"/>'
        )

    def text(
        self, x: float, y: float, words: str, *, colour: str = "t2", anchor: str = "middle",
        turned: bool = False,
    ) -> None:  # fmt: skip
        """Words at a place in units of the drawing."""
        turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="var(--{colour})" font-size="11" '
            f'text-anchor="{anchor}"{turn}>{escape(words)}</text>'
        )

    def axes(self, x_name: str, y_name: str, *, y_ticks: bool = True) -> None:
        """Ticks, their grid and the names of both axes."""
        bottom = self._size[1] - BOTTOM
        for value in ticks(self._x):
            self.raw_line((self.x(value), TOP), (self.x(value), bottom), "line")
            self.text(self.x(value), bottom + 15, number(value))
        for value in ticks(self._y) if y_ticks else ():
            self.raw_line(
                (self._left, self.y(value)), (self._size[0] - RIGHT, self.y(value)), "line"
            )
            self.text(self._left - 7, self.y(value) + 4, number(value), anchor="end")
        middle = (self._left + self._size[0] - RIGHT) / 2
        self.text(middle, self._size[1] - 8, x_name, colour="t3")
        if y_name:
            self.text(13, (TOP + bottom) / 2, y_name, colour="t3", turned=True)

    def svg(self) -> str:
        """The whole drawing."""
        width, height = self._size
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'role="img" aria-label="{escape(self._title)}" '
            f'font-family="Inter, Segoe UI, system-ui, sans-serif">'
            f"<title>{escape(self._title)}</title>{''.join(self._parts)}</svg>"
        )


def number(value: float) -> str:
    """A tick's value."""
    return f"{value:g}".replace("-", "−")


def ticks(ends: tuple[float, float], most: int = 6) -> list[float]:
    """Round values between two ends."""
    low, high = ends
    raw = (high - low) / most
    size = 10 ** np.floor(np.log10(raw))
    step = float(next(s for s in (size, 2 * size, 5 * size, 10 * size) if raw <= s * 1.0001))
    first = np.ceil(low / step)
    return [round(float(n * step), 10) for n in np.arange(first, np.floor(high / step) + 1)]


def _roomy(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    if not high > low:
        low, high = low - 0.5, high + 0.5
    return low - SPARE * (high - low), high + SPARE * (high - low)


def confusion(view: ConfusionView, title: str) -> str:
    """People's common value against the judge's, with counts; darker is more of its row."""
    size = len(view.labels)
    side = min(44.0, (WIDTH - LEFT - RIGHT) / max(size, 1))
    height = int(TOP + size * side + BOTTOM)
    drawing = Canvas((0, 1), (0, 1), title=title, size=(WIDTH, height))
    for row, counts in enumerate(view.counts):
        y = TOP + (size - 1 - row) * side
        drawing.text(LEFT - 7, y + side / 2 + 4, view.labels[row], anchor="end")
        for column, count in enumerate(counts):
            share = count / max(sum(counts), 1)
            x = LEFT + column * side
            drawing.box(x + 1, y + 1, side - 2, side - 2, "accent", 0.08 + 0.72 * share)
            drawing.text(x + side / 2, y + side / 2 + 4, str(count), colour="t1")
    for column, label in enumerate(view.labels):
        drawing.text(LEFT + (column + 0.5) * side, TOP + size * side + 15, label)
    drawing.text(LEFT + size * side / 2, height - 8, "judge", colour="t3")
    drawing.text(13, TOP + size * side / 2, "people, common value", colour="t3", turned=True)
    return drawing.svg()


def limits(view: LimitsView, title: str) -> str:
    """Bland and Altman's plot: difference over mean, with bias and limits of agreement."""
    found = view.limits
    assert found is not None, "callers draw it only where there is something"
    lines = [(found.bias, False), (found.lower, True), (found.upper, True)]
    known = [(value, dashed) for value, dashed in lines if value is not None]
    reach = max(float(np.abs(view.y).max(initial=0.5)), *(abs(value) for value, _ in known))
    drawing = Canvas(view.ends, (-reach, reach), title=title)
    drawing.axes("mean of judge and people", "judge − people")
    every = max(1, -(-len(view.x) // MOST_POINTS))
    for x, y in zip(view.x[::every].tolist(), view.y[::every].tolist()):
        drawing.dot(drawing.x(x), drawing.y(y), "accent", 2.5, 0.45)
    low, high = view.ends
    for value, dashed in known:
        drawing.line((low, value), (high, value), "warn", width=1.5, dashed=dashed)
    drawing.line((low, 0.0), (high, 0.0), "t3")
    return drawing.svg()


def curve(view: CurveView, title: str) -> str:
    """People's mean at each level of the judge; the dashed line is perfect."""
    drawing = Canvas(view.ends, view.ends, title=title)
    drawing.axes("judge", "people's mean")
    low, high = view.ends
    drawing.line((low, low), (high, high), "t3", dashed=True)
    for level in view.levels:
        found = level.people
        if found.value is None:
            continue
        if found.low is not None and found.high is not None:
            drawing.line((level.judge, found.low), (level.judge, found.high), "accent", width=2)
        drawing.dot(drawing.x(level.judge), drawing.y(found.value), "accent", 4)
        if level.corrected is not None:
            drawing.dot(drawing.x(level.corrected), drawing.y(found.value), "warn", 3.5)
    return drawing.svg()


def rows(found: Sequence[Row], name: str, title: str, *, zero: bool = False) -> str:
    """Figures with their intervals, one below the other; what stands out is in another colour."""
    shown = [r for r in found if r[1].value is not None]
    known = [v for _, e, _ in shown for v in (e.value, e.low, e.high) if v is not None]
    ends = (min([*known, *([0.0] if zero else [])]), max([*known, *([0.0] if zero else [])]))
    height = TOP + len(shown) * ROW_PX + BOTTOM
    drawing = Canvas(ends, (0, 1), title=title, size=(WIDTH, height), left=NAMES_PX)
    drawing.axes(name, "", y_ticks=False)
    if zero:
        at = drawing.x(0.0)
        drawing.raw_line((at, TOP), (at, height - BOTTOM), "t3")
    for n, (label, figure, stands_out) in enumerate(shown):
        y = TOP + (n + 0.5) * ROW_PX
        colour = "warn" if stands_out else "accent"
        drawing.text(NAMES_PX - 8, y + 4, _short(label), anchor="end", colour="t1")
        if figure.low is not None and figure.high is not None:
            ends_px = (drawing.x(figure.low), drawing.x(figure.high))
            drawing.raw_line((ends_px[0], y), (ends_px[1], y), colour, width=2)
        drawing.dot(drawing.x(figure.value or 0.0), y, colour, 4)
    return drawing.svg()


def _short(label: str, most: int = 22) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"
