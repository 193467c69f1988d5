"""Calls without a sound device: a block each 20 ms by the wall clock."""

from __future__ import annotations

import threading
import time

import numpy as np

from app.audio.duplex import BLOCK_MS, DuplexLine

BEHIND_S = 1.0
"""After a suspend it does not catch up with more than this."""


class VirtualDuplex:
    """A silent microphone and a loudspeaker that nobody hears, without any latency."""

    name = "no sound device"
    settles = False

    def __init__(self, rate_hz: int, _attempt: int = 0) -> None:
        self.rate_hz = rate_hz
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether blocks come."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, line: DuplexLine) -> None:
        """Begin."""
        self._thread = threading.Thread(
            target=self._run, args=(line,), name="callbench-virtual-duplex", daemon=True
        )
        self._thread.start()

    def restart(self) -> bool:
        """It does not die."""
        return False

    def current_rate_hz(self) -> int:
        """Always the same."""
        return self.rate_hz

    def close(self) -> None:
        """End."""
        self._halt.set()
        if self._thread is not None:
            self._thread.join()
        self._thread = None

    def _run(self, line: DuplexLine) -> None:
        silence, out = np.zeros(line.block, np.int16), np.zeros(line.block, np.int16)
        block_s = BLOCK_MS / 1000
        due = time.monotonic() + block_s
        while not self._halt.wait(max(0.0, due - time.monotonic())):
            # The block was captured in the 20 ms before it was due; what is given sounds from then.
            late = time.monotonic() - due
            line.on_block(silence, out, block_s + late, -late, 0)
            due = max(due + block_s, time.monotonic() - BEHIND_S)
