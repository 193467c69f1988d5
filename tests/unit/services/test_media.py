"""A call's sound: roles, rates, offsets, originals that moved or changed."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.domain.calls import Call, ChannelMap, Track, TrackRole
from app.domain.errors import BadInput, NotFound
from app.domain.ids import new_id
from app.domain.new import AudioBlob
from app.domain.work import Quiet
from app.eval import detection
from app.services import media
from app.services.media import CallMedia
from app.services.workspace import Workspace
from tests.audio_files import clicks, dialogue, int16, write_flac, write_mp3, write_wav

RATE = 16_000


def add(ws: Workspace, path: Path, *, in_place: bool = False) -> str:
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    if not in_place:
        target = ws.audio_path(sha256, path.suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    blob = AudioBlob(
        sha256=sha256,
        ext=path.suffix,
        size_bytes=path.stat().st_size,
        path=str(path) if in_place else None,
    )
    with ws.db.machine() as uow:
        uow.calls.add_blob(blob)
    return sha256


def track(role: TrackRole, sha256: str, channel: int = 0, **kw: int) -> Track:
    rate = kw.pop("rate_hz", RATE)
    return Track(
        id=new_id(),
        role=role,
        audio_sha256=sha256,
        channel_index=channel,
        rate_hz=rate,
        frame_count=kw.pop("frame_count", 3 * rate),
        **kw,
    )


def call(*tracks: Track, rate_hz: int = RATE, channel_map: ChannelMap = "caller,agent") -> Call:
    return Call(
        id=new_id(),
        code="CB-00007",
        title="",
        rate_hz=rate_hz,
        frame_count=3 * rate_hz,
        channel_map=channel_map,
        tracks=tracks,
        source_path="",
        content_sha256="",
        imported_at="",
    )


class Watching(Quiet):
    def __init__(self) -> None:
        self.seen: list[CallMedia] = []

    def partial(self, value: object) -> None:
        assert isinstance(value, CallMedia)
        self.seen.append(value)


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
def test_stereo_by_role(workspace: Workspace, tmp_path: Path, name: str, swapped: bool) -> None:
    source = dialogue(3, RATE)
    write = write_wav if name == "a.wav" else write_flac
    sha256 = add(workspace, write(tmp_path / name, source, RATE))
    left, right = ("agent", "caller") if swapped else ("caller", "agent")
    opened = media.open_media(
        Quiet(), workspace, call(track(left, sha256, 0), track(right, sha256, 1))
    )
    assert opened.complete
    assert opened.frames_ready == opened.frame_count == 3 * RATE
    assert np.array_equal(opened.pcm(left), int16(source)[:, 0])
    assert np.array_equal(opened.pcm(right), int16(source)[:, 1])
    peaks = opened.peaks(right)
    assert peaks.channels == 1
    assert peaks.read(0, 0, 3 * RATE, 1)[1][0] == int16(source)[:, 1].max()
    with pytest.raises(NotFound, match="no mix track"):
        opened.pcm("mix")


def test_mono_mix(workspace: Workspace, tmp_path: Path) -> None:
    sha256 = add(workspace, write_mp3(tmp_path / "a.mp3", clicks(3, RATE), RATE))
    opened = media.open_media(Quiet(), workspace, call(track("mix", sha256), channel_map="mono"))
    assert opened.roles == ("mix",)
    assert len(opened.pcm("mix")) == 3 * RATE
    assert [f.code for f in detection.sound_findings(opened)][-1] == "mono_mix"


def test_two_files_of_other_rates_with_an_offset_share_one_time_line(
    workspace: Workspace, tmp_path: Path
) -> None:
    caller = add(workspace, write_wav(tmp_path / "c.wav", clicks(2, 8_000), 8_000))
    agent = add(workspace, write_flac(tmp_path / "a.flac", clicks(2, RATE), RATE))
    opened = media.open_media(
        Quiet(),
        workspace,
        call(
            track("caller", caller, rate_hz=8_000),
            track("agent", agent, offset_frames=RATE // 4),
        ),
    )
    loud = {role: np.abs(opened.pcm(role).astype(int)) for role in opened.roles}
    assert int(loud["caller"][:RATE].argmax()) == RATE // 2
    assert int(loud["agent"][:RATE].argmax()) == RATE // 2 + RATE // 4
    for role, place in (("caller", 0.5), ("agent", 0.75)):
        hi = opened.peaks(role).read(0, 0, RATE / 100, 100)[1]
        assert int(hi.argmax()) == round(100 * place)


def test_parts_come_while_decoding(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.audio import decode_job

    monkeypatch.setattr(decode_job, "PARTIAL_INTERVAL_S", 0.0)
    source = dialogue(20, RATE)
    sha256 = add(workspace, write_flac(tmp_path / "a.flac", source, RATE))
    watch = Watching()
    whole = replace(
        call(track("caller", sha256, 0), track("agent", sha256, 1)), frame_count=20 * RATE
    )
    media.open_media(watch, workspace, whole)
    assert watch.seen
    for part in watch.seen:
        assert not part.complete
        assert part.roles == ("caller", "agent")
        ready = part.frames_ready
        assert 0 < ready <= 20 * RATE
        assert np.array_equal(part.pcm("agent"), int16(source)[:ready, 1])


def test_recording_that_is_gone(workspace: Workspace, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", clicks(3, RATE), RATE)
    sha256 = add(workspace, path)
    workspace.audio_path(sha256, ".wav").unlink()
    with pytest.raises(NotFound, match="missing from the workspace"):
        media.open_media(Quiet(), workspace, call(track("mix", sha256), channel_map="mono"))


def test_original_in_place_is_used_moved_or_changed(workspace: Workspace, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", clicks(3, RATE), RATE)
    sha256 = add(workspace, path, in_place=True)
    one = call(track("mix", sha256), channel_map="mono")
    opened = media.open_media(Quiet(), workspace, one)
    assert list((workspace.cache_dir / "pcm").glob("*.pcm")), "it may be cut, so it is copied"
    path.write_bytes(path.read_bytes()[:1000])
    assert np.array_equal(opened.pcm("mix"), int16(clicks(3, RATE)))
    with pytest.raises(BadInput, match="has changed since it was imported"):
        media.open_media(Quiet(), workspace, one)
    path.unlink()
    with pytest.raises(NotFound, match="not where it was"):
        media.open_media(Quiet(), workspace, one)


def test_more_channels_expected_than_there_are(workspace: Workspace, tmp_path: Path) -> None:
    sha256 = add(workspace, write_wav(tmp_path / "a.wav", clicks(3, RATE), RATE))
    with pytest.raises(BadInput, match="expects 2 channels"):
        media.open_media(
            Quiet(), workspace, call(track("caller", sha256, 0), track("agent", sha256, 1))
        )


def test_cap_comes_from_the_settings(workspace: Workspace) -> None:
    with workspace.db.machine() as uow:
        uow.settings.put("pcm_cache_gb", 3)
    assert media.audio_store(workspace)._pcm._cap == 3 * 10**9
