"""Retell: words in seconds of the audio; what stands between utterances has their place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.services.importing.foreign import ForeignCall
from app.services.importing.readers import reader, sniffed
from tests.unit.foreign_vendors.vendor_payloads import TALK, put_json, put_sound, retell

ReadOne = Callable[[str, Path], ForeignCall]


def test_lines_events_and_facts(tmp_path: Path, read_one: ReadOne) -> None:
    put_sound(tmp_path / "recording_multichannel.wav", ("agent", "caller"))
    path = put_json(tmp_path / "call.json", retell())
    assert sniffed(path) is reader("retell")
    call = read_one("retell", path)
    heard = call.layers[-1]
    assert [(r.speaker, r.start_s, round(r.end_s, 6)) for r in heard.lines] == [
        (s, a, b) for s, a, b, _ in TALK
    ]
    assert heard.lines[0].words[0][0] == "Hello,"
    assert {a.role: a.channel_index for a in call.audio} == {"caller": 1, "agent": 0}
    assert any("swapped" in w for w in call.warnings)
    assert call.agent == "Booker"
    assert call.agent_version == "3"
    assert call.outcome == "user_hangup"
    assert call.recorded_at == "2026-01-01T00:00:00.000000Z"
    assert call.metrics["latency"]["e2e"]["p50"] == 812


def test_place_in_the_list_is_the_time_unless_one_is_given(
    tmp_path: Path, read_one: ReadOne
) -> None:
    call = read_one("retell", put_json(tmp_path / "call.json", retell()))
    found = {e.label: (e.kind, round(e.start_s, 6), e.end_s) for e in call.events}
    assert found == {
        "find_slot": ("tool", 5.2, None),
        "node: Book": ("other", 5.2, None),
        "1": ("dtmf", 5.2, None),
        "text message": ("other", 5.4, None),
    }


def test_tool_calls_with_times_have_a_length_and_tell_that_they_failed(
    tmp_path: Path, read_one: ReadOne
) -> None:
    raw = retell()
    raw["transcript_with_tool_calls"][3]["time_sec"] = 5.21
    raw["transcript_with_tool_calls"][4] |= {"time_sec": 5.553, "successful": False}
    call = read_one("retell", put_json(tmp_path / "call.json", raw))
    tool = next(e for e in call.events if e.kind == "tool")
    assert (tool.label, tool.start_s, tool.end_s) == ("find_slot 343 ms, failed", 5.21, 5.553)


def test_third_party_is_no_line_but_a_transfer(tmp_path: Path, read_one: ReadOne) -> None:
    raw = retell(disconnection_reason="call_transfer")
    raw["transcript_with_tool_calls"].append(
        {"role": "transfer_target", "content": "Desk.", "words": []}
    )
    call = read_one("retell", put_json(tmp_path / "call.json", raw))
    assert [e.label for e in call.events if e.kind == "transfer"] == [
        "third party on the line",
        "transferred",
    ]
    assert any("party that the call was transferred to" in x for x in call.losses)
    assert len(call.layers[-1].lines) == 4


def test_utterances_without_words_are_losses(tmp_path: Path, read_one: ReadOne) -> None:
    raw = retell()
    raw["transcript_with_tool_calls"][0]["words"] = []
    call = read_one("retell", put_json(tmp_path / "call.json", raw))
    assert len(call.layers[-1].lines) == 3
    assert "1 of its entries have no timed words and are no lines (first: 1)." in call.losses


@pytest.mark.parametrize("wrapped", [False, True])
def test_webhook_and_plain_list_of_utterances(
    tmp_path: Path, read_one: ReadOne, wrapped: bool
) -> None:
    raw = retell()
    del raw["transcript_with_tool_calls"]
    body: Any = {"event": "call_ended", "call": raw} if wrapped else raw
    call = read_one("retell", put_json(tmp_path / "call.json", body))
    assert len(call.layers[-1].lines) == 4


def test_lengths_that_disagree_are_said(tmp_path: Path, read_one: ReadOne) -> None:
    call = read_one("retell", put_json(tmp_path / "call.json", retell(duration_ms=20_000)))
    assert call.duration_s == 20
    assert any("20.0 s" in w and "8.0 s" in w for w in call.warnings)


def test_name_that_any_call_could_have_is_not_shared_by_two(
    tmp_path: Path, read_all: Callable[[str, Path], list[Any]]
) -> None:
    put_json(tmp_path / "a.json", retell())
    put_json(tmp_path / "b.json", retell(call_id="call_other_1"))
    put_sound(tmp_path / "recording_multichannel.wav")
    put_sound(tmp_path / "call_other_1_multichannel.wav")
    first, second = read_all("retell", tmp_path)
    assert first.audio == ()
    assert second.audio[0].path.name == "call_other_1_multichannel.wav"
