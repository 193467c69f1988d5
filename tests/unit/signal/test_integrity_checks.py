"""What is looked at before anything is measured, and which figures each finding voids."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.calls import Finding
from app.eval.base import Outcome, Watch
from app.eval.registry import build
from app.eval.signal import integrity
from app.eval.signal.integrity import Integrity
from tests.audio_files import dialogue
from tests.unit.signal.rig import call_input, check, line, value

RATE = 16_000
TALK = {"caller": [(0.2, 3.2), (7.0, 10.0)], "agent": [(3.6, 6.6)]}


def looked(folder: Path, samples: Any, **more: Any) -> Outcome:
    source = call_input(folder, samples, RATE, **more)
    found = Integrity().evaluate(source, Watch())
    check(found, Integrity.metrics, source.call.frame_count)
    return found


def codes(outcome: Outcome) -> list[str]:
    return sorted(f.code for f in outcome.findings)


def test_an_ordinary_call_is_clean(tmp_path: Path) -> None:
    found = looked(
        tmp_path,
        dialogue(20, RATE),
        talk=TALK,
        conditions={"duration_s": 20.1},
        texts={"heard": [line("caller", 1, 20.3, "hello", RATE)]},
    )
    assert codes(found) == []
    assert value(found, "integrity.findings").value == 0


@pytest.mark.parametrize(
    ("samples", "code"),
    [
        (np.stack([dialogue(20, RATE).sum(axis=1)] * 2, axis=1), "identical_channels"),
        (dialogue(20, RATE) * np.array([1, 0]), "silent_channel"),
        (dialogue(20, RATE).sum(axis=1), "mono_mix"),
        (np.clip(dialogue(20, RATE) * 8, -1, 1), "clipping"),
    ],
    ids=["identical", "silent", "mono", "clipped"],
)
def test_channels_are_looked_at(tmp_path: Path, samples: Any, code: str) -> None:
    found = looked(tmp_path, samples, talk=TALK)
    assert code in codes(found)
    counted = value(found, "integrity.findings")
    assert counted.value
    assert code in counted.components["codes"]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"duration_s": 20.19}, False),
        ({"duration_s": 20.3}, True),
        ({"recorded_duration_s": 19.7}, True),
        ({"duration_ms": "22000"}, True),
        ({"duration_ms": 20_000}, False),
        ({"wall_clock_s": 19.1}, True),
        ({"wall_clock_s": 19.1, "wall_clock_slack_s": 1.0}, False),
        ({"wall_clock_s": 18.9, "wall_clock_slack_s": 1.0}, True),
        ({"wall_clock_s": 19.1, "wall_clock_slack_s": "much"}, True),
        ({"duration_s": "soon"}, False),
        ({"duration_s": float("nan")}, False),
        ({"duration_s": -3}, False),
        ({"duration_s": True}, False),
        ({"duration_s": [1]}, False),
        ({}, False),
    ],
)
@pytest.mark.parametrize("place", ["conditions", "extra"])
def test_length_against_the_clock(
    tmp_path: Path, facts: dict[str, Any], said: bool, place: str
) -> None:
    more: dict[str, Any] = {place: facts}
    found = looked(tmp_path, dialogue(20, RATE), talk=TALK, **more)
    assert ("length_differs" in codes(found)) == said


def test_length_is_said_with_its_sign(tmp_path: Path) -> None:
    found = looked(tmp_path, dialogue(22, RATE), talk=TALK, conditions={"wall_clock_s": 20})
    (finding,) = found.findings
    assert "+10.0 %" in finding.message
    assert set(finding.voids) == {"latency", "overlap", "interruption"}


def test_a_transcript_that_goes_on_after_the_sound(tmp_path: Path) -> None:
    late = line("agent", 18, 24, "bye", RATE)
    found = looked(tmp_path, dialogue(20, RATE), talk=TALK, texts={"heard": [late]})
    assert codes(found) == ["transcript_longer_than_audio"]
    assert "24.0 s" in found.findings[0].message


def test_who_says_nothing_is_named(tmp_path: Path) -> None:
    talk = {"caller": [(0.2, 10.0)], "agent": [(12, 12.2)]}
    found = looked(tmp_path, dialogue(20, RATE), talk=talk)
    (finding,) = [f for f in found.findings if f.code == "little_speech"]
    assert finding.track_role == "agent"
    assert "judge" in finding.voids
    quiet = looked(tmp_path, dialogue(20, RATE).sum(axis=1), talk={})
    assert "little_speech" in codes(quiet)
    unknown = looked(tmp_path, dialogue(20, RATE))
    assert "little_speech" not in codes(unknown)


def test_known_warnings_count_too_and_are_not_doubled(tmp_path: Path) -> None:
    known = [
        Finding(code="damaged", message="Damaged.", voids=("latency",)),
        Finding(code="mono_mix", message="Mono.", voids=("latency",)),
        Finding(code="noisy", message="Noisy."),
    ]
    found = looked(tmp_path, dialogue(20, RATE).sum(axis=1), talk=TALK, warnings=known)
    counted = value(found, "integrity.findings")
    assert counted.value == 2
    assert counted.components["codes"] == ["damaged", "mono_mix"]


@pytest.mark.parametrize("samples", [np.full((400, 2), np.nan), np.zeros(50)])
def test_hardly_any_recording(tmp_path: Path, samples: Any) -> None:
    assert codes(looked(tmp_path, samples, talk={}))


def test_it_is_in_the_registry() -> None:
    assert isinstance(build("signal.integrity"), Integrity)
    assert integrity.VOIDED.evaluator == "signal.integrity"
