"""Which files are two halves of one call, and which companions belong to a recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.importing.pairing import companions, pairs


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("c1_caller.wav", "c1_agent.wav"),
        ("c1-left.wav", "c1-right.wav"),
        ("c1.0.wav", "c1.1.wav"),
        ("c1_in.wav", "c1_out.wav"),
        ("audio_user.wav", "audio_assistant.wav"),
        ("Caller.wav", "Agent.wav"),
        ("x.inbound.wav", "x.outbound.wav"),
    ],
)
def test_named_pairs(first: str, second: str) -> None:
    found = pairs([Path("d", second), Path("d", first), Path("d", "else.wav")])
    assert [(p.caller.name, p.agent.name) for p in found] == [(first, second)]


@pytest.mark.parametrize(
    "names",
    [
        ("call_1.wav", "call_2.wav"),
        ("call0.wav", "call1.wav"),
        ("a_caller.wav", "b_agent.wav"),
        ("begin.wav", "begout.wav"),
        ("x_caller.wav", "x-agent.wav"),
    ],
)
def test_no_pairs(names: tuple[str, str]) -> None:
    assert pairs([Path("d", n) for n in names]) == []


def test_halves_in_different_folders_are_no_pair() -> None:
    assert pairs([Path("a/x_left.wav"), Path("b/x_right.wav")]) == []


def test_companions_by_stem() -> None:
    nearby = [
        Path(n)
        for n in (
            "call.rttm", "call.vtt", "call_transcript.json", "call.wav.srt", "call.meta.json",
            "call.agent_turns.txt", "call2.json", "callback.vtt", "call_notes.json", "CALL.CSV",
        )
    ]  # fmt: skip
    found = companions(["call"], nearby, alone=False)
    assert [p.name for p in found.transcripts] == [
        "call_transcript.json", "CALL.CSV", "call.vtt", "call.wav.srt", "call.rttm",
    ]  # fmt: skip
    assert found.sidecar == Path("call.meta.json")
    assert found.tiers == {"agent_turns": Path("call.agent_turns.txt")}


def test_a_lone_recording_takes_the_folder_s_transcript() -> None:
    nearby = [Path("transcript.jsonl"), Path("other.json")]
    assert companions(["audio"], nearby, alone=False).transcripts == ()
    assert companions(["audio"], nearby, alone=True).transcripts == (Path("transcript.jsonl"),)
