"""The dry run: what it finds, and that it changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.domain.errors import Cancelled
from app.domain.imports import DryRun, ImportOptions, Pair
from app.domain.work import Quiet
from app.services.importing import scan, to_json, to_lines
from app.services.workspace import Workspace
from tests.unit.importing.conftest import LINES, RATE, TALK, put_json, voices

Maker = Callable[..., Path]


def look(ws: Workspace, *paths: Path, **options: object) -> DryRun:
    """A dry run of `paths`."""
    return scan(Quiet(), ws, list(paths), ImportOptions(**options))  # type: ignore[arg-type]


def snapshot(folder: Path) -> dict[str, int]:
    """Every file below `folder` with its size."""
    return {str(p): p.stat().st_size for p in folder.rglob("*") if p.is_file()}


def codes(found: DryRun) -> set[str]:
    """Codes of all findings."""
    return {f.code for e in found.entries for f in e.findings}


def test_one_file_is_described_and_nothing_written(workspace: Workspace, stereo: Maker) -> None:
    path = stereo("call.wav")
    before = snapshot(workspace.audio_dir)
    entry = look(workspace, path).fresh[0]
    assert (entry.rate_hz, entry.audio[0].channels, entry.audio[0].frame_count) == (RATE, 2, 32000)
    assert entry.guess.channel_map == "caller,agent"
    assert not entry.confirmed
    assert snapshot(workspace.audio_dir) == before
    with workspace.db.read() as uow:
        assert len(uow.calls.resolve("CB-00001")) == 0


@pytest.mark.parametrize(("swap", "expected"), [(False, "caller,agent"), (True, "agent,caller")])
def test_the_transcript_tells_who_is_where(
    workspace: Workspace, make_wav: Maker, tmp_path: Path, swap: bool, expected: str
) -> None:
    samples = voices(*TALK)
    path = make_wav("call.wav", samples[:, ::-1] if swap else samples, RATE)
    put_json(tmp_path / "call.json")
    entry = look(workspace, path).fresh[0]
    assert entry.guess.channel_map == expected
    assert entry.guess.confidence > 0.9
    assert "louder" in entry.guess.reason


def test_a_given_map_that_the_transcript_contradicts_is_said(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    path = stereo("call.wav")
    put_json(tmp_path / "call.json")
    found = look(workspace, path, channels="agent,caller")
    assert found.fresh[0].guess.channel_map == "agent,caller"
    assert "channels_look_swapped" in codes(found)


def test_odd_recordings_are_found(workspace: Workspace, make_wav: Maker) -> None:
    base = voices(*TALK)
    one = base[:, :1]
    paths = [
        make_wav("silent.wav", base * np.array([1.0, 0.0]), RATE),
        make_wav("same.wav", np.hstack([one, one]), RATE),
        make_wav("loud.wav", np.clip(voices(*TALK, seed=2) * 40, -1, 1), RATE),
        make_wav("mono.wav", one * 0.9, RATE),
    ]
    found = {e.path.name: e for e in look(workspace, *paths).fresh}
    kinds = {name: {f.code for f in e.findings} for name, e in found.items()}
    assert "silent_channel" in kinds["silent.wav"]
    assert "identical_channels" in kinds["same.wav"]
    assert found["same.wav"].guess.channel_map == "mono"
    assert "clipping" in kinds["loud.wav"]
    assert kinds["mono.wav"] == {"mono_mix"}
    assert "latency" in next(iter(found["mono.wav"].findings)).voids


def test_broken_files_are_listed_with_a_remedy_and_the_rest_goes_on(
    workspace: Workspace, stereo: Maker, make_wav: Maker, tmp_path: Path
) -> None:
    good = stereo("good.wav")
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("this is no audio " * 50)
    (tmp_path / "picture.mp3").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 500)
    make_wav("six.wav", np.zeros((800, 6)), RATE)
    shutil.copy(good, tmp_path / "named.mp3")
    cut = stereo("cut.wav", seed=9)
    cut.write_bytes(cut.read_bytes()[:20_000])
    found = look(workspace, tmp_path)
    reasons = {Path(f.path).name: f.reason for f in found.failed}
    assert set(reasons) == {"empty.wav", "text.wav", "picture.mp3", "six.wav"}
    assert "0 bytes" in reasons["empty.wav"]
    assert "6 channels" in reasons["six.wav"]
    assert "truncated" in codes(found)
    assert [e.path.name for e in found.duplicates] == ["named.mp3"]
    assert {e.path.name for e in found.fresh} == {"good.wav", "cut.wav"}


def test_duplicates_within_the_folder_and_of_the_workspace(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    from app.services.importing import commit

    first = stereo("a.wav")
    shutil.copy(first, tmp_path / "b.wav")
    found = look(workspace, tmp_path)
    assert [e.path.name for e in found.fresh] == ["a.wav"]
    twin = found.duplicates[0].duplicate
    assert twin is not None
    assert twin.path == first
    done = commit(Quiet(), workspace, found, detect=False)
    again = look(workspace, tmp_path)
    assert not again.fresh
    assert {e.duplicate.call_id for e in again.duplicates if e.duplicate} == {done.imported[0].id}


def test_companions_go_with_their_recording(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    path = stereo("one.wav")
    stereo("two.wav", seed=2)
    put_json(tmp_path / "one_transcript.json")
    (tmp_path / "one.vtt").write_text("WEBVTT\n\n00:00.200 --> 00:01.000\n<v caller>hi\n")
    (tmp_path / "one.caller_turns.txt").write_text("0.2\t1.2\thi\n")
    (tmp_path / "one.meta.json").write_text('{"agent": "Ada", "tags": ["vip"], "crm": 7}')
    (tmp_path / "lost.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nhi\n")
    (tmp_path / "one.txt").write_text("just some notes\nof mine\n")
    found = look(workspace, tmp_path)
    entry = next(e for e in found.fresh if e.path == path)
    assert {t.path.name for t in entry.transcripts} == {
        "one_transcript.json",
        "one.vtt",
        "one.caller_turns.txt",
    }
    assert entry.meta["agent"] == "Ada"
    assert entry.meta["extra"] == {"crm": 7}
    assert [Path(p).name for p in found.unused] == ["lost.srt", "one.txt"]
    assert not next(e for e in found.fresh if e.path.name == "two.wav").transcripts


def test_a_broken_transcript_does_not_stop_its_recording(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    stereo("call.wav")
    (tmp_path / "call.json").write_text('{"segments": [')
    entry = look(workspace, tmp_path).fresh[0]
    assert entry.transcripts[0].error
    assert any("call.json" in w for w in entry.warnings)


def test_a_transcript_longer_than_the_audio_is_a_finding(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    stereo("call.wav")
    late = {"start_s": 90.0, "end_s": 95.0, "speaker": "agent", "text": "late"}
    put_json(tmp_path / "call.json", [*LINES, late])
    assert "transcript_longer_than_audio" in codes(look(workspace, tmp_path))


def test_two_mono_files_are_one_call(workspace: Workspace, make_wav: Maker) -> None:
    base = voices(*TALK)
    caller = make_wav("x_caller.wav", base[:, :1], RATE)
    agent = make_wav("x_agent.wav", base[: 3 * RATE, 1:], RATE)
    entry = look(workspace, caller.parent).fresh[0]
    assert [a.role for a in entry.audio] == ["caller", "agent"]
    assert entry.title == "x"
    found = look(workspace, pairs=(Pair(caller=agent, agent=caller, offset_s=1.5),))
    assert found.fresh[0].duration_s == pytest.approx(5.5)
    assert len(look(workspace, caller.parent, pair_by_name=False).fresh) == 2


def test_stereo_files_named_like_a_pair_stay_apart(workspace: Workspace, stereo: Maker) -> None:
    stereo("x_left.wav")
    path = stereo("x_right.wav", seed=4)
    assert len(look(workspace, path.parent).fresh) == 2


def test_path_tricks(workspace: Workspace, stereo: Maker, tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    stereo("calls/deep/call.wav")
    stereo("calls/.hidden.wav", seed=3)
    (folder / "new\nline.wav").write_bytes((folder / "deep/call.wav").read_bytes()[:-4])
    (folder / "Thumbs.db").write_bytes(b"x")
    (folder / "readme.pdf").write_bytes(b"%PDF")
    (folder / "deep" / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "same.wav").symlink_to(folder / "deep" / "call.wav")
    (folder / "gone.wav").symlink_to(folder / "nowhere.wav")
    found = look(workspace, folder, folder / ".." / "calls", tmp_path / "missing")
    assert len(found.entries) == 2
    assert found.ignored == 3
    reasons = {Path(f.path).name: f.reason for f in found.failed}
    assert set(reasons) == {"gone.wav", "missing"}
    assert all("\n" not in line for line in to_lines(found))
    assert any("\\x0a" in e["path"] for e in to_json(found)["found"])


def test_a_thousand_files_of_which_fifty_are_broken(
    workspace: Workspace, make_wav: Maker, tmp_path: Path
) -> None:
    data = make_wav("calls/0000.wav", voices(*TALK, seconds=0.5)[:400], RATE).read_bytes()
    for number in range(1, 1000):
        body = b"RIFF broken" if number % 20 == 0 else data[:-2] + number.to_bytes(2, "little")
        (tmp_path / "calls" / f"{number:04d}.wav").write_bytes(body)
    steps: list[tuple[int, int]] = []

    class Watch(Quiet):
        def progress(self, done: int, total: int, note: str = "") -> None:
            steps.append((done, total))

    found = scan(Watch(), workspace, [tmp_path / "calls"])
    assert len(found.failed) == 49
    assert len(found.fresh) == 951
    assert steps[-1] == (1000, 1000)


def test_cancelling_stops_the_scan(workspace: Workspace, stereo: Maker) -> None:
    path = stereo("a.wav")

    class Stop(Quiet):
        def raise_if_cancelled(self) -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        scan(Stop(), workspace, [path.parent])


def test_ten_milliseconds_and_nan_samples(
    workspace: Workspace, make_wav: Maker, tmp_path: Path
) -> None:
    import soundfile

    make_wav("short.wav", voices(*TALK)[:80], RATE)
    samples = voices(*TALK, seed=5).astype(np.float32)
    samples[100:200] = np.nan
    soundfile.write(tmp_path / "nan.wav", samples, RATE, subtype="FLOAT")
    found = look(workspace, tmp_path)
    assert not found.failed
    assert "nan_samples" in codes(found)


def test_a_side_car_loses_nothing(workspace: Workspace, stereo: Maker, tmp_path: Path) -> None:
    stereo("call.wav")
    sidecar = '{"title": "a\\nb", "recorded_at": "yesterday", "attempt": "two", "tags": ["x"]}'
    (tmp_path / "call.meta.json").write_text(sidecar)
    entry = look(workspace, tmp_path).fresh[0]
    assert entry.title == "a b"
    assert entry.meta["tags"] == ["x"]
    assert entry.meta["extra"] == {"recorded_at": "yesterday", "attempt": "two"}


def test_a_json_of_call_fields_alone_is_no_broken_transcript(
    workspace: Workspace, stereo: Maker, tmp_path: Path
) -> None:
    stereo("call.wav")
    (tmp_path / "call.json").write_text('{"agent": "Ada", "agent_version": "1.2"}')
    entry = look(workspace, tmp_path).fresh[0]
    assert (entry.meta["agent"], entry.warnings) == ("Ada", ())
