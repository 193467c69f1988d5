"""Files that lie, loop, overflow or are partly unusable: told by name, and the rest goes on."""

from __future__ import annotations

import json
import os
import struct
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.domain.errors import NotFound
from app.domain.imports import ImportOptions
from app.domain.work import Quiet
from app.services import browsing, calls, media
from app.services.formats.speakers import MAX_NAMED, resolve
from app.services.importing import commit, scan
from app.services.workspace import Workspace
from tests.unit.importing.conftest import LINES, TALK, put_json, voices

Maker = Callable[..., Path]


def test_a_link_to_itself_stops_nothing(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    folder = stereo("calls/call.wav").parent
    (folder / "round.wav").symlink_to("round.wav")
    (folder / "back").symlink_to(folder)
    found = scan(Quiet(), workspace, [folder, folder / "round.wav"], ImportOptions())
    assert [e.path.name for e in found.fresh] == ["call.wav"]
    assert found.failed
    assert all(f.path.endswith("round.wav") for f in found.failed)


def test_a_coding_that_nobody_knows_is_named(workspace: Workspace, stereo: Maker) -> None:
    path = stereo("call.wav")
    data = bytearray(path.read_bytes())
    data[20:22] = struct.pack("<H", 0x1234)
    path.write_bytes(data)
    (failed,) = scan(Quiet(), workspace, [path], ImportOptions()).failed
    assert "call.wav" in failed.reason
    assert "coded in a way" in failed.reason
    assert "Export it again" in failed.reason


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_floats_beyond_any_level_are_silent_and_told(
    workspace: Workspace, tmp_path: Path, subtype: str
) -> None:
    import soundfile

    samples = voices(*TALK)
    samples[100:200] = 1e300 if subtype == "DOUBLE" else 1e30
    path = tmp_path / "loud.wav"
    soundfile.write(path, samples, 8000, subtype=subtype)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        done = commit(Quiet(), workspace, scan(Quiet(), workspace, [path], ImportOptions()))
    call = calls.get_call(workspace, done.imported[0].id)
    codes = {f.code: f.message for f in call.warnings}
    assert "identical_channels" not in codes
    assert codes["nan_samples"].startswith("loud.wav has 200 samples")


def test_detection_keeps_the_name_that_people_know(workspace: Workspace, stereo: Maker) -> None:
    path = stereo("call.wav")
    path.write_bytes(path.read_bytes()[:-20_001])
    done = commit(Quiet(), workspace, scan(Quiet(), workspace, [path], ImportOptions()))
    told = list(calls.get_call(workspace, done.imported[0].id).warnings)
    assert [f.message.split()[0] for f in told if f.code == "truncated"] == ["call.wav"]


def test_who_speaks_rarely_in_a_long_call_is_not_silent(
    workspace: Workspace, make_wav: Maker
) -> None:
    samples = np.zeros((600 * 8000, 2))
    for channel in (0, 1):
        at = (100 + 200 * channel) * 8000
        samples[at : at + 8000, channel] = np.random.default_rng(channel).normal(0, 0.1, 8000)
    path = make_wav("long.wav", samples, 8000)
    done = commit(Quiet(), workspace, scan(Quiet(), workspace, [path], ImportOptions()))
    codes = {f.code for f in calls.get_call(workspace, done.imported[0].id).warnings}
    assert "silent_channel" not in codes


def test_lines_that_were_left_out_are_told(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    path = stereo("call.wav")
    bad = {"speaker": "agent", "start_s": float("nan"), "end_s": 1.0, "text": "lost"}
    put_json(tmp_path / "call.json", [*LINES, bad])
    (entry,) = scan(Quiet(), workspace, [path], ImportOptions()).fresh
    (warning,) = entry.warnings
    assert "call.json: 1 line was not usable" in warning
    assert "line 4" in warning


def test_a_crowd_of_speakers_is_summed_up() -> None:
    _, notes = resolve([f"voice-{n:03d}" for n in range(1000)], {})
    assert len(notes) <= MAX_NAMED + 3
    assert any(f"{1000 - 2 - MAX_NAMED} more speakers" in note for note in notes)


def test_entities_in_an_eaf_are_refused_in_words(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    path = stereo("call.wav")
    bomb = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><ANNOTATION_DOCUMENT>&c;'
    (tmp_path / "call.eaf").write_text(f"{bomb}</ANNOTATION_DOCUMENT>", "utf-8")
    (entry,) = scan(Quiet(), workspace, [path], ImportOptions()).fresh
    assert "declares entities" in entry.warnings[0]
    assert "ELAN" in entry.warnings[0]


def test_bytes_that_are_no_text_find_nothing(workspace: Workspace) -> None:
    query = browsing.parse_query("\udced\udca0 x")
    assert json.dumps(str(query)).isascii()
    with pytest.raises(NotFound):
        calls.get_call(workspace, "\udced\udca0")


@pytest.mark.parametrize("in_place", [False, True])
def test_importing_again_brings_back_a_lost_recording(
    workspace: Workspace, stereo: Maker, tmp_path: Path, in_place: bool
) -> None:
    path = stereo("call.wav")
    options = ImportOptions(in_place=in_place)
    done = commit(Quiet(), workspace, scan(Quiet(), workspace, [path], options))
    call = calls.get_call(workspace, done.imported[0].id)
    if in_place:
        path = path.rename(tmp_path / "moved.wav")
    else:
        for kept in workspace.audio_dir.rglob("*.wav"):
            kept.unlink()
    again = commit(Quiet(), workspace, scan(Quiet(), workspace, [path], options))
    assert [d.id for d in again.duplicates] == [call.id]
    assert any("it is back" in warning for warning in again.warnings)
    assert media.locate(workspace, call, call.tracks[0])[0].exists()
    third = commit(Quiet(), workspace, scan(Quiet(), workspace, [path], options))
    assert third.warnings == ()


def test_a_pipe_is_refused_at_once(workspace: Workspace, tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes on this system")
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)
    (failed,) = scan(Quiet(), workspace, [pipe], ImportOptions()).failed
    assert "no ordinary file" in failed.reason
