"""Carrying out a dry run: whole calls, copies by content, nothing left half done."""

from __future__ import annotations

import errno
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Cancelled
from app.domain.imports import DryRun, ImportChoices, ImportOptions, ImportResult
from app.domain.work import Quiet
from app.services import layers, raters
from app.services.calls import get_call
from app.services.importing import commit, scan, store, swap_channels
from app.services.media import locate
from app.services.workspace import Workspace
from tests.unit.importing.conftest import LINES, RATE, TALK, put_json, voices

Maker = Callable[..., Path]


def look(ws: Workspace, *paths: Path, **options: Any) -> DryRun:
    """A dry run of `paths`."""
    return scan(Quiet(), ws, list(paths), ImportOptions(**options))


def take(
    ws: Workspace, *paths: Path, choices: ImportChoices | None = None, **options: Any
) -> ImportResult:
    """Scan and commit without speech detection."""
    return commit(Quiet(), ws, look(ws, *paths, **options), choices, detect=False)


def stored(ws: Workspace) -> list[Path]:
    """Audio files in the workspace, locks aside."""
    return [p for p in ws.audio_dir.rglob("*") if p.is_file() and p.name != ".import.lock"]


def test_a_call_with_its_transcript(workspace: Workspace, stereo: Maker, tmp_path: Path) -> None:
    path = stereo("call.wav")
    put_json(tmp_path / "call.json", language="en")
    meta = {
        "agent": "Ada", "agent_version": "2", "scenario": "bank.complaint", "attempt": 3,
        "recorded_at": "2026-11-20T10:00:00Z", "tags": ["vip"], "crm": {"id": 7},
        "events": [{"kind": "tool", "start_s": 1.0, "label": "lookup"}, {"kind": "bad"}],
    }  # fmt: skip
    (tmp_path / "call.meta.json").write_text(json.dumps(meta))
    done = take(workspace, path)
    assert done.to_json()["failed"] == []
    call = get_call(workspace, done.imported[0].id)
    assert (call.rate_hz, call.frame_count, call.title) == (RATE, 32000, "call")
    assert (call.agent, call.agent_version, call.scenario_key) == ("Ada", "2", "bank.complaint")
    assert (call.attempt, call.language, call.tags) == (3, "en", ("vip",))
    assert call.extra["crm"] == {"id": 7}
    assert call.extra["events"] == [{"kind": "tool", "start": RATE, "label": "lookup"}]
    assert [(t.role, t.channel_index) for t in call.tracks] == [("caller", 0), ("agent", 1)]
    text = layers.transcript(workspace, call.id)
    assert [(s.speaker, s.text) for s in text] == [(x["speaker"], x["text"]) for x in LINES]
    assert [s.span.start for s in text] == [1600, 12000, 22400]
    speech = layers.current_speech_layer(workspace, call.id)
    assert speech is not None
    assert (speech.origin, speech.producer) == ("import", "import/json")
    assert speech.params["encoding"] == "utf-8"


def test_the_copy_lies_under_its_content(workspace: Workspace, stereo: Maker) -> None:
    path = stereo("call.wav")
    call = get_call(workspace, take(workspace, path).imported[0].id)
    copy, is_ours = locate(workspace, call, call.tracks[0])
    assert is_ours
    assert copy.read_bytes() == path.read_bytes()
    assert stored(workspace) == [copy]


def test_in_place_copies_nothing(workspace: Workspace, stereo: Maker) -> None:
    path = stereo("call.wav")
    call = get_call(workspace, take(workspace, path, in_place=True).imported[0].id)
    assert stored(workspace) == []
    assert locate(workspace, call, call.tracks[0]) == (path.resolve(), False)


def test_importing_again_adds_nothing(workspace: Workspace, stereo: Maker, tmp_path: Path) -> None:
    path = stereo("call.wav")
    first = take(workspace, path)
    shutil.copy(path, tmp_path / "renamed.wav")
    again = take(workspace, path, tmp_path / "renamed.wav")
    assert again.imported == ()
    assert {d.id for d in again.duplicates} == {first.imported[0].id}
    assert len(again.duplicates) == 2


def test_a_map_is_confirmed_once_for_its_source(workspace: Workspace, stereo: Maker) -> None:
    path = stereo("calls/a.wav")
    found = look(workspace, path)
    source = found.fresh[0].source
    assert set(found.sources) == {source}
    choices = ImportChoices(channel_maps={source: "agent,caller"})
    done = commit(Quiet(), workspace, found, choices, detect=False)
    call = get_call(workspace, done.imported[0].id)
    assert call.channel_map == "agent,caller"
    assert [(t.role, t.channel_index) for t in call.tracks] == [("caller", 1), ("agent", 0)]
    stereo("calls/b.wav", seed=8)
    later = look(workspace, path.parent)
    assert later.fresh[0].confirmed
    assert later.fresh[0].guess.channel_map == "agent,caller"
    assert later.sources == {}


def test_swap(workspace: Workspace, stereo: Maker, make_wav: Maker) -> None:
    from app.domain.errors import BadInput

    viewer = raters.sign_in(workspace, "Lea", "lead")
    call_id = take(workspace, stereo("call.wav")).imported[0].id
    swap_channels(workspace, viewer, call_id)
    call = get_call(workspace, call_id)
    assert call.channel_map == "agent,caller"
    assert call.tracks[0].channel_index == 1
    mono = take(workspace, make_wav("mono.wav", voices(*TALK)[:, 0], RATE)).imported[0].id
    with pytest.raises(BadInput, match="mono"):
        swap_channels(workspace, viewer, mono)


def test_two_files_with_an_offset(workspace: Workspace, make_wav: Maker) -> None:
    base = voices(*TALK)
    caller = make_wav("x_user.wav", base[:, 0], RATE)
    make_wav("x_assistant.wav", base[:16000, 1], 16000)
    done = take(workspace, caller.parent, pair_by_name=True, pair_offset_s=0.5)
    call = get_call(workspace, done.imported[0].id)
    agent = call.track("agent")
    assert agent is not None
    assert (call.rate_hz, agent.rate_hz, agent.offset_frames) == (16000, 16000, 8000)
    assert call.frame_count == 64000
    back = take(workspace, caller.parent, pair_offset_s=-0.5)
    shifted = get_call(workspace, back.imported[0].id).track("caller")
    assert shifted is not None
    assert shifted.offset_frames == 8000


def test_lines_beyond_the_end_are_left_out_and_said(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    stereo("call.wav")
    late = {"start_s": 90.0, "end_s": 95.0, "speaker": "agent", "text": "late"}
    put_json(tmp_path / "call.json", [*LINES, late])
    done = take(workspace, tmp_path)
    assert len(layers.transcript(workspace, done.imported[0].id)) == 3
    assert any("beyond the end" in w for w in done.warnings)


def test_a_file_changed_since_the_dry_run_fails_alone(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    good, changed = stereo("good.wav"), stereo("changed.wav", seed=2)
    found = look(workspace, tmp_path)
    changed.write_bytes(changed.read_bytes() + b"xx")
    done = commit(Quiet(), workspace, found, detect=False)
    assert [Path(i.path) for i in done.imported] == [good]
    assert "changed" in done.failed[0].reason
    assert len(stored(workspace)) == 1


def test_a_full_disk_names_the_remedy_and_leaves_nothing(
    workspace: Workspace, stereo: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stereo("call.wav")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    found = look(workspace, path)
    with monkeypatch.context() as patch:
        patch.setattr(store.os, "fsync", full)
        done = commit(Quiet(), workspace, found, detect=False)
    assert "disk is full" in done.failed[0].reason
    assert stored(workspace) == []
    assert len(take(workspace, path).imported) == 1


def test_a_read_only_workspace_says_so(workspace: Workspace, stereo: Maker) -> None:
    path = stereo("call.wav")
    found = look(workspace, path)
    shutil.rmtree(workspace.audio_dir)
    workspace.audio_dir.write_text("a file where the folder was")
    done = commit(Quiet(), workspace, found, detect=False)
    assert done.imported == ()
    assert "cannot be written" in done.failed[0].reason


def test_a_kill_between_file_and_call_leaves_no_orphan(
    workspace: Workspace, stereo: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stereo("call.wav")

    class Killed(BaseException):
        pass

    def die(*_args: object) -> None:
        raise Killed

    found = look(workspace, path)
    with monkeypatch.context() as patch:
        patch.setattr(sys.modules["app.services.importing.commit"], "_store_call", die)
        with pytest.raises(Killed):
            commit(Quiet(), workspace, found, detect=False)
    left = stored(workspace)
    assert len(left) == 1
    half = left[0].with_name("x.wav.1.import.part")
    half.write_bytes(b"half")
    assert store.sweep(workspace) == 1
    assert stored(workspace) == left  # whole, and perhaps the only copy there is
    done = take(workspace, path)
    assert stored(workspace) == left
    assert len(done.imported) == 1


def test_cancelling_keeps_whole_calls_only(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    for seed in range(5):
        stereo(f"{seed}.wav", seed=seed)
    found = look(workspace, tmp_path)

    class StopAtThird(Quiet):
        done = 0

        def progress(self, done: int, total: int, note: str = "") -> None:
            self.done = done

        def raise_if_cancelled(self) -> None:
            if self.done >= 2:
                raise Cancelled

    with pytest.raises(Cancelled):
        commit(StopAtThird(), workspace, found, detect=False)
    assert 1 <= len(stored(workspace)) <= 3
    again = take(workspace, tmp_path)
    assert len(again.imported) + len(again.duplicates) == 5


def test_unknown_speakers_can_be_named(workspace: Workspace, stereo: Maker, tmp_path: Path) -> None:
    stereo("call.wav")
    lines = [{**x, "speaker": {"caller": "S1", "agent": "S2"}[str(x["speaker"])]} for x in LINES]
    put_json(tmp_path / "call.json", lines)
    done = take(workspace, tmp_path, speakers={"S1": "agent", "S2": "caller"})
    text = layers.transcript(workspace, done.imported[0].id)
    assert [s.speaker for s in text] == ["agent", "caller", "agent"]


def test_a_transcript_named_for_a_known_call_is_added_to_it_once(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    path = stereo("calls/call.wav")
    call_id = take(workspace, path).imported[0].id
    assert layers.transcript(workspace, call_id) == ()
    later = put_json(tmp_path / "later.json")
    for _ in range(2):
        done = take(workspace, path, transcript=later)
        assert [d.id for d in done.duplicates] == [call_id]
    assert len(layers.transcript(workspace, call_id)) == 3
    assert [x.kind for x in layers.layers(workspace, call_id)] == ["speech", "transcript"]


def test_a_map_given_for_an_import_holds_for_its_source(
    workspace: Workspace, stereo: Maker
) -> None:
    path = stereo("calls/a.wav")
    take(workspace, path, channels="agent,caller")
    stereo("calls/b.wav", seed=8)
    assert look(workspace, path.parent).fresh[0].guess.channel_map == "agent,caller"
