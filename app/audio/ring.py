"""Frames on their way to the device: a ring between one producer and one consumer.

`Ring` holds the frames; positions are counted from the beginning of time and never wrap, so
that a position names a frame for ever. `Outlet` is the consumer's side, run by the device's
callback: it copies, crossfades at a jump, and stores plain integers. It takes no lock, writes no
log, makes no array and has no path that raises.
"""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

Frames = NDArray[np.float32]
HISTORY = 512
"""Callbacks remembered, so that what is heard now can be told from what was handed over."""


class Ring:
    """Stereo frames, preallocated. Only the producer calls `write` and `rewind`."""

    def __init__(self, capacity: int) -> None:
        self.frames: Frames = np.zeros((capacity, 2), np.float32)
        self.capacity = capacity
        self.written = 0

    def write(self, block: Frames) -> None:
        """Append frames; the producer has made sure that none is overwritten unread."""
        at = self.written % self.capacity
        head = min(len(block), self.capacity - at)
        self.frames[at : at + head] = block[:head]
        if head < len(block):
            self.frames[: len(block) - head] = block[head:]
        self.written += len(block)  # last: the consumer may read them from here on

    def copy(self, position: int, out: Frames) -> None:
        """Copy `len(out)` frames from `position` on into `out`."""
        count = len(out)
        at = position % self.capacity
        head = min(count, self.capacity - at)
        out[:head] = self.frames[at : at + head]
        if head < count:
            out[head:] = self.frames[: count - head]


class Outlet:
    """The consumer: hands frames to the device and follows the producer's jumps.

    A jump is sent with `send` and taken at the start of the next callback; the frames that would
    have come next are faded out while the new ones are faded in. An *aligned* jump keeps its
    place: a consumer that is `k` frames past `base` goes to `to + k`.
    """

    def __init__(self, ring: Ring, ramp_frames: int) -> None:
        self.ring = ring
        self.ramp = ramp_frames
        rising = (np.arange(ramp_frames, dtype=np.float32) + 1.0) / np.float32(ramp_frames + 1)
        self._rising: Frames = rising[:, None]
        self._falling: Frames = (np.float32(1.0) - rising)[:, None]
        self._scratch: Frames = np.zeros((ramp_frames, 2), np.float32)
        self.read = 0
        self.playing = False
        self.end = -1
        self.stopped_at = 0
        self.underruns = 0
        self.calls = 0
        self.dac_s = array("d", bytes(8 * HISTORY))
        self.position = array("q", bytes(8 * HISTORY))
        self.count = array("q", bytes(8 * HISTORY))
        self._sent = self._taken = 0
        self._to = 0
        self._base = -1
        self._play = False
        self._old = self._out_left = self._in_left = 0

    # --- the producer's side

    @property
    def pending(self) -> bool:
        """Whether a jump was sent and not yet taken."""
        return self._sent != self._taken

    def send(self, to: int, *, base: int = -1) -> None:
        """Ask the consumer to go to `to`, keeping its distance from `base` if that is given.

        Only when none is pending.
        """
        self._to, self._base, self._play = to, base, True
        self._sent += 1  # last: from here on the consumer may take it

    def send_stop(self) -> None:
        """Ask the consumer to fade out and be silent; `stopped_at` then tells where."""
        self._play = False
        self._sent += 1

    def force(self) -> None:
        """Take a pending jump here and now; only while the device is not running."""
        if self.pending:
            self._take()
        self._out_left = 0

    # --- the consumer's side

    def fill(self, out: Frames, dac_s: float) -> None:
        """Fill `out` (n, 2); its first frame will be heard at `dac_s`. The device's callback."""
        if self._sent != self._taken and self._out_left == 0:
            self._take()
        start = self.read
        count = 0
        if self.playing:
            count = max(0, min(len(out), self.ring.written - start))
            self.ring.copy(start, out[:count])
            if self._in_left:
                self._fade_in(out)
            self.read = start + count
            if count < len(out) and self.read != self.end:
                self.underruns += 1
        out[count:] = 0.0
        if self._out_left:
            self._fade_out(out)
        slot = self.calls % HISTORY
        self.dac_s[slot] = dac_s
        self.position[slot] = start
        self.count[slot] = count
        self.calls += 1  # last: the reader of the history trusts all entries below it

    def _take(self) -> None:
        here = self.read
        if self.playing:
            old_end = self._to if self._play else self.ring.written
            self._old = here
            self._out_left = max(0, min(self.ramp, old_end - here))
        if self._play:
            keep = here - self._base if self.playing and self._base >= 0 else 0
            self.read = self._to + keep
            self._in_left = self.ramp
        else:
            self.stopped_at = here
        self.playing = self._play
        self._taken = self._sent

    def _fade_in(self, out: Frames) -> None:
        done = self.ramp - self._in_left
        count = min(len(out), self._in_left)
        np.multiply(out[:count], self._rising[done : done + count], out=out[:count])
        self._in_left -= count

    def _fade_out(self, out: Frames) -> None:
        # Where fewer frames than a ramp were left, only the curve's end is used: the old sound
        # was about to stop by itself.
        done = self.ramp - self._out_left
        count = min(len(out), self._out_left)
        old = self._scratch[:count]
        self.ring.copy(self._old, old)
        np.multiply(old, self._falling[done : done + count], out=old)
        np.add(out[:count], old, out=out[:count])
        self._old += count
        self._out_left -= count
