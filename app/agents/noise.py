"""A bed of noise under the caller, so many dB below the level at which the caller speaks.

The caller's level is the active speech level of ITU-T P.56 of what was said so far, before the
noise. Until two seconds of speech are known, the usual level of -26 dBov is taken for it; each
time the gain is set it is told, so that the call can be repeated.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.audio import active_level

Float32 = NDArray[np.float32]

KNOWN_S = 2.0
MOVED_DB = 1.0
"""The gain follows a level that moved by more."""
CHECK_S = 0.5
KEPT_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseBed:
    """Noise to lay under the caller: a loop with an rms of 1.

    Attributes:
        kind: of the noise.
        snr_db: how far below the caller's active level.
        seed: of its random numbers.
        loop: (frames,) at the call's rate; sample `i` of the call takes `loop[i % frames]`.
        level_dbov: the caller's active level, where it is known beforehand.
    """

    kind: str
    snr_db: float
    seed: int
    loop: Float32
    level_dbov: float | None = None

    @property
    def label(self) -> str:
        """For the person: `babble, 10 dB below the voice`."""
        return f"{self.kind}, {self.snr_db:g} dB below the voice"


class NoiseMixer:
    """Adds the bed in force to the caller's sound. The call's thread.

    Args:
        rate_hz: of the call.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._meter: active_level.Meter | None = None
        self._past: deque[NDArray[np.int16]] = deque()
        self._past_frames = 0
        self._bed: NoiseBed | None = None
        self._level_dbov = active_level.TARGET_DBOV
        self._is_known = False
        self._checked = 0

    def set(self, bed: NoiseBed | None) -> None:
        """Lay another bed, or none. The first takes a moment: what was said is measured."""
        if bed is not None and self._meter is None:
            meter = active_level.Meter(self._rate_hz)
            meter.push(np.concatenate([np.zeros(1, np.int16), *list(self._past)]))
            self._past.clear()
            self._past_frames = 0
            self._meter = meter
            self._follow(self._checked)
        if bed is not None and bed.level_dbov is not None:
            self._level_dbov, self._is_known = bed.level_dbov, True
        self._bed = bed

    @property
    def is_on(self) -> bool:
        """Whether there is a bed."""
        return self._bed is not None

    @property
    def level_dbov(self) -> float:
        """The caller's level that the noise is set against."""
        return self._level_dbov

    def mix(self, first: int, pcm: NDArray[np.int16]) -> tuple[NDArray[np.int16], bool]:
        """The caller's sound from frame `first` on with noise; whether its level was set anew."""
        self._remember(pcm)
        bed = self._bed
        if bed is None:
            return pcm, False
        due = first - self._checked >= CHECK_S * self._rate_hz
        moved = due and self._follow(first)
        at = np.arange(first, first + len(pcm)) % len(bed.loop)
        gain = 10 ** ((self._level_dbov - bed.snr_db) / 20) * 32768
        mixed = pcm.astype(np.float32) + bed.loop[at] * np.float32(gain)
        return np.clip(np.rint(mixed), -32768, 32767).astype(np.int16), moved

    def _remember(self, pcm: NDArray[np.int16]) -> None:
        """Keep what was said lately: the standard's filters are run on half seconds, if at all."""
        self._past.append(pcm)
        self._past_frames += len(pcm)
        while self._past and self._past_frames > KEPT_S * self._rate_hz:
            self._past_frames -= len(self._past.popleft())

    def _follow(self, now: int) -> bool:
        """Take the caller's level over, if it is known and moved."""
        self._checked = now
        if self._meter is None:
            return False
        if self._past:
            self._meter.push(np.concatenate(self._past))
            self._past.clear()
            self._past_frames = 0
        bed, found = self._bed, self._meter.result()
        fixed = bed is not None and bed.level_dbov is not None
        if found is None or fixed or found.activity * found.seconds < KNOWN_S:
            return False
        if self._is_known and abs(found.level_dbov - self._level_dbov) <= MOVED_DB:
            return False
        self._is_known, self._level_dbov = True, found.level_dbov
        return True
