"""Devices that are missing, refuse, die, come back or are changed; and leaving nothing behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from app.audio import devices
from app.audio import line as line_module
from app.audio.null_device import NAME, ManualDevice, NullDevice
from app.audio.output import FillFn, OutputDevice
from app.audio.play_types import PlayTrack
from app.audio.player import Player
from app.audio.portaudio import open_output
from app.domain.errors import EnvironmentFault
from tests.unit.audio.player_rig import Rig, noise, stereo

RATE = 8_000


def track(seconds: float = 5.0) -> PlayTrack:
    return PlayTrack(role="mix", pcm=noise(round(seconds * RATE), 1), rate_hz=RATE)


def until(condition: Callable[[], bool]) -> None:
    """Wait for another thread; the test's own time-out bounds it."""
    while not condition():
        time.sleep(0.001)


class DyingDevice(ManualDevice):
    """A real-time device that a test may kill."""

    name = "Headset"
    is_realtime = True

    def die(self) -> None:
        self.is_running = False


class Chain:
    """An opener that gives the next device at each call."""

    def __init__(self, *makers: Callable[[int, FillFn], OutputDevice] | Exception) -> None:
        self.makers = list(makers)
        self.opened: list[Any] = []
        self.asked: list[str | None] = []

    def __call__(self, choice: str | None, rate_hz: int, fill: FillFn) -> OutputDevice:
        self.asked.append(choice)
        maker = self.makers.pop(0)
        if isinstance(maker, Exception):
            raise maker
        self.opened.append(maker(rate_hz, fill))
        return self.opened[-1]


def start(player: Player, chain: Chain) -> None:
    """Play, and give a real-time device the callbacks after which frames are said to flow."""
    player.play()
    while player._feeder.have.playing is False:
        player.pump()
        if chain.opened:
            chain.opened[-1].step(40)


def test_without_a_device_the_head_moves_in_real_time() -> None:
    player = Player(NullDevice.open)
    player.load([track(0.3)], RATE)
    began = time.monotonic()
    player.play()
    until(lambda: player.state == "paused")
    took_s = time.monotonic() - began
    assert player.position() == round(0.3 * RATE)
    assert took_s >= 0.29  # a busy machine may take longer, none may take less
    player.close()


def test_a_lost_device_keeps_the_place_and_says_so() -> None:
    chain = Chain(DyingDevice, lambda rate, fill: NullDevice(rate, fill))
    player = Player(chain, threaded=False)
    player.load([track()], RATE)
    start(player, chain)
    for _ in range(100):
        chain.opened[0].step(40)
        player.pump()
    here = player.position()
    assert here > 3_000
    chain.opened[0].die()
    player.pump()
    assert player.state == "paused"
    assert player.position() == pytest.approx(here, abs=80)
    lost = [e for e in player.poll() if e.kind == "device_lost"]
    assert len(lost) == 1
    assert "Headset" in lost[0].message
    assert NAME in lost[0].message
    player.play()
    player.pump()
    until(lambda: (player.pump(), player.position() > here + 100)[1])  # type: ignore[func-returns-value]
    player.close()


def test_a_device_that_stops_asking_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "DEAD_AFTER_S", 0.0)
    chain = Chain(DyingDevice, ManualDevice)
    player = Player(chain, threaded=False)
    player.load([track()], RATE)
    player.play()
    while not [e for e in player.poll() if e.kind == "device_lost"]:
        player.pump()
    assert player.state == "paused"
    assert player.position() == 0
    player.close()


def test_a_refusing_device_is_told_and_replaced_by_silence() -> None:
    fault = EnvironmentFault("The sound device “Headset” is busy.", "Close the other program.")
    player = Player(Chain(fault, fault), threaded=False)
    player.load([track()], RATE, position=1_234)
    player.play()
    player.pump()
    lost = [e for e in player.poll() if e.kind == "device_lost"]
    assert lost[0].message.startswith(
        "The sound device “Headset” is busy. Close the other program."
    )
    assert player.position() == 1_234
    assert player.device_name == NAME
    player.close()


def test_a_returning_device_is_taken_at_the_next_play(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "RETRY_AFTER_S", -1.0)
    chain = Chain(lambda rate, fill: NullDevice(rate, fill), ManualDevice)
    player = Player(chain, threaded=False)
    player.load([track()], RATE)
    player.play()
    player.pump()
    until(lambda: (player.pump(), player.position() > 100)[1])  # type: ignore[func-returns-value]
    player.pause()
    until(lambda: (player.pump(), not player._feeder.have.playing)[1])  # type: ignore[func-returns-value]
    until(lambda: not player._feeder.line.outlet.playing)
    player.play()
    player.pump()
    assert player.device_name == ManualDevice.name
    player.close()


def test_changing_the_device_goes_on_at_the_same_place() -> None:
    rig = Rig()
    caller, agent = noise(5 * RATE, 1), noise(5 * RATE, 2)
    rig.player.load(stereo(caller, agent, RATE), RATE)
    rig.play()
    rig.run(3_000)
    here = rig.player.position()
    rig.player.set_device("ALSA: other")
    rig.player.pump()
    assert len(rig.devices) == 2
    assert rig.devices[0].is_closed
    assert rig.player.position() == here
    heard = rig.run(1_000)
    np.testing.assert_array_equal(
        heard[rig.ramp :, 0], caller[here : here + 1_000 - rig.ramp].astype(np.float32) / 32768
    )


def test_another_call_rests_at_its_place_on_the_same_device() -> None:
    rig = Rig()
    rig.player.load([track()], RATE)
    rig.play()
    rig.run(1_000)
    rig.player.load([track()], RATE, position=777)
    assert rig.player.position() == 777
    assert rig.player.state == "paused"
    rig.player.pump()
    assert not rig.run(200).any()
    rig.play()
    rig.run(500)
    assert rig.player.position() == 777 + 500 - rig.ramp
    assert len(rig.devices) == 1
    rig.player.load([PlayTrack(role="mix", pcm=noise(9_000, 1), rate_hz=16_000)], 16_000)
    rig.play()
    assert rig.devices[0].is_closed
    assert rig.device.rate_hz == 16_000


def test_an_empty_player_does_nothing() -> None:
    player = Player(NullDevice.open)
    player.play()
    player.seek(100)
    player.pause()
    player.prepare()
    assert player.state == "empty"
    assert player.position() == 0
    assert player.levels() == {}
    player.close()


def test_preparing_starts_the_device_in_silence() -> None:
    rig = Rig()
    rig.player.load([track()], RATE)
    rig.player.prepare()
    rig.player.pump()
    assert rig.device.is_running
    assert not rig.run(500).any()
    assert rig.player.position() == 0


def test_closing_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    for _ in range(5):
        player = Player(NullDevice.open)
        player.load([track()], RATE)
        player.play()
        until(lambda p=player: p.position() > 0)  # type: ignore[misc]
        player.close()
    assert set(threading.enumerate()) <= before


def test_a_fault_of_ours_stops_playback_and_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig()
    rig.player.load([track()], RATE)
    rig.play()
    rig.run(1_000)

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("app.audio.program.CallStream.read", broken)
    rig.run(4_000)
    assert rig.player.state == "paused"
    assert "fault" in [e.kind for e in rig.player.poll()]
    assert "broken" in caplog.text


def test_a_device_that_tore_the_sound_is_opened_anew_at_the_next_play() -> None:
    rig = Rig()
    rig.player.load([track()], RATE)
    rig.play()
    rig.run(1_000)
    rig.device.underflows = 3
    assert rig.player.underruns == 3
    rig.run(1_000)
    assert len(rig.devices) == 1, "never while it plays"
    rig.player.pause()
    rig.run(400)
    here = rig.player.position()
    rig.play()
    rig.run(100)
    assert len(rig.devices) == 2
    assert rig.player.position() == here + 100 - rig.ramp


# --- PortAudio, faked at its edge


class FakePortAudio:
    """As much of the sound library's module as a list of devices needs."""

    class PortAudioError(Exception):
        pass

    def __init__(self, names: list[str], rates: set[int]) -> None:
        self.names, self.rates = names, rates
        self.default = SimpleNamespace(device=(-1, len(names) - 1))
        self.started = 0

    def query_devices(self) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "hostapi": 0,
                "max_output_channels": 0 if name == "Microphone" else 2,
                "default_samplerate": 48_000.0,
                "default_low_output_latency": 0.01,
            }
            for name in self.names
        ]

    def query_hostapis(self) -> list[dict[str, Any]]:
        return [{"name": "ALSA"}]

    def check_output_settings(self, *, samplerate: int, **_: object) -> None:
        if samplerate not in self.rates:
            raise self.PortAudioError("Invalid sample rate")

    def _terminate(self) -> None:
        self.started -= 1

    def _initialize(self) -> None:
        self.started += 1


@pytest.fixture
def portaudio(monkeypatch: pytest.MonkeyPatch) -> FakePortAudio:
    fake = FakePortAudio(["Speaker", "Microphone", "Headset"], {44_100, 48_000})
    monkeypatch.setattr(devices, "sound_library", lambda: fake)
    return fake


def test_the_list_holds_outputs_with_lasting_keys(portaudio: FakePortAudio) -> None:
    listed = devices.output_devices()
    assert [d.key for d in listed] == ["ALSA: Speaker", "ALSA: Headset"]
    assert devices.choose(listed, None).name == "Headset"  # type: ignore[union-attr]
    assert devices.choose(listed, "ALSA: Speaker").index == 0  # type: ignore[union-attr]
    assert devices.choose(listed, "ALSA: gone").name == "Headset"  # type: ignore[union-attr]
    assert devices.choose([], "ALSA: Speaker") is None
    assert devices.supports(listed[0], 48_000)
    assert not devices.supports(listed[0], 8_000)


def test_a_plugged_in_device_is_found_by_a_fresh_look(portaudio: FakePortAudio) -> None:
    portaudio.names.append("Dock")
    assert devices.refresh()
    assert [d.name for d in devices.output_devices()] == ["Speaker", "Headset", "Dock"]
    assert portaudio.started == 0  # as often started as ended


def test_the_list_is_not_read_again_while_a_stream_is_open(
    portaudio: FakePortAudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "_open_streams", 1)
    assert devices.refresh() is False


def test_without_the_library_there_are_no_devices_and_the_remedy_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sounddevice", None)
    assert devices.output_devices() == []
    with pytest.raises(EnvironmentFault, match="apt-get install libportaudio2"):
        devices.sound_library()
    assert open_output(None, RATE, lambda _out, _dac: None).is_silent
