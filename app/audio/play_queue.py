"""What the agent has sent and the caller has not heard yet, between the network and the device.

One producer (the network's thread) writes, one consumer (the device's callback) takes. Positions
count frames from the beginning and never wrap. A flush is one integer: the consumer goes on from
there at its next block, so no wait and no acknowledgement lies between a barge-in and silence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int16 = NDArray[np.int16]

PREBUFFER_MS = 40.0
"""Held back at the start of an utterance and after running dry, against jitter."""
FADE_MS = 4.0
CAPACITY_S = 300.0


class PlayQueue:
    """Mono int16 frames on their way to the device.

    Args:
        rate_hz: of the device.
        capacity_s: more than this unheard is refused: the rest of it is not played.
    """

    def __init__(self, rate_hz: int, capacity_s: float = CAPACITY_S) -> None:
        self.rate_hz = rate_hz
        self._ring: Int16 = np.zeros(round(rate_hz * capacity_s), np.int16)
        self._prebuffer = round(rate_hz * PREBUFFER_MS / 1000)
        fade = max(1, round(rate_hz * FADE_MS / 1000))
        self._fade = np.linspace(1, 0, fade, dtype=np.float32)
        self._scratch = np.zeros(fade, np.float32)
        self.written = 0
        self.read = 0
        self._flush_to = 0
        self._ended = 0
        self._running = False
        self._stalled_at = -1
        self.refused = 0

    # --- the producer's side

    def write(self, pcm: Int16) -> bool:
        """Append (frames,); True where the consumer had run dry in the middle of an utterance."""
        stalled = self._stalled_at == self.written and self._ended != self.written
        room = len(self._ring) - (self.written - self.read)
        self.refused += max(0, len(pcm) - room)
        pcm = pcm[:room]
        at = self.written % len(self._ring)
        head = min(len(pcm), len(self._ring) - at)
        self._ring[at : at + head] = pcm[:head]
        self._ring[: len(pcm) - head] = pcm[head:]
        self.written += len(pcm)  # last: the consumer may take them from here on
        return stalled

    def end(self) -> None:
        """The utterance is complete: play what there is, however short."""
        self._ended = self.written

    def flush(self) -> int:
        """Drop all that is not played; the position up to which it was."""
        at = self.read
        self._ended = self.written
        self._flush_to = self.written
        return at

    # --- the consumer's side: no lock, no new array, no path that raises

    def fill(self, out: Int16) -> int:
        """Fill `out` (n,); how many frames of it are the agent's."""
        if self._flush_to > self.read:
            return self._drop(out)
        ready = self.written - self.read
        if not self._running:
            whole = self._ended == self.written
            if ready == 0 or (ready < self._prebuffer and not whole):
                out[:] = 0
                return 0
            self._running, self._stalled_at = True, -1
        count = min(len(out), ready)
        self._copy(out, count)
        self.read += count
        out[count:] = 0
        if count < len(out):
            self._running = False
            self._stalled_at = self.read
        return count

    def _copy(self, out: Int16, count: int) -> None:
        at = self.read % len(self._ring)
        head = min(count, len(self._ring) - at)
        out[:head] = self._ring[at : at + head]
        if head < count:
            out[head:count] = self._ring[: count - head]

    def _drop(self, out: Int16) -> int:
        """The flush: a few ms of what would have come, faded out, then silence."""
        count = 0
        if self._running:
            count = min(len(self._fade), len(out), self._flush_to - self.read)
            self._copy(out, count)
            faded = self._scratch[:count]
            np.multiply(out[:count], self._fade[:count], out=faded)
            out[:count] = faded
        out[count:] = 0
        self.read = self._flush_to
        self._running, self._stalled_at = False, -1
        return count
