"""Sound devices through PortAudio. The only module that knows `sounddevice`, and lazily.

PortAudio reads the list of devices once, when it starts; to see a headset that was plugged in
later it must be started again, which is safe only while no stream is open.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.audio.null_device import NullDevice
from app.audio.output import FillFn, OutputDevice
from app.domain.errors import EnvironmentFault

log = logging.getLogger("callbench.audio")

LATENCY_S = 0.03
"""Asked of the device: a seek is heard within 60 ms, and a busy interpreter (which takes up to
5 ms to switch threads) does not tear the sound."""
BLOCK_S = 0.005
CLOSE_DEADLINE_S = 2.0

LIST_AGE_S = 2.0
"""A list of devices older than this is read again before a stream is opened."""

_lock = threading.RLock()
_open_streams = 0
_listed_at = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo:
    """One output. `key` names it across restarts; the index does not."""

    index: int
    name: str
    host_api: str
    channels: int
    rate_hz: int
    latency_s: float
    is_default: bool

    @property
    def key(self) -> str:
        """What the settings keep."""
        return f"{self.host_api}: {self.name}"


def _sounddevice() -> Any:
    """The module, started; raises EnvironmentFault where PortAudio is not there."""
    global _listed_at
    fresh = "sounddevice" not in sys.modules
    try:
        import sounddevice
    except (OSError, ImportError) as error:
        raise EnvironmentFault(
            f"The sound library PortAudio could not be loaded ({error}).",
            "On Debian: apt-get install libportaudio2.",
        ) from error
    if fresh:
        _listed_at = time.monotonic()
    return sounddevice


def output_devices() -> list[DeviceInfo]:
    """The outputs PortAudio knew when it started; empty where there is none."""
    try:
        sd = _sounddevice()
    except EnvironmentFault as fault:
        log.info("%s", fault)
        return []
    with _lock:
        try:
            listed, apis = sd.query_devices(), sd.query_hostapis()
            default = sd.default.device[1]
        except sd.PortAudioError as error:
            log.info("no device list: %s", error)
            return []
    found = []
    for index, entry in enumerate(listed):
        if entry["max_output_channels"] < 1:
            continue
        found.append(
            DeviceInfo(
                index=index,
                name=str(entry["name"]),
                host_api=str(apis[entry["hostapi"]]["name"]),
                channels=int(entry["max_output_channels"]),
                rate_hz=int(entry["default_samplerate"]),
                latency_s=float(entry["default_low_output_latency"]),
                is_default=index == default,
            )
        )
    return found


def choose(devices: list[DeviceInfo], key: str | None) -> DeviceInfo | None:
    """The device of that key, else the default one, else the first."""
    named = next((d for d in devices if d.key == key), None)
    return named or next((d for d in devices if d.is_default), devices[0] if devices else None)


def supports(device: DeviceInfo, rate_hz: int) -> bool:
    """Whether the device takes frames at that rate."""
    sd = _sounddevice()
    try:
        sd.check_output_settings(
            device=device.index,
            channels=min(2, device.channels),
            dtype="float32",
            samplerate=rate_hz,
        )
    except (sd.PortAudioError, ValueError):
        return False
    return True


def refresh() -> bool:
    """Let PortAudio look for devices again. False, and nothing done, while a stream is open."""
    global _listed_at
    try:
        sd = _sounddevice()
    except EnvironmentFault:
        return False
    with _lock:
        if _open_streams:
            return False
        try:
            sd._terminate()
            sd._initialize()
            _listed_at = time.monotonic()
        except sd.PortAudioError as error:
            log.warning("PortAudio did not start again: %s", error)
            return False
    return True


class DeviceWatch:
    """Tells whether the list of devices has changed since the last look. Not for the UI thread."""

    def __init__(self) -> None:
        self._known = [d.key for d in output_devices()]

    def changed(self) -> list[DeviceInfo] | None:
        """The new list if it differs, else None; also None while a stream is open."""
        if not refresh():
            return None
        devices = output_devices()
        keys = [d.key for d in devices]
        if keys == self._known:
            return None
        self._known = keys
        return devices


class PortAudioOutput:
    """An open PortAudio stream."""

    is_silent = False
    is_realtime = True

    def __init__(self, info: DeviceInfo, rate_hz: int, fill: FillFn) -> None:
        global _open_streams
        sd = _sounddevice()
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
        with _lock:
            try:
                self._stream = sd.OutputStream(
                    device=info.index,
                    samplerate=rate_hz,
                    channels=min(2, info.channels),
                    dtype="float32",
                    latency=LATENCY_S,
                    blocksize=block,
                    callback=self._on_stereo if info.channels > 1 else self._on_mono,
                )
            except (sd.PortAudioError, ValueError) as error:
                raise EnvironmentFault(
                    f"The sound device “{info.name}” could not be opened ({_reason(error)}).",
                    "Choose another one in the settings, or close the program that holds it.",
                ) from error
            _open_streams += 1

    @property
    def latency_s(self) -> float:
        """The longest seen between a callback and the sound of its frames."""
        return self._lead_s

    @property
    def is_running(self) -> bool:
        """Whether callbacks may be expected."""
        with self._guard:
            try:
                return not self._closed and bool(self._stream.active)
            except self._error:
                return False

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
        _within(CLOSE_DEADLINE_S, self._stream.abort)

    def close(self) -> None:
        """Give the device back; a driver that hangs is left behind after a moment."""
        global _open_streams
        with self._guard:
            if self._closed:
                return
            self._closed = True
        if _within(CLOSE_DEADLINE_S, lambda: self._stream.close(ignore_errors=True)):
            with _lock:
                _open_streams -= 1

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
    if time.monotonic() - _listed_at > LIST_AGE_S:
        refresh()
    info = choose(output_devices(), choice)
    if info is None:
        return NullDevice(rate_hz, fill)
    rate = rate_hz if supports(info, rate_hz) else info.rate_hz
    try:
        return PortAudioOutput(info, rate, fill)
    except EnvironmentFault as fault:
        log.warning("%s", fault)
        return NullDevice(rate_hz, fill)


def _reason(error: Exception) -> str:
    return str(error.args[0]) if error.args else type(error).__name__


def _within(seconds: float, call: Callable[[], object]) -> bool:
    """Run a driver's call that may hang; False if it had not returned in time."""
    done = threading.Event()

    def run() -> None:
        try:
            call()
        except Exception:  # a dying driver may raise anything
            log.debug("driver call failed", exc_info=True)
        done.set()

    threading.Thread(target=run, name="callbench-sound-driver", daemon=True).start()
    if done.wait(seconds):
        return True
    log.warning("the sound driver did not answer within %s s", seconds)
    return False
