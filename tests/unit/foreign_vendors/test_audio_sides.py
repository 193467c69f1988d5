"""Who is on which channel, checked on sound; and whether the clocks begin together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.work import Quiet
from app.services.importing.foreign import ForeignLine
from app.services.importing.readers.audio_sides import CLEARLY, Sides, Usual, decided, place
from tests.audio_files import write_wav
from tests.unit.foreign_vendors.vendor_payloads import RATE, TALK, put_side, put_sound, sound

LINES = tuple(ForeignLine(speaker=s, start_s=a, end_s=b) for s, a, b, _ in TALK)  # type: ignore[arg-type]
USUAL = Usual(by="the custom", confidence=0.5)
AGENT_LEFT = Usual(channel_map="agent,caller", by="the custom", confidence=0.5)


def roles(sides: Sides) -> dict[str, int]:
    return {a.role: a.channel_index for a in sides.audio}


def test_custom_that_the_recording_bears_out_is_kept_with_more_confidence(tmp_path: Path) -> None:
    sides = place(Quiet(), [put_sound(tmp_path / "a.wav")], LINES, USUAL)
    assert roles(sides) == {"caller": 0, "agent": 1}
    assert sides.guess["confidence"] > 0.9
    assert sides.warnings == ()
    assert sides.findings == ()
    assert sides.duration_s == 8.0


def test_recording_overrules_the_custom_and_says_so(tmp_path: Path) -> None:
    path = put_sound(tmp_path / "a.wav", ("agent", "caller"))
    sides = place(Quiet(), [path], LINES, USUAL)
    assert roles(sides) == {"caller": 1, "agent": 0}
    assert sides.guess["map"] == "agent,caller"
    assert "swapped" in sides.warnings[0]
    assert "agent left and caller right" in sides.warnings[0]


def test_custom_with_the_agent_left_is_borne_out_as_well(tmp_path: Path) -> None:
    path = put_sound(tmp_path / "a.wav", ("agent", "caller"))
    sides = place(Quiet(), [path], LINES, AGENT_LEFT)
    assert roles(sides) == {"caller": 1, "agent": 0}
    assert sides.warnings == ()


def test_without_lines_the_custom_is_taken_and_said_to_be_unchecked(tmp_path: Path) -> None:
    sides = place(Quiet(), [put_sound(tmp_path / "a.wav", ("agent", "caller"))], (), USUAL)
    assert roles(sides) == {"caller": 0, "agent": 1}
    assert sides.guess["confidence"] == 0.5
    assert "could not be checked" in sides.warnings[0]


def test_weak_contradiction_keeps_the_custom_and_leaves_a_doubt() -> None:
    levels = np.full((800, 2), -40.0, np.float32)
    for line in LINES:  # the other channel is louder by 4 dB only
        column = 1 if line.speaker == "caller" else 0
        levels[round(line.start_s * 100) : round(line.end_s * 100), column] += 4
    made = decided(levels, LINES, USUAL)
    assert made.guess.channel_map == "caller,agent"
    assert made.guess.confidence < USUAL.confidence
    assert made.doubt is not None
    assert made.doubt.code == "channels_look_swapped"


@pytest.mark.parametrize("kind", ["mono", "identical"])
def test_a_mix_has_no_sides(tmp_path: Path, kind: str) -> None:
    mixed = sound().sum(axis=1)
    samples = mixed if kind == "mono" else np.stack([mixed, mixed], axis=1)
    sides = place(Quiet(), [write_wav(tmp_path / "a.wav", samples, RATE)], LINES, USUAL)
    assert roles(sides) == {"mix": 0}
    assert sides.guess["map"] == "mono"


def test_two_files_are_checked_like_two_channels(tmp_path: Path) -> None:
    caller, agent = put_side(tmp_path / "c.wav", "caller"), put_side(tmp_path / "a.wav", "agent")
    right = place(Quiet(), [caller, agent], LINES, USUAL)
    wrong = place(Quiet(), [agent, caller], LINES, USUAL)
    for sides in (right, wrong):
        assert {a.role: a.path for a in sides.audio} == {"caller": caller, "agent": agent}
    assert right.warnings == ()
    assert "swapped" in wrong.warnings[0]


def test_one_file_of_two_that_cannot_be_used_is_a_loss(tmp_path: Path) -> None:
    agent = put_side(tmp_path / "a.wav", "agent")
    broken = tmp_path / "c.wav"
    broken.write_bytes(b"RIFF no sound")
    sides = place(Quiet(), [broken, agent], LINES, USUAL)
    assert roles(sides) == {"agent": 0}
    assert "c.wav could not be used" in sides.losses[0]
    assert place(Quiet(), [broken], LINES, USUAL).audio == ()


@pytest.mark.parametrize("late_s", [-0.45, 0.5, 0.95])
def test_clock_that_does_not_begin_with_the_recording_is_found(
    tmp_path: Path, late_s: float
) -> None:
    path = put_sound(tmp_path / "a.wav", late_s=late_s)
    sides = place(Quiet(), [path], LINES, USUAL)
    (found,) = sides.findings
    assert found.code == "log_off_the_sound"
    said = float(found.message.split(" s ")[0].rsplit(" ", 1)[1])
    assert said == pytest.approx(abs(late_s), abs=0.051)
    assert ("later" in found.message) == (late_s > 0)


def test_small_differences_are_no_shift(tmp_path: Path) -> None:
    sides = place(Quiet(), [put_sound(tmp_path / "a.wav", late_s=0.15)], LINES, USUAL)
    assert sides.findings == ()


@settings(max_examples=30, deadline=None)
@given(
    lengths=st.lists(st.integers(30, 200), min_size=4, max_size=12),
    is_swapped=st.booleans(),
    apart_db=st.integers(14, 50),
)
def test_whoever_is_clearly_louder_in_their_lines_is_put_there(
    lengths: list[int], is_swapped: bool, apart_db: int
) -> None:
    levels = np.full((sum(lengths) + 10 * len(lengths), 2), -70.0, np.float32)
    lines, at = [], 0
    for n, length in enumerate(lengths):
        column = (n + is_swapped) % 2
        levels[at : at + length, column] = -70 + apart_db
        speaker = "caller" if n % 2 == 0 else "agent"
        lines.append(
            ForeignLine(speaker=speaker, start_s=at / 100, end_s=(at + length) / 100)  # type: ignore[arg-type]
        )
        at += length + 10
    made = decided(levels, lines, USUAL)
    assert made.guess.channel_map == ("agent,caller" if is_swapped else "caller,agent")
    assert made.guess.confidence >= CLEARLY
