"""The checks before a call, with devices whose truth is known."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest

from app.audio import chirps, echo_check
from app.audio.duplex import BLOCK_MS, DuplexLine
from app.audio.duplex_virtual import VirtualDuplex
from app.domain.work import Quiet
from app.services.live_calls import sound_check

HZ = 16_000


class Room(VirtualDuplex):
    """What is played comes back: later, softer, over the room's noise. Faster than in a room."""

    def __init__(
        self, delay_ms: float, gain: float, *, voice: float = 0.0, wander_ms: float = 0.0
    ) -> None:
        super().__init__(HZ)
        self._delay, self._gain = round(delay_ms * HZ / 1000), gain
        self._voice, self._wander = voice, round(wander_ms * HZ / 1000)

    def _run(self, line: DuplexLine) -> None:
        rng = np.random.default_rng(0)
        given: deque[int] = deque([0] * self._delay)
        out = np.zeros(line.block, np.int16)
        number = 0
        while not self._halt.wait(0.0005):
            number += 1
            if self._wander and number % 40 == 0:
                given.extendleft([0] * self._wander)
            back = np.array([given.popleft() if given else 0 for _ in range(line.block)])
            noise = rng.normal(0, 5 + self._voice * (number % 30 < 15), line.block)
            mic = np.clip(self._gain * back + noise, -32768, 32767).astype(np.int16)
            line.on_block(mic, out, BLOCK_MS / 1000, 0.0, 0)
            given.extend(out.tolist())


def check_loopback(room: Room) -> sound_check.LoopbackCheck:
    return sound_check.loopback(Quiet(), lambda _rate_hz, _attempt: room)


def test_the_delay_of_the_devices_is_found() -> None:
    found = check_loopback(Room(63.0, 0.2))
    assert found.delays.median_ms == pytest.approx(63.0, abs=0.2)
    assert found.is_good
    assert found.delays.spread_ms == pytest.approx(0.0, abs=0.2)


def test_a_delay_that_wanders_is_warned_of() -> None:
    found = check_loopback(Room(40.0, 0.3, wander_ms=12.0))
    assert found.delays.spread_ms is not None
    assert found.delays.spread_ms > 5
    assert not found.is_good
    assert "wanders" in found.words


def test_devices_that_do_not_hear_each_other_are_told() -> None:
    found = check_loopback(Room(40.0, 0.0))
    assert found.delays.median_ms is None
    assert "not heard" in found.words


@pytest.mark.parametrize(("gain_db", "taints"), [(-20.0, True), (-30.0, True), (-50.0, False)])
def test_the_echo_is_measured_and_taints_the_call(gain_db: float, *, taints: bool) -> None:
    room = Room(0.0, 10 ** (gain_db / 20))
    found = sound_check.echo(Quiet(), lambda _rate_hz, _attempt: room)
    assert found.echo is not None
    assert found.echo.return_db == pytest.approx(gain_db, abs=4.0)
    assert found.taints is taints
    assert ("headset" in found.words) is taints


def test_noise_of_the_room_is_no_echo() -> None:
    rng = np.random.default_rng(1)
    played = rng.normal(0, 3_000, 10 * HZ).astype(np.int16)
    noise = rng.normal(0, 3_000, 10 * HZ).astype(np.int16)
    found = echo_check.measure(played, noise)
    assert found is not None
    assert found.return_db < -15
    assert echo_check.measure(played[:100], noise) is None


@pytest.mark.parametrize(
    ("voice", "words", "is_good"),
    [(2_000.0, "Speech at", True), (60.0, "Hardly", False), (15_000.0, "clips", False)],
)
def test_the_microphone_is_judged_by_the_voice(voice: float, words: str, *, is_good: bool) -> None:
    room = Room(0.0, 0.0, voice=voice)
    found = sound_check.microphone(Quiet(), lambda _rate_hz, _attempt: room, 2.0)
    assert words in found.words
    assert found.is_good is is_good


def test_chirps_are_found_to_the_sample() -> None:
    played, starts = chirps.chirps(HZ)
    recorded = np.concatenate([np.zeros(321, np.int16), played])
    found = chirps.find(recorded, starts, HZ)
    assert found.heard_ms == pytest.approx([321_000 / HZ] * 3)
