"""Odd recordings are named with the figures they void; ordinary dialogue is not accused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.audio import analysis, integrity, io
from app.audio.integrity import Channel
from app.audio.peak_build import PeakBuilder
from app.audio.recording import CHUNK_FRAMES
from app.domain.calls import Finding, TrackRole
from tests.audio_files import dialogue, int16, noise, tone

RATE = 16_000
ROLES: tuple[TrackRole, TrackRole] = ("caller", "agent")


def channels(samples: np.ndarray, rate_hz: int = RATE) -> list[Channel]:
    data = int16(samples) if samples.dtype != np.int16 else samples
    data = data.reshape(len(data), -1)
    builder = PeakBuilder(rate_hz=rate_hz, channels=data.shape[1], frame_count=len(data))
    for first in range(0, len(data), CHUNK_FRAMES):
        builder.add(first, data[first : first + CHUNK_FRAMES])
    pyramid = builder.pyramid(len(data), data)
    roles: tuple[TrackRole, ...] = ROLES if data.shape[1] == 2 else ("mix",)
    return [Channel(r, data[:, i], pyramid.only(i)) for i, r in enumerate(roles)]


def found(samples: np.ndarray, rate_hz: int = RATE) -> dict[str, Finding]:
    return {f.code: f for f in integrity.findings(channels(samples, rate_hz))}


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
@pytest.mark.parametrize("seed", range(4))
def test_ordinary_dialogue_is_clean(rate: int, seed: int) -> None:
    assert found(dialogue(25, rate, seed=100 * seed), rate) == {}


def test_dialogue_with_much_talking_over_each_other_is_clean() -> None:
    both = dialogue(40, RATE, turn_s=4.0, gap_s=-1.5)
    assert found(both) == {}


def test_dialogue_with_hum_on_both_channels_is_clean() -> None:
    hum = tone(30, RATE, 50.0, 0.02)[:, None]
    assert "channel_bleed" not in found(dialogue(30, RATE) + hum)


@pytest.mark.parametrize("level_db", [-10.0, -18.0, -28.0])
@pytest.mark.parametrize("delay_s", [0.0, 0.02, 0.25])
@pytest.mark.parametrize("rate", [8_000, 48_000])
def test_bleed_is_measured(level_db: float, delay_s: float, rate: int) -> None:
    samples = dialogue(40, rate)
    delay = round(delay_s * rate)
    leak = samples[: len(samples) - delay, 1] * 10 ** (level_db / 20)
    samples[delay:, 0] += leak
    caller, agent = channels(samples, rate)
    measured = analysis.leak(integrity._voice(agent), integrity._voice(caller))
    assert measured is not None
    assert measured.level_db == pytest.approx(level_db, abs=1.5)
    assert measured.delay_s == pytest.approx(delay_s, abs=0.002)
    assert analysis.leak(integrity._voice(caller), integrity._voice(agent)) is None
    bleed = found(samples, rate)["channel_bleed"]
    assert bleed.track_role == "caller"
    assert "agent's voice is heard in the caller's channel" in bleed.message
    assert {"overlap", "interruption"} <= set(bleed.voids)
    assert ("latency" in bleed.voids) == (level_db > -20)


def test_leak_below_the_noise_does_not_matter() -> None:
    samples = dialogue(40, RATE)
    samples[:, 0] += samples[:, 1] * 10 ** (-60 / 20)
    assert found(samples) == {}


@pytest.mark.parametrize("gain", [1.0, 0.5, -1.0])
def test_identical_channels(gain: float) -> None:
    mono = dialogue(20, RATE).sum(axis=1)
    got = found(np.stack([mono, mono * gain + noise(20, RATE, level=1e-4)], axis=1))
    assert list(got) == ["identical_channels"]
    assert set(got["identical_channels"].voids) == {"latency", "overlap", "interruption"}


def test_silent_channel() -> None:
    samples = dialogue(20, RATE)
    samples[:, 1] = noise(20, RATE, level=1e-4)
    got = found(samples)
    assert list(got) == ["silent_channel"]
    assert got["silent_channel"].track_role == "agent"
    assert "agent's channel is silent" in got["silent_channel"].message


def test_digital_silence_on_both() -> None:
    both = integrity.findings(channels(np.zeros((RATE, 2), np.int16)))
    assert [f.code for f in both] == ["silent_channel", "silent_channel"]


def test_mono_mix() -> None:
    got = found(dialogue(10, RATE).sum(axis=1))
    assert set(got["mono_mix"].voids) == {"latency", "overlap", "interruption"}


def test_clipping_counts_runs_only() -> None:
    samples = int16(tone(4, RATE, 200.0, 0.5))
    samples[[100, 5000]] = 32767
    (channel,) = channels(samples)
    assert analysis.clipped_samples(channel.samples, channel.peaks) == 0
    samples[1000:1100] = -32768
    (channel,) = channels(samples)
    assert analysis.clipped_samples(channel.samples, channel.peaks) == 100
    assert "clipping" in found(np.clip(dialogue(20, RATE) * 12, -1, 1))


def test_offset_and_level() -> None:
    (channel,) = channels(tone(3, RATE, 100.0, 0.5) + 0.05)
    level = analysis.level(channel.peaks)
    assert level.rms_db == pytest.approx(20 * np.log10(np.hypot(0.5 / np.sqrt(2), 0.05)), abs=0.1)
    assert level.peak_db == pytest.approx(20 * np.log10(0.55), abs=0.1)
    assert analysis.dc_offset(channel.samples, RATE) == pytest.approx(0.05, abs=1e-3)
    assert "dc_offset" in found(dialogue(20, RATE) + np.float32(0.03))


def test_short_and_tiny_recordings_do_not_fail() -> None:
    for frames in (1, 80, RATE // 10):
        integrity.findings(channels(int16(dialogue(1, RATE))[:frames]))
    integrity.findings(channels(int16(dialogue(1, RATE))[:1, 0]))


def test_newer_findings_replace_older_of_the_same_kind() -> None:
    old = (
        Finding(code="clipping", message="old", track_role="agent"),
        Finding(code="truncated", message="cut"),
    )
    new = (
        Finding(code="clipping", message="new", track_role="agent"),
        Finding(code="clipping", message="other", track_role="caller"),
    )
    assert [f.message for f in integrity.merged(old, new)] == ["new", "cut", "other"]


def test_real_recordings(shared_data: Path) -> None:
    samples, probe = io.read_all(shared_data / "speech" / "stereo_diarization.wav")
    assert found(samples, probe.rate_hz) == {}
    samples, probe = io.read_all(shared_data / "eva" / "demo" / "audio_mixed.mp3")
    assert list(found(samples, probe.rate_hz)) == ["mono_mix"]
