"""How much of what the loudspeaker plays comes back through the microphone.

The echo is what of the microphone's signal follows from the played one: their coherence by
frequency, over a second at a time, so that two clocks that drift apart do not hide it. First the
delay is looked for at which they fit best. A room's noise does not follow from what is played and
does not count, but it limits what can be told: the estimate comes with its standard error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int16 = NDArray[np.int16]
Float64 = NDArray[np.float64]
Complex128 = NDArray[np.complex128]

WINDOW_S, SHORT_S = 0.17, 0.04
"""Of a spectrum: longer than a room's first reflections; of a short stretch."""
GROUP_S = 1.0
HEADSET_DB = -35.0
"""From here on the agent hears itself: barge-ins mean nothing."""
LEAST_DB = -90.0
LEAST_WINDOWS = 8
EARLY_S, REACH_S = 0.1, 0.5
"""An echo is looked for from so much before to so much after the time that the device told."""
SURE_SD = 3.0
BINS_ALIKE = 2.0
"""Neighbouring frequencies of a windowed spectrum are not independent: about so many tell one."""
OVERLAP = 1 + 2 / 36
"""Nor are neighbouring windows: half overlapping, their spectra correlate by a sixth."""
UNEQUAL, TINY = 1.0, 1e-12
"""Seconds of usual doubt are of like weight."""
LONELY = 0.6
"""A frequency that nearly one window alone has tells nothing."""
PRE_EMPHASIS, LEVEL_S = 0.95, 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """The result. Levels are against what was played; lower is better."""

    return_db: float
    """The best estimate."""
    least_db: float
    most_db: float
    """Between these it surely lies."""
    delay_ms: float | None
    """How much later than told it came back; None where none was found."""

    @property
    def is_found(self) -> bool:
        """Whether anything surely came back."""
        return self.delay_ms is not None

    @property
    def needs_headset(self) -> bool:
        """Whether barge-in figures would be void for sure."""
        return self.least_db > HEADSET_DB

    @property
    def is_unsure(self) -> bool:
        """Whether it cannot be told on which side of the limit it lies."""
        return self.least_db <= HEADSET_DB < self.most_db


@dataclass(frozen=True, slots=True)
class _Power:
    """Sums over frequencies and time; `variance` is that of `echo`."""

    echo: float = 0.0
    played: float = 0.0
    recorded: float = 0.0
    variance: float = 0.0


def measure(played: Int16, recorded: Int16, rate_hz: int) -> Echo | None:
    """The echo of what was played, laid at the time it was heard; None where too little was.

    Args:
        played: (frames,).
        recorded: (frames,) of the microphone on the same clock.
        rate_hz: of both.
    """
    frames = min(len(played), len(recorded))
    window = _window(rate_hz, WINDOW_S)
    if frames < window:
        return None
    lag = _lag(played[:frames], recorded[:frames], rate_hz)
    x, y = (_spectra(pcm, window) for pcm in _shifted(played[:frames], recorded[:frames], lag))
    power = np.sum(np.abs(x) ** 2, axis=1)
    loud = power > 0.01 * power.max(initial=0.0)
    if np.count_nonzero(loud) < LEAST_WINDOWS:
        return None
    group = max(LEAST_WINDOWS, round(2 * GROUP_S * rate_hz / window))
    parts = []
    for first in range(0, len(x), group):
        kept = loud[first : first + group]
        if np.count_nonzero(kept) >= LEAST_WINDOWS // 2:
            parts.append(_following(x[first : first + group][kept], y[first : first + group][kept]))
    total = _together([p for p in parts if p.played > 0])
    if total is None:
        return None
    doubt = SURE_SD * math.sqrt(total.variance)
    return Echo(
        return_db=_db(total.echo, total.played),
        least_db=_db(total.echo - doubt, total.played),
        most_db=_db(max(total.echo, 0.0) + doubt, total.played),
        delay_ms=lag * 1000 / rate_hz if total.echo > doubt else None,
    )


def explained(played: Int16, recorded: Int16, rate_hz: int, delay_ms: float) -> float:
    """Which share, 0..1, of a short stretch's sound is the echo of what was played.

    Args:
        played: (frames,) laid at the time it was heard.
        recorded: (frames,) of the microphone on the same clock.
        rate_hz: of both.
        delay_ms: by which the echo is later.
    """
    window = _window(rate_hz, SHORT_S)
    lag = round(delay_ms * rate_hz / 1000)
    x, y = _shifted(played, recorded, lag)
    if len(x) < 2 * window:
        return 0.0
    power = _following(_spectra(x, window), _spectra(y, window))
    if power.echo <= SURE_SD * math.sqrt(power.variance):
        return 0.0
    return min(1.0, power.echo / power.recorded)


def _together(parts: list[_Power]) -> _Power | None:
    """All seconds as one; one in which somebody else spoke counts as much less as it is unsure."""
    if not parts:
        return None
    played, echo = (np.array([getattr(p, name) for p in parts]) for name in ("played", "echo"))
    doubt = np.array([p.variance for p in parts]) / played**2
    weight = played / (doubt + UNEQUAL * np.median(doubt) + TINY)
    weight /= weight.sum()
    return _Power(
        echo=float(weight @ (echo / played)),
        played=1.0,
        variance=float(weight**2 @ doubt),
    )


def _following(x: Complex128, y: Complex128) -> _Power:
    """What of `y` follows from `x`, both (windows, bins).

    Of unrelated signals the cross-power is not nought either: with the noise of each window it is
    the sum of their products. Taking that away, also from what follows, leaves no bias.
    """
    own, got = (np.abs(s) ** 2 for s in (x, y))
    played, whole = own.sum(axis=0), float(got.sum())
    alone = OVERLAP * np.sum(own**2, axis=0)
    usable = (played > 1e-4 * played.max()) & (alone < LONELY * played**2)
    if not np.any(usable):
        return _Power(recorded=whole)
    x, y, own, got = (s[:, usable] for s in (x, y, own, got))
    played, alone = played[usable], alone[usable]
    cross = np.abs(np.sum(y * np.conj(x), axis=0)) ** 2
    chance = OVERLAP * np.sum(own * got, axis=0)
    gain = (cross - chance) / (played**2 - alone)
    hidden = np.maximum(chance - np.maximum(gain, 0.0) * alone, 0.0) / (played**2 - alone)
    variance = (hidden**2 + 2 * np.maximum(gain, 0.0) * hidden) * played**2
    return _Power(
        echo=float(np.sum(gain * played)),
        played=float(np.sum(played)),
        recorded=whole,
        variance=BINS_ALIKE * float(np.sum(variance)),
    )


def _lag(played: Int16, recorded: Int16, rate_hz: int) -> int:
    """By how many frames later the recording fits best."""
    early, reach = round(EARLY_S * rate_hz), round(REACH_S * rate_hz)
    x, y = _emphasised(played), _levelled(_emphasised(recorded), round(LEVEL_S * rate_hz))
    size = 1 << (len(x) + early + reach).bit_length()
    fit = np.abs(np.fft.irfft(np.fft.rfft(y, size) * np.conj(np.fft.rfft(x, size)), size))
    return int(np.concatenate([fit[-early:], fit[: reach + 1]]).argmax()) - early


def _emphasised(pcm: Int16) -> Float64:
    """Speech with its high parts raised, so that its pitch does not hide the delay."""
    x = pcm.astype(np.float64)
    return np.asarray(x[1:] - PRE_EMPHASIS * x[:-1], np.float64)


def _levelled(x: Float64, block: int) -> Float64:
    """Without what is far louder than the rest: somebody else's voice would hide the delay."""
    rows = np.pad(x, (0, -len(x) % block)).reshape(-1, block)
    rms = np.sqrt(np.mean(rows**2, axis=1))
    usual = max(1e-9, float(np.median(rms)))
    scale = usual / np.maximum(rms, usual)
    return np.asarray((rows * scale[:, None]).reshape(-1)[: len(x)], np.float64)


def _shifted(played: Int16, recorded: Int16, lag: int) -> tuple[Int16, Int16]:
    """Both, with the recording moved to where it fits."""
    if lag >= 0:
        return played[: len(played) - lag], recorded[lag:]
    return played[-lag:], recorded[: len(recorded) + lag]


def _window(rate_hz: int, seconds: float) -> int:
    """The power of two next to so many seconds."""
    return 1 << round(math.log2(seconds * rate_hz))


def _spectra(pcm: Int16, window: int) -> Complex128:
    """(windows, bins), half overlapping."""
    x = pcm.astype(np.float64)
    if len(x) < window:
        return np.zeros((0, window // 2 + 1), np.complex128)
    rows = np.lib.stride_tricks.sliding_window_view(x, window)[:: window // 2]
    return np.asarray(np.fft.rfft(rows * np.hanning(window), axis=-1), np.complex128)


def _db(power: float, against: float) -> float:
    return max(LEAST_DB, 10 * math.log10(max(power / against, 1e-12)))
