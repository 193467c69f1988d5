"""The device's side of the clip player: clips from memory, and a note of what was handed over.

Run by the device's callback: it takes no lock, writes no log and has no path that raises. A cue
is one immutable value; the newest one is taken at the start of the next callback.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app.audio.play_types import FloatBlock

CROSSFADE_S = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Cue:
    """What to play from now on.

    Attributes:
        tracks: stereo frames at the device's rate, one array for each clip.
        at: index of the track.
        frame: where to begin; -1 keeps the place, for a switch from one track to another.
        playing: False to fade out and rest.
        load: names the trial that the tracks belong to.
    """

    tracks: tuple[FloatBlock, ...] = ()
    at: int = 0
    frame: int = 0
    playing: bool = False
    load: int = 0


class Run(NamedTuple):
    """Frames of one track that were handed over at full level, one after another."""

    at: int
    start: int
    end: int
    load: int = 0


class Deck:
    """Plays cues. Only `cue` and `set_gain` may be called from outside the callback."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.ramp = max(1, round(rate_hz * CROSSFADE_S))
        rising = (np.arange(self.ramp, dtype=np.float32) + 1.0) / np.float32(self.ramp + 1)
        self._rising: FloatBlock = rising[:, None]
        self._falling: FloatBlock = (np.float32(1.0) - rising)[:, None]
        self._scratch: FloatBlock = np.zeros((self.ramp, 2), np.float32)
        self._cue = self._taken = Cue()
        self._gain = self._wanted_gain = np.float32(1.0)
        self._old: FloatBlock = self._scratch[:0]
        self._old_frame = self._out_left = self._in_left = 0
        self.position = 0
        self.playing = False
        self.calls = 0
        self.runs: deque[Run] = deque()
        """Finished runs, oldest first; whoever reads them takes them out."""
        self.run = Run(0, 0, 0)
        """The run that is going on."""
        self.ended: Cue | None = None
        """The cue whose track came to its end last."""
        self.ended_dac_s = 0.0
        """When the last frame of the track that ended is heard, on the device's clock."""
        self.began_s = 0.0
        """`perf_counter` when the first frame of the newest cue was handed over; 0 before."""

    # --- from any thread

    def cue(self, cue: Cue) -> None:
        """Take another cue at the next callback; the newest wins."""
        self.began_s = 0.0
        self._cue = cue

    @property
    def pending(self) -> bool:
        """Whether the newest cue waits for a callback."""
        return self._cue is not self._taken

    def set_gain(self, gain_db: float) -> None:
        """The gain of everything, in dB; a change is heard as a ramp of one callback."""
        self._wanted_gain = np.float32(10 ** (gain_db / 20))

    # --- on the device's thread

    def fill(self, out: FloatBlock, dac_s: float) -> None:
        """Fill `out` (n, 2), whose first frame is heard at `dac_s`."""
        if self._cue is not self._taken and not self._out_left:
            self._take(self._cue)
        count = self._copy(out, dac_s) if self.playing else 0
        out[count:] = 0.0
        if self._out_left:
            self._fade_out(out)
        self._level(out)
        self.calls += 1  # last: from here on the counters above are those of this callback

    def _take(self, cue: Cue) -> None:
        was, frame = self._taken, cue.frame if cue.frame >= 0 else self.position
        if self.playing:
            self._old = was.tracks[was.at]
            self._old_frame = self.position
            self._out_left = max(0, min(self.ramp, len(self._old) - self.position))
        self._close_run()
        self.playing = cue.playing and frame < len(cue.tracks[cue.at])
        if self.playing:
            # A clip begins as it is; anywhere else the sound is faded in.
            self._in_left = self.ramp if frame > 0 else 0
            self.position = frame
            first = min(frame + self._in_left, len(cue.tracks[cue.at]))
            self.run = Run(cue.at, first, first, cue.load)
        self._taken = cue

    def _copy(self, out: FloatBlock, dac_s: float) -> int:
        track = self._taken.tracks[self._taken.at]
        count = min(len(out), len(track) - self.position)
        out[:count] = track[self.position : self.position + count]
        if self._in_left:
            self._fade_in(out[:count])
        if not self.began_s:
            self.began_s = time.perf_counter()
        self.position += count
        at, start, end, load = self.run
        self.run = Run(at, start, max(end, self.position), load)
        if self.position >= len(track):
            self.playing = False
            self._close_run()
            self.ended_dac_s = dac_s + count / self.rate_hz
            self.ended = self._taken
        return count

    def _close_run(self) -> None:
        if self.run.end > self.run.start:
            self.runs.append(self.run)
        self.run = Run(0, 0, 0)

    def _fade_in(self, out: FloatBlock) -> None:
        done = self.ramp - self._in_left
        count = min(len(out), self._in_left)
        np.multiply(out[:count], self._rising[done : done + count], out=out[:count])
        self._in_left -= count

    def _fade_out(self, out: FloatBlock) -> None:
        done = self.ramp - self._out_left
        count = min(len(out), self._out_left)
        old = self._scratch[:count]
        np.multiply(
            self._old[self._old_frame : self._old_frame + count],
            self._falling[done : done + count],
            out=old,
        )
        np.add(out[:count], old, out=out[:count])
        self._old_frame += count
        self._out_left -= count

    def _level(self, out: FloatBlock) -> None:
        wanted = self._wanted_gain
        if wanted == self._gain:
            np.multiply(out, wanted, out=out)
            return
        ramp = np.linspace(self._gain, wanted, len(out), dtype=np.float32)
        np.multiply(out, ramp[:, None], out=out)
        self._gain = wanted
