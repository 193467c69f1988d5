"""Calls of another system in the workspace: with a recording, with half of one, with none."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.calls import Call, Finding
from app.domain.errors import BadInput, Cancelled
from app.domain.text_roles import text_role
from app.domain.work import Quiet
from app.services import calls, documents, layers, timing
from app.services.importing import foreign_commit
from app.services.importing.foreign import (
    ForeignAudio,
    ForeignCall,
    ForeignEvent,
    ForeignFailure,
    ForeignLayer,
    ForeignLine,
)
from app.services.importing.foreign_result import ForeignItem, ForeignResult
from app.services.media import open_media
from app.services.workspace import Workspace
from tests.unit.foreign.foreign_support import RATE, TALK, FakeReader, call, speech, texts, voice

MakeWav = Callable[..., Path]


def take(ws: Workspace, *found: ForeignCall | ForeignFailure, **more: Any) -> ForeignResult:
    return foreign_commit.take_in(Quiet(), ws, FakeReader(*found), Path("run"), **more)


def stored(ws: Workspace, given: ForeignCall, **more: Any) -> tuple[Call, ForeignItem]:
    """The call as it is in the workspace, and what was said of it."""
    result = take(ws, given, **more)
    assert not result.failed, result.failed
    item = result.items[0]
    return calls.get_call(ws, item.id), item


def codes(found: Call) -> list[str]:
    return [f.code for f in found.warnings]


@pytest.fixture
def pair(make_wav: MakeWav) -> tuple[ForeignAudio, ForeignAudio]:
    """Both sides of `TALK` in a file each."""
    return tuple(  # type: ignore[return-value]
        ForeignAudio(path=make_wav(f"{who}.wav", voice(who), RATE), channel_index=0, role=who)
        for who in ("caller", "agent")
    )


def test_a_call_without_a_recording_has_its_log_in_its_place(
    workspace: Workspace, tmp_path: Path
) -> None:
    found, item = stored(workspace, call(tmp_path))
    assert (found.tracks, found.rate_hz, found.channel_map) == ((), 16_000, "caller,agent")
    assert found.frame_count == 20 * 16_000
    assert codes(found) == ["audio_missing"]
    assert found.warnings[0].voids == ()
    assert "came without a recording" in item.warnings[0]
    layer = layers.current_speech_layer(workspace, found.id)
    assert layer is not None
    assert layer.origin == "platform"
    turns = timing.turn_set(workspace, found.id).turns
    assert [(t.speaker, t.span.start) for t in turns] == [
        (who, round(start * 16_000)) for who, start, _, _ in TALK
    ]
    assert [t.text for t in turns] == [text for *_, text in TALK]


def test_both_sides_in_a_file_each_are_detected_and_keep_their_log(
    workspace: Workspace, tmp_path: Path, pair: tuple[ForeignAudio, ...]
) -> None:
    found, item = stored(workspace, call(tmp_path, audio=pair))
    assert [(t.role, t.offset_frames) for t in found.tracks] == [("caller", 0), ("agent", 0)]
    assert "audio_missing" not in codes(found)
    assert "mono_mix" not in codes(found)
    origins = {(x.kind, x.origin) for x in layers.layers(workspace, found.id)}
    assert origins == {("speech", "platform"), ("transcript", "platform"), ("speech", "detector")}
    assert item.missing == ()
    for track in found.tracks:
        assert list(workspace.audio_path(track.audio_sha256, ".wav").parent.glob("*.wav"))


def test_a_track_that_began_before_the_call_moves_all_the_rest(
    workspace: Workspace, tmp_path: Path, pair: tuple[ForeignAudio, ...]
) -> None:
    given = call(
        tmp_path,
        audio=(pair[0], replace(pair[1], offset_s=-1.5)),
        events=(ForeignEvent(kind="tool", start_s=3.0, label="look up"),),
    )
    found, _ = stored(workspace, given, detect=False)
    assert [t.offset_frames for t in found.tracks] == [round(1.5 * RATE), 0]
    layer = layers.current_speech_layer(workspace, found.id)
    assert layer is not None
    first = min(s.span.start for s in layers.segments(workspace, layer.id))
    assert first == round((0.5 + 1.5) * RATE)
    assert found.extra["events"][0]["start"] == round(4.5 * RATE)
    assert found.extra["import"]["shift_s"] == 1.5


@pytest.mark.parametrize(
    ("channels", "wanted"), [((0, 1), "caller,agent"), ((1, 0), "agent,caller")]
)
def test_one_file_with_both_sides(
    workspace: Workspace,
    tmp_path: Path,
    make_wav: MakeWav,
    channels: tuple[int, int],
    wanted: str,
) -> None:
    sides = [voice("caller"), voice("agent")]
    path = make_wav("both.wav", np.stack([sides[c] for c in channels], axis=1), RATE)
    audio = (
        ForeignAudio(path=path, channel_index=channels[0], role="caller"),
        ForeignAudio(path=path, channel_index=channels[1], role="agent"),
    )
    found, _ = stored(workspace, call(tmp_path, audio=audio), detect=False)
    assert found.channel_map == wanted
    assert {t.role: t.channel_index for t in found.tracks} == {
        "caller": channels[0],
        "agent": channels[1],
    }
    media = open_media(Quiet(), workspace, found)
    for who, start, end, _ in TALK:
        said = media.pcm(who)[round(start * RATE) : round(end * RATE)]
        other = media.pcm("agent" if who == "caller" else "caller")
        assert np.abs(said).mean() > 20 * np.abs(other[round(start * RATE) :][:1000]).mean()


def test_a_mix_stands_alone_and_gives_way_to_the_speakers_own_channels(
    workspace: Workspace, tmp_path: Path, make_wav: MakeWav, pair: tuple[ForeignAudio, ...]
) -> None:
    mix = ForeignAudio(
        path=make_wav("mix.wav", voice("caller") + voice("agent"), RATE),
        channel_index=0,
        role="mix",
    )
    alone, _ = stored(workspace, call(tmp_path, audio=(mix,)), detect=False)
    assert (alone.channel_map, [t.role for t in alone.tracks]) == ("mono", ["mix"])
    assert "mono_mix" in codes(alone)
    beside, _ = stored(workspace, call(tmp_path, "two", audio=(mix, *pair)), detect=False)
    assert [t.role for t in beside.tracks] == ["caller", "agent"]


def test_half_a_recording_is_taken_in_and_the_log_stays_in_force(
    workspace: Workspace, tmp_path: Path, pair: tuple[ForeignAudio, ...]
) -> None:
    gone = replace(pair[1], path=tmp_path / "gone.wav")
    found, item = stored(workspace, call(tmp_path, audio=(pair[0], gone)))
    assert [t.role for t in found.tracks] == ["caller"]
    assert "track_missing" in codes(found)
    assert item.missing == ("gone.wav",)
    layer = layers.current_speech_layer(workspace, found.id)
    assert layer is not None
    assert layer.origin == "platform"


@pytest.mark.parametrize("body", [b"", b"RIFF", b"no audio at all" * 50])
def test_a_recording_that_cannot_be_used_leaves_the_call_without_it(
    workspace: Workspace, tmp_path: Path, body: bytes
) -> None:
    (tmp_path / "bad.wav").write_bytes(body)
    audio = (ForeignAudio(path=tmp_path / "bad.wav", channel_index=0, role="caller"),)
    found, item = stored(workspace, call(tmp_path, audio=audio))
    assert found.tracks == ()
    assert codes(found) == ["audio_unusable", "audio_missing"]
    assert item.missing == ("bad.wav",)


def test_a_channel_that_the_file_lacks_is_missing(
    workspace: Workspace, tmp_path: Path, pair: tuple[ForeignAudio, ...]
) -> None:
    found, item = stored(
        workspace, call(tmp_path, audio=(replace(pair[0], channel_index=1),)), detect=False
    )
    assert found.tracks == ()
    assert item.missing == ("channel 2 of caller.wav",)


def test_the_log_may_go_on_a_little_after_the_recording_but_not_for_ever(
    workspace: Workspace, tmp_path: Path, pair: tuple[ForeignAudio, ...]
) -> None:
    late = (*TALK, ("agent", 30.0, 32.0, "late"), ("agent", 5_000.0, 5_001.0, "damage"))
    found, item = stored(workspace, call(tmp_path, audio=pair, layers=(texts(late),)), detect=False)
    assert found.frame_count == (22 + 60) * RATE
    assert [s.text for s in layers.transcript(workspace, found.id)][-1] == "late"
    assert any("1 line outside the call" in w for w in item.warnings)


def test_importing_again_adds_nothing(workspace: Workspace, tmp_path: Path) -> None:
    first = take(workspace, call(tmp_path), call(tmp_path, "two"))
    again = take(workspace, call(tmp_path / "elsewhere"), call(tmp_path, "two"))
    assert (len(first.items), len(again.items)) == (2, 0)
    assert [d.id for d in again.duplicates] == [i.id for i in first.items]
    other_source = replace(call(tmp_path), source="other")
    assert len(take(workspace, other_source).items) == 1


def test_a_dry_run_says_the_same_and_writes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace, call(tmp_path, "known"))
    found = foreign_commit.look(
        Quiet(),
        workspace,
        FakeReader(call(tmp_path), call(tmp_path), call(tmp_path, "known")),
        tmp_path,
    )
    assert [i.call.identity for i in found.items] == ["one"]
    assert [d.call.identity for d in found.duplicates] == ["one", "known"]
    document = found.to_json()
    assert document["dry_run"] is True
    assert document["imported"] == []
    assert [x["lines"] for x in document["found"][0]["layers"]] == [6, 6]
    with workspace.db.read() as uow:
        assert uow.connection.exec_driver_sql("SELECT count(*) FROM call").scalar_one() == 1


def test_what_cannot_be_read_is_reported_and_the_rest_comes_in(
    workspace: Workspace, tmp_path: Path
) -> None:
    result = take(
        workspace,
        ForeignFailure(path=tmp_path / "x", reason="It is broken."),
        call(tmp_path, documents={"a.json": "no bytes"}),  # a reader's own fault
        call(tmp_path, "two"),
    )
    assert [i.call.identity for i in result.items] == ["two"]
    reasons = [f.reason for f in result.failed]
    assert reasons[0] == "It is broken."
    assert len(reasons) == 2
    with workspace.db.read() as uow:
        assert uow.connection.exec_driver_sql("SELECT count(*) FROM call").scalar_one() == 1


def test_cancelling_keeps_what_is_in(workspace: Workspace, tmp_path: Path) -> None:
    class Impatient(Quiet):
        seen = 0

        def raise_if_cancelled(self) -> None:
            self.seen += 1
            if self.seen > 1:
                raise Cancelled

    with pytest.raises(Cancelled):
        foreign_commit.take_in(
            Impatient(),
            workspace,
            FakeReader(call(tmp_path), call(tmp_path, "two")),
            tmp_path,
        )
    with workspace.db.read() as uow:
        assert uow.connection.exec_driver_sql("SELECT count(*) FROM call").scalar_one() == 1


def test_evidence_is_stored_apart_from_what_is_measured_here(
    workspace: Workspace, tmp_path: Path
) -> None:
    given = call(
        tmp_path,
        conditions={"noise": "coffee_shop", "snr_db": 15},
        metrics={"reward": 1.0},
        extra={"fake": {"turns": 3}, "responses": [{"start_s": 6.4, "stages": {"asr": 1}}]},
        events=(
            ForeignEvent(kind="tool", start_s=13.0, end_s=14.0, label="get"),
            ForeignEvent(kind="dtmf", start_s=1.0, label="5"),
            ForeignEvent(kind="other", start_s=math.nan),
        ),
        unknown=("x.y",),
        losses=("The video.",),
        findings=(Finding(code="odd_log", message="It is odd.", voids=("overlap",)),),
        agent="bot",
        scenario_key="a.b",
        attempt=3,
        tags=("x", "", "x"),
    )
    found, item = stored(workspace, given)
    extra = found.extra
    assert extra["conditions"] == {"noise": "coffee_shop", "snr_db": 15}
    assert extra["reported_metrics"] == {"reward": 1.0}
    assert extra["fake"] == {"turns": 3}
    assert extra["responses"] == [{"start": round(6.4 * 16_000), "stages": {"asr": 1}}]
    assert [(e["kind"], e["start"], e.get("end")) for e in extra["events"]] == [
        ("dtmf", 16_000, None),
        ("tool", 13 * 16_000, 14 * 16_000),
    ]
    assert extra["import"]["unknown"] == ["x.y"]
    assert extra["import"]["losses"] == ["The video."]
    assert codes(found) == ["audio_missing", "odd_log"]
    assert (found.agent, found.scenario_key, found.attempt, found.tags) == ("bot", "a.b", 3, ("x",))
    told = item.to_json()
    assert (told["losses"], told["unknown"], told["audio"]) == (["The video."], ["x.y"], "missing")


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"clock_s": 21.5}, {"wall_clock_s": 21.5}),
        ({"clock_s": 21, "clock_slack_s": 1.0}, {"wall_clock_s": 21, "wall_clock_slack_s": 1.0}),
        ({"clock_s": math.inf, "clock_slack_s": 1.0}, {}),
        ({"clock_s": 0.0}, {}),
        ({}, {}),
    ],
)
def test_the_stated_length_is_kept_beside_the_calls_own(
    workspace: Workspace, tmp_path: Path, told: dict[str, Any], kept: dict[str, Any]
) -> None:
    found, _ = stored(workspace, call(tmp_path, **told))
    assert found.frame_count == 20 * 16_000
    assert {k: v for k, v in found.extra.items() if k.startswith("wall_clock")} == kept


def test_roles_of_texts_are_kept_and_the_last_layer_is_in_force(
    workspace: Workspace, tmp_path: Path
) -> None:
    heard = texts(tuple((w, a, b, t.upper()) for w, a, b, t in TALK), "heard")
    found, _ = stored(workspace, call(tmp_path, layers=(speech(), heard, texts())))
    roles = [text_role(x) for x in layers.layers(workspace, found.id) if x.kind == "transcript"]
    assert roles == ["heard", "intended"]
    assert layers.transcript(workspace, found.id)[0].text == TALK[0][3]


def test_estimated_times_void_the_figures_that_rest_on_them(
    workspace: Workspace, tmp_path: Path
) -> None:
    given = call(tmp_path, layers=(speech(time_basis="estimated"), texts()))
    found, _ = stored(workspace, given)
    assert "times_estimated" in codes(found)
    assert set(timing.turn_set(workspace, found.id).voids) == {"latency", "overlap", "interruption"}


def test_no_secret_gets_into_the_database(workspace: Workspace, tmp_path: Path) -> None:
    secret = "sk-live-0123456789abcdefXYZ"
    given = call(
        tmp_path,
        documents={
            "fake/config.json": json.dumps({"api_key": secret, "deep": [{"t": secret}]}).encode(),
            "fake/log.txt": f"Authorization: Bearer {secret}".encode(),
        },
        conditions={"headers": {"Authorization": secret}},
        extra={"note": f"used {secret}", "token": secret},
        metrics={"key_id": 1, "api_key": secret},
    )
    found, _ = stored(workspace, given)
    assert secret not in json.dumps(found.extra)
    for document in documents.documents(workspace, found.id):
        assert secret.encode() not in documents.read(workspace, found.id, document.name)


@pytest.mark.parametrize(
    "line",
    [
        ForeignLine(speaker="caller", start_s=math.nan, end_s=1.0),
        ForeignLine(speaker="caller", start_s=0.0, end_s=math.inf),
        ForeignLine(speaker="caller", start_s=-9.0, end_s=-8.0),
        ForeignLine(speaker="caller", start_s=1e12, end_s=1e12),
        ForeignLine(speaker="someone", start_s=0.0, end_s=1.0),  # type: ignore[arg-type]
    ],
)
def test_lines_that_cannot_be_placed_are_left_out_and_counted(
    workspace: Workspace, tmp_path: Path, line: ForeignLine
) -> None:
    good = ForeignLine(speaker="agent", start_s=1.0, end_s=2.0)
    layer = ForeignLayer(kind="speech", name="log", producer="x", lines=(line, good))
    found, item = stored(workspace, call(tmp_path, layers=(layer,)))
    kept = layers.current_speech_layer(workspace, found.id)
    assert kept is not None
    assert len(layers.segments(workspace, kept.id)) == 1
    assert any("1 line outside" in w for w in item.warnings)
    assert found.frame_count == 20 * 16_000


def test_lines_are_cut_to_the_call_and_never_end_before_they_begin(
    workspace: Workspace, tmp_path: Path
) -> None:
    lines = (
        ForeignLine(speaker="caller", start_s=-1.0, end_s=1.0),
        ForeignLine(speaker="agent", start_s=5.0, end_s=4.0),
    )
    layer = ForeignLayer(kind="speech", name="log", producer="x", lines=lines)
    found, _ = stored(workspace, call(tmp_path, layers=(layer,)))
    kept = layers.current_speech_layer(workspace, found.id)
    assert kept is not None
    spans = [(s.span.start, s.span.end) for s in layers.segments(workspace, kept.id)]
    assert spans == [(0, 16_000), (80_000, 80_001)]


def test_hostile_text_is_stored_as_text(workspace: Workspace, tmp_path: Path) -> None:
    odd = "a\x00b\ud800 <b>x</b>\u202e\n\n c"
    given = call(
        tmp_path,
        title=odd,
        agent=odd,
        layers=(speech(), texts((("caller", 0.0, 1.0, odd),))),
        extra={"k": odd},
    )
    found, _ = stored(workspace, given)
    assert "\x00" not in found.title
    assert layers.transcript(workspace, found.id)[0].text == "a�b� <b>x</b>\u202e c"


def test_nothing_known_still_makes_a_call_of_a_second(workspace: Workspace, tmp_path: Path) -> None:
    found, _ = stored(workspace, call(tmp_path, layers=(), duration_s=None))
    assert found.frame_count == 16_000


def test_speech_of_a_call_without_a_recording_cannot_be_detected(
    workspace: Workspace, tmp_path: Path
) -> None:
    from app.services import intake

    found, _ = stored(workspace, call(tmp_path))
    with pytest.raises(BadInput, match="without a recording"):
        timing.detect(Quiet(), workspace, found)
    assert intake.detect_missing(Quiet(), workspace, [found.id]) == []
    assert [x.origin for x in layers.layers(workspace, found.id)] == ["platform", "platform"]
