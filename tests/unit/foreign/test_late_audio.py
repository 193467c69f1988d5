"""A recording that turns up after its call was imported without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.calls import Call, Span
from app.domain.ratings import Answer, ItemRef
from app.domain.work import Quiet
from app.services import calls, layers, raters, rating, rubrics
from app.services.importing import foreign_commit, foreign_result
from app.services.importing.foreign import ForeignAudio, ForeignCall
from app.services.importing.foreign_result import ForeignResult
from app.services.importing.swap import swap_channels
from app.services.media import open_media
from app.services.workspace import Workspace
from tests.unit.foreign.foreign_support import RATE, TALK, FakeReader, call, speech, texts, voice
from tests.unit.services.conftest import rubric_body

MakeWav = Callable[..., Path]


def take(ws: Workspace, given: ForeignCall, **more: Any) -> ForeignResult:
    return foreign_commit.take_in(Quiet(), ws, FakeReader(given), Path("run"), **more)


def only(ws: Workspace) -> Call:
    with ws.db.read() as uow:
        (call_id,) = uow.connection.exec_driver_sql("SELECT id FROM call").scalars()
    return calls.get_call(ws, call_id)


@pytest.fixture
def pair(make_wav: MakeWav) -> tuple[ForeignAudio, ...]:
    """Both sides of `TALK` in a file each, 22 s."""
    return tuple(
        ForeignAudio(path=make_wav(f"{who}.wav", voice(who), RATE), channel_index=0, role=who)
        for who in ("caller", "agent")
    )


def test_the_call_is_given_its_recording_and_keeps_the_rest(
    workspace: Workspace, tmp_path: Path, pair: tuple[ForeignAudio, ...]
) -> None:
    (first,) = take(workspace, call(tmp_path)).items
    lead = raters.sign_in(workspace, "Lea", "lead")
    rubric = rubrics.add_rubric(workspace, rubrics.rubric_of(rubric_body("whole", "call")))
    criterion = rubric.criteria[0].id
    heard = ItemRef(kind="call", call_id=first.id, span=Span(0, 20 * RATE))
    rating.draft(workspace, lead, heard, criterion, Answer(status="observed", value=3))
    before = only(workspace)

    result = take(workspace, call(tmp_path, audio=pair, clock_s=22.0))
    assert (result.failed, result.duplicates) == ((), ())
    (item,) = result.items
    assert (item.id, item.code, item.added) == (first.id, before.code, ("caller", "agent"))
    assert "its recording was added to it" in item.warnings[0]

    after = only(workspace)
    assert (after.rate_hz, after.frame_count) == (before.rate_hz, 22 * RATE)
    assert [(t.role, t.offset_frames) for t in after.tracks] == [("caller", 0), ("agent", 0)]
    assert "audio_missing" not in {f.code for f in after.warnings}
    assert after.extra["wall_clock_s"] == 22.0
    assert after.extra["import"]["added_audio"][0]["roles"] == ["caller", "agent"]
    assert len(after.extra["import"]["files"]) == 2
    origins = [(x.kind, x.origin) for x in layers.layers(workspace, after.id)]
    assert origins[:2] == [("speech", "platform"), ("transcript", "platform")]
    assert origins[2:] == [("speech", "detector")]
    media = open_media(Quiet(), workspace, after)
    for who, start, end, _ in TALK:
        said = media.pcm(who)[round(start * RATE) : round(end * RATE)]
        assert np.abs(said).mean() > 0.02
    with workspace.db.read() as uow:
        kept = uow.connection.exec_driver_sql("SELECT count(*) FROM score").scalar_one()
    assert kept == 1

    again = take(workspace, call(tmp_path, audio=pair))
    assert (len(again.items), len(again.duplicates)) == (0, 1)


def test_the_other_half_of_a_recording_is_laid_beside_the_first(
    workspace: Workspace, tmp_path: Path, pair: tuple[ForeignAudio, ...]
) -> None:
    gone = replace(pair[1], path=tmp_path / "gone.wav")
    take(workspace, call(tmp_path, audio=(pair[0], gone)))
    assert [t.role for t in only(workspace).tracks] == ["caller"]
    (item,) = take(workspace, call(tmp_path, audio=pair)).items
    assert item.added == ("agent",)
    found = only(workspace)
    assert [t.role for t in found.tracks] == ["caller", "agent"]
    assert "track_missing" not in {f.code for f in found.warnings}


def test_a_recording_at_another_rate_lies_where_the_log_does(
    workspace: Workspace, tmp_path: Path, make_wav: MakeWav
) -> None:
    take(workspace, call(tmp_path))
    path = make_wav("slow.wav", voice("caller")[::2], RATE // 2)
    late = ForeignAudio(path=path, channel_index=0, role="caller", offset_s=0.5)
    take(workspace, call(tmp_path, audio=(late,)))
    found = only(workspace)
    (track,) = found.tracks
    assert (found.rate_hz, track.rate_hz, track.offset_frames) == (RATE, RATE // 2, RATE // 2)
    assert found.frame_count == round(22.5 * RATE)
    assert "track_missing" in {f.code for f in found.warnings}
    assert layers.layers(workspace, found.id)[-1].origin == "platform", "half cannot be detected"


@pytest.mark.parametrize(
    ("moved_s", "offset_s", "wanted_s"),
    [(0.0, -1.5, None), (1.5, 0.0, None), (1.5, 1.5, 0.0), (-2.0, 0.0, 2.0), (0.0, -0.0005, 0.0)],
)
def test_the_clock_of_the_stored_lines_says_where_the_recording_lies(
    workspace: Workspace,
    tmp_path: Path,
    pair: tuple[ForeignAudio, ...],
    moved_s: float,
    offset_s: float,
    wanted_s: float | None,
) -> None:
    late = tuple((w, a + 3, b + 3, t) for w, a, b, t in TALK)
    take(workspace, call(tmp_path, layers=(speech(late), texts(late))))
    moved = tuple((w, a + moved_s, b + moved_s, t) for w, a, b, t in late)
    given = call(
        tmp_path,
        layers=(speech(moved), texts(moved)),
        audio=tuple(replace(a, offset_s=offset_s) for a in pair),
    )
    result = take(workspace, given, detect=False)
    found = only(workspace)
    if wanted_s is None:
        assert result.items == ()
        (failure,) = result.failed
        assert f"begins 1.500 s before {found.code}" in failure.reason
        assert "another workspace" in failure.reason
        assert (found.tracks, found.frame_count) == ((), round(22.6 * RATE))
        return
    assert result.failed == ()
    assert [t.offset_frames for t in found.tracks] == [round(wanted_s * RATE)] * 2
    layer = layers.current_speech_layer(workspace, found.id)
    assert layer is not None
    assert min(s.span.start for s in layers.segments(workspace, layer.id)) == round(3.5 * RATE)


def test_the_shift_of_the_first_import_is_kept(
    workspace: Workspace, tmp_path: Path, pair: tuple[ForeignAudio, ...]
) -> None:
    early = replace(pair[0], offset_s=-1.5)
    gone = replace(pair[1], path=tmp_path / "gone.wav")
    take(workspace, call(tmp_path, audio=(early, gone)))
    take(workspace, call(tmp_path, audio=(early, replace(pair[1], offset_s=0.25))))
    assert [t.offset_frames for t in only(workspace).tracks] == [0, round(1.75 * RATE)]


def test_lines_that_lie_differently_are_no_clock(
    workspace: Workspace, tmp_path: Path, pair: tuple[ForeignAudio, ...]
) -> None:
    take(workspace, call(tmp_path))
    bent = tuple((w, a * 1.1, b * 1.1, t) for w, a, b, t in TALK)
    result = take(workspace, call(tmp_path, layers=(speech(bent),), audio=pair))
    assert "lie differently" in result.failed[0].reason
    assert only(workspace).tracks == ()


def test_swapped_speakers_are_not_given_the_wrong_half(
    workspace: Workspace, tmp_path: Path, pair: tuple[ForeignAudio, ...]
) -> None:
    gone = replace(pair[1], path=tmp_path / "gone.wav")
    take(workspace, call(tmp_path, audio=(pair[0], gone)))
    swap_channels(workspace, raters.sign_in(workspace, "Lea", "lead"), only(workspace).id)
    result = take(workspace, call(tmp_path, audio=pair))
    assert "swap them back" in result.failed[0].reason
    assert len(only(workspace).tracks) == 1


def test_a_recording_that_cannot_be_read_is_said_and_changes_nothing(
    workspace: Workspace, tmp_path: Path
) -> None:
    take(workspace, call(tmp_path))
    before = only(workspace)
    (tmp_path / "bad.wav").write_bytes(b"no audio" * 50)
    bad = ForeignAudio(path=tmp_path / "bad.wav", channel_index=0, role="caller")
    result = take(workspace, call(tmp_path, audio=(bad,)))
    assert (result.items, result.failed) == ((), ())
    assert any("left out" in words for words in foreign_result.remarks(result))
    assert only(workspace) == before


def test_a_dry_run_says_what_would_be_added(
    workspace: Workspace, tmp_path: Path, pair: tuple[ForeignAudio, ...]
) -> None:
    take(workspace, call(tmp_path))
    reader = FakeReader(call(tmp_path, audio=pair), call(tmp_path, "two"))
    found = foreign_commit.look(Quiet(), workspace, reader, tmp_path)
    assert foreign_result.to_lines(found)[-1] == (
        "1 to import, 1 already there and to be given their recording, 0 already there, 0 failed."
    )
    document = found.to_json()
    assert [x["title"] for x in document["found"]] == ["Call two"]
    assert [x["added"] for x in document["completed"]] == [["caller", "agent"]]
    assert only(workspace).tracks == ()
