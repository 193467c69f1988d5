"""Levels on signals whose level, noise, clipping, band and offset are known."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audio.polyphase import resample
from app.domain.calls import Finding
from app.domain.errors import BadInput
from app.eval.base import Outcome, Watch
from app.eval.registry import build
from app.eval.signal import clipping, levels_metrics
from app.eval.signal.levels import Levels
from tests.audio_files import int16, speechlike, tone
from tests.unit.signal.rig import call_input, check, value

RATE = 16_000
TALK = [(k * 5 + 1.0, k * 5 + 3.0) for k in range(6)]


def gated(rate_hz: int = RATE, *, seconds: int = 30, level: float = 0.1, seed: int = 0) -> Any:
    """Noise as wide as the channel in the stretches of TALK, silence between them."""
    x = np.random.default_rng(seed).normal(0, level, seconds * rate_hz)
    gate = np.zeros(len(x))
    for start, end in TALK:
        gate[round(start * rate_hz) : round(end * rate_hz)] = 1
    return x * gate


def white(like: Any, level: float, seed: int = 9) -> Any:
    return np.random.default_rng(seed).normal(0, level, len(like))


def measured(folder: Path, samples: Any, rate_hz: int = RATE, **more: Any) -> Outcome:
    source = call_input(folder, samples, rate_hz, **more)
    found = Levels().evaluate(source, Watch())
    check(found, levels_metrics.METRICS, source.call.frame_count)
    return found


@pytest.mark.parametrize("snr_db", [40.0, 20.0, 10.0, 3.0, 0.0])
def test_signal_to_noise_is_what_was_mixed(tmp_path: Path, snr_db: float) -> None:
    voice = gated()
    noise = white(voice, 0.1 * 10 ** (-snr_db / 20))
    both = np.stack([voice + noise, noise], axis=1)
    found = measured(tmp_path, both, talk={"caller": TALK, "agent": []})
    assert value(found, "level.snr", "caller").value == pytest.approx(snr_db, abs=0.3)
    floor = value(found, "level.noise_floor", "caller")
    assert floor.value == pytest.approx(-20 - snr_db, abs=0.2)
    silent = value(found, "level.snr", "agent")
    assert silent.status == "undefined"
    assert "no speech" in silent.reason


def test_level_is_that_of_the_owners_speech(tmp_path: Path) -> None:
    """The other's voice leaks in 12 dB lower and lasts longer; it does not count."""
    voice = gated()
    other = white(voice, 0.025)
    found = measured(
        tmp_path,
        np.stack([voice + other * (voice == 0), other], axis=1),
        talk={"caller": TALK, "agent": [(a + 2, a + 4) for a, _ in TALK]},
    )
    assert value(found, "level.active", "caller").value == pytest.approx(-20, abs=0.1)


def test_noise_is_not_taken_where_the_other_speaks(tmp_path: Path) -> None:
    voice = gated()
    leak = np.zeros(len(voice))
    for start, _ in TALK:
        leak[round((start + 2.2) * RATE) : round((start + 3.2) * RATE)] = 0.05
    noise = white(voice, 0.001)
    caller = voice + noise + leak * white(voice, 1.0, seed=4)
    talk = {"caller": TALK, "agent": [(a + 2.2, a + 3.2) for a, _ in TALK]}
    found = measured(tmp_path, np.stack([caller, noise], axis=1), talk=talk)
    assert value(found, "level.noise_floor", "caller").value == pytest.approx(-60, abs=0.3)


def test_peak_and_the_most_negative_integer(tmp_path: Path) -> None:
    x = np.zeros((RATE, 2), np.int16)
    x[5, 0], x[7, 1] = -32768, 16384
    found = measured(tmp_path, x, subtype="PCM_16")
    assert value(found, "level.peak", "caller").value == pytest.approx(0.0)
    assert value(found, "level.peak", "agent").value == pytest.approx(-6.02, abs=0.01)


def test_clipping_is_counted_and_shown_where_it_is(tmp_path: Path) -> None:
    x = tone(10, RATE, 200.0, level=0.5)
    for start in (2.0, 7.0):
        part = slice(round(start * RATE), round((start + 0.5) * RATE))
        x[part] *= 4
    x = int16(np.clip(x, -1, 1))
    truth = int(np.count_nonzero(np.abs(x.astype(int)) >= 32700))
    found = measured(tmp_path, np.stack([x, x // 4], axis=1), subtype="PCM_16")
    clipped = value(found, "level.clipped", "caller")
    assert clipped.value == pytest.approx(100 * truth / len(x), rel=1e-3)
    assert [round(e.span.start / RATE, 1) for e in clipped.evidence] == [2.0, 7.0]
    assert [round(e.span.end / RATE, 1) for e in clipped.evidence] == [2.5, 7.5]
    assert sum(e.value or 0 for e in clipped.evidence) == truth
    assert value(found, "level.clipped", "agent").value == 0


def test_clipped_mu_law_ends_below_full_scale() -> None:
    x = np.clip(tone(1, 8_000, 200.0, level=2.0), -1, 1)
    x = np.where(np.abs(x) >= 1, np.sign(x) * 32124, x * 20_000).astype(np.int16)
    assert int(np.diff(clipping.runs(x), axis=1).sum()) == int(
        (np.abs(x.astype(int)) == 32124).sum()
    )
    quiet = (x // 2).astype(np.int16)
    assert len(clipping.runs(quiet)) == 0


@given(st.lists(st.booleans(), max_size=80), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_runs_over_blocks_are_runs(flags: list[bool], block: int) -> None:
    x = np.array([32767 if f else 5 for f in flags], np.int16)
    whole = clipping.runs(x).tolist()
    text = "".join("#" if f else "." for f in flags) + "."
    wanted, start = [], None
    for i, mark in enumerate(text):
        if mark == "#" and start is None:
            start = i
        elif mark == "." and start is not None:
            wanted += [[start, i]] if i - start >= 3 else []
            start = None
    assert whole == wanted
    before = clipping._BLOCK
    try:
        clipping._BLOCK = block
        assert clipping.runs(x).tolist() == wanted
    finally:
        clipping._BLOCK = before


@pytest.mark.parametrize(
    ("edge_hz", "rate", "name"),
    [(3_400, 48_000, "narrowband"), (7_000, 48_000, "wideband"), (3_400, 8_000, "narrowband"),
     (12_000, 48_000, "super-wideband"), (20_000, 48_000, "fullband")],
)  # fmt: skip
def test_bandwidth_is_where_the_speech_ends(
    tmp_path: Path, edge_hz: int, rate: int, name: str
) -> None:
    voice = gated(rate, seconds=15)
    spectrum = np.fft.rfft(voice)
    spectrum[np.fft.rfftfreq(len(voice), 1 / rate) > edge_hz] = 0
    limited = np.fft.irfft(spectrum, len(voice)) + white(voice, 1e-4)
    found = measured(tmp_path, limited, rate, talk={"caller": TALK[:3]})
    band = value(found, "level.bandwidth")
    assert band.value == pytest.approx(edge_hz, abs=150)
    assert band.components["name"] == name


def test_a_telephone_line_in_a_studio_file(tmp_path: Path) -> None:
    voice = np.concatenate([speechlike(2, 8_000, seed=s, level=0.5) for s in range(4)])
    compressed = np.sign(voice) * np.log1p(255 * np.abs(voice)) / np.log(256)
    steps = np.round(compressed * 127) / 127
    line = np.sign(steps) * (np.power(256, np.abs(steps)) - 1) / 255
    wide = resample(line.astype(np.float32), 8_000, 48_000)
    found = measured(tmp_path, int16(wide), 48_000, talk={"caller": [(0, 8)]}, subtype="PCM_16")
    band = value(found, "level.bandwidth").value
    assert band is not None
    assert band <= 4_200


@pytest.mark.parametrize("offset", [0.0, 0.05, -0.2])
def test_a_constant_offset_is_measured_and_taken_out(tmp_path: Path, offset: float) -> None:
    voice = gated() + white(gated(), 0.001)
    finding = Finding(code="dc_offset", message="", voids=("level",), track_role="caller")
    found = measured(
        tmp_path,
        np.stack([voice + offset, voice], axis=1),
        talk={"caller": TALK, "agent": TALK},
        warnings=[finding],
    )
    assert value(found, "level.dc_offset", "caller").value == pytest.approx(100 * offset, abs=0.2)
    for key in ("level.active", "level.snr", "level.noise_floor"):
        with_it, without = value(found, key, "caller").value, value(found, key, "agent").value
        assert with_it == pytest.approx(without, abs=0.05)


def test_what_the_recording_voids_is_not_given(tmp_path: Path) -> None:
    voice = gated() + white(gated(), 0.001)
    finding = Finding(code="clipping", message="Clipped.", voids=("level",), track_role="caller")
    talk = {"caller": TALK, "agent": TALK}
    both = np.stack([voice, voice], axis=1)
    found = measured(tmp_path, both, talk=talk, warnings=[finding])
    voided = value(found, "level.active", "caller")
    assert voided.value is None
    assert voided.reason == "Clipped."
    assert value(found, "level.active", "agent").value is not None
    assert value(found, "level.clipped", "caller").value == 0


def test_each_agent_turn_has_its_level(tmp_path: Path) -> None:
    x = np.zeros((20 * RATE, 2))
    rng = np.random.default_rng(0)
    for start, level in ((1, 0.2), (11, 0.02)):
        x[start * RATE : (start + 3) * RATE, 1] = rng.normal(0, level, 3 * RATE)
    x[6 * RATE : 8 * RATE, 0] = rng.normal(0, 0.1, 2 * RATE)
    x[15 * RATE : 16 * RATE, 0] = rng.normal(0, 0.1, RATE)
    talk = {"caller": [(6, 8), (15, 16)], "agent": [(1, 4), (11, 14), (18, 18.5)]}
    found = measured(tmp_path, x, talk=talk)
    turns = {v.turn_id: v for v in found.values if v.turn_id}
    assert set(turns) == {"t1", "t3"}  # t5 is shorter than a second
    assert turns["t1"].value == pytest.approx(20 * math.log10(0.2), abs=0.3)
    assert turns["t3"].value == pytest.approx(20 * math.log10(0.02), abs=0.3)
    assert turns["t3"].evidence[0].span.start == 11 * RATE


def test_without_a_speech_layer(tmp_path: Path) -> None:
    voice = gated() + white(gated(), 0.001)
    found = measured(tmp_path, voice)
    level = value(found, "level.active")
    assert level.components["measured"] == "whole channel"
    assert level.value == pytest.approx(-20, abs=0.6)
    assert value(found, "level.noise_floor").value == pytest.approx(-60, abs=1.0)


@pytest.mark.parametrize(
    "samples",
    [np.zeros((RATE, 2)), np.full((RATE, 2), np.nan), np.full((RATE, 2), 0.5),
     np.zeros((100, 2)), np.ones((RATE, 2), np.float32) * np.inf],
    ids=["silence", "nan", "offset", "short", "inf"],
)  # fmt: skip
def test_nothing_to_measure_is_said_in_words(tmp_path: Path, samples: Any) -> None:
    talk = {"caller": [(0, 0.5)], "agent": []}
    found = measured(tmp_path, samples, talk=talk)
    for key in ("level.active", "level.snr", "level.bandwidth"):
        assert value(found, key, "caller").status == "undefined"


def test_an_empty_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no audio"):
        measured(tmp_path, np.zeros((0, 2)))


def test_digital_silence_between_speech_is_no_noise(tmp_path: Path) -> None:
    found = measured(tmp_path, gated(), talk={"caller": TALK})
    assert value(found, "level.noise_floor").status == "undefined"
    assert "silent" in value(found, "level.snr").reason
    assert value(found, "level.active").value is not None


def test_it_is_in_the_registry() -> None:
    assert isinstance(build("signal.levels"), Levels)
