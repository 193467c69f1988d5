"""Full-Duplex-Bench: samples of each version, words with and without ends, labels and figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.errors import BadInput
from app.domain.work import Quiet
from app.eval.turns import fdb_files
from app.services.importing.foreign import ForeignCall, ForeignFailure
from app.services.importing.readers import reader, sniffed
from tests.audio_files import write_wav
from tests.unit.foreign_vendors.vendor_payloads import (
    RATE,
    TALK,
    chunks,
    put_fdb,
    put_json,
    put_side,
    sound,
)

ReadOne = Callable[[str, Path], ForeignCall]
ReadAll = Callable[[str, Path], list[Any]]


@pytest.mark.parametrize(
    "name", ["", "synthetic_user_interruption", "synthetic_user_interruption/7"]
)
def test_sample_with_all_its_files(tmp_path: Path, read_one: ReadOne, name: str) -> None:
    put_fdb(tmp_path / "synthetic_user_interruption" / "7")
    path = tmp_path / name
    assert sniffed(path) is reader("fdb")
    call = read_one("fdb", path)
    assert {a.role: a.path.name for a in call.audio} == {
        "caller": "input.wav",
        "agent": "output.wav",
    }
    assert call.conditions["version"] == "1"
    assert call.conditions["task"] == "synthetic_user_interruption"
    assert call.scenario_key == "synthetic_user_interruption"
    assert call.metrics == {"rating": 4.0, "stop_s": [0.5], "response_s": [0.5, 0.4]}
    assert sorted((e.label, e.start_s, e.end_s) for e in call.events) == [
        ("interruption", 4.0, 5.2),
        ("turn end", 1.5, None),
    ]
    planned, speech, heard = call.layers
    assert planned.text_role == "intended"
    assert planned.lines[0].text == "Friday, in the morning."
    assert heard.text_role == "heard"
    found = sorted((r.start_s, r.speaker, r.text) for r in heard.lines)
    assert found == sorted((t[1], t[0], t[3]) for t in TALK)
    assert speech.kind == "speech"
    assert any("words without an end" in x for x in call.losses)


def test_its_documents_are_what_the_benchmarks_rules_read(
    tmp_path: Path, read_one: ReadOne
) -> None:
    call = read_one("fdb", put_fdb(tmp_path / "task" / "1"))
    files = fdb_files.read(call.documents)
    assert files.words is not None
    assert len(files.words) == 10
    assert files.interruptions == ((4.0, 5.2),)
    assert files.responses == ((1.5, 2.0), (5.2, 5.6))


def test_word_without_an_end_stops_at_the_next_one(tmp_path: Path, read_one: ReadOne) -> None:
    folder = put_fdb(tmp_path / "task" / "1")
    output = chunks("agent")
    output["chunks"][0]["timestamp"][1] = None
    put_json(folder / "output.json", output)
    call = read_one("fdb", folder)
    words = next(r for r in call.layers[-1].lines if r.speaker == "agent").words
    first, second = words[0], words[1]
    assert first[2] == pytest.approx(min(second[1], first[1] + 0.3))


def test_clean_twin_is_a_call_of_its_own(tmp_path: Path, read_all: ReadAll) -> None:
    folder = put_fdb(tmp_path / "user_backchannel" / "3")
    put_side(folder / "clean_input.wav", "caller")
    write_wav(folder / "clean_output.wav", sound()[:, 1] * 0.5, RATE)
    put_json(folder / "clean_output.json", chunks("agent"))
    put_json(folder / "metadata.json", {
        "context_text": "Book.", "current_turn_text": "mm-hm", "timestamps": [2.4, 2.9]
    })  # fmt: skip
    put_json(folder / "content_tag.json", {"behaviour": ["C_RESUME"]})
    overlapped, clean = read_all("fdb", tmp_path)
    assert overlapped.conditions["version"] == clean.conditions["version"] == "1.5"
    assert (overlapped.conditions["clean"], clean.conditions["clean"]) == (False, True)
    assert overlapped.metrics["behaviour"] == ["C_RESUME"]
    assert clean.metrics == {}
    assert ("overlap", 2.4, 2.9) in [(e.label, e.start_s, e.end_s) for e in overlapped.events]
    assert clean.events == ()
    assert overlapped.extra["platform"]["current_turn_text"] == "mm-hm"
    assert "fdb/output.json" in clean.documents
    assert overlapped.identity != clean.identity


def test_examiner_is_the_caller_in_version_two(tmp_path: Path, read_one: ReadOne) -> None:
    folder = tmp_path / "Daily" / "12"
    folder.mkdir(parents=True)
    put_side(folder / "A.wav", "caller")
    put_side(folder / "B.wav", "agent")
    put_json(folder / "B.json", chunks("agent"))
    call = read_one("fdb", folder)
    assert {a.role: a.path.name for a in call.audio} == {"caller": "A.wav", "agent": "B.wav"}
    assert call.conditions["version"] == "2"


def test_answer_that_lost_the_silence_before_it_is_said(tmp_path: Path, read_one: ReadOne) -> None:
    folder = put_fdb(tmp_path / "task" / "1")
    write_wav(folder / "output.wav", sound()[: 5 * RATE, 1], RATE)
    call = read_one("fdb", folder)
    assert any("its times are too early" in w for w in call.warnings)


def test_samples_without_an_answer_and_broken_files_are_named(
    tmp_path: Path, read_all: ReadAll
) -> None:
    put_fdb(tmp_path / "task" / "1")
    (tmp_path / "task" / "1" / "rating.json").write_text("{", "utf-8")
    (tmp_path / "task" / "2").mkdir()
    put_side(tmp_path / "task" / "2" / "input.wav", "caller")
    (tmp_path / "task" / "3").mkdir()
    for name in ("input.wav", "output.wav"):
        (tmp_path / "task" / "3" / name).write_bytes(b"no sound")
    first, second, third = read_all("fdb", tmp_path)
    assert any("rating.json is no valid JSON" in x for x in first.losses)
    assert first.documents["fdb/rating.json"] == b"{"
    assert isinstance(second, ForeignFailure)
    assert "has not answered" in second.reason
    assert isinstance(third, ForeignFailure)
    assert "Neither input.wav nor output.wav can be used." in third.reason


def test_stereo_file_gives_its_first_channel(tmp_path: Path, read_one: ReadOne) -> None:
    folder = put_fdb(tmp_path / "task" / "1")
    write_wav(folder / "output.wav", np.repeat(sound()[:, 1:], 2, axis=1), RATE)
    call = read_one("fdb", folder)
    assert any("output.wav has two channels" in w for w in call.warnings)


def test_folder_without_samples_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert not reader("fdb").sniff(tmp_path)
    with pytest.raises(BadInput):
        list(reader("fdb").read(Quiet(), tmp_path))
