"""A player whose device and feeder a test turns by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.null_device import ManualDevice
from app.audio.output import FillFn
from app.audio.play_types import PlayTrack
from app.audio.player import Player


class Rig:
    """Opens `ManualDevice`s; `run` steps device and feeder and returns what was handed over."""

    def __init__(self, *, device_rate_hz: int | None = None, latency_s: float = 0.0) -> None:
        self.devices: list[ManualDevice] = []
        self._device_rate_hz = device_rate_hz
        self._latency_s = latency_s
        self.player = Player(self._open, threaded=False)
        self.heads: list[int] = []

    def _open(self, _choice: str | None, rate_hz: int, fill: FillFn) -> ManualDevice:
        device = ManualDevice(self._device_rate_hz or rate_hz, fill, self._latency_s)
        self.devices.append(device)
        return device

    @property
    def device(self) -> ManualDevice:
        return self.devices[-1]

    @property
    def ramp(self) -> int:
        """Frames of a crossfade on the device."""
        return round(self.device.rate_hz * 0.005)

    def play(self) -> None:
        """Play, and let the feeder open the device and send the first jump."""
        self.player.play()
        self.player.pump()

    def run(self, frames: int, block: int = 37) -> NDArray[np.float32]:
        """Hand over `frames` in blocks; `heads` gets the play head before each of them."""
        blocks = []
        left = frames
        while left:
            self.player.pump()
            self.heads.append(self.player.position())
            blocks.append(self.device.step(min(block, left)))
            left -= len(blocks[-1])
        self.player.pump()
        return np.concatenate(blocks)


def noise(frames: int, seed: int) -> NDArray[np.int16]:
    """Samples of which no two stretches are alike."""
    return np.random.default_rng(seed).integers(-20_000, 20_000, frames).astype(np.int16)


def stereo(caller: NDArray[Any], agent: NDArray[Any], rate_hz: int) -> list[PlayTrack]:
    return [
        PlayTrack(role="caller", pcm=caller, rate_hz=rate_hz),
        PlayTrack(role="agent", pcm=agent, rate_hz=rate_hz),
    ]


def as_float(caller: NDArray[np.int16], agent: NDArray[np.int16]) -> NDArray[np.float32]:
    return np.stack([caller, agent], 1).astype(np.float32) / 32768
