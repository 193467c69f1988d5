"""A device that goes in a call, under a driver that then hangs: nobody waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.audio import devices, duplex_portaudio
from app.audio.duplex import BLOCK_MS, RENEWED, DuplexLine
from app.audio.duplex_portaudio import PortAudioDuplex
from app.audio.play_queue import PlayQueue
from app.domain.errors import EnvironmentFault

RATE_HZ = 48_000


class FakePortAudio:
    """One device, which can be unplugged; a driver that may hang as it starts."""

    class PortAudioError(Exception): ...

    def __init__(self) -> None:
        self.default = SimpleNamespace(device=(0, 0))
        self.is_there, self.rate_hz = True, RATE_HZ
        self.released = threading.Event()
        self.released.set()
        self.did: list[str] = []

    def query_devices(self, index: int | None = None) -> Any:
        one = {"name": "Headset", "max_input_channels": 1, "max_output_channels": 2,
               "default_samplerate": self.rate_hz}  # fmt: skip
        return [one] if index is None else one

    def check_input_settings(self, **_values: Any) -> None:
        if not self.is_there:
            raise self.PortAudioError

    check_output_settings = check_input_settings

    def Stream(self, **values: Any) -> Any:
        self.check_input_settings()
        self._callback = values["callback"]
        return FakeStream(self)

    def call_back(self) -> None:
        """One block."""
        frames = RATE_HZ * BLOCK_MS // 1000
        mic, out = np.zeros((frames, 1), np.int16), np.zeros((frames, 2), np.int16)
        at = SimpleNamespace(currentTime=1.0, inputBufferAdcTime=1.0, outputBufferDacTime=1.0)
        self._callback(mic, out, frames, at, None)

    def _terminate(self) -> None:
        self.did.append("terminate")

    def _initialize(self) -> None: ...


class FakeStream:
    def __init__(self, library: FakePortAudio) -> None:
        self._library, self.active = library, False

    def start(self) -> None:
        self._library.did.append("start")
        self._library.released.wait(10)
        self.active = True

    def abort(self, ignore_errors: bool = True) -> None:
        self.active = False

    def close(self, ignore_errors: bool = True) -> None:
        self._library.did.append("close")
        self.active = False


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePortAudio]:
    found = FakePortAudio()
    monkeypatch.setattr(devices, "sound_library", lambda: found)
    monkeypatch.setattr(devices, "_open_streams", 0)
    monkeypatch.setattr(duplex_portaudio, "START_DEADLINE_S", 0.1)
    yield found
    found.released.set()


@pytest.fixture
def line() -> DuplexLine:
    return DuplexLine(RATE_HZ, PlayQueue(RATE_HZ))


@pytest.fixture
def device(library: FakePortAudio, line: DuplexLine) -> PortAudioDuplex:
    opened = PortAudioDuplex(RATE_HZ, "Headset")
    opened.start(line)
    library.did.clear()
    return opened


def test_one_that_is_gone_is_not_asked_to_start_and_has_no_rate(
    device: PortAudioDuplex, library: FakePortAudio
) -> None:
    library.is_there = False
    library.rate_hz = 44_100  # a sound server names one all the same
    assert not device.restart()
    assert "start" not in library.did
    assert device.current_rate_hz() == 0
    device.close()
    assert library.did.count("close") == 1
    assert devices.refresh()  # it was given back, so that new devices are found
    with pytest.raises(EnvironmentFault, match="could not be opened"):
        PortAudioDuplex(RATE_HZ, "Headset")


def test_one_that_is_there_again_is_started_anew(
    device: PortAudioDuplex, library: FakePortAudio
) -> None:
    assert device.restart()
    assert library.did == ["start"]
    assert device.is_running


@pytest.mark.parametrize("opens_again", [False, True])
def test_the_first_block_of_another_stream_says_so(
    device: PortAudioDuplex,
    library: FakePortAudio,
    line: DuplexLine,
    monkeypatch: pytest.MonkeyPatch,
    opens_again: bool,
) -> None:
    library.call_back()
    if opens_again:  # its driver lets nobody else in while it is open
        monkeypatch.setattr(device, "_is_there", lambda: False)
    assert device.restart()
    assert ("close" in library.did) is opens_again
    library.call_back()
    library.call_back()
    rows, *_ = line.take(0)
    assert [bool(row.flags & RENEWED) for row in rows] == [False, True, False]


def test_a_driver_that_hangs_is_left_behind_and_its_stream_closed_when_it_answers(
    device: PortAudioDuplex, library: FakePortAudio
) -> None:
    library.released.clear()
    began = time.monotonic()
    assert not device.restart()
    assert not device.is_running
    device.close()
    assert time.monotonic() - began < 2.0
    assert not devices.refresh()  # PortAudio is not ended under a stream that hangs
    library.released.set()
    stop_by = time.monotonic() + 5
    while "close" not in library.did:
        assert time.monotonic() < stop_by
        time.sleep(0.01)
    while not devices.refresh():
        assert time.monotonic() < stop_by
        time.sleep(0.01)
