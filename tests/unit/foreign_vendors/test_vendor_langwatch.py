"""LangWatch: the conversation is rebuilt from its segments; full.wav is on no clock."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from app.domain.errors import BadInput
from app.domain.work import Quiet
from app.services.importing.foreign import ForeignCall, ForeignFailure
from app.services.importing.readers import reader, segment_wav, sniffed
from app.services.importing.readers.segment_wav import Piece
from tests.audio_files import int16, tone, write_wav
from tests.unit.foreign_vendors.vendor_payloads import (
    RATE,
    TALK,
    put_json,
    put_langwatch,
    sound,
)

ReadOne = Callable[[str, Path], ForeignCall]


@pytest.fixture(autouse=True)
def _own_scratch(tmp_path_factory: pytest.TempPathFactory, monkeypatch: Any) -> None:
    folder = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr(segment_wav, "scratch", lambda: folder)


@pytest.mark.parametrize("name", ["run", "run/manifest.json"])
def test_each_segment_lies_at_its_time_on_its_side(
    tmp_path: Path, read_one: ReadOne, name: str
) -> None:
    put_langwatch(tmp_path / "run")
    path = tmp_path / name
    assert sniffed(path) is reader("langwatch")
    call = read_one("langwatch", path)
    made, rate = soundfile.read(call.audio[0].path, dtype="int16")
    assert rate == RATE
    assert [a.role for a in call.audio] == ["caller", "agent"]
    whole, wanted = int16(sound()), np.zeros((len(made), 2), np.int16)
    for side, start, end, _ in TALK:
        column, first, last = (
            ("caller", "agent").index(side),
            round(start * RATE),
            round(end * RATE),
        )
        wanted[first:last, column] = whole[first:last, column]
    np.testing.assert_array_equal(made, wanted)


def test_lines_events_and_figures(tmp_path: Path, read_one: ReadOne) -> None:
    call = read_one("langwatch", put_langwatch(tmp_path / "run"))
    speech, intended = call.layers
    assert [(r.speaker, r.start_s, round(r.end_s, 6)) for r in speech.lines] == [
        t[:3] for t in TALK
    ]
    assert intended.text_role == "intended"
    assert [(e.kind, e.label) for e in call.events] == [
        ("barge_in", "caller interrupts Pipecat"),
        ("tool", "find_slot 343 ms"),
    ]
    assert call.metrics == {"response_latency_s": [0.5]}
    assert any("full.wav was not used" in x for x in call.losses)
    assert call.warnings == ()


def test_segments_in_spite_of_the_manifest(tmp_path: Path, read_one: ReadOne) -> None:
    folder = put_langwatch(tmp_path / "run")
    part = tone(2.2, RATE)
    write_wav(folder / "segments" / "01-agent-2000ms.wav", part, RATE)
    call = read_one("langwatch", folder)
    assert call.layers[0].lines[1].end_s == pytest.approx(4.2)
    assert any(w.startswith("1 segments are not as long") for w in call.warnings)


def test_interruption_without_a_caller_and_overlapping_segments_are_said(
    tmp_path: Path, read_one: ReadOne
) -> None:
    folder = put_langwatch(tmp_path / "run", events=[{"time": 6.5, "type": "user_interrupt"}])
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"start_time": 5.6', '"start_time": 3'))
    call = read_one("langwatch", folder)
    assert any("the caller says nothing there" in w for w in call.warnings)
    assert any("segments of the agent begin before" in w for w in call.warnings)


def test_missing_segments_leave_silence_and_are_said(tmp_path: Path, read_one: ReadOne) -> None:
    folder = put_langwatch(tmp_path / "run")
    (folder / "segments" / "00-user-0500ms.wav").unlink()
    call = read_one("langwatch", folder)
    assert any(x.startswith("1 segments have no usable recording") for x in call.losses)
    assert len(call.layers[0].lines) == 4
    made, _ = soundfile.read(call.audio[0].path)
    assert not made[: 3 * RATE, 0].any()


def test_file_names_lead_nowhere_else(tmp_path: Path, read_one: ReadOne) -> None:
    folder = put_langwatch(tmp_path / "run")
    write_wav(tmp_path / "secret.wav", tone(1.0, RATE), RATE)
    manifest = folder / "manifest.json"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("segments/00-user-0500ms.wav", "../secret.wav"))
    call = read_one("langwatch", folder)
    assert any(x.startswith("1 segments have no usable recording") for x in call.losses)


def test_several_runs_with_a_broken_one(
    tmp_path: Path, read_all: Callable[[str, Path], list[Any]]
) -> None:
    put_langwatch(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "manifest.json").write_text('{"segments": [{"start_time": 1,', "utf-8")
    put_langwatch(tmp_path / "c", generated_at="2026-01-02T00:00:00+00:00")
    first, second, third = read_all("langwatch", tmp_path)
    assert isinstance(second, ForeignFailure)
    assert first.identity != third.identity


def test_rendered_file_lives_until_the_next_call_is_asked_for(tmp_path: Path) -> None:
    put_langwatch(tmp_path / "a")
    put_langwatch(tmp_path / "b")
    calls = reader("langwatch").read(Quiet(), tmp_path)
    first = next(calls)
    assert isinstance(first, ForeignCall)
    assert first.audio[0].path.is_file()
    second = next(calls)
    assert isinstance(second, ForeignCall)
    assert not first.audio[0].path.exists()
    assert second.audio[0].path.is_file()


def test_pieces_of_other_rates_are_converted_and_overlaps_are_added(tmp_path: Path) -> None:
    low = write_wav(tmp_path / "low.wav", tone(1.0, 8000, 300, 0.25), 8000)
    high = write_wav(tmp_path / "high.wav", tone(1.0, 16_000, 300, 0.25), 16_000)
    pieces = [
        Piece(low, "agent", 0.0, 1.0, 8000),
        Piece(high, "agent", 0.0, 1.0, 16_000),
    ]
    made, rate = soundfile.read(segment_wav.render(Quiet(), pieces, tmp_path / "out.wav"))
    assert rate == 16_000
    middle = made[4000:12_000]
    assert not middle[:, 0].any()
    assert float(np.abs(middle[:, 1]).max()) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("start_s", [7 * 3600.0, 1e9])
def test_spans_beyond_reason_are_refused(tmp_path: Path, start_s: float) -> None:
    path = write_wav(tmp_path / "a.wav", tone(0.1, RATE), RATE)
    with pytest.raises(BadInput):
        segment_wav.render(Quiet(), [Piece(path, "agent", start_s, 0.1, RATE)], tmp_path / "o.wav")


def test_rates_of_no_speech_system_are_refused(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", tone(0.1, 47_999), 47_999)
    with pytest.raises(BadInput):
        segment_wav.probed(path, "agent", 0.0)


def test_manifest_of_something_else_is_refused(tmp_path: Path) -> None:
    path = put_json(tmp_path / "manifest.json", {"name": "web app", "icons": []})
    assert not reader("langwatch").sniff(path)
    with pytest.raises(BadInput):
        list(reader("langwatch").read(Quiet(), path))
