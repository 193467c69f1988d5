"""What lies between the caller and the agent: clips, keys, noise, a worse line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.agents.caller_side import CallerSide
from app.agents.canned import Canned, Clip, dtmf
from app.agents.line_effects import LineEffects, LineSimulator
from app.agents.noise import NoiseBed, NoiseMixer
from app.agents.onsets import Int16
from app.audio import active_level, g711
from app.domain.errors import BadInput
from app.services.live_calls import sounds
from app.services.live_calls.request import Noise

HZ = 16_000
BLOCK = 320


def blocks(seconds: float) -> range:
    return range(0, round(seconds * HZ), BLOCK)


def silence() -> Int16:
    return np.zeros(BLOCK, np.int16)


def voice(seconds: float, seed: int = 1, level: float = 3_000.0) -> Int16:
    """Bursts of noise with pauses, as speech has."""
    at = np.arange(round(seconds * HZ)) / HZ
    bursts = (np.sin(2 * np.pi * 0.7 * at) > -0.2) * np.random.default_rng(seed).normal(
        0, 1, len(at)
    )
    return np.clip(bursts * level, -32768, 32767).astype(np.int16)


def side(**values: Any) -> tuple[CallerSide, list[tuple[str, dict[str, Any]]]]:
    notes: list[tuple[str, dict[str, Any]]] = []
    made = CallerSide(HZ, BLOCK, note=lambda what, **facts: notes.append((what, facts)), **values)
    return made, notes


def clip(frames: int = 1_000, label: str = "wait") -> Clip:
    return Clip(label=label, pcm=np.full(frames, 7_000, np.int16))


def agent(first: int, onset: int, end: int) -> Int16:
    at = np.arange(first, first + BLOCK)
    return np.where((at >= onset) & (at < end), 5_000, 0).astype(np.int16)


def test_a_clip_is_said_as_loud_as_it_is_instead_of_the_microphone() -> None:
    made, notes = side()
    made.canned.say(clip(1_000))
    mic = np.full(BLOCK, 100, np.int16)
    said = np.concatenate([made.take(n, mic, silence(), 0).said for n in blocks(0.1)])
    assert np.all(said[:1_000] == 7_000)
    assert np.all(said[1_000:] == 100)
    assert ("clip", {"label": "wait", "index": 0}) in notes


@pytest.mark.parametrize("shift", [0, 777])
def test_an_armed_clip_begins_to_the_sample_after_the_agent_is_heard(shift: int) -> None:
    made, notes = side()
    made.canned.arm(clip(), 250.0)
    said = [made.take(n, silence(), agent(n, 4_321, 20_000), shift).said for n in blocks(1.0)]
    onset = int(np.flatnonzero(np.concatenate(said))[0])
    assert onset == 4_321 + shift + 4_000
    assert dict(notes)["clip"] == {"label": "wait", "index": onset, "after_ms": 250.0}
    assert made.canned.armed == ""


def test_an_armed_clip_that_repeats_is_said_at_each_beginning() -> None:
    canned = Canned(HZ)
    canned.arm(clip(500), 100.0, repeats=True)
    found = []
    for n in blocks(4.0):
        heard = agent(n, 8_000, 16_000) + agent(n, 40_000, 48_000)
        canned.hear(n, heard)
        found += [s.onset for s in canned.lay(n, silence())[1]]
    assert found == [9_600, 41_600]


def test_clips_in_a_row_do_not_overlap() -> None:
    canned = Canned(HZ)
    canned.say(clip(1_000))
    canned.say(clip(1_000, "again"))
    onsets = [s.onset for n in blocks(0.3) for s in canned.lay(n, silence())[1]]
    assert onsets == [0, 1_000]


@pytest.mark.parametrize(
    ("digit", "pair"), [("1", (697, 1209)), ("#", (941, 1477)), ("D", (941, 1633))]
)
def test_keys_sound_as_the_standard_says(digit: str, pair: tuple[int, int]) -> None:
    tone = dtmf(digit, 8_000).pcm[:800]
    spectrum = np.abs(np.fft.rfft(tone, 8_000))
    peaks = [int(spectrum[a:b].argmax()) + a for a, b in ((650, 1_000), (1_150, 1_700))]
    assert np.abs(np.subtract(peaks, pair)).max() <= 3


def test_noise_lies_as_far_below_the_voice_as_was_asked() -> None:
    said = voice(20.0)
    mixer = NoiseMixer(HZ)
    mixer.set(sounds.bed(Noise(kind="pink", snr_db=12.0, seed=3), HZ))
    sent = np.concatenate([mixer.mix(n, said[n : n + BLOCK])[0] for n in blocks(20.0)])
    late = slice(10 * HZ, None)
    noise = sent[late].astype(float) - said[late]
    level = active_level.measure(said, HZ)
    assert level is not None
    noise_db = 20 * np.log10(np.sqrt(np.mean(noise**2)) / 32768)
    assert level.level_dbov - noise_db == pytest.approx(12.0, abs=1.2)


def test_what_was_said_before_the_noise_counts_for_its_level() -> None:
    said = voice(10.0, level=800.0)
    mixer = NoiseMixer(HZ)
    for n in blocks(10.0):
        assert mixer.mix(n, said[n : n + BLOCK])[0] is not None
    mixer.set(NoiseBed(kind="pink", snr_db=0, seed=0, loop=np.ones(HZ, np.float32)))
    known = active_level.measure(said, HZ)
    assert known is not None
    assert mixer.level_dbov == pytest.approx(known.level_dbov, abs=0.1)


def test_the_same_seed_makes_the_same_noise() -> None:
    one, two = (sounds.bed.__wrapped__(Noise(kind="static", snr_db=5, seed=s), HZ) for s in (4, 4))
    other = sounds.bed(Noise(kind="static", snr_db=5, seed=5), HZ)
    assert np.array_equal(one.loop, two.loop)
    assert not np.array_equal(one.loop, other.loop)


def through(effects: LineEffects, pcm: Int16) -> Int16:
    line = LineSimulator(effects, HZ, BLOCK)
    return np.concatenate([line.send(n, pcm[n : n + BLOCK]) for n in range(0, len(pcm), BLOCK)])


def test_a_telephone_band_ends_at_4_khz_and_comes_20_ms_later() -> None:
    pcm = np.random.default_rng(0).normal(0, 3_000, HZ).astype(np.int16)
    out = through(LineEffects(ulaw8k=True), pcm).astype(float)
    assert len(out) == len(pcm)
    spectrum = np.abs(np.fft.rfft(out))
    assert spectrum[4_300:].max() < 0.05 * spectrum[:3_500].max()
    low = np.fft.irfft(np.where(np.arange(HZ // 2 + 1) < 3_400, np.fft.rfft(pcm), 0))
    lags = range(280, 360)
    scores = [float(out[lag:15_000] @ low[: 15_000 - lag]) for lag in lags]
    assert abs(lags[int(np.argmax(scores))] - 320) <= 1


def test_delay_gain_and_clipping_are_exact() -> None:
    pcm = voice(1.0)
    late = through(LineEffects(delay_ms=100), pcm)
    assert np.array_equal(late[1_600:], pcm[:-1_600])
    assert not late[:1_600].any()
    loud = through(LineEffects(gain_db=40, clip_dbfs=-6.0206), pcm)
    assert np.abs(loud).max() == pytest.approx(16_384, abs=2)


def test_the_same_packets_are_lost_again() -> None:
    pcm = np.full(400 * BLOCK, 1_000, np.int16)
    lost = [
        ~through(LineEffects(loss_percent=10, seed=s), pcm).reshape(-1, BLOCK).any(axis=1)
        for s in (1, 1, 2)
    ]
    assert np.array_equal(lost[0], lost[1])
    assert not np.array_equal(lost[0], lost[2])
    assert 20 <= lost[0].sum() <= 60


def test_a_line_that_cannot_be_is_refused() -> None:
    with pytest.raises(BadInput):
        LineEffects(loss_percent=120)
    with pytest.raises(BadInput):
        Noise(kind="thunder", snr_db=3)


def test_what_was_said_is_told_apart_from_what_was_sent() -> None:
    made, notes = side()
    made.set_line(LineEffects(delay_ms=20))
    mic = np.full(BLOCK, 500, np.int16)
    first, second = (made.take(n, mic, silence(), 0) for n in (0, BLOCK))
    assert np.all(first.said == 500)
    assert not first.sent.any()
    assert np.array_equal(second.sent, mic)
    assert dict(notes)["line"]["delay_frames"] == BLOCK


def test_a_muted_caller_is_silent_and_the_noise_goes_on() -> None:
    made, _ = side(push_to_talk=True)
    made.set_noise(sounds.bed(Noise(kind="pink", snr_db=0), HZ))
    voice_ = made.take(0, np.full(BLOCK, 500, np.int16), silence(), 0)
    assert not voice_.said.any()
    assert voice_.sent.any()


def test_g711_gives_back_each_of_its_own_levels() -> None:
    codes = np.arange(256, dtype=np.uint8)
    levels = g711.decode(codes)
    assert np.array_equal(g711.decode(g711.encode(levels)), levels)
    assert np.abs(g711.decode(g711.encode(np.array([1_000], np.int16))) - 1_000).max() < 33
