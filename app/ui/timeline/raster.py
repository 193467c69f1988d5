"""Pictures of sound as arrays: peak columns and spectrogram levels to ARGB pixels.

No widgets and no painting: the arrays are handed to QImage as they are. A waveform column is a
vertical run from min to max in the dim tone with the rms run over it in the full tone, never
smoothed; close up, samples are joined by lines and marked by dots.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from app.audio.peaks import PeakPyramid, as_int16

Argb = NDArray[np.uint32]
"""Pixels (rows, columns), 0xAARRGGBB, for QImage.Format_ARGB32 and Format_RGB32."""
Int16 = NDArray[np.int16]

FULL_SCALE = 32768
TRACE_PX_PER_FRAME = 4.0
"""From this many pixels a sample on, samples are drawn as a line with dots."""
_BIG_DOT_PX_PER_FRAME = 16.0
_JOINED_FRAMES_PER_PX = 32.0


@dataclass(frozen=True, slots=True)
class WaveColours:
    """ARGB of the background, the centre line, min to max, and rms."""

    back: int
    line: int
    dim: int
    full: int


@dataclass(frozen=True, slots=True)
class Wave:
    """What is drawn: runs of sample values for each column, and dots (column, value)."""

    lo: NDArray[np.float32]
    hi: NDArray[np.float32]
    rms: NDArray[np.float32] | None
    dots: tuple[NDArray[np.int64], NDArray[np.float32]] | None = None
    dot_px: int = 3


def wave_of(
    peaks: PeakPyramid, channel: int, start_frame: float, frames_per_px: float, n_px: int
) -> Wave:
    """What to draw of the pixel columns from `start_frame` on, at any zoom."""
    if frames_per_px * TRACE_PX_PER_FRAME < 1 and peaks.samples is not None:
        return _trace(peaks.samples[:, channel], start_frame, frames_per_px, n_px)
    lo, hi, rms = peaks.read(channel, start_frame, frames_per_px, n_px)
    low, high = lo.astype(np.float32), hi.astype(np.float32)
    if frames_per_px < _JOINED_FRAMES_PER_PX and n_px > 1:
        # Samples of neighbouring columns are neighbours too: the line between them is drawn.
        before, after = high[:-1].copy(), low[:-1].copy()
        low[1:] = np.minimum(low[1:], before)
        high[1:] = np.maximum(high[1:], after)
    return Wave(low, high, rms.astype(np.float32))


def _trace(samples: NDArray[Any], start: float, frames_per_px: float, n_px: int) -> Wave:
    """Straight lines from sample to sample, as a run in each column, and a dot on each."""
    at = start + frames_per_px * np.arange(n_px + 1)
    first = max(0, int(np.floor(at[0])) - 1)
    last = min(len(samples), int(np.ceil(at[-1])) + 2)
    values = as_int16(samples[first:last]).astype(np.float32)
    if not len(values):
        none = np.zeros(n_px, np.float32)
        return Wave(none, none, None)
    frames = np.arange(first, first + len(values))
    # Frame f lies in pixel floor((f - start) / frames_per_px); its dot is in that column's middle.
    line = np.interp(at - 0.5 * frames_per_px, frames, values, left=0, right=0).astype(np.float32)
    ends = np.stack([line[:-1], line[1:]])
    pixel = np.floor((frames - start) / frames_per_px + 1e-6).astype(np.int64)
    inside = (pixel >= 0) & (pixel < n_px)
    dots = (pixel[inside], values[inside])
    lo, hi = ends.min(axis=0), ends.max(axis=0)
    np.minimum.at(lo, dots[0], dots[1])
    np.maximum.at(hi, dots[0], dots[1])
    return Wave(lo, hi, None, dots, 5 if frames_per_px * _BIG_DOT_PX_PER_FRAME <= 1 else 3)


def waveform(
    wave: Wave, height: int, colours: WaveColours, gain: float = 1.0, out: Argb | None = None
) -> Argb:
    """Pixels (height, columns) of a wave, in `out` if given; full scale at `gain` 1 fills them.

    A run is never thinner than one pixel, so that silence lies on the centre line; rms is left out
    where it is less than half a pixel, so that silence stays dim.
    """
    half = (height - 1) // 2
    scale = np.float32(half * gain / FULL_SCALE)
    index = np.zeros((height, len(wave.lo)), np.uint8)
    lo, hi = wave.lo * scale, wave.hi * scale
    _add_runs(index, half, lo, hi)
    if wave.rms is None:
        index *= 2
    else:
        loud = wave.rms * scale
        seen = loud >= 0.5
        _add_runs(index, half, np.maximum(-loud, lo), np.minimum(loud, hi), seen)
    centre = index[half]
    centre[centre == 0] = 3
    if wave.dots is not None:
        _stamp(index, half, scale, wave)
    palette = np.array([colours.back, colours.dim, colours.full, colours.line], np.uint32)
    # With mode "raise" numpy would fill a copy of `out`.
    return np.take(palette, index, out=out, mode="clip")


def _add_runs(
    index: NDArray[np.uint8],
    half: int,
    lo: NDArray[np.float32],
    hi: NDArray[np.float32],
    seen: NDArray[np.bool_] | None = None,
) -> None:
    """Add 1 to each column of `index` from value `lo` to `hi`, in pixels above the centre.

    Only the rows that some column reaches are touched.
    """
    height = len(index)
    top = np.clip(np.rint(half - hi), 0, height).astype(np.int16)
    below = np.clip(np.rint(half - lo) + 1, 0, height).astype(np.int16)
    if seen is not None:
        top, below = np.where(seen, top, height), np.where(seen, below, 0)
    first, last = int(top.min(initial=height)), int(below.max(initial=0))
    if first >= last:
        return
    rows = np.arange(first, last, dtype=np.int16)[:, None]
    inside = rows >= top
    inside &= rows < below
    index[first:last] += inside.view(np.uint8)


def _stamp(index: NDArray[np.uint8], half: int, scale: np.float32, wave: Wave) -> None:
    if wave.dots is None:
        return
    height, width = index.shape
    columns, values = wave.dots
    rows = np.rint(half - values * scale).astype(np.int64)
    reach = wave.dot_px // 2
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            y, x = rows + dy, columns + dx
            ok = (y >= 0) & (y < height) & (x >= 0) & (x < width)
            index[y[ok], x[ok]] = 2


def ramp(back: int, full: int) -> Argb:
    """256 colours from the background to a speaker's tone, neutral first, even in lightness.

    Mixed in OKLab (B. Ottosson, 2020): lightness goes straight, hue comes in with the square.
    """
    start, end = _to_oklab(back), _to_oklab(full)
    t = np.linspace(0, 1, 256)[:, None]
    lab = start + (end - start) * np.concatenate([t, t * t, t * t], axis=1)
    return _from_oklab(lab)


def spectrogram(levels: NDArray[np.uint8], colours: Argb, out: Argb | None = None) -> Argb:
    """Pixels of levels (rows, columns) 0..255 by a ramp of 256 colours, in `out` if given."""
    return np.take(colours, levels, out=out, mode="clip")


class Canvas:
    """An opaque QImage over an array of ours, filled anew for each frame: no copy is made.

    Draw `image` before the next `resize`; it shares memory with `pixels`.
    """

    def __init__(self) -> None:
        self.resize(1, 1)

    def resize(self, width: int, height: int, ratio: float = 1.0) -> None:
        """Give it `width` × `height` device pixels; contents are kept only if that is no change."""
        if getattr(self, "pixels", None) is None or self.pixels.shape != (height, width):
            self.pixels: Argb = np.zeros((height, width), np.uint32)
            self.image = QImage(
                self.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32
            )
        self.image.setDevicePixelRatio(ratio)


def as_image(pixels: Argb, ratio: float = 1.0) -> QImage:
    """A QImage that owns a copy of `pixels`. `ratio` is the device pixel ratio."""
    held = np.ascontiguousarray(pixels)
    height, width = held.shape
    image = QImage(held.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()
    image.setDevicePixelRatio(ratio)
    return image


_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _to_oklab(argb: int) -> NDArray[np.float64]:
    rgb = np.array([(argb >> shift) & 0xFF for shift in (16, 8, 0)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear))


def _from_oklab(lab: NDArray[np.float64]) -> Argb:
    lms = (lab @ np.linalg.inv(_TO_LAB).T) ** 3
    linear = np.clip(lms @ np.linalg.inv(_TO_LMS).T, 0, 1)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    channels = np.rint(np.clip(rgb, 0, 1) * 255).astype(np.uint32)
    packed = (channels[:, 0] << 16) | (channels[:, 1] << 8) | channels[:, 2]
    return np.asarray(packed | np.uint32(0xFF000000), np.uint32)
