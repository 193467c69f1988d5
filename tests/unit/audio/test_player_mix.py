"""Mute, solo, trim, pan and ear modes: exact silence, exact gains, and no clicks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.audio.mixer import gains, pan_gains
from app.audio.play_types import ChannelMix, Mix, PlayTrack
from tests.unit.audio.player_rig import Rig, as_float, noise, stereo

RATE = 16_000
BOTH = ("caller", "agent")


def tone_rig(caller_hz: float = 0.0, agent_hz: float = 0.0) -> Rig:
    """Each speaker a tone of half scale (0 Hz: a constant)."""
    rig = Rig()
    at = np.arange(20 * RATE) / RATE
    caller = (0.5 * np.cos(2 * np.pi * caller_hz * at)).astype(np.float32)
    agent = (0.5 * np.cos(2 * np.pi * agent_hz * at)).astype(np.float32)
    rig.player.load(stereo(caller, agent, RATE), RATE)
    return rig


def settle(rig: Rig, mix: Mix) -> None:
    rig.player.set_mix(mix)
    rig.run(4 * rig.ramp, block=rig.ramp)


@pytest.mark.parametrize(("kept", "ear"), [("caller", 0), ("agent", 1)])
def test_solo_leaves_nothing_of_the_other(kept: str, ear: int) -> None:
    rig = Rig()
    caller, agent = noise(5 * RATE, 1), noise(5 * RATE, 2)
    truth = as_float(caller, agent)
    rig.player.load(stereo(caller, agent, RATE), RATE)
    rig.play()
    settle(rig, Mix().soloed(kept))  # type: ignore[arg-type]
    head = rig.player.position()
    heard = rig.run(2_000)
    np.testing.assert_array_equal(heard[:, ear], truth[head : head + 2_000, ear])
    left_over = np.abs(heard[:, 1 - ear]).max() / np.abs(truth).max()
    assert left_over <= 10 ** (-80 / 20)


def test_solo_in_both_ears_still_leaves_nothing_of_the_other() -> None:
    rig = tone_rig(440.0, 1_000.0)
    rig.play()
    settle(rig, replace(Mix().soloed("agent"), ears="mono"))
    heard = rig.run(RATE)
    spectrum = np.abs(np.fft.rfft(heard[:, 0] * np.hanning(RATE)))
    assert spectrum[440] / spectrum[1_000] < 10 ** (-80 / 20)


@pytest.mark.parametrize(
    "change",
    [
        Mix().with_channel("caller", mute=True),
        Mix().soloed("agent"),
        Mix().with_channel("caller", trim_db=-20.0),
        Mix(ears="mono"),
        Mix(ears="swap"),
        Mix().with_channel("caller", pan=0.3),
        Mix(volume_db=-6.0),
    ],
)
def test_a_change_is_a_straight_five_millisecond_ramp(change: Mix) -> None:
    rig = tone_rig()  # constants: what is seen is the gain itself
    rig.play()
    first = rig.run(2_000)
    rig.player.set_mix(change)
    heard = np.concatenate([first[-1:], rig.run(2_000)])
    before, after = heard[0], heard[-1]
    largest_step = np.abs(np.diff(heard, axis=0)).max(axis=0)
    per_frame = np.abs(after - before) / (rig.ramp + 1)
    assert (largest_step <= per_frame + 1e-6).all()
    changed = np.flatnonzero(np.abs(np.diff(heard, axis=0)).max(axis=1) > 1e-7)
    assert len(changed) <= rig.ramp + 1


@pytest.mark.parametrize("action", ["pause", "seek", "end"])
def test_stopping_and_jumping_do_not_click(action: str) -> None:
    rig = tone_rig()
    rig.player.seek(1_000)
    rig.play()
    first = rig.run(2_000)
    if action == "pause":
        rig.player.pause()
    elif action == "seek":
        rig.player.seek(9 * RATE)
    else:
        rig.player.loop(4_000, 5_000)
    heard = np.concatenate([first, rig.run(2_000)])
    heard = np.concatenate([np.zeros((1, 2), np.float32), heard])
    steps = np.abs(np.diff(heard, axis=0)).max()
    assert steps <= 0.5 / (rig.ramp + 1) + 1e-6


@pytest.mark.parametrize(
    ("ears", "caller", "agent"),
    [("split", (1.0, 0.0), (0.0, 1.0)), ("swap", (0.0, 1.0), (1.0, 0.0))],
)
def test_ear_modes_place_whole_voices(
    ears: str, caller: tuple[float, float], agent: tuple[float, float]
) -> None:
    mix = Mix(ears=ears)  # type: ignore[arg-type]
    assert gains("caller", mix, BOTH) == caller
    assert gains("agent", mix, BOTH) == agent


def test_mono_gives_both_ears_the_same_of_both() -> None:
    left, right = gains("caller", Mix(ears="mono"), BOTH)
    assert left == pytest.approx(right)
    assert gains("agent", Mix(ears="mono"), BOTH) == pytest.approx((left, right))


@pytest.mark.parametrize("pan", np.linspace(-1.0, 1.0, 9))
def test_panning_keeps_the_power(pan: float) -> None:
    left, right = pan_gains(pan)
    assert left**2 + right**2 == pytest.approx(1.0)


def test_a_mixed_recording_is_in_both_ears_and_solo_of_an_absent_voice_mutes_nothing() -> None:
    assert gains("mix", Mix().soloed("agent"), ("mix",)) == (1.0, 1.0)


def test_trim_is_in_decibels_and_the_sum_never_passes_full_scale() -> None:
    rig = tone_rig()
    rig.play()
    settle(rig, Mix(caller=ChannelMix(trim_db=-6.0)))
    assert rig.run(100)[-1, 0] == pytest.approx(0.5 * 10 ** (-6 / 20), abs=1e-6)
    settle(rig, Mix(caller=ChannelMix(trim_db=24.0)))
    assert rig.run(100).max() == 1.0


def test_meters_show_what_is_heard_now() -> None:
    rig = Rig()
    caller = np.zeros(4 * RATE, np.int16)
    caller[2 * RATE :] = 16_384
    rig.player.load(stereo(caller, noise(4 * RATE, 2), RATE), RATE)
    assert rig.player.levels()["agent"].peak_db == -120.0  # at rest nothing is heard
    rig.play()
    rig.run(RATE)
    assert rig.player.levels()["caller"].rms_db == -120.0
    assert rig.player.levels()["agent"].rms_db > -20.0
    rig.run(2 * RATE)
    level = rig.player.levels()["caller"]
    assert level.rms_db == pytest.approx(-6.02, abs=0.01)
    assert level.peak_db == pytest.approx(-6.02, abs=0.01)
    settle(rig, Mix().with_channel("caller", mute=True))
    assert rig.player.levels()["caller"].rms_db == -120.0


def test_samples_that_are_no_numbers_are_silence() -> None:
    rig = Rig()
    pcm = np.full(RATE, np.nan, np.float32)
    pcm[RATE // 2 :] = np.inf
    rig.player.load([PlayTrack(role="mix", pcm=pcm, rate_hz=RATE)], RATE)
    rig.play()
    heard = rig.run(RATE)
    assert np.isfinite(heard).all()
    assert not heard[: RATE // 4].any()
