"""The device gets exactly the samples at the play head: seeks, loops, recordings with clicks."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.audio.io import read_all
from app.audio.play_types import PlayTrack
from tests.unit.audio.player_rig import Rig, as_float, noise, stereo

RATE = 8_000


def loaded(seconds: float = 10.0, **rig_options: float) -> tuple[Rig, NDArray[np.float32]]:
    rig = Rig(**rig_options)  # type: ignore[arg-type]
    frames = round(RATE * seconds)
    caller, agent = noise(frames, 1), noise(frames, 2)
    rig.player.load(stereo(caller, agent, RATE), RATE)
    return rig, as_float(caller, agent)


def test_plays_the_samples_from_the_head_on() -> None:
    rig, truth = loaded()
    rig.player.seek(12_345)
    rig.play()
    heard = rig.run(2_000)
    # The frames before the head are the ramp; the head's own frame comes in full.
    np.testing.assert_array_equal(heard[rig.ramp :], truth[12_345 : 12_345 + 2_000 - rig.ramp])


def test_the_head_is_the_frame_that_is_heard() -> None:
    rig, truth = loaded(latency_s=0.05)
    rig.player.seek(4_000)
    rig.play()
    delay = round(0.05 * RATE)
    heard = rig.run(4_000, block=40)
    for step in range(20, 100):
        # Before step k, k * 40 frames were handed over and all but the last 400 were heard.
        at = step * 40 - delay
        head = rig.heads[step]
        np.testing.assert_array_equal(heard[at], truth[head])


def test_after_a_seek_the_head_is_there_at_once_and_waits_for_the_sound() -> None:
    rig, _ = loaded(latency_s=0.05)
    rig.play()
    rig.run(1_000, block=40)
    rig.player.seek(50_000)
    assert rig.player.position() == 50_000
    rig.heads.clear()
    rig.run(800, block=40)
    assert rig.heads[0] == rig.heads[5] == 50_000
    assert rig.heads[-1] > 50_000
    assert rig.heads == sorted(rig.heads)


@pytest.mark.parametrize("seed", range(3))
def test_twenty_random_seeks_while_playing(seed: int) -> None:
    rig, truth = loaded(20.0)
    rng = np.random.default_rng(seed)
    rig.play()
    for target in rng.integers(0, 19 * RATE, 20):
        rig.run(int(rng.integers(1, 900)), block=int(rng.integers(8, 480)))
        rig.player.seek(int(target))
        rig.player.pump()
        rig.run(rig.ramp * 2, block=rig.ramp)  # a jump before it may still be fading
        head = rig.player.position()
        heard = rig.run(500)
        np.testing.assert_array_equal(heard, truth[head : head + 500])


def test_seeks_faster_than_the_device_go_to_the_last_one() -> None:
    rig, truth = loaded()
    rig.play()
    for target in range(1_000, 60_000, 1_000):
        rig.player.seek(target)
        rig.player.pump()
    rig.run(2 * rig.ramp, block=rig.ramp)
    head = rig.player.position()
    assert head < 60_000
    assert head >= 59_000
    np.testing.assert_array_equal(rig.run(300), truth[head : head + 300])


def test_a_thousand_rounds_of_a_loop_drift_by_nothing() -> None:
    rig, truth = loaded()
    start, length, rounds = 1_003, 331, 1_000
    rig.player.loop(start, start + length)
    assert rig.player.position() == start
    rig.play()
    heard = rig.run(rig.ramp + length * rounds, block=113)[rig.ramp :]
    np.testing.assert_array_equal(heard, np.tile(truth[start : start + length], (rounds, 1)))
    assert rig.player.position() == start
    assert rig.player.underruns == 0


def test_a_loop_shorter_than_a_block() -> None:
    rig, truth = loaded()
    rig.player.loop(500, 503)
    rig.play()
    heard = rig.run(rig.ramp + 300)[rig.ramp :]
    np.testing.assert_array_equal(heard, np.tile(truth[500:503], (100, 1)))


def test_leaving_a_loop_plays_on_from_where_it_is() -> None:
    rig, truth = loaded()
    rig.player.loop(2_000, 4_000)
    rig.play()
    rig.run(2_500)
    rig.player.loop(None)
    rig.player.pump()
    rig.run(2 * rig.ramp, block=rig.ramp)
    head = rig.player.position()
    heard = rig.run(3_000)
    np.testing.assert_array_equal(heard, truth[head : head + 3_000])


def test_a_loop_set_just_behind_the_device_jumps_to_its_start() -> None:
    rig, _ = loaded(latency_s=0.1)
    rig.player.seek(3_500)
    rig.play()
    rig.run(1_200, block=40)
    head = rig.player.position()
    rig.player.loop(2_000, head + 10)  # handed over already, not heard yet
    rig.run(2_000, block=40)
    assert 2_000 <= rig.player.position() < head + 10


def test_the_end_stops_and_play_begins_again() -> None:
    rig, truth = loaded(2.0)
    rig.player.seek(2 * RATE - 300)
    rig.play()
    heard = rig.run(1_000)
    np.testing.assert_array_equal(heard[rig.ramp : rig.ramp + 300], truth[-300:])
    assert not heard[rig.ramp + 300 :].any()
    assert rig.player.state == "paused"
    assert rig.player.position() == 2 * RATE
    assert [e.kind for e in rig.player.poll()][-1] == "ended"
    assert rig.player.underruns == 0
    rig.play()
    heard = rig.run(500)
    np.testing.assert_array_equal(heard[rig.ramp :], truth[: 500 - rig.ramp])


def test_pause_rests_where_its_fade_began_and_loses_nothing() -> None:
    rig, truth = loaded()
    rig.play()
    rig.run(3_000)
    rig.player.pause()
    tail = rig.run(400)
    head = rig.player.position()
    assert not tail[rig.ramp + 40 :].any()
    assert rig.player.position() == head
    rig.play()
    heard = rig.run(600)
    np.testing.assert_array_equal(heard[rig.ramp :], truth[head : head + 600 - rig.ramp])


def test_growing_arrays_are_heard_without_a_seam() -> None:
    rig = Rig()
    caller, agent = noise(4 * RATE, 1), noise(4 * RATE, 2)
    rig.player.load(stereo(caller[:RATE], agent[:RATE], RATE), RATE, frame_count=4 * RATE)
    rig.play()
    first = rig.run(RATE // 2)
    rig.player.grow(stereo(caller, agent, RATE))
    second = rig.run(RATE)
    heard = np.concatenate([first, second])[rig.ramp :]
    np.testing.assert_allclose(heard, as_float(caller, agent)[: len(heard)], atol=1e-6)


# --- real files


def clicks(rate_hz: int, seconds: int) -> NDArray[np.float32]:
    """A short click at the start of each second, on a quiet floor that fills a coder's bits."""
    rng = np.random.default_rng(7)
    samples = rng.normal(0.0, 0.002, (rate_hz * seconds, 2)).astype(np.float32)
    for second in range(1, seconds):
        samples[second * rate_hz : second * rate_hz + 2] = 0.9
    return samples


def click_file(kind: str, make_wav: Callable[..., Path], rate_hz: int) -> Path:
    wav = make_wav("clicks.wav", clicks(rate_hz, 30), rate_hz)
    if kind == "wav":
        return wav
    mp3 = wav.with_suffix(".mp3")
    coder = ["-c:a", "libmp3lame", "-q:a", "4"]
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", wav, *coder, mp3], check=True)
    return mp3


@pytest.mark.parametrize("kind", ["wav", "mp3"])
def test_clicks_stay_on_their_second_through_random_seeks(
    kind: str, make_wav: Callable[..., Path]
) -> None:
    rate = 16_000
    samples, _ = read_all(click_file(kind, make_wav, rate))
    tracks = [
        PlayTrack(role="caller", pcm=samples[:, 0], rate_hz=rate),
        PlayTrack(role="agent", pcm=samples[:, 1], rate_hz=rate),
    ]
    rig = Rig()
    rig.player.load(tracks, rate)
    rig.play()
    rng = np.random.default_rng(3)
    scale = 32768 if samples.dtype == np.int16 else 1
    for _ in range(20):
        second = int(rng.integers(2, 28))
        rig.player.seek(second * rate - int(rng.integers(200, 4_000)))
        rig.run(4 * rig.ramp, block=rig.ramp // 2)
        head = rig.player.position()
        heard = rig.run(6_000)
        np.testing.assert_array_equal(
            heard, samples[head : head + 6_000].astype(np.float32) / scale
        )
        loudest = head + int(np.abs(heard[:, 0]).argmax())
        # Half a pixel at 2,000 px/s is 4 frames: a coder may smear the click by no more.
        assert abs(loudest - second * rate) <= 4


def test_nothing_sounds_while_something_else_must_not_hear_it() -> None:
    rig, _ = loaded()
    rig.player.barred = lambda: "A call goes on."
    rig.player.prepare()
    rig.play()
    assert rig.player.state != "playing"
    assert [e.message for e in rig.player.poll() if e.kind == "fault"] == ["A call goes on."]
    rig.player.barred = str
    rig.play()
    assert rig.player.state == "playing"
