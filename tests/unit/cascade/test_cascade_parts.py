"""The parts of a cascaded agent that need no server."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.agents.captions import FAST_CHARACTERS_PER_S
from app.agents.cascade import setup
from app.agents.cascade.deltas import Deltas, ToolUse
from app.agents.cascade.history import History, Sentence
from app.agents.cascade.sentences import LONGEST, Sentences
from app.agents.cascade.sound import RATE_HZ, BadSound, SoundReader
from app.agents.profiles import CallProfile, checked, from_json
from app.domain.errors import BadInput, NotFound
from tests.support.voice_server import tone, wav


def cut(text: str, size: int) -> list[str]:
    found, sentences = [], Sentences()
    for first in range(0, len(text), size):
        found += sentences.push(text[first : first + size])
    return found + sentences.finish()


@pytest.mark.parametrize("size", [1, 3, 1_000])
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Hello. How are you?", ["Hello.", "How are you?"]),
        ("Dr. J. Smith, at 3.5 miles. Yes!", ["Dr. J. Smith, at 3.5 miles.", "Yes!"]),
        ("He said “no.” Then left", ["He said “no.”", "Then left"]),
        ("Two things:\n1. One\n2. Two", ["Two things:", "1. One", "2. Two"]),
        ("<think>Hm. Really?</think> Fine. Bye.", ["Fine.", "Bye."]),
        ("<think>never ends. At all", []),
        ("はい。どうぞ。", ["はい。", "どうぞ。"]),
        ("Wait... what? … ", ["Wait...", "what?"]),
        ("<t is fine.", ["<t is fine."]),
    ],
)
def test_sentences_are_the_same_however_the_text_comes(
    text: str, wanted: list[str], size: int
) -> None:
    assert cut(text, size) == wanted


def test_a_sentence_without_an_end_is_cut_at_a_pause() -> None:
    text = "and then, " * 80
    found = cut(text, 7)
    assert " ".join(found) == text.strip()
    assert all(len(s) <= LONGEST for s in found)
    assert all(s.endswith(",") for s in found)


def test_a_sentence_is_given_as_soon_as_it_is_known_to_have_ended() -> None:
    sentences = Sentences()
    assert sentences.push("Hello.") == []
    assert sentences.push(" ") == ["Hello."]


# --- history


def spoken(history: History, *texts: str) -> list[Sentence]:
    said = history.agent()
    for text in texts:
        said.sentences.append(Sentence(f"i{len(said.sentences)}", text, RATE_HZ, True))
    return said.sentences


def test_the_model_is_told_what_the_caller_heard_and_no_more() -> None:
    history = History("Be brief.")
    history.caller("When?")
    first, second, third = spoken(history, "Let me see.", "On Friday at ten.", "Come early.")
    assert history.played(second.item_id, 500)
    assert history.played(third.item_id, 0)
    assert not history.played("someone-else", 5)
    assert [m["content"] for m in history.messages()] == [
        "Be brief.", "When?", "Let me see. On Friday",
    ]  # fmt: skip
    assert first.heard == "Let me see."


def test_what_was_never_sounded_was_not_said() -> None:
    history = History("")
    history.caller("When?")
    history.agent().sentences.append(Sentence("i", "On Friday."))
    assert [m["role"] for m in history.messages()] == ["user"]
    assert history.is_open


def test_of_a_sentence_that_broke_off_only_what_came_was_heard() -> None:
    text = "one two three four"
    whole = round(len(text) / FAST_CHARACTERS_PER_S * RATE_HZ)
    half = Sentence("i", text, received=whole // 2)
    assert half.heard == "one two"
    half.played = whole // 4
    assert half.heard == "one"


def test_a_tool_without_a_result_still_has_an_answer() -> None:
    history = History("")
    history.caller("Look.")
    history.agent().tools = [ToolUse("a", "look", ""), ToolUse("b", "see", "{}")]
    history.tool("b", "ten")
    _, asked, *answers = history.messages()
    assert asked["content"] is None
    assert [c["function"]["arguments"] for c in asked["tool_calls"]] == ["{}", "{}"]
    assert [(a["tool_call_id"], a["content"]) for a in answers] == [
        ("a", "(There is no result.)"), ("b", "ten"),
    ]  # fmt: skip
    assert not history.is_open


# --- chunks


def chunk(**delta: Any) -> dict[str, Any]:
    return {"choices": [{"delta": delta}]}


def test_two_tools_whose_pieces_come_mixed() -> None:
    deltas = Deltas()
    for part in (
        {"index": 0, "id": "a", "function": {"name": "one", "arguments": ""}},
        {"index": 1, "id": "b", "function": {"name": "two", "arguments": '{"x"'}},
        {"index": 0, "function": {"arguments": "{}"}},
        {"index": 1, "function": {"arguments": ": 1}"}},
    ):
        deltas.push(chunk(tool_calls=[part]))
    assert [(t.call_id, t.name, t.arguments) for t in deltas.tools] == [
        ("a", "one", "{}"), ("b", "two", '{"x": 1}'),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "odd",
    [{}, {"choices": []}, {"choices": None}, {"choices": [None]}, chunk(content=None),
     {"choices": [{"delta": None}]}, chunk(tool_calls="x"), chunk(tool_calls=[None]),
     chunk(content=[{"type": "text"}]), {"choices": [{}], "usage": {"prompt_tokens": "x"}}],
)  # fmt: skip
def test_chunks_that_say_nothing_add_nothing(odd: dict[str, Any]) -> None:
    deltas = Deltas()
    assert deltas.push(odd) == ""
    assert (deltas.tools, deltas.usage) == ((), {})


def test_arguments_may_come_as_an_object_and_without_an_id() -> None:
    deltas = Deltas()
    deltas.push(chunk(tool_calls=[{"function": {"name": "f", "arguments": {"x": 1}}}]))
    (tool,) = deltas.tools
    assert tool.arguments == '{"x": 1}'
    assert tool.call_id


# --- sound


def read(data: bytes, size: int) -> np.ndarray[Any, np.dtype[np.int16]]:
    reader = SoundReader()
    parts = [reader.push(data[i : i + size]) for i in range(0, len(data), size)]
    return np.concatenate([*parts, reader.finish()])


@pytest.mark.parametrize("size", [1, 7, 10_000])
@pytest.mark.parametrize("form", ["pcm", "wav", "endless", "tail"])
def test_sound_is_the_same_however_its_bytes_come(form: str, size: int) -> None:
    pcm = tone("Hi")
    data = {
        "pcm": pcm,
        "wav": wav(pcm),
        "endless": wav(pcm, length=0xFFFFFFFF),
        "tail": wav(pcm) + b"LIST\x04\x00\x00\x00info",
    }[form]
    assert read(data, size).tobytes() == pcm


def test_a_file_of_another_rate_is_converted() -> None:
    frames = np.frombuffer(tone("Hello"), "<i2")[::2]
    found = read(wav(frames.astype("<i2").tobytes(), rate_hz=12_000), 999)
    assert abs(len(found) - 2 * len(frames)) <= 1
    assert np.abs(found).max() == pytest.approx(6_000, rel=0.05)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no sound"),
        (b"\x01", "no sound"),
        (wav(b""), "no sound"),
        (wav(b"")[:30], "ends before"),
        (b"ID3\x04" + bytes(100), "MP3"),
        (b"OggS" + bytes(100), "Ogg"),
        (b'{"error": "nothing of the kind is here"}', "JSON"),
        (b"<!doctype html><p>Not here.", "web page"),
        (wav(bytes(40)).replace(b"\x10\x00data", b"\x18\x00data"), "24 bits"),
    ],
)
def test_what_cannot_be_played_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(BadSound, match=words):
        read(data, 4_096)


# --- profiles


def profile(**values: Any) -> CallProfile:
    base = {"name": "c", "adapter": "cascade", "url": "http://h/v1", "model": "m"}
    return CallProfile(**base | {"tts_model": "t"} | values)


def test_a_profile_survives_storage_and_a_stage_is_where_it_says() -> None:
    made = profile(stt_url="http://other/v1/", key_ref="env:A", tts_key_ref="env:B", stt_model="w")
    assert from_json(made.to_json()) == made
    found = {stage: setup.endpoint(made, stage) for stage in ("stt", "llm", "tts")}
    assert {s: (e.base_url, e.key_ref) for s, e in found.items()} == {
        "stt": ("http://other/v1", ""),
        "llm": ("http://h/v1", "env:A"),
        "tts": ("http://h/v1", "env:B"),
    }


def test_turn_detection_is_that_of_the_realtime_protocol() -> None:
    assert setup.end_pointing(profile()) == setup.EndPointing()
    given = {"type": "server_vad", "silence_duration_ms": 700, "prefix_padding_ms": 100}
    found = setup.end_pointing(profile(turn_detection=given))
    assert (found.silence_ms, found.pre_roll_ms, found.threshold) == (700, 100, 0.5)
    assert not setup.end_pointing(profile(turn_detection={})).automatic


@pytest.mark.parametrize(
    "values",
    [{"model": ""}, {"tts_model": " "}, {"tts_format": "mp3"}, {"url": "ws://h/v1"},
     {"stt_url": "elsewhere"}, {"tts_url": "http://me:pw@h"}, {"stt_key_ref": "sk-1234567890"},
     {"timeout_s": 0}, {"agent_first": True}, {"turn_detection": {"silence_duration_ms": 5}},
     {"turn_detection": {"eagerness": "low"}}, {"turn_detection": {"threshold": True}}],
)  # fmt: skip
def test_a_cascade_that_cannot_be_called_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as refused:
        checked(profile(**values))
    assert "sk-1234567890" not in str(refused.value)


def test_a_model_that_is_not_on_this_machine_is_named(tmp_path: Any) -> None:
    with pytest.raises(NotFound):
        setup.model_folder(profile(stt_url="local", stt_model="no-such-model"))
    with pytest.raises(BadInput):
        setup.model_folder(profile(stt_url="local", stt_model=str(tmp_path)))
