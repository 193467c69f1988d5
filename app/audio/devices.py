"""The sound devices that PortAudio knows. The only module that imports `sounddevice`, and lazily.

PortAudio reads the list of devices once, when it starts; to see a headset that was plugged in
later it must be started again, which is safe only while no stream is open.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from app.domain.errors import EnvironmentFault

log = logging.getLogger("callbench.audio")


Way = Literal["input", "output"]
WAYS: tuple[Way, Way] = ("input", "output")
LOOPBACKS = ("stereo mix", "blackhole", "loopback", "cable output", "monitor")
"""Words in the names of inputs that record what a loudspeaker plays."""
ELSE = "Plug it in, or choose another one; `default` is the system's choice."
HELD = "Plug it in and look again, choose another one, or close the program that holds it."
"""What to do about a device that is not there, or cannot be opened."""
CLOSE_DEADLINE_S = 2.0
"""A driver that has not given a stream back by then is left alone."""
LIST_AGE_S = 2.0
"""A list of devices older than this is read again before a stream is opened."""

_lock = threading.RLock()
_open_streams = 0
_listed_at = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo:
    """One input or output. `key` names it across restarts; the index does not."""

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


def sound_library() -> Any:
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
    return listed("output")


def listed(way: Way) -> list[DeviceInfo]:
    """The inputs or outputs PortAudio knew when it started; empty where there is none."""
    try:
        sd = sound_library()
    except EnvironmentFault as fault:
        log.info("%s", fault)
        return []
    with _lock:
        try:
            entries, apis = sd.query_devices(), sd.query_hostapis()
            default = sd.default.device[WAYS.index(way)]
        except sd.PortAudioError as error:
            log.info("no device list: %s", error)
            return []
    found = []
    for index, entry in enumerate(entries):
        if entry[f"max_{way}_channels"] < 1:
            continue
        found.append(
            DeviceInfo(
                index=index,
                name=str(entry["name"]),
                host_api=str(apis[entry["hostapi"]]["name"]),
                channels=int(entry[f"max_{way}_channels"]),
                rate_hz=int(entry["default_samplerate"]),
                latency_s=float(entry[f"default_low_{way}_latency"]),
                is_default=index == default,
            )
        )
    return found


def is_loopback(name: str) -> bool:
    """Whether an input of that name records what a loudspeaker plays."""
    return any(word in name.lower() for word in LOOPBACKS)


def choose(devices: list[DeviceInfo], key: str | None) -> DeviceInfo | None:
    """The device of that key, else the default one, else the first."""
    named = next((d for d in devices if d.key == key), None)
    return named or next((d for d in devices if d.is_default), devices[0] if devices else None)


def supports(device: DeviceInfo, rate_hz: int) -> bool:
    """Whether the device takes frames at that rate."""
    sd = sound_library()
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
        sd = sound_library()
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


@contextmanager
def opening() -> Iterator[None]:
    """Around the opening of a stream: from here on the list of devices must not be read again."""
    global _open_streams
    with _lock:
        yield
        _open_streams += 1


def closed() -> None:
    """A stream was given back."""
    global _open_streams
    with _lock:
        _open_streams -= 1


def within(seconds: float, call: Callable[[], object]) -> bool:
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


def is_active(stream: Any) -> bool:
    """Whether a stream that is not closed calls back; one that has died says so by an error."""
    try:
        return bool(stream.active)
    except sound_library().PortAudioError:
        return False


def give_back(stream: Any) -> bool:
    """Abort and close a stream: whether the driver took it; one that hangs keeps it, as open."""
    for step in (stream.abort, stream.close):
        if not within(CLOSE_DEADLINE_S, partial(step, ignore_errors=True)):
            return False
    closed()
    return True


def is_stale() -> bool:
    """Whether the list of devices is old enough to be read again before a stream is opened."""
    return time.monotonic() - _listed_at > LIST_AGE_S
