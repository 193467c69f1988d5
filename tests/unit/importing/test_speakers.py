"""Who is meant by a label, and who speaks where no label says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.imports import ImportChoices
from app.domain.work import Quiet
from app.services import layers
from app.services.formats.speakers import known, resolve
from app.services.importing import commit, scan
from app.services.workspace import Workspace
from tests.unit.importing.conftest import LINES, RATE, TALK, voices


@pytest.mark.parametrize(
    ("label", "side"),
    [
        ("Caller", "caller"),
        ("assistant", "agent"),
        ("agent_turns", "agent"),
        ("words@caller", "caller"),
        ("AI Agent", "agent"),
        ("customer-1", "caller"),
        ("SPEAKER_00", None),
        ("human_agent", None),
        ("0", None),
        ("", None),
    ],
)
def test_labels_that_name_a_side(label: str, side: str | None) -> None:
    assert known(label) == side


def test_numbers_and_names_are_assumed_and_said() -> None:
    assert resolve(["1", "0"], {})[0] == {"0": "caller", "1": "agent"}
    sides, notes = resolve(["Mia", "agent", "Tom"], {})
    assert sides == {"Mia": "caller", "agent": "agent"}
    assert len(notes) == 2
    assert resolve(["Mia", "Tom"], {"mia": "agent"})[0] == {"Mia": "agent", "Tom": "caller"}


@pytest.mark.parametrize("channel_map", ["caller,agent", "agent,caller"])
def test_lines_without_a_speaker_are_told_by_ear(
    workspace: Workspace, stereo: Callable[..., Path], channel_map: str
) -> None:
    path = stereo("call.wav")
    bare = [{k: v for k, v in line.items() if k != "speaker"} for line in LINES]
    path.with_suffix(".json").write_text(json.dumps({"segments": bare}))
    found = scan(Quiet(), workspace, [path])
    assert found.fresh[0].guess.confidence == 0.5  # hearing the lines says nothing of who is who
    choices = ImportChoices(channel_maps={found.fresh[0].source: channel_map})  # type: ignore[dict-item]
    done = commit(Quiet(), workspace, found, choices, detect=False)
    left, right = channel_map.split(",")
    said = [s.speaker for s in layers.transcript(workspace, done.imported[0].id)]
    assert said == [left, right, left]


def test_a_mono_mix_keeps_the_text_of_lines_without_a_speaker(
    workspace: Workspace, make_wav: Callable[..., Path]
) -> None:
    path = make_wav("call.wav", voices(*TALK)[:, 0], RATE)
    path.with_suffix(".json").write_text(json.dumps([{"start": 0.2, "end": 1, "text": "hello"}]))
    found = scan(Quiet(), workspace, [path])
    done = commit(Quiet(), workspace, found, detect=False)
    assert [s.text for s in layers.transcript(workspace, done.imported[0].id)] == ["hello"]
    assert any("name no speaker" in w for w in done.warnings)
