"""The silent device: a clock without a loudspeaker.

In real time it drives the play head on a machine without sound; turned by hand it drives the
tests, which read what a device would have been handed.
"""

from __future__ import annotations

import threading
import time

import numpy as np
from numpy.typing import NDArray

from app.audio.output import FillFn

BLOCK_S = 0.01
NAME = "No sound device (silent)"


class NullDevice:
    """Asks for frames at the pace of the wall clock and throws them away."""

    name = NAME
    is_silent = True
    is_realtime = True
    latency_s = 0.0
    underflows = 0

    def __init__(self, rate_hz: int, fill: FillFn) -> None:
        self.rate_hz = rate_hz
        self._fill = fill
        self._block = np.zeros((max(1, round(rate_hz * BLOCK_S)), 2), np.float32)
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None

    @classmethod
    def open(cls, _choice: str | None, rate_hz: int, fill: FillFn) -> NullDevice:
        """An `Opener`."""
        return cls(rate_hz, fill)

    @property
    def is_running(self) -> bool:
        """Whether it asks for frames."""
        return self._thread is not None

    def now_s(self) -> float:
        """The wall clock."""
        return time.monotonic()

    def start(self) -> None:
        """Begin to ask for frames."""
        if self._thread is not None:
            return
        self._halt.clear()
        self._thread = threading.Thread(
            target=self._run, name="callbench-silent-device", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop asking, and wait for the last request to end."""
        self._halt.set()
        if self._thread is not None:
            self._thread.join()
        self._thread = None

    def close(self) -> None:
        """The same as `stop`."""
        self.stop()

    def _run(self) -> None:
        block_s = len(self._block) / self.rate_hz
        due = self.now_s()
        while not self._halt.wait(max(0.0, due - self.now_s())):
            self._fill(self._block, due)
            due = max(due + block_s, self.now_s() - 1.0)  # after a suspend, do not catch up


class ManualDevice:
    """A device whose clock stands still until `step` is called; keeps what it was handed."""

    name = "Test device"
    is_silent = False
    is_realtime = False
    underflows = 0

    def __init__(self, rate_hz: int, fill: FillFn, latency_s: float = 0.0) -> None:
        self.rate_hz = rate_hz
        self.latency_s = latency_s
        self.is_running = False
        self.is_closed = False
        self._fill = fill
        self._frames = 0

    def now_s(self) -> float:
        """Seconds of frames handed over."""
        return self._frames / self.rate_hz

    def start(self) -> None:
        """Allow steps."""
        self.is_running = True

    def stop(self) -> None:
        """Refuse steps."""
        self.is_running = False

    def close(self) -> None:
        """Refuse steps for ever."""
        self.is_running = False
        self.is_closed = True

    def step(self, frames: int) -> NDArray[np.float32]:
        """Ask for one block, as a callback would; returns it, shape (frames, 2)."""
        out = np.full((frames, 2), np.nan, np.float32)
        if self.is_running:
            self._fill(out, self.now_s() + self.latency_s)
        else:
            out[:] = 0.0
        self._frames += frames
        return out
