"""Each platform's call taken into a workspace by the importer, with all that it brings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain import stages
from app.domain.calls import Call
from app.domain.events import reported
from app.domain.work import Quiet
from app.eval.base import Watch
from app.eval.registry import build
from app.services.calls import get_call
from app.services.evaluating import inputs
from app.services.importing import foreign_commit
from app.services.importing.readers import reader
from app.services.media import locate, open_media
from app.services.workspace import Workspace
from tests.unit.foreign_vendors.vendor_payloads import (
    EPOCH_S,
    RATE,
    RE_SID,
    TALK,
    elevenlabs,
    livekit,
    put_fdb,
    put_json,
    put_langwatch,
    put_pipecat,
    put_sound,
    retell,
    twilio_recording,
    twilio_sentences,
    vapi,
)


def _json(name: str, value: Callable[[], Any], sound: str) -> Callable[[Path], Path]:
    def put(folder: Path) -> Path:
        put_sound(folder / sound)
        return put_json(folder / name, value())

    return put


def _twilio() -> dict[str, Any]:
    return {"recording": twilio_recording(), "sentences": twilio_sentences()}


PUT: dict[str, Callable[[Path], Path]] = {
    "vapi": _json("call.json", vapi, "abc1-stereo.wav"),
    "retell": _json("call.json", retell, "recording_multichannel.wav"),
    "elevenlabs": _json("call.json", elevenlabs, "call.wav"),
    "twilio": _json("call.json", _twilio, f"{RE_SID}.wav"),
    "livekit": _json("report.json", livekit, "audio_1.wav"),
    "langwatch": lambda folder: put_langwatch(folder / "run"),
    "pipecat": lambda folder: put_pipecat(folder / "run"),
    "fdb": lambda folder: put_fdb(folder / "task" / "1"),
}


def taken(ws: Workspace, source: str, path: Path) -> Call:
    result = foreign_commit.take_in(Quiet(), ws, reader(source), path, detect=False)
    assert result.failed == ()
    (item,) = result.items
    return get_call(ws, item.id)


@pytest.mark.parametrize("source", PUT)
def test_call_is_stored_with_both_sides_where_they_speak(
    tmp_path: Path, workspace: Workspace, source: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    call = taken(workspace, source, PUT[source](folder))
    assert call.rate_hz == RATE
    media = open_media(Quiet(), workspace, call)
    by_role = {r: np.asarray(media.pcm(r), np.float64) for r in media.roles}
    for side, start, end, _ in TALK:
        part = slice(round(start * RATE), round(end * RATE))
        other = "agent" if side == "caller" else "caller"
        assert np.abs(by_role[side][part]).mean() > 10 * np.abs(by_role[other][part]).mean()
    again = foreign_commit.take_in(
        Quiet(), workspace, reader(source), PUT[source](folder), detect=False
    )
    assert again.items == ()
    assert [d.id for d in again.duplicates] == [call.id]


def _vapi(seconds: float) -> dict[str, Any]:
    return vapi(endedAt=f"2026-01-01T00:00:{seconds:06.3f}Z")


def _retell(seconds: float) -> dict[str, Any]:
    ended = int((EPOCH_S + seconds) * 1000)
    return retell(duration_ms=int(seconds * 1000), end_timestamp=ended)


def _elevenlabs(seconds: float) -> dict[str, Any]:
    raw = elevenlabs()
    raw["metadata"]["call_duration_secs"] = int(seconds)
    return raw


def _recorded(seconds: float) -> dict[str, Any]:
    return {"recording": twilio_recording(duration=str(int(seconds)))}


STATED: dict[str, tuple[Callable[[float], Any], str]] = {
    "vapi": (_vapi, "abc1-stereo.wav"),
    "retell": (_retell, "recording_multichannel.wav"),
    "elevenlabs": (_elevenlabs, "call.wav"),
    "twilio": (_recorded, f"{RE_SID}.wav"),
}


@pytest.mark.parametrize("source", STATED)
@pytest.mark.parametrize(("stated_s", "differs"), [(8.4, False), (9.0, False), (12.0, True)])
def test_recording_is_held_against_the_length_that_the_platform_states(
    tmp_path: Path, workspace: Workspace, source: str, stated_s: float, differs: bool
) -> None:
    payload, sound = STATED[source]
    put_sound(tmp_path / sound)
    call = taken(workspace, source, put_json(tmp_path / "call.json", payload(stated_s)))
    assert call.frame_count == 8 * RATE, "the recording's own length"
    assert int(call.extra["wall_clock_s"]) == int(stated_s)
    evaluator = build("signal.integrity")
    on = inputs.shelf(workspace, call.id)
    assert on is not None
    found = evaluator.evaluate(inputs.load(workspace, on, evaluator), Watch())
    assert ("length_differs" in {f.code for f in found.findings}) == differs


@pytest.mark.parametrize("source", ["vapi", "retell", "twilio", "livekit", "langwatch", "fdb"])
def test_reported_speech_and_texts_are_stored_in_frames(
    tmp_path: Path, workspace: Workspace, source: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    call = taken(workspace, source, PUT[source](folder))
    with workspace.db.read() as uow:
        layers = uow.layers.of_call(call.id)
        speech = next(x for x in layers if x.kind == "speech")
        spans = [(s.speaker, s.span.start, s.span.end) for s in uow.layers.segments(speech)]
        newest = [x for x in layers if x.kind == "transcript"][-1]
        texts = [(s.speaker, s.text) for s in uow.layers.segments(newest)]
        documents = {row.name for row in uow.documents.of_call(call.id)}
    assert all(x.origin == "platform" for x in layers)
    wanted = [(s, round(a * RATE), round(b * RATE)) for s, a, b, _ in TALK]
    for (speaker, start, end), (side, first, last) in zip(
        sorted(spans, key=lambda s: s[1]), wanted
    ):
        assert speaker == side
        assert abs(start - first) <= 1
        assert abs(end - last) <= RATE * (0.3 if source == "fdb" else 0.001)
    assert sorted(texts) == sorted((s, t) for s, _, _, t in TALK)
    assert any(name.startswith(f"{source}/") for name in documents)


def test_reported_stages_and_tool_calls_reach_the_review(
    tmp_path: Path, workspace: Workspace
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    call = taken(workspace, "livekit", PUT["livekit"](folder))
    found = stages.parse(call.extra["responses"], call.frame_count)
    assert [r.start for r in found] == [2 * RATE, round(5.6 * RATE)]
    assert found[0].total_ms == 480
    tool = next(e for e in reported(call.extra["events"], call.frame_count) if e.kind == "tool")
    assert tool.label == "find_slot 343 ms"
    assert (tool.span.start, tool.span.end) == (round(5.21 * RATE), round(5.553 * RATE))
    assert call.extra["reported_metrics"]["e2e_latency_s"] == [0.48, 0.48]


def test_call_without_its_recording_still_comes_in(tmp_path: Path, workspace: Workspace) -> None:
    call = taken(workspace, "vapi", put_json(tmp_path / "call.json", vapi()))
    assert call.tracks == ()
    assert call.frame_count / call.rate_hz == 8
    assert any("recordingUrl was not downloaded" in x for x in call.extra["import"]["losses"])
    assert any(f.code == "audio_missing" for f in call.warnings)


def test_rendered_recording_of_segments_is_the_workspaces_own(
    tmp_path: Path, workspace: Workspace
) -> None:
    call = taken(workspace, "langwatch", put_langwatch(tmp_path / "run"))
    path, owned = locate(workspace, call, call.tracks[0])
    assert owned
    assert path.is_relative_to(workspace.path)


def test_rendered_recording_is_copied_even_in_place(tmp_path: Path, workspace: Workspace) -> None:
    from app.services.importing import foreign_intake

    folder = put_langwatch(tmp_path / "run")
    found = foreign_intake.take_in(Quiet(), workspace, "langwatch", [folder], in_place=True)
    (item,) = found.items
    call = get_call(workspace, item.id)
    path, owned = locate(workspace, call, call.tracks[0])
    assert owned
    assert path.is_relative_to(workspace.path)
    assert {f["path"] for f in call.extra["import"]["files"]} == {""}
