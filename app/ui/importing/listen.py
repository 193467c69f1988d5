"""Lets a person hear one channel of a recording that is not imported yet."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from app.audio.play_types import Mix, PlayTrack
from app.domain.errors import Cancelled
from app.domain.work import Quiet
from app.tasks.runner import Lane

if TYPE_CHECKING:
    from app.domain.calls import ChannelMap, Speaker
    from app.domain.imports import DryRunEntry
    from app.ui.context import UiContext

SECONDS = 12.0


class Listener:
    """Plays the first seconds in which a channel has sound. Main thread only."""

    def __init__(self, ctx: UiContext) -> None:
        self._ctx = ctx
        self._request = 0

    def hear(self, entry: DryRunEntry, channel_map: ChannelMap, who: Speaker) -> None:
        """Play the channel that the map gives to `who`."""
        self._request += 1
        request = self._request
        channel = channel_map.split(",").index(who)

        def play(sound: tuple[np.ndarray, int]) -> None:
            if request == self._request:
                pcm, rate_hz = sound
                player = self._ctx.player
                player.load([PlayTrack(role=who, pcm=pcm, rate_hz=rate_hz)], rate_hz)
                player.set_mix(Mix(ears="mono"))
                player.play()

        self._ctx.runner.run(Lane.CPU, first_sound, entry.path, channel, done=play)

    def stop(self) -> None:
        """Be silent."""
        self._request += 1
        if self._ctx.has_player:
            self._ctx.player.unload()


class _Head:
    """A sink that keeps one channel from its first sound on, and stops the decoder after that."""

    def __init__(self, channel: int, wanted: int, scale: float) -> None:
        self._channel, self._wanted, self._scale = channel, wanted, scale
        self._parts: list[np.ndarray] = []
        self._kept = 0

    def __call__(self, _first: int, block: np.ndarray[Any, Any]) -> None:
        samples = block.reshape(len(block), -1)[:, self._channel].astype(np.float32) * self._scale
        if not self._parts and float(np.abs(samples).max(initial=0.0)) < 0.01:
            return
        self._parts.append(samples)
        self._kept += len(samples)
        if self._kept >= self._wanted:
            raise Cancelled

    @property
    def sound(self) -> np.ndarray:
        """What was kept, float32 (frames,)."""
        return np.concatenate(self._parts) if self._parts else np.zeros(1, np.float32)


def first_sound(path: Any, channel: int) -> tuple[np.ndarray, int]:
    """The first seconds of sound on a channel, float32 (frames,), and their rate. On a worker.

    Raises:
        UserError: the recording cannot be read.
    """
    from app.audio import io

    probe = io.probe(path)
    scale = 1.0 if probe.is_float else 1 / 32768
    head = _Head(min(channel, probe.channels - 1), round(SECONDS * probe.rate_hz), scale)
    with suppress(Cancelled):
        io.decode_to(probe, head, Quiet())
    return head.sound, probe.rate_hz
