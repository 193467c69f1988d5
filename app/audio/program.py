"""What comes next: the frames that follow a place in a call, as the device wants them.

A program reads the mixed call on from a frame, around a loop if there is one, at a speed, at the
device's rate, and knows which call frame each of its device frames is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.audio.mixer import Mixer
from app.audio.play_types import FloatBlock
from app.audio.resample import StreamResampler
from app.audio.stretch import Stretcher
from app.domain.calls import Span

CHUNK = 1024
"""Frames fed to the stretcher or the rate converter at a time."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which call frame a ring position is.

    Position `ring` is call frame `frame`; each further one is `num / den` call frames on, around
    `loop` for as long as it lasts, and never past `last`.
    """

    ring: int
    frame: int
    num: int
    den: int
    loop: Span | None
    last: int

    def at(self, position: int) -> int:
        """The call frame at a ring position."""
        frame = self.frame + (position - self.ring) * self.num // self.den
        loop = self.loop
        if loop is not None and self.frame < loop.end <= frame:
            return loop.start + (frame - loop.start) % loop.frames
        return min(frame, self.last)


class CallStream:
    """The mixed call from a frame on, at the call's rate."""

    def __init__(self, mixer: Mixer, start: int, frame_count: int, loop: Span | None) -> None:
        self._mixer = mixer
        self._at = start
        self._last = frame_count
        self._loop = loop

    def read(self, count: int) -> FloatBlock:
        """The next `count` frames; fewer only where the call ends."""
        out = np.zeros((count, 2), np.float32)
        done = 0
        while done < count:
            loop = self._loop
            stop = loop.end if loop is not None and self._at < loop.end else self._last
            take = min(count - done, stop - self._at)
            if take <= 0:
                break
            self._mixer.render(self._at, out[done : done + take])
            done += take
            self._at += take
            if loop is not None and self._at == loop.end:
                self._at = loop.start
        return out[:done]


class Program:
    """Device frames from a place on; made anew at each seek and at each change."""

    def __init__(
        self,
        stream: CallStream,
        *,
        rate_hz: int,
        device_rate_hz: int,
        speed: float,
    ) -> None:
        self._stream = stream
        self._stretcher = Stretcher(rate_hz, speed) if speed != 1.0 else None
        self._resampler = (
            StreamResampler(rate_hz, device_rate_hz) if device_rate_hz != rate_hz else None
        )
        self._ready: FloatBlock = np.zeros((0, 2), np.float32)
        self._drained = False

    @property
    def is_plain(self) -> bool:
        """Whether the device gets the call's own samples, neither stretched nor converted."""
        return self._stretcher is None and self._resampler is None

    def read(self, count: int) -> FloatBlock:
        """The next `count` device frames; fewer only at the end, then none."""
        if self.is_plain:
            return self._stream.read(count)
        while len(self._ready) < count and not self._drained:
            self._ready = np.concatenate([self._ready, self._more()])
        out, self._ready = self._ready[:count], self._ready[count:]
        return out

    def _more(self) -> FloatBlock:
        block = self._stream.read(CHUNK)
        self._drained = len(block) < CHUNK
        if self._stretcher is not None:
            stretched = self._stretcher.push(block) if len(block) else block
            block = (
                np.concatenate([stretched, self._stretcher.finish()])
                if self._drained
                else stretched
            )
        if self._resampler is not None:
            block = self._resampler.push(block)
            if self._drained:
                block = np.concatenate([block, self._resampler.finish()])
        return block
