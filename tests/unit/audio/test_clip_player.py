"""The clip player against a device whose clock is turned by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.audio import clip_build
from app.audio.clip_deck import Run
from app.audio.clip_heard import Coverage, Passage, least
from app.audio.clip_player import ClipPlayer
from app.audio.null_device import ManualDevice

RATE = 48_000
BLOCK = 240


class Bench:
    """A player and the device that it opened."""

    def __init__(self, latency_s: float = 0.0) -> None:
        self.devices: list[ManualDevice] = []
        self.player = ClipPlayer(self._open)
        self._latency_s = latency_s
        self.player.open(None)

    def _open(self, _choice: str | None, rate_hz: int, fill: Any) -> ManualDevice:
        self.devices.append(ManualDevice(rate_hz, fill, self._latency_s))
        return self.devices[-1]

    @property
    def device(self) -> ManualDevice:
        return self.devices[-1]

    def state(self) -> str:
        return self.player.state

    def is_lost(self) -> bool:
        return self.player.is_lost

    def step(self, frames: int) -> NDArray[np.float32]:
        whole, rest = divmod(frames, BLOCK)
        sizes = [BLOCK] * whole + ([rest] if rest else [])
        return np.concatenate([self.device.step(n) for n in sizes])


def ramp(frames: int, scale: float = 1.0) -> NDArray[np.float32]:
    return clip_build.both_ears(np.linspace(0.1, 0.9, frames, dtype=np.float32) * scale)


def test_every_frame_is_handed_over_once_and_as_it_is() -> None:
    bench = Bench()
    clip = ramp(1_000)
    bench.player.load([clip])
    bench.player.play()
    out = bench.step(1_200)
    assert np.array_equal(out[:1_000], clip)
    assert not out[1_000:].any()
    assert bench.state() == "ended"
    heard = bench.player.heard()
    assert (heard.heard_pct, heard.plays, heard.underruns) == (100.0, 1, 0)
    assert heard.device == "Test device"


def test_one_frame_short_is_not_heard() -> None:
    bench = Bench()
    bench.player.load([ramp(1_000)])
    bench.player.play()
    bench.step(999)
    assert bench.state() == "playing"
    assert bench.player.heard().heard_pct < 100.0


def test_it_has_ended_when_the_last_frame_is_heard_not_when_it_is_handed_over() -> None:
    bench = Bench(latency_s=0.03)
    bench.player.load([ramp(1_000)])
    bench.player.play()
    bench.step(1_200)
    assert bench.state() == "playing"
    bench.step(round(0.03 * RATE) - 200)
    assert bench.state() == "ended"
    bench.step(RATE // 10)
    assert bench.player.since_end_ms() == pytest.approx(100, abs=6)


def test_a_switch_keeps_the_place_and_of_equal_clips_is_not_in_the_sound() -> None:
    bench = Bench()
    clip = ramp(9_600)
    bench.player.load([clip, clip.copy()])
    bench.player.play(0)
    first = bench.step(2_400)
    assert bench.player.switch(1)
    out = np.concatenate([first, bench.step(9_600 - 2_400)])
    assert np.abs(out - clip).max() < 1e-6
    shares = bench.player.shares()
    assert shares[0] == pytest.approx(0.25)
    # Neither clip was at full level in the 10 ms of the crossfade.
    assert shares[1] == pytest.approx(0.75 - 480 / 9_600)
    bench.player.play(0)
    bench.step(9_600)
    bench.player.play(1)
    bench.step(9_600)
    assert bench.player.shares() == (1.0, 1.0)
    assert bench.player.heard().plays == 3


def test_a_switch_takes_10_ms_and_has_no_step() -> None:
    bench = Bench()
    one, other = ramp(9_600, 0.5), ramp(9_600, -0.5)
    bench.player.load([one, other])
    bench.player.play(0)
    bench.step(2_400)
    bench.player.switch(1)
    out = bench.step(960)[:, 0]
    assert np.abs(np.diff(out)).max() < 0.01
    assert np.array_equal(out[480:], other[2_880:3_360, 0])


def test_a_switch_past_the_other_s_end_is_refused() -> None:
    bench = Bench()
    bench.player.load([ramp(4_800), ramp(1_000)])
    bench.player.play(0)
    bench.step(2_400)
    assert not bench.player.switch(1)
    bench.step(2_400)
    assert bench.player.shares()[0] == 1.0


def test_a_pause_misses_no_frame() -> None:
    bench = Bench()
    clip = ramp(9_600)
    bench.player.load([clip])
    bench.player.play()
    bench.step(2_400)
    bench.player.pause()
    faded = bench.step(960)
    assert faded[0, 0] > 0
    assert not faded[480:].any()
    bench.player.resume()
    out = bench.step(9_600)
    assert np.array_equal(out[480 : 480 + 7_200], clip[2_400:])
    assert bench.state() == "ended"
    assert bench.player.heard().heard_pct == 100.0


def test_what_was_heard_of_the_last_trial_does_not_count_for_the_next() -> None:
    bench = Bench()
    clip = ramp(1_000)
    bench.player.load([clip])
    bench.player.play()
    bench.step(600)
    bench.player.load([clip])
    bench.step(600)
    assert bench.player.shares() == (0.0,)
    assert bench.player.heard().plays == 0


def test_a_reference_and_a_sample_are_clips_of_their_own() -> None:
    bench = Bench()
    track = clip_build.in_turn([ramp(960), ramp(480)], 240)
    clips = [Passage(0, 0, 960), Passage(0, 1_200, 1_680)]
    bench.player.load([track], clips)
    bench.player.play()
    bench.step(1_200)
    assert bench.player.shares() == (1.0, 0.0)
    bench.step(480)
    assert bench.player.shares() == (1.0, 1.0)


def test_the_gain_is_that_of_the_level_page() -> None:
    bench = Bench()
    bench.player.set_gain(-6.0)
    clip = ramp(2_400)
    bench.step(BLOCK)  # the change itself is a ramp
    bench.player.load([clip])
    bench.player.play()
    assert np.allclose(bench.step(2_400), clip * 10 ** (-6 / 20), rtol=1e-5)
    assert bench.player.heard().gain_db == -6.0


def test_torn_silence_harms_no_vote_and_torn_sound_does() -> None:
    bench = Bench()
    bench.player.load([ramp(2_400)])
    bench.device.underflows += 1
    bench.player.play()
    bench.step(1_200)
    assert bench.player.underruns == 0
    bench.device.underflows += 2
    bench.step(2_400)
    assert bench.state() == "ended"
    bench.device.underflows += 4
    assert bench.player.heard().underruns == 2


def test_a_device_that_dies_is_told() -> None:
    bench = Bench()
    bench.player.load([ramp(2_400)])
    bench.player.play()
    bench.step(1_200)
    assert not bench.is_lost()
    bench.device.stop()
    assert bench.is_lost()
    assert bench.player.heard().device_changed


def test_shares_are_of_the_union() -> None:
    coverage = Coverage()
    clip = Passage(0, 100, 200)
    for run in (Run(0, 0, 120), Run(0, 150, 180), Run(1, 100, 200), Run(0, 119, 151)):
        coverage.add(run)
    assert coverage.share(clip) == pytest.approx(0.8)
    assert coverage.share(clip, Run(0, 180, 200)) == 1.0
    assert coverage.share(clip) == pytest.approx(0.8)
    assert least([1.0, 0.99999]) == 99.9
    assert least([1.0, 1.0]) == 100.0
    assert least([]) == 0.0
