"""The checks before a call, with devices whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from app.audio import chirps, echo_check
from app.audio.duplex import OUTPUT_UNDERFLOW
from app.domain.work import Quiet
from app.services.live_calls import sound_check
from tests.support.virtual_room import HZ, Room


def check_loopback(room: Room) -> sound_check.LoopbackCheck:
    return sound_check.loopback(Quiet(), lambda _rate_hz, _attempt: room)


def test_the_delay_of_the_devices_is_found() -> None:
    found = check_loopback(Room(63.0, 0.2))
    assert found.delays.median_ms == pytest.approx(63.0, abs=0.2)
    assert found.is_good
    assert found.delays.spread_ms == pytest.approx(0.0, abs=0.2)
    assert found.delay is not None
    assert found.delay.unsaid_ms == pytest.approx(43.0, abs=0.2)  # it says 20
    assert "43 ms later" in found.words


def test_devices_that_tell_the_truth_are_believed() -> None:
    found = check_loopback(Room(22.0, 0.2))
    assert found.delay is not None
    assert found.delay.unsaid_ms == 0
    assert "believed" in found.words


def test_a_delay_that_wanders_is_warned_of() -> None:
    found = check_loopback(Room(40.0, 0.3, wander_ms=12.0))
    assert found.delays.spread_ms is not None
    assert found.delays.spread_ms > 5
    assert not found.is_good
    assert "wanders" in found.words
    assert found.delay is not None
    assert found.delay.unsaid_ms == 0


def test_devices_that_do_not_hear_each_other_are_told() -> None:
    found = check_loopback(Room(40.0, 0.0))
    assert found.delays.median_ms is None
    assert "not heard" in found.words


def test_chirps_that_drown_in_noise_tell_no_delay() -> None:
    found = check_loopback(Room(40.0, 0.01, noise=3_000.0))
    assert found.delay is None
    assert not found.is_good
    assert "heard" in found.words


def check_echo(room: Room) -> sound_check.EchoCheck:
    return sound_check.echo(Quiet(), lambda _rate_hz, _attempt: room)


@pytest.mark.parametrize(
    ("gain_db", "delay_ms", "drift"),
    [(-20.0, 0.0, 0), (-20.0, 250.0, 0), (-30.0, 60.0, 0), (-20.0, 30.0, 3), (-50.0, 0.0, 0)],
)
def test_the_echo_is_measured_however_late_it_comes(
    gain_db: float, delay_ms: float, drift: int
) -> None:
    found = check_echo(Room(delay_ms, 10 ** (gain_db / 20), drift_frames=drift))
    assert found.echo is not None
    assert found.echo.return_db == pytest.approx(gain_db, abs=1.0)
    assert found.echo.least_db < gain_db < found.echo.most_db + 1.0
    assert found.echo_db == found.echo.return_db
    assert found.is_good is (gain_db < echo_check.HEADSET_DB)
    assert ("headset" in found.words) is not found.is_good


def test_where_it_is_too_loud_to_tell_nothing_is_told() -> None:
    found = check_echo(Room(40.0, 10 ** (-38 / 20), noise=4_000.0))
    assert found.echo is not None
    assert found.echo.is_unsure
    assert found.echo_db is None
    assert not found.is_good
    assert "too loud" in found.words


def test_where_sound_was_lost_a_missing_echo_is_not_believed() -> None:
    torn = check_echo(Room(0.0, 10 ** (-50 / 20), flags=OUTPUT_UNDERFLOW))
    assert "Sound was lost" in torn.words
    assert (torn.echo, torn.is_good) == (None, False)
    assert "headset" in check_echo(Room(0.0, 0.1, flags=OUTPUT_UNDERFLOW)).words
    delay = check_loopback(Room(40.0, 0.3, flags=OUTPUT_UNDERFLOW))
    assert "Sound was lost" in delay.words
    assert (delay.delay, delay.is_good) == (None, False)


def test_a_microphone_that_is_muted_passes_no_check() -> None:
    checks = (check_loopback, check_echo, check_microphone)
    for check in checks:
        found = check(Room(0.0, 0.0, noise=0.0))
        assert not found.is_good
        assert "muted" in found.words
    assert check_echo(Room(0.0, 0.0, noise=0.0)).echo_db is None


def test_an_echo_that_clips_is_not_measured_but_warned_of() -> None:
    found = check_echo(Room(0.0, 8.0))
    assert "clips" in found.words
    assert "headset" in found.words
    assert not found.is_good
    voice = check_echo(Room(0.0, 0.0, voice=20_000.0))
    assert "clips" in voice.words
    assert voice.echo_db is None


def test_noise_of_the_room_is_no_echo() -> None:
    rng = np.random.default_rng(1)
    played = rng.normal(0, 3_000, 10 * HZ).astype(np.int16)
    noise = rng.normal(0, 300, 10 * HZ).astype(np.int16)
    found = echo_check.measure(played, noise, HZ)
    assert found is not None
    assert not found.is_found
    assert found.most_db < echo_check.HEADSET_DB
    assert echo_check.measure(played[:100], noise, HZ) is None


def test_a_stretch_is_told_to_be_echo_or_another_voice() -> None:
    rng = np.random.default_rng(2)
    played = rng.normal(0, 3_000, HZ).astype(np.int16)
    other = rng.normal(0, 500, HZ)
    late = np.concatenate([np.zeros(HZ // 20), 0.1 * played[: -HZ // 20]])
    assert echo_check.explained(played, late.astype(np.int16), HZ, 50.0) > 0.9
    assert echo_check.explained(played, (late + other).astype(np.int16), HZ, 50.0) < 0.45
    assert echo_check.explained(played, other.astype(np.int16), HZ, 50.0) < 0.2


@pytest.mark.parametrize(
    ("voice", "words", "is_good"),
    [(2_000.0, "Speech at", True), (60.0, "Hardly", False), (15_000.0, "clips", False)],
)
def test_the_microphone_is_judged_by_the_voice(voice: float, words: str, *, is_good: bool) -> None:
    found = check_microphone(Room(0.0, 0.0, voice=voice))
    assert words in found.words
    assert found.is_good is is_good


def check_microphone(room: Room) -> sound_check.MicrophoneCheck:
    return sound_check.microphone(Quiet(), lambda _rate_hz, _attempt: room, 2.0)


def test_a_microphone_that_the_system_gates_is_told() -> None:
    found = check_microphone(Room(0.0, 0.0, voice=2_000.0, noise=0.0))
    assert "suppresses noise" in found.words
    assert not found.is_good


def test_chirps_are_found_to_the_sample() -> None:
    played, starts = chirps.chirps(HZ)
    recorded = np.concatenate([np.zeros(321, np.int16), played])
    found = chirps.find(recorded, starts, HZ)
    assert found.heard_ms == pytest.approx([321_000 / HZ] * 3)
