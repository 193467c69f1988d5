"""Speech in a stream: the bundled detector as sound arrives, and where an utterance ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.audio.polyphase import Resampler
from app.models import vad
from app.models.vad_spans import MODEL_RATE_HZ, WINDOW

Float32 = NDArray[np.float32]

WINDOW_MS = 1000 * WINDOW / MODEL_RATE_HZ
QUIET_SHARE = 0.03
"""Of the loudest window of an utterance: -30 dB."""


@dataclass(frozen=True, slots=True)
class Window:
    """32 ms of what came in: where it ends, in ms since the beginning, and how likely speech."""

    end_ms: float
    probability: float
    samples: Float32

    @property
    def level(self) -> float:
        """Root mean square of the samples."""
        return float(np.sqrt(np.mean(np.square(self.samples))))


class StreamDetector:
    """The bundled speech detector on a stream that comes in pieces of any length."""

    def __init__(self, rate_hz: int) -> None:
        self._resampler = Resampler(rate_hz, MODEL_RATE_HZ)
        self._session = vad.session()
        self._h = np.zeros(vad.STATE, np.float32)
        self._c = np.zeros(vad.STATE, np.float32)
        self._context = np.zeros(vad.CONTEXT, np.float32)
        self._rest = np.zeros(0, np.float32)
        self._windows = 0

    def push(self, pcm: NDArray[np.int16]) -> Iterator[Window]:
        """The windows that `pcm` (frames,) completes."""
        fresh = self._resampler.push(vad.as_float(pcm))
        held = np.concatenate([self._rest, fresh])
        whole = len(held) // WINDOW * WINDOW
        self._rest = held[whole:]
        for row in held[:whole].reshape(-1, WINDOW):
            self._windows += 1
            yield Window(self._windows * WINDOW_MS, self._probability(row), row)

    def _probability(self, row: Float32) -> float:
        batch = np.concatenate([self._context, row])[None, :]
        self._context = row[-vad.CONTEXT :].copy()
        answer, self._h, self._c = self._session.run(
            None, {"input": batch, "h": self._h, "c": self._c}
        )
        return float(np.asarray(answer).reshape(-1)[0])


@dataclass(slots=True)
class Endpointer:
    """From probabilities to the beginning and the end of what a caller says.

    The detector is slow to let go: a window far below what was said before is not speech,
    whatever it says. `push` answers `began`, `ended`, or nothing.
    """

    threshold: float = 0.5
    silence_ms: float = 500.0
    least_ms: float = 90.0
    speaking: bool = False
    start_ms: float = 0.0
    end_ms: float = 0.0
    _loud_ms: float = 0.0
    _peak: float = 0.0

    def push(self, window: Window) -> str:
        """Take one window."""
        level = window.level
        if window.probability >= self.threshold and level >= QUIET_SHARE * self._peak:
            self._peak = max(self._peak, level)
            if not self._loud_ms and not self.speaking:
                self.start_ms = window.end_ms - WINDOW_MS
            self._loud_ms += WINDOW_MS
            self.end_ms = window.end_ms
            if not self.speaking and self._loud_ms >= self.least_ms:
                self.speaking = True
                return "began"
            return ""
        if not self.speaking:
            self._loud_ms = self._peak = 0.0
        if self.speaking and window.end_ms - self.end_ms >= self.silence_ms:
            self.speaking, self._loud_ms, self._peak = False, 0.0, 0.0
            return "ended"
        return ""
