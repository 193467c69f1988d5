"""Inputs for `CaptureDuplex`: a microphone, and the monitor of a loudspeaker.

PulseAudio and PipeWire offer what a loudspeaker plays as a source of its own. PortAudio's list does
not name it, but a stream through the device `pulse` takes the source that the environment names.
Elsewhere it is an input like any other: Stereo Mix, BlackHole, a virtual cable.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.audio import devices
from app.audio.capture_track import CaptureTrack
from app.audio.duplex import BLOCK_MS, INPUT_OVERFLOW
from app.domain.errors import EnvironmentFault, NotFound

log = logging.getLogger("callbench.calls")

RATE_HZ = 48_000
LATENCY_S = 0.05
DEFAULT = "default"
PULSE = "pulse"
DEFAULT_MONITOR, PLAYED = "@DEFAULT_MONITOR@", "what the loudspeaker plays"
MONITOR = "monitor"


class PortAudioCapture:
    """One input stream of 48 kHz, one channel; see `Captured`.

    Args:
        choice: part of an input's name, or `default`.
        is_monitor: what the loudspeaker of that name plays, not what a microphone hears.

    Raises:
        NotFound: no such input. EnvironmentFault: it cannot be opened.
    """

    rate_hz = RATE_HZ

    def __init__(self, choice: str = DEFAULT, *, is_monitor: bool = False) -> None:
        sd = devices.sound_library()
        if devices.is_stale():
            devices.refresh()
        self._error: type[Exception] = sd.PortAudioError
        index, source = _found(sd, choice, is_monitor=is_monitor)
        name = str(sd.query_devices(index)["name"])
        self.name = PLAYED if source == DEFAULT_MONITOR else source or name
        self._track: CaptureTrack | None = None
        self._closed = False
        try:
            with devices.opening(), _source(source):
                self._stream = sd.InputStream(
                    device=index,
                    samplerate=RATE_HZ,
                    channels=1,
                    dtype="int16",
                    blocksize=RATE_HZ * BLOCK_MS // 1000,
                    latency=LATENCY_S,
                    callback=self._on_block,
                )
        except (sd.PortAudioError, ValueError) as error:
            log.info("%s could not be opened: %s", self.name, error)
            raise EnvironmentFault(
                f"The input “{self.name}” could not be opened.",
                devices.HELD,
            ) from error

    @property
    def is_running(self) -> bool:
        """Whether samples may be expected."""
        return not self._closed and devices.is_active(self._stream)

    def start(self, track: CaptureTrack) -> None:
        """Begin."""
        self._track = track
        try:
            self._stream.start()
        except self._error as error:
            raise EnvironmentFault(
                f"The input “{self.name}” did not start ({error}).", "Choose another input."
            ) from error

    def close(self) -> None:
        """Give it back."""
        if not self._closed:
            self._closed = True
            devices.give_back(self._stream)

    def _on_block(self, pcm: Any, frames: int, times: Any, status: Any) -> None:
        now_s, track = time.monotonic(), self._track
        assert track is not None
        told = times.inputBufferAdcTime
        ago_s = times.currentTime - told if told > 0 else frames / RATE_HZ
        track.push(pcm[:, 0], now_s - ago_s, INPUT_OVERFLOW if status.input_overflow else 0)


def _found(sd: Any, choice: str, *, is_monitor: bool) -> tuple[int, str]:
    """(index of the device, name of the sound server's source or empty)."""
    listed = enumerate(sd.query_devices())
    inputs = [(i, str(d["name"])) for i, d in listed if d["max_input_channels"]]
    named = next((i for i, name in inputs if choice.lower() in name.lower()), None)
    server = next((i for i, name in inputs if name == PULSE), None)
    if is_monitor:
        if named is not None and choice != DEFAULT:
            return named, ""
        if server is not None:
            suffix = "" if MONITOR in choice else f".{MONITOR}"
            return server, DEFAULT_MONITOR if choice == DEFAULT else choice + suffix
        loop = next((i for i, name in inputs if devices.is_loopback(name)), None)
        if loop is not None:
            return loop, ""
        raise NotFound(
            "This machine offers nothing that records what the loudspeaker plays.",
            "Install a virtual cable (BlackHole, VB-Cable), and choose it as the agent's input.",
        )
    if choice == DEFAULT and inputs:
        default = int(sd.default.device[0])
        return (default if default in dict(inputs) else inputs[0][0]), ""
    if named is None:
        raise NotFound(f"There is no input named “{choice}”.", devices.ELSE)
    return named, ""


@contextmanager
def _source(name: str) -> Iterator[None]:
    """While a stream is opened: which source the sound server gives it."""
    before = os.environ.get("PULSE_SOURCE")
    if name:
        os.environ["PULSE_SOURCE"] = name
    try:
        yield
    finally:
        if name:
            os.environ.pop("PULSE_SOURCE", None)
            if before is not None:
                os.environ["PULSE_SOURCE"] = before
