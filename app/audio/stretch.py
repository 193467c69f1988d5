"""Other speeds at the same pitch: FFmpeg's `atempo` (WSOLA), block by block.

`atempo` keeps output time and input time within one window of `speed` at every moment (it
corrects its own drift), so a straight line maps one to the other. It is ahead of that line by half
a window: what it gives first is the input from there on.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import av

Samples = NDArray[np.float32]


WINDOWS_PER_S = 24


def lead_frames(rate_hz: int) -> int:
    """How many frames before a place it must be fed, for its output to begin at that place.

    Half of its window, which is the power of two that holds a 24th of a second.
    """
    return 1 << ((rate_hz // WINDOWS_PER_S - 1).bit_length() - 1)


class Stretcher:
    """Takes stereo float32 frames and gives them back faster or slower.

    Args:
        rate_hz: of input and output.
        speed: 0.5 to 2; 1.5 means that a minute takes 40 s.
    """

    def __init__(self, rate_hz: int, speed: float) -> None:
        import av

        self._frame_type = av.AudioFrame
        self._waiting: tuple[type[BaseException], ...] = (av.BlockingIOError, av.EOFError)
        self._rate_hz = rate_hz
        self._pushed = 0
        self._graph = av.filter.Graph()
        source = self._graph.add_abuffer(
            sample_rate=rate_hz, format="fltp", layout="stereo", time_base=Fraction(1, rate_hz)
        )
        tempo = self._graph.add("atempo", f"{speed:.6f}")
        sink = self._graph.add("abuffersink")
        source.link_to(tempo)
        tempo.link_to(sink)
        self._graph.configure()

    def push(self, block: Samples) -> Samples:
        """Take frames (n, 2), n > 0; returns what has become ready, shape (k, 2)."""
        planar = np.ascontiguousarray(block.T)
        frame = self._frame_type.from_ndarray(planar, format="fltp", layout="stereo")
        frame.sample_rate = self._rate_hz
        frame.time_base = Fraction(1, self._rate_hz)
        frame.pts = self._pushed
        self._pushed += len(block)
        self._graph.push(frame)
        return self._pull()

    def finish(self) -> Samples:
        """The rest, after the last block."""
        self._graph.push(None)
        return self._pull()

    def _pull(self) -> Samples:
        ready: list[Samples] = []
        while True:
            try:
                frame = self._graph.pull()
            except self._waiting:
                break
            assert isinstance(frame, self._frame_type)
            ready.append(_stereo(frame))
        return np.concatenate(ready) if ready else np.zeros((0, 2), np.float32)


def _stereo(frame: av.AudioFrame) -> Samples:
    samples = frame.to_ndarray()
    if samples.shape[0] == 1:  # packed: left and right alternate
        return samples.reshape(-1, 2).astype(np.float32, copy=False)
    return np.ascontiguousarray(samples.T, dtype=np.float32)
