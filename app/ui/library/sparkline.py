"""The sparkline: 53 bars, caller up, agent down, ticks where both speak. 160 by 24 px."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from PySide6.QtGui import QImage

from app.domain.browsing import SPARK_BARS
from app.ui.theme import Theme
from app.ui.tokens import Size

_MIDDLE = Size.SPARK_H // 2
_REACH = 9  # px of the tallest bar; the rest of the 12 is for the ticks
_TICK = 3
_KEPT = 2000


def spark_pixels(sparkline: bytes, ticks: bytes, colours: dict[str, int]) -> np.ndarray:
    """The picture as uint32 ARGB of shape (24, 160).

    Args:
        sparkline: 53 bytes of the caller then 53 of the agent, or 53 of a mono mix.
        ticks: one byte a bar, non-zero where there is an overlap; may be empty.
        colours: ARGB of `caller`, `agent`, `mix`, `tick`, `line`.
    """
    picture = np.zeros((Size.SPARK_H, Size.SPARK_W), np.uint32)
    levels = np.frombuffer(sparkline, np.uint8).astype(np.float32) / 255.0
    two_channels = len(levels) >= 2 * SPARK_BARS
    top = _columns(levels[:SPARK_BARS])
    low = _columns(levels[SPARK_BARS : 2 * SPARK_BARS]) if two_channels else top
    rows = np.arange(Size.SPARK_H, dtype=np.float32)[:, None]
    picture[_MIDDLE - 1, :] = colours["line"]
    up = (rows < _MIDDLE) & (_MIDDLE - rows <= top[None, :])
    down = (rows >= _MIDDLE) & (rows - _MIDDLE + 1 <= low[None, :])
    picture[up] = colours["caller" if two_channels else "mix"]
    picture[down] = colours["agent" if two_channels else "mix"]
    overlaps = np.frombuffer(ticks[:SPARK_BARS], np.uint8) != 0
    marked = np.zeros(Size.SPARK_W, bool)
    for offset in range(Size.SPARK_BAR):
        at = np.flatnonzero(overlaps) * Size.SPARK_PITCH + offset
        marked[at[at < Size.SPARK_W]] = True
    picture[:_TICK, marked] = colours["tick"]
    picture[-_TICK:, marked] = colours["tick"]
    return picture


def _columns(levels: np.ndarray) -> np.ndarray:
    """Bar heights in px spread over 160 px columns; 0 in the gaps. Speech is at least 1 px."""
    heights = np.where(levels > 0, np.maximum(1.0, np.round(levels * _REACH)), 0.0)
    columns = np.zeros(Size.SPARK_W, np.float32)
    for offset in range(Size.SPARK_BAR):
        at = np.arange(len(heights)) * Size.SPARK_PITCH + offset
        inside = at < Size.SPARK_W
        columns[at[inside]] = heights[inside]
    return columns


class SparkCache:
    """Pictures of sparklines, least recently used dropped; emptied on a change of theme."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._kept: OrderedDict[tuple[bytes, bytes], QImage] = OrderedDict()
        self._colours: dict[str, int] = {}
        theme.changed.connect(self.clear)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._colours = {}

    def image(self, sparkline: bytes, ticks: bytes) -> QImage:
        """The picture, made at first use."""
        key = (sparkline, ticks)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if not self._colours:
            tokens = {
                "caller": "caller",
                "agent": "agent",
                "mix": "t3",
                "tick": "t1",
                "line": "line1",
            }
            self._colours = {k: self._theme.color(t).rgba() for k, t in tokens.items()}
        pixels = spark_pixels(sparkline, ticks, self._colours)
        image = QImage(
            pixels.tobytes(),
            Size.SPARK_W,
            Size.SPARK_H,
            Size.SPARK_W * 4,
            QImage.Format.Format_ARGB32,
        ).copy()
        self._kept[key] = image
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return image
