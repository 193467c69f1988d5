"""From tracks to two ears: reading at the call's rate, mute, solo, trim, pan and ear modes."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.play_types import SILENCE_DB, ChannelMix, FloatBlock, Level, Mix, PlayTrack
from app.audio.resample import convert_at, ratio
from app.domain.calls import TrackRole

INT16_SCALE = np.float32(1.0 / 32768.0)

Gains = tuple[float, float]
"""Left and right, linear."""


class TrackSource:
    """One track's samples on the call's time line, as float32 at the call's rate."""

    def __init__(self, track: PlayTrack, rate_hz: int) -> None:
        self.role: TrackRole = track.role
        self._pcm = track.pcm
        self._offset = track.offset_frames
        self._up, self._down = ratio(track.rate_hz, rate_hz)

    def read(self, start: int, count: int) -> NDArray[np.float32]:
        """Samples `[start, start + count)` of the call's time line; zeros outside the track."""
        start -= self._offset
        if self._up == self._down:
            return self._raw(start, count)
        return convert_at(self._raw, start, count, self._up, self._down)

    def _raw(self, start: int, count: int) -> NDArray[np.float32]:
        inside = self._pcm[max(0, start) : max(0, start + count)]
        scaled = _to_float(inside)
        if len(scaled) == count:
            return scaled
        out = np.zeros(count, np.float32)
        at = max(0, -start)
        out[at : at + len(scaled)] = scaled
        return out


def _to_float(samples: NDArray[Any]) -> NDArray[np.float32]:
    if samples.dtype == np.int16:
        scaled: NDArray[np.float32] = np.multiply(samples, INT16_SCALE, dtype=np.float32)
        return scaled
    # A file may hold NaN; a device must not get it.
    return np.nan_to_num(samples.astype(np.float32), nan=0.0, posinf=1.0, neginf=-1.0)


def pan_gains(pan: float) -> Gains:
    """Constant power: the ends are exactly one ear, the middle is 3 dB down in each."""
    if abs(pan) >= 1.0:
        return (1.0, 0.0) if pan < 0 else (0.0, 1.0)
    angle = (pan + 1.0) * pi / 4.0
    return cos(angle), sin(angle)


def _place(role: TrackRole, strip: ChannelMix, mix: Mix) -> Gains:
    if strip.pan is not None:
        return pan_gains(strip.pan)
    if role == "mix":
        return 1.0, 1.0
    if mix.ears == "mono":
        return pan_gains(0.0)
    left = (role == "caller") == (mix.ears == "split")
    return (1.0, 0.0) if left else (0.0, 1.0)


def gains(role: TrackRole, mix: Mix, roles: tuple[TrackRole, ...]) -> Gains:
    """Left and right gain of `role`; exactly zero where it must not be heard.

    Args:
        role: whose gain.
        mix: the strips.
        roles: the tracks that the call has: a solo of one it has not silences nothing.
    """
    strip = mix.of(role)
    soloing = any(mix.of(r).solo for r in roles)
    if strip.mute or (soloing and not strip.solo):
        return 0.0, 0.0
    level = float(10.0 ** ((strip.trim_db + mix.volume_db) / 20.0))
    left, right = _place(role, strip, mix)
    return left * level, right * level


class Mixer:
    """Mixes the tracks of one call under one setting of the strips."""

    def __init__(self, sources: tuple[TrackSource, ...], mix: Mix) -> None:
        roles = tuple(s.role for s in sources)
        self._parts = [(s, gains(s.role, mix, roles)) for s in sources]

    def render(self, start: int, out: FloatBlock) -> None:
        """Mix frames from `start` on into `out` (n, 2), within -1 and 1."""
        out[:] = 0.0
        for source, (left, right) in self._parts:
            if left == 0.0 and right == 0.0:
                continue
            samples = source.read(start, len(out))
            for ear, gain in enumerate((left, right)):
                if gain == 1.0:
                    out[:, ear] += samples
                elif gain != 0.0:
                    out[:, ear] += samples * np.float32(gain)
        np.clip(out, -1.0, 1.0, out=out)


def level_of(samples: NDArray[np.float32], gain: float) -> Level:
    """Rms and peak of `samples` after a linear `gain`."""
    if not len(samples) or gain == 0.0:
        return Level()
    peak = float(np.abs(samples).max()) * gain
    rms = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) * gain
    return Level(rms_db=_db(rms), peak_db=_db(peak))


def _db(value: float) -> float:
    return max(SILENCE_DB, 20.0 * float(np.log10(value))) if value > 0.0 else SILENCE_DB
