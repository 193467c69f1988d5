"""A device without hardware whose loudspeaker reaches its microphone, faster than in a room."""

from __future__ import annotations

from collections import deque

import numpy as np

from app.audio.duplex import BLOCK_MS, DuplexLine
from app.audio.duplex_virtual import VirtualDuplex

HZ = 16_000
TORN_BLOCK = 60


class Room(VirtualDuplex):
    """What is played comes back: later, softer, over the room's noise. Faster than in a room."""

    def __init__(
        self, delay_ms: float, gain: float, *, voice: float = 0.0, wander_ms: float = 0.0,
        noise: float = 5.0, drift_frames: int = 0, flags: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(HZ)
        self._delay, self._gain = round(delay_ms * HZ / 1000), gain
        self._voice, self._wander = voice, round(wander_ms * HZ / 1000)
        self._noise, self._drift, self._flags = noise, drift_frames, flags

    def _run(self, line: DuplexLine) -> None:
        rng = np.random.default_rng(0)
        given: deque[int] = deque([0] * self._delay)
        out = np.zeros(line.block, np.int16)
        number = 0
        while not self._halt.wait(0.0005):
            number += 1
            if self._wander and number % 40 == 0:
                given.extendleft([0] * self._wander)
            if self._drift and number % 50 == 0:  # another clock: a little later each second
                given.extendleft([given[0] if given else 0] * self._drift)
            back = np.array([given.popleft() if given else 0 for _ in range(line.block)])
            level = self._noise + self._voice * (number % 30 < 15)
            noise = rng.normal(0, level, line.block) if level else np.zeros(line.block)
            mic = np.clip(self._gain * back + noise, -32768, 32767).astype(np.int16)
            flags = self._flags if number == TORN_BLOCK else 0
            line.on_block(mic, out, BLOCK_MS / 1000, 0.0, flags)
            given.extend(out.tolist())
