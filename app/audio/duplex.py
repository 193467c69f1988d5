"""A call's sound, both ways, on one clock: the sample index of what the caller's side captured.

`DuplexLine` is what a device's callback runs: it copies the microphone into a ring, takes the
agent's sound from the play queue, copies that too, and writes one row of a table. It takes no
lock, writes no log, makes no array and has no path that raises. Everything else reads behind it.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.audio.play_queue import PlayQueue

Int16 = NDArray[np.int16]

BLOCK_MS = 20
RING_S = 30.0
INPUT_OVERFLOW, OUTPUT_UNDERFLOW, INPUT_UNDERFLOW, RENEWED = 1, 2, 4, 8
"""The last: the first block of a stream that was started anew."""


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One callback: where it lies on the call's clock, and when it happened.

    Attributes:
        index: of its first sample.
        at_ns: when it was called, `time.monotonic_ns`.
        adc_s: how long before that the first sample was captured, in seconds.
        dac_s: how long after that the first sample given will be heard.
        flags: INPUT_OVERFLOW | OUTPUT_UNDERFLOW | INPUT_UNDERFLOW | RENEWED.
        position: in the play queue, of the first frame given.
        count: how many frames came from there.
    """

    index: int
    at_ns: int
    adc_s: float
    dac_s: float
    flags: int
    position: int
    count: int


class DuplexLine:
    """The callback's side of a call, and what others read of it.

    Args:
        rate_hz: of the device, both ways.
        play: what is given to the loudspeaker.
    """

    def __init__(self, rate_hz: int, play: PlayQueue) -> None:
        self.rate_hz, self.play = rate_hz, play
        self.block = rate_hz * BLOCK_MS // 1000
        self._blocks = round(RING_S * 1000 / BLOCK_MS)
        self._size = self._blocks * self.block
        self._mic: Int16 = np.zeros(self._size, np.int16)
        self._heard: Int16 = np.zeros(self._size, np.int16)
        self._ints = [array("q", bytes(8 * self._blocks)) for _ in range(4)]
        self._times = [array("d", bytes(8 * self._blocks)) for _ in range(2)]
        self.calls = 0

    @property
    def captured(self) -> int:
        """Samples captured so far: now, on the call's clock."""
        return self.calls * self.block

    def on_block(self, mic: Int16, out: Int16, adc_s: float, dac_s: float, flags: int) -> None:
        """One block of `block` frames each way. See `BlockRow` for the times."""
        slot = self.calls % self._blocks
        at = slot * self.block
        self._mic[at : at + self.block] = mic
        position = self.play.read
        count = self.play.fill(out)
        self._heard[at : at + self.block] = out
        at_ns, marks, positions, counts = self._ints
        at_ns[slot] = time.monotonic_ns()
        marks[slot], positions[slot], counts[slot] = flags, position, count
        self._times[0][slot], self._times[1][slot] = adc_s, dac_s
        self.calls += 1  # last: readers trust all blocks below it

    def take(self, first: int) -> tuple[list[BlockRow], Int16, Int16, int]:
        """All blocks from number `first` on: rows, microphone, heard; and how many were lost.

        Blocks are lost where the reader was later than the ring is long.
        """
        until = self.calls
        lost = max(0, until - first - self._blocks + 1)
        first += lost
        slots = [n % self._blocks for n in range(first, until)]
        rows = [self._row(n, n % self._blocks) for n in range(first, until)]
        mic, heard = (
            ring.reshape(self._blocks, self.block)[slots].reshape(-1)
            for ring in (self._mic, self._heard)
        )
        return rows, mic, heard, lost

    def _row(self, number: int, slot: int) -> BlockRow:
        at_ns, flags, positions, counts = (x[slot] for x in self._ints)
        adc_s, dac_s = (x[slot] for x in self._times)
        return BlockRow(number * self.block, at_ns, adc_s, dac_s, flags, positions, counts)


class DuplexDevice(Protocol):
    """An open device with both directions. `start` once, `close` once."""

    @property
    def name(self) -> str:
        """What the person calls it."""

    @property
    def rate_hz(self) -> int:
        """Its rate, both ways."""

    @property
    def is_running(self) -> bool:
        """False before `start`, after `close`, and when the device has died."""

    @property
    def settles(self) -> bool:
        """Whether its times move at first, so that a call had better wait."""

    def start(self, line: DuplexLine) -> None:
        """Begin to call the line; raises EnvironmentFault."""

    def restart(self) -> bool:
        """Go on with another stream, if that can be; its first block is flagged as RENEWED."""

    def current_rate_hz(self) -> int:
        """The rate that it would be opened with now; 0 where that is not known."""

    def close(self) -> None:
        """Give it back; never raises."""


ATTEMPTS = 4
DuplexOpener = Callable[[int, int], DuplexDevice]
"""Opens a device for an agent of that rate, at the so-manieth try; raises EnvironmentFault."""
