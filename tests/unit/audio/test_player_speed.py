"""Other speeds keep pitch and length; other rates keep the sound."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from app.audio.play_types import PlayTrack
from app.audio.resample import StreamResampler, convert_at, ratio
from app.audio.stretch import Stretcher
from tests.unit.audio.player_rig import Rig, noise

RATE = 16_000


def tone(hz: float, seconds: float, rate_hz: int = RATE) -> NDArray[np.float32]:
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    return (0.5 * np.sin(2 * np.pi * hz * at)).astype(np.float32)


def pitch_hz(samples: NDArray[np.float32], rate_hz: int) -> float:
    """The strongest frequency, interpolated."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    peak = int(power[1:-1].argmax()) + 1
    low, mid, high = np.log(power[peak - 1 : peak + 2])
    shift = 0.5 * (low - high) / (low - 2 * mid + high)
    return (peak + shift) * rate_hz / len(samples)


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.25, 1.5, 2.0])
def test_pitch_and_length_are_kept(speed: float) -> None:
    rig = Rig()
    seconds = 20.0
    rig.player.load([PlayTrack(role="mix", pcm=tone(440.0, seconds), rate_hz=RATE)], RATE)
    rig.player.set_speed(speed)
    rig.play()
    heard = rig.run(round(RATE * seconds / speed * 1.1), block=400)[:, 0]
    sounding = np.flatnonzero(np.abs(heard) > 0.01)
    length = sounding[-1] - sounding[0] + 1
    assert length / RATE == pytest.approx(seconds / speed, rel=0.01)
    assert pitch_hz(heard[RATE : RATE + 4 * RATE], RATE) == pytest.approx(440.0, rel=0.005)
    assert rig.player.state == "paused"
    assert rig.player.position() == round(seconds * RATE)


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.5, 2.0])
def test_the_head_follows_the_stretched_sound(speed: float) -> None:
    rig = Rig()
    pcm = np.zeros(30 * RATE, np.float32)
    for second in range(1, 30):  # a burst: a stretcher may move a lone sample about
        pcm[second * RATE : second * RATE + RATE // 20] = tone(1_000.0, 0.05)
    rig.player.load([PlayTrack(role="mix", pcm=pcm, rate_hz=RATE)], RATE)
    rig.player.set_speed(speed)
    rig.play()
    block = 80
    heard = rig.run(round(20 * RATE / speed), block=block)[:, 0]
    loud = np.abs(heard) > 0.1
    quiet_before = ~np.convolve(loud, np.ones(RATE // 10), "full")[: len(loud)].astype(bool)
    onsets = np.flatnonzero(loud[1:] & quiet_before[:-1]) + 1
    assert len(onsets) >= 15
    errors_s = []
    for onset in onsets:
        head = rig.heads[onset // block] + (onset % block) * speed
        nearest = round(head / RATE) * RATE
        errors_s.append((head - nearest) / RATE)
    # The stretcher may move a sound by half its window to make two waves meet, but not on average.
    assert max(abs(e) for e in errors_s) <= 0.025
    assert abs(float(np.median(errors_s))) <= 0.008


def test_a_change_of_speed_keeps_the_place() -> None:
    rig = Rig()
    rig.player.load([PlayTrack(role="mix", pcm=tone(300.0, 20.0), rate_hz=RATE)], RATE)
    rig.play()
    rig.run(2 * RATE, block=80)
    before = rig.player.position()
    rig.player.set_speed(2.0)
    rig.run(RATE, block=80)
    assert rig.player.position() - before == pytest.approx(2 * RATE, abs=400)
    rig.player.set_speed(1.0)
    rig.run(RATE, block=80)
    assert rig.player.position() - before == pytest.approx(3 * RATE, abs=800)


def test_speeds_outside_are_brought_inside() -> None:
    rig = Rig()
    rig.player.set_speed(9.0)
    assert rig.player.speed == 2.0
    rig.player.set_speed(0.1)
    assert rig.player.speed == 0.5


def test_a_stretched_loop_stays_in_its_region() -> None:
    rig = Rig()
    rig.player.load([PlayTrack(role="mix", pcm=tone(300.0, 20.0), rate_hz=RATE)], RATE)
    rig.player.set_speed(0.75)
    rig.player.loop(RATE, 2 * RATE)
    rig.play()
    rig.run(10 * RATE, block=160)
    assert all(RATE <= head < 2 * RATE for head in rig.heads)
    assert np.ptp(rig.heads) > 0.9 * RATE


@pytest.mark.parametrize("device_hz", [44_100, 48_000])
def test_a_device_that_refuses_the_rate_gets_the_same_sound(device_hz: int) -> None:
    rig = Rig(device_rate_hz=device_hz)
    rig.player.load([PlayTrack(role="mix", pcm=tone(440.0, 5.0, 8_000), rate_hz=8_000)], 8_000)
    rig.player.seek(8_000)
    rig.play()
    heard = rig.run(2 * device_hz)[rig.ramp :, 0]
    # The ramp is a whole number of frames at the device's rate and at the call's.
    first_s = 1.0 - (rig.ramp * 8_000 // device_hz) / 8_000 + rig.ramp / device_hz
    expected = 0.5 * np.sin(2 * np.pi * 440.0 * (first_s + np.arange(len(heard)) / device_hz))
    np.testing.assert_allclose(heard, expected, atol=1e-3)
    assert rig.player.position() == pytest.approx(3 * 8_000 - 40, abs=1)


@pytest.mark.parametrize(("source_hz", "call_hz"), [(8_000, 16_000), (48_000, 16_000)])
def test_a_track_of_another_rate_lies_at_its_place(source_hz: int, call_hz: int) -> None:
    rig = Rig()
    track = PlayTrack(
        role="mix", pcm=tone(440.0, 3.0, source_hz), rate_hz=source_hz, offset_frames=call_hz
    )
    rig.player.load([track], call_hz)
    assert rig.player.frame_count == 4 * call_hz
    rig.play()
    heard = rig.run(3 * call_hz)[rig.ramp :, 0]
    assert np.abs(heard[: call_hz - 400]).max() < 1e-3
    expected = tone(440.0, 1.5, call_hz)
    np.testing.assert_allclose(
        heard[call_hz + 400 : call_hz + 16_000], expected[400:16_000], atol=1e-3
    )


@pytest.mark.parametrize(("from_hz", "to_hz"), [(8_000, 44_100), (48_000, 44_100), (48_000, 8_000)])
def test_a_stream_in_pieces_equals_the_whole(from_hz: int, to_hz: int) -> None:
    samples = noise(9_000, 5).astype(np.float32) / 32768
    padded = np.concatenate([np.zeros(500, np.float32), samples, np.zeros(500, np.float32)])
    up, down = ratio(from_hz, to_hz)
    stream = StreamResampler(from_hz, to_hz)
    pieces, at = [], 0
    rng = np.random.default_rng(1)
    while at < len(samples):
        step = int(rng.integers(1, 900))
        block = samples[at : at + step]
        pieces.append(stream.push(np.stack([block, block], 1)))
        at += step
    pieces.append(stream.finish())
    made = np.concatenate(pieces)[:, 0]
    assert len(made) == -(-9_000 * up // down)
    whole = convert_at(lambda s, n: padded[s + 500 : s + 500 + n], 0, len(made), up, down)
    np.testing.assert_allclose(made, whole, atol=1e-6)


def test_a_lower_rate_does_not_fold_high_tones_down() -> None:
    stream = StreamResampler(48_000, 16_000)
    high = tone(12_000.0, 1.0, 48_000)
    made = stream.push(np.stack([high, high], 1))
    assert np.abs(made[200:-200]).max() < 0.5 * 10 ** (-60 / 20)


def test_the_stretcher_gives_back_all_it_took() -> None:
    stretcher = Stretcher(RATE, 1.5)
    source = np.stack([tone(300.0, 6.0)] * 2, 1)
    parts = [stretcher.push(source[at : at + 700]) for at in range(0, len(source), 700)]
    made = np.concatenate([*parts, stretcher.finish()])
    assert len(made) == pytest.approx(len(source) / 1.5, rel=0.01)
