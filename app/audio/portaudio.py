"""An open PortAudio stream as an output device, and the choice of one."""

from __future__ import annotations

import logging
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio import devices
from app.audio.devices import DeviceInfo
from app.audio.null_device import NullDevice
from app.audio.output import TORN_OFTEN, FillFn, OutputDevice
from app.domain.errors import EnvironmentFault

log = logging.getLogger("callbench.audio")

LATENCY_S = 0.03
"""Asked of the device: a seek is heard within 60 ms, and a busy interpreter (which takes up to
5 ms to switch threads) does not tear the sound."""
MAX_LATENCY_S = 0.12
STEADY_LATENCY_S = 0.12
"""Where a torn sound costs more than a late one: a vote on it does not count."""
BLOCK_S = 0.005

_latency_s = LATENCY_S


class PortAudioOutput:
    """An open PortAudio stream."""

    is_silent = False
    is_realtime = True

    def __init__(
        self, info: DeviceInfo, rate_hz: int, fill: FillFn, latency_s: float | None = None
    ) -> None:
        sd = devices.sound_library()
        self.name = info.name
        self.rate_hz = rate_hz
        self._fill = fill
        block = max(32, round(rate_hz * BLOCK_S))
        self._stereo: NDArray[np.float32] = np.zeros((block, 2), np.float32)
        self._error: type[Exception] = sd.PortAudioError
        self._guard = threading.Lock()  # a closed stream's clock must not be read
        self._closed = False
        self._last_s = 0.0
        self._lead_s = 0.0
        self.underflows = 0
        try:
            with devices.opening():
                self._stream = sd.OutputStream(
                    device=info.index,
                    samplerate=rate_hz,
                    channels=min(2, info.channels),
                    dtype="float32",
                    latency=_latency_s if latency_s is None else latency_s,
                    blocksize=block,
                    callback=self._on_stereo if info.channels > 1 else self._on_mono,
                )
        except (sd.PortAudioError, ValueError) as error:
            raise EnvironmentFault(
                f"The sound device “{info.name}” could not be opened ({_reason(error)}).",
                "Choose another one in the settings, or close the program that holds it.",
            ) from error

    @property
    def latency_s(self) -> float:
        """The longest seen between a callback and the sound of its frames."""
        return self._lead_s

    @property
    def is_running(self) -> bool:
        """Whether callbacks may be expected."""
        with self._guard:
            return not self._closed and devices.is_active(self._stream)

    def now_s(self) -> float:
        """The stream's clock."""
        with self._guard:
            if not self._closed:
                self._last_s = float(self._stream.time)
            return self._last_s

    def start(self) -> None:
        """Begin to ask for frames."""
        try:
            if not self._stream.stopped:
                self._stream.abort()  # ended by itself; PortAudio wants it stopped first
            self._stream.start()
        except self._error as error:
            raise EnvironmentFault(
                f"The sound device “{self.name}” did not start ({_reason(error)}).",
                "Choose another one in the settings.",
            ) from error

    def stop(self) -> None:
        """Stop asking."""
        devices.within(devices.CLOSE_DEADLINE_S, self._stream.abort)

    def close(self) -> None:
        """Give the device back; a driver that hangs is left behind after a moment."""
        global _latency_s
        with self._guard:
            if self._closed:
                return
            self._closed = True
        if self.underflows >= TORN_OFTEN:  # this machine is busier than we took it for
            _latency_s = min(MAX_LATENCY_S, 2 * _latency_s)
        if devices.within(devices.CLOSE_DEADLINE_S, lambda: self._stream.close(ignore_errors=True)):
            devices.closed()

    def _on_stereo(self, out: NDArray[np.float32], _n: int, time: Any, status: Any) -> None:
        if status:
            self.underflows += 1
        heard_at = time.outputBufferDacTime
        lead = heard_at - time.currentTime
        if lead > self._lead_s:
            self._lead_s = lead
        self._fill(out, heard_at)

    def _on_mono(self, out: NDArray[np.float32], n: int, time: Any, status: Any) -> None:
        stereo = self._stereo[:n]
        self._on_stereo(stereo, n, time, status)
        np.add(stereo[:, :1], stereo[:, 1:], out=out)
        np.multiply(out, np.float32(0.5), out=out)


def open_output(choice: str | None, rate_hz: int, fill: FillFn) -> OutputDevice:
    """An `Opener`: the chosen device, else the default one, else the silent one.

    The device is opened at `rate_hz` where it takes that, at its own rate otherwise.
    """
    return _open(choice, rate_hz, fill, None)


def open_steady(choice: str | None, rate_hz: int, fill: FillFn) -> OutputDevice:
    """The same with more latency, for sound that must not be torn."""
    return _open(choice, rate_hz, fill, max(_latency_s, STEADY_LATENCY_S))


def _open(choice: str | None, rate_hz: int, fill: FillFn, latency_s: float | None) -> OutputDevice:
    if devices.is_stale():
        devices.refresh()
    info = devices.choose(devices.output_devices(), choice)
    if info is None:
        return NullDevice(rate_hz, fill)
    rate = rate_hz if devices.supports(info, rate_hz) else info.rate_hz
    try:
        return PortAudioOutput(info, rate, fill, latency_s)
    except EnvironmentFault as fault:
        log.warning("%s", fault)
        return NullDevice(rate_hz, fill)


def _reason(error: Exception) -> str:
    return str(error.args[0]) if error.args else type(error).__name__
