"""A call that is placed elsewhere: the microphone and what the loudspeaker plays, on one clock.

Two streams, each with a clock of its own. The microphone's samples are the call's clock; the
other stream is read at the times at which they were captured, faster or slower by as little as
the clocks differ. So what is heard at an index was captured then, and nothing remains to be laid.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app.audio.capture_track import CaptureTrack, Int16
from app.audio.duplex import DuplexLine

LATE_S = 0.4
"""What the other stream has not given by then is silence: some give none while nothing plays."""
JUMP_S = 0.01
PULL = 0.02
"""Of the distance to where the clocks say, so much is caught up with in each block."""
MOST_STEP = 0.005
POLL_S = 0.005
SETTLE_S = 10.0
"""Sound servers begin with seconds of which the times are off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """How well two captured tracks lie together."""

    uncertainty_ms: float
    """Of the offset between them at most: how much the callbacks' times trembled, and how far the
    other stream ever was from where the clocks said."""
    drift_ppm: float
    """How much faster the other stream's clock runs; taken out."""
    realigned: int
    """How often the other stream had to jump."""


class Captured(Protocol):
    """An open input. `start` once, `close` once."""

    @property
    def name(self) -> str:
        """What the person calls it."""

    @property
    def rate_hz(self) -> int:
        """Of its samples."""

    @property
    def is_running(self) -> bool:
        """Whether samples may be expected."""

    def start(self, track: CaptureTrack) -> None:
        """Begin to push into the track; raises EnvironmentFault."""

    def close(self) -> None:
        """Give it back; never raises."""


class CaptureDuplex:
    """See `DuplexDevice`: both of its ways are inputs.

    Args:
        mic: the caller's side; its clock is the call's.
        far: the agent's.
    """

    settles = False

    def __init__(self, mic: Captured, far: Captured) -> None:
        self._mic, self._far = mic, far
        self.name, self.rate_hz = f"{mic.name} and {far.name}", mic.rate_hz
        self._tracks = CaptureTrack(mic.rate_hz), CaptureTrack(far.rate_hz)
        self._halt = threading.Event()
        self._thread: threading.Thread | None = None
        self._at: float | None = None
        self._realigned, self._off_s = 0, 0.0

    @property
    def is_running(self) -> bool:
        """Whether blocks may be expected."""
        on = self._thread is not None and not self._halt.is_set()
        return on and self._mic.is_running and self._far.is_running

    @property
    def alignment(self) -> Alignment:
        """How well both lie together so far."""
        mic, far = (t.clock for t in self._tracks)
        ratio = (far.rate_hz / self._far.rate_hz) / (mic.rate_hz / self._mic.rate_hz)
        return Alignment(
            uncertainty_ms=1e3 * (float(np.hypot(mic.spread_s, far.spread_s)) + self._off_s),
            drift_ppm=(ratio - 1) * 1e6,
            realigned=self._realigned,
        )

    def start(self, line: DuplexLine) -> None:
        """Begin, once both clocks are steady."""
        self._mic.start(self._tracks[0])
        self._far.start(self._tracks[1])
        stop_by = time.monotonic() + SETTLE_S
        while not all(track.clock.settles() for track in self._tracks):
            if time.monotonic() > stop_by:
                break
            time.sleep(POLL_S)
        self._thread = threading.Thread(
            target=self._run, args=(line,), name="callbench-capture", daemon=True
        )
        self._thread.start()

    def restart(self) -> bool:
        """Two clocks that were interrupted cannot be laid together again."""
        return False

    def current_rate_hz(self) -> int:
        """Not known."""
        return 0

    def close(self) -> None:
        """End both."""
        self._halt.set()
        if self._thread is not None:
            self._thread.join()
        self._mic.close()
        self._far.close()

    def _run(self, line: DuplexLine) -> None:
        first, out = self._tracks[0].count, np.zeros(line.block, np.int16)
        while not self._halt.wait(POLL_S):
            while self._pair(line, first, out):
                first += line.block

    def _pair(self, line: DuplexLine, first: int, out: Int16) -> bool:
        """Give the line the block from `first` on; False where it has not come yet."""
        mic, far = self._tracks
        if mic.count < first + line.block:
            return False
        captured_s = mic.clock.at(first)
        late = mic.count - first > LATE_S * line.rate_hz
        heard = self._heard(far, captured_s, line, late=late)
        if heard is None:
            return False
        line.play.write(heard)
        line.play.end()
        flags, mic.flags, far.flags = mic.flags | far.flags, 0, 0
        ago_s = time.monotonic() - captured_s
        line.on_block(mic.read(first, line.block), out, ago_s, -ago_s, flags)
        return True

    def _heard(
        self, far: CaptureTrack, captured_s: float, line: DuplexLine, *, late: bool
    ) -> Int16 | None:
        """The other side's block that was captured then; None where it may still come."""
        silence = np.zeros(line.block, np.int16)
        if not far.clock.is_known:
            return silence if late else None
        per_frame = far.clock.rate_hz / self._tracks[0].clock.rate_hz
        due = far.clock.index_at(captured_s)
        if self._at is None or abs(due - self._at) > JUMP_S * self._far.rate_hz:
            self._realigned += self._at is not None
            self._at = due
        self._off_s = max(self._off_s, abs(due - self._at) / self._far.rate_hz)
        pull = float(np.clip((due - self._at) * PULL / line.block, -MOST_STEP, MOST_STEP))
        step = per_frame + pull
        if self._at + step * line.block + 2 > far.count:
            if late:
                self._at += step * line.block
            return silence if late else None
        heard = far.between(self._at, step, line.block)
        self._at += step * line.block
        return heard
