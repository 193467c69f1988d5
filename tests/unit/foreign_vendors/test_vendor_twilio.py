"""Twilio: parts that find each other, channels by leg, and who is the agent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.services.importing.foreign import ForeignCall
from app.services.importing.readers import reader, sniffed
from tests.audio_files import write_wav
from tests.unit.foreign_vendors.vendor_payloads import (
    CA_SID,
    GT_SID,
    RATE,
    RE_SID,
    TALK,
    put_json,
    put_sound,
    sound,
    twilio_recording,
    twilio_sentences,
    twilio_transcript,
)

ReadOne = Callable[[str, Path], ForeignCall]


def combined(**more: Any) -> dict[str, Any]:
    return {"recording": twilio_recording(), "sentences": twilio_sentences(), **more}


def test_channel_one_is_the_parent_leg(tmp_path: Path, read_one: ReadOne) -> None:
    put_sound(tmp_path / f"{RE_SID}.wav")
    path = put_json(tmp_path / "call.json", combined())
    assert sniffed(path) is reader("twilio")
    call = read_one("twilio", path)
    speech, heard = call.layers
    assert [(r.speaker, r.start_s, r.end_s) for r in speech.lines] == [t[:3] for t in TALK]
    assert heard.text_role == "heard"
    assert heard.lines[0].confidence == 0.93
    assert heard.lines[0].words[0][:2] == ("Hello,", 0.5)
    assert {a.role: a.channel_index for a in call.audio} == {"caller": 0, "agent": 1}
    assert any("which leg is the agent" in w for w in call.warnings)
    assert call.recorded_at == "2026-01-01T00:00:00.000000Z"
    assert call.identity == RE_SID


def test_participants_say_who_is_on_channel_one(tmp_path: Path, read_one: ReadOne) -> None:
    put_sound(tmp_path / "call.wav", ("agent", "caller"))
    raw = combined(
        sentences=twilio_sentences(("agent", "caller")), transcript=twilio_transcript("Agent")
    )
    call = read_one("twilio", put_json(tmp_path / "call.json", raw))
    assert {a.role: a.channel_index for a in call.audio} == {"caller": 1, "agent": 0}
    assert [r.speaker for r in call.layers[0].lines] == [t[0] for t in TALK]
    assert call.language == "en-US"
    assert not any("which leg" in w for w in call.warnings)


def test_parts_in_files_of_their_own_are_found_by_their_sids(
    tmp_path: Path, read_all: Callable[[str, Path], list[Any]]
) -> None:
    put_sound(tmp_path / f"{RE_SID}.wav")
    put_json(tmp_path / "recording.json", twilio_recording())
    put_json(tmp_path / "resource.json", {"sid": CA_SID, "status": "completed", "price": "-1"})
    put_json(tmp_path / "transcript.json", twilio_transcript("Customer"))
    url = f"https://intelligence.example/v2/Transcripts/{GT_SID}/Sentences?PageSize=50"
    put_json(tmp_path / "said.json", {"sentences": twilio_sentences(), "meta": {"url": url}})
    put_json(tmp_path / "other.json", {"sentences": twilio_sentences(), "source_sid": "RE9"})
    (call,) = read_all("twilio", tmp_path)
    assert len(call.layers[-1].lines) == 4
    assert call.outcome == "completed"
    assert call.metrics["call_price"] == {"price": "-1"}
    assert set(call.documents) == {
        "twilio/call.json",
        "twilio/call_resource.json",
        "twilio/transcript.json",
        "twilio/sentences.json",
    }


def test_sentences_of_another_recording_are_not_taken(tmp_path: Path, read_one: ReadOne) -> None:
    put_json(tmp_path / "other.json", {"sentences": twilio_sentences(), "source_sid": "RE9"})
    call = read_one("twilio", put_json(tmp_path / "recording.json", twilio_recording()))
    assert call.layers == ()
    assert "It came without sentences of a transcript." in call.losses
    assert call.duration_s == 8


def test_sentences_against_the_sound_swap_the_channels(tmp_path: Path, read_one: ReadOne) -> None:
    put_sound(tmp_path / "call.wav", ("agent", "caller"))
    call = read_one("twilio", put_json(tmp_path / "call.json", combined()))
    assert {a.role: a.channel_index for a in call.audio} == {"caller": 1, "agent": 0}
    assert any("swapped" in w for w in call.warnings)


@pytest.mark.parametrize("channel", [0, 3, None, "x", True])
def test_sentence_on_no_channel_is_a_loss(tmp_path: Path, read_one: ReadOne, channel: Any) -> None:
    raw = combined()
    raw["sentences"][0]["media_channel"] = channel
    call = read_one("twilio", put_json(tmp_path / "call.json", raw))
    assert len(call.layers[-1].lines) == 3
    assert any("on no channel" in x for x in call.losses)


def test_conference_is_told_apart(tmp_path: Path, read_one: ReadOne) -> None:
    put_sound(tmp_path / "call.wav")
    raw = {"recording": twilio_recording(conference_sid="CF1"), "sentences": []}
    call = read_one("twilio", put_json(tmp_path / "call.json", raw))
    assert call.extra["channel_guess"]["confidence"] == 0.5
    assert "joined the conference first" in call.extra["channel_guess"]["reason"]


@pytest.mark.parametrize(
    ("track", "role", "speakers"),
    [("both", "mix", {"caller"}), ("inbound", "caller", {"caller"}),
     ("outbound", "agent", {"agent"})],
)  # fmt: skip
def test_one_channel_is_a_mix_or_one_leg(
    tmp_path: Path, read_one: ReadOne, track: str, role: str, speakers: set[str]
) -> None:
    write_wav(tmp_path / "call.wav", sound().sum(axis=1), RATE)
    raw = combined(recording=twilio_recording(channels=1, track=track))
    for sentence in raw["sentences"]:
        sentence["media_channel"] = 1
    call = read_one("twilio", put_json(tmp_path / "call.json", raw))
    assert [a.role for a in call.audio] == [role]
    assert {r.speaker for r in call.layers[-1].lines} == speakers
    is_mixed = track == "both"
    assert [f.code for f in call.findings] == (["speakers_on_one_channel"] if is_mixed else [])
    assert {x.kind for x in call.layers} == (
        {"transcript"} if is_mixed else {"speech", "transcript"}
    )


def test_a_part_that_changes_is_read_anew(tmp_path: Path, read_one: ReadOne) -> None:
    path = put_json(tmp_path / "recording.json", twilio_recording())
    other = put_json(tmp_path / "call.json", {"sid": CA_SID, "status": "busy"})
    assert read_one("twilio", path).outcome == "busy"
    put_json(other, {"sid": CA_SID, "status": "no-answer"})
    assert read_one("twilio", path).outcome == "no-answer"
