"""A drawing of the report as SVG text; colours are variables of the page, all text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal

import numpy as np

WIDTH, HEIGHT = 400, 290
LEFT, RIGHT, TOP, BOTTOM = 54, 14, 12, 46
FONT_PX = 12
"""On a telephone a drawing is about nine tenths of its width, so that this stays legible."""
SPARE = 0.06

Shape = Literal["dot", "ring", "diamond"]


class Canvas:
    """A drawing whose axes are in values."""

    def __init__(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        title: str,
        words: str = "",
        size: tuple[int, int] = (WIDTH, HEIGHT),
        left: int = LEFT,
        right: int = RIGHT,
    ) -> None:
        """Begin a drawing.

        Args:
            x: ends of the axis, in values.
            y: the same.
            title: what it shows, for who cannot see it.
            words: what is seen in it, for the same.
            size: width and height in units of the drawing.
            left: margin left of the axes.
            right: margin right of them.
        """
        self._x, self._y = _roomy(x), _roomy(y)
        self._size, self._left, self._right = size, left, right
        self._title, self._words = title, words
        self._parts: list[str] = []

    @property
    def end(self) -> float:
        """Place of the axes' right end."""
        return self._size[0] - self._right

    def x(self, value: float) -> float:
        """Place of a value."""
        low, high = self._x
        return self._left + (value - low) / (high - low) * (self.end - self._left)

    def y(self, value: float) -> float:
        """Place of a value."""
        low, high = self._y
        bottom = self._size[1] - BOTTOM
        return bottom - (value - low) / (high - low) * (bottom - TOP)

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

    def mark(
        self, x: float, y: float, colour: str, size: float, *, shape: Shape = "dot",
        solid: float = 1.0,
    ) -> None:  # fmt: skip
        """A mark at a place in units of the drawing; its shape tells as much as its colour."""
        ink = f'fill="var(--{colour})" fill-opacity="{solid:g}"'
        if shape == "diamond":
            r = size * 1.35
            corners = ((x, y - r), (x + r, y), (x, y + r), (x - r, y))
            points = " ".join(f"{a:.1f},{b:.1f}" for a, b in corners)
            self._parts.append(f'<polygon points="{points}" {ink}/>')
            return
        if shape == "ring":
            ink = f'fill="var(--canvas)" stroke="var(--{colour})" stroke-width="1.5"'
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" {ink}/>')

    def box(
        self, x: float, y: float, width: float, height: float, colour: str, solid: float
    ) -> None:
        """A filled box at a place in units of the drawing."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'fill="var(--{colour})" fill-opacity="{solid:.3f}"/>'
        )

    def text(
        self, x: float, y: float, words: str, *, colour: str = "t2", anchor: str = "middle",
        turned: bool = False, bold: bool = False,
    ) -> None:  # fmt: skip
        """Words at a place in units of the drawing."""
        turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
        weight = ' font-weight="600"' if bold else ""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="var(--{colour})" '
            f'text-anchor="{anchor}"{weight}{turn}>{escape(words)}</text>'
        )

    def axes(self, x_name: str, y_name: str, *, y_ticks: bool = True) -> None:
        """Ticks, their grid and the names of both axes."""
        bottom = self._size[1] - BOTTOM
        for value in ticks(self._x):
            self.raw_line((self.x(value), TOP), (self.x(value), bottom), "line")
            self.text(self.x(value), bottom + 16, number(value))
        for value in ticks(self._y) if y_ticks else ():
            self.raw_line((self._left, self.y(value)), (self.end, self.y(value)), "line")
            self.text(self._left - 7, self.y(value) + 4, number(value), anchor="end")
        middle = (self._left + self.end) / 2
        self.text(middle, self._size[1] - 8, x_name, colour="t3")
        if y_name:
            self.text(13, (TOP + bottom) / 2, y_name, colour="t3", turned=True)

    def svg(self) -> str:
        """The whole drawing."""
        width, height = self._size
        title = escape(self._title)
        words = f"<desc>{escape(self._words)}</desc>" if self._words else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'role="img" aria-label="{title}" font-size="{FONT_PX}">'
            f"<title>{title}</title>{words}{''.join(self._parts)}</svg>"
        )


def number(value: float) -> str:
    """A tick's value."""
    return f"{value:g}".replace("-", "−")


def ticks(ends: tuple[float, float], most: int = 6) -> Sequence[float]:
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
