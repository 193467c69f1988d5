"""ElevenLabs: whole seconds give an order and no latency."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from app.services.importing.foreign import ForeignCall
from app.services.importing.readers import reader, sniffed
from app.services.importing.readers.elevenlabs import WHOLE_SECONDS
from tests.audio_files import write_wav
from tests.unit.foreign_vendors.vendor_payloads import (
    RATE,
    TALK,
    elevenlabs,
    put_json,
    put_sound,
    sound,
)

ReadOne = Callable[[str, Path], ForeignCall]


@pytest.mark.parametrize("wrapped", [False, True])
def test_turns_give_text_and_order_but_no_speech(
    tmp_path: Path, read_one: ReadOne, wrapped: bool
) -> None:
    body = {"type": "post_call_transcription", "data": elevenlabs()} if wrapped else elevenlabs()
    path = put_json(tmp_path / "call.json", body)
    assert sniffed(path) is reader("elevenlabs")
    call = read_one("elevenlabs", path)
    assert {x.kind for x in call.layers} == {"transcript"}
    assert call.layers[-1].params["time_basis"] == "estimated"
    assert WHOLE_SECONDS in call.warnings
    assert "responses" not in call.extra
    heard = [r for r in call.layers[-1].lines if r.heard]
    assert [r.start_s for r in heard] == [0, 2, 4, 5]
    assert [r.text for r in heard[:3]] == [t[3] for t in TALK[:3]]
    assert all(a.end_s <= b.start_s for a, b in pairwise(heard))
    assert call.language == "en"
    assert call.duration_s == 8


def test_what_was_cut_off_is_kept_as_never_played(tmp_path: Path, read_one: ReadOne) -> None:
    call = read_one("elevenlabs", put_json(tmp_path / "call.json", elevenlabs()))
    (unheard,) = [r for r in call.layers[-1].lines if not r.heard]
    assert unheard.text == "is free, shall I book it?"
    assert [e.label for e in call.events if e.kind == "barge_in"] == ["agent cut short (about)"]


def test_result_in_a_later_turn_belongs_to_its_call(tmp_path: Path, read_one: ReadOne) -> None:
    call = read_one("elevenlabs", put_json(tmp_path / "call.json", elevenlabs()))
    tools = [(e.start_s, e.label) for e in call.events if e.kind == "tool"]
    assert tools == [(4, "find_slot 343 ms, failed")]


def test_stage_figures_are_kept_by_turn_apart_from_ours(tmp_path: Path, read_one: ReadOne) -> None:
    call = read_one("elevenlabs", put_json(tmp_path / "call.json", elevenlabs()))
    assert call.metrics["turns_s"] == [{"turn": 2, "convai_llm_service_ttfb": 0.31}]


def test_mixed_recording_and_two_channels(tmp_path: Path, read_one: ReadOne) -> None:
    path = put_json(tmp_path / "call.json", elevenlabs())
    mixed = write_wav(tmp_path / "conv_0123456789.wav", sound().sum(axis=1), RATE)
    assert [a.role for a in read_one("elevenlabs", path).audio] == ["mix"]
    mixed.unlink()
    put_sound(tmp_path / "call.wav", ("agent", "caller"))
    call = read_one("elevenlabs", path)
    assert {a.role: a.channel_index for a in call.audio} == {"caller": 1, "agent": 0}
    assert call.findings == ()  # whole seconds tell no shift


def test_hand_over_is_a_transfer(tmp_path: Path, read_one: ReadOne) -> None:
    raw = elevenlabs()
    raw["transcript"][3]["tool_calls"] = [{"tool_name": "transfer_to_number"}]
    call = read_one("elevenlabs", put_json(tmp_path / "call.json", raw))
    assert "transfer to number" in [e.label for e in call.events if e.kind == "transfer"]
