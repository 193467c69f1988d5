"""A cascaded agent against strict servers on real sockets, without a device."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from app.agents.cascade.sound import RATE_HZ
from app.agents.link import CommitsInput, TakesText
from app.domain.errors import EnvironmentFault
from tests.support.voice_server import Fault, VoiceServer, say, serving, tone, use_tool
from tests.unit.cascade.rig import Rig, clip, profile, silence, talking

HELLO = clip("caller_hello")
TURN = (silence(0.2), HELLO, silence(0.8))
ORDER = ["vad_end", "stt_done", "llm_first_token", "llm_first_sentence", "tts_first_byte"]
BRIEF = "You are a clinic."


def last_messages(server: VoiceServer) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = server.asked["llm"][-1].body["messages"]
    return messages


def test_a_turn_is_heard_answered_and_spoken_and_each_stage_is_timed() -> None:
    with serving(words=["Hello there."], answers=[say("Good morning. How can I help?")]) as server:
        server.stt_s, server.llm_s, server.tts_s, server.gap_s = 0.15, 0.2, 0.1, 0.03
        with talking(profile(server, brief=BRIEF, language="en-GB")) as rig:
            rig.hear(*TURN)
            done = rig.wait_for("response_done")
    kinds = list(dict.fromkeys(e.kind for e in rig.events))
    assert kinds == ["ready", "caller_started", "caller_stopped", "caller_text", "response_started",
                     "agent_text", "audio", "stages", "audio_done", "response_done"]  # fmt: skip
    assert [e.text for e in rig.of("agent_text")] == ["Good morning.", "How can I help?"]
    assert rig.sound().tobytes() == tone("Good morning.") + tone("How can I help?")
    assert len({e.item_id for e in rig.of("audio")}) == 2
    assert dict(done.data) == {
        "status": "completed",
        "usage": {"input_tokens": 30, "output_tokens": 7},
    }
    stamps = rig.of("stages")[0].data
    assert [n for n in stamps if n in ORDER] == ORDER
    at_ms = [stamps[name] / 1e6 for name in ORDER]
    took = dict(zip(ORDER[1:], np.diff(at_ms), strict=True))
    assert took["stt_done"] >= 150
    assert took["llm_first_token"] >= 200
    assert took["llm_first_sentence"] >= 30
    assert took["tts_first_byte"] >= 100
    assert sum(took.values()) < 480 + 1_500
    assert last_messages(server) == [
        {"role": "system", "content": BRIEF},
        {"role": "user", "content": "Hello there."},
    ]
    (heard,) = server.asked["stt"]
    assert heard.sound is not None
    assert heard.sound.one("language") == "en"
    assert 1.1 < heard.sound.seconds < 1.9
    assert not server.complaints
    assert rig.sent == sorted(rig.sent)
    assert rig.sent[-1] == -(-sum(map(len, TURN)) // 480) * 480


def test_one_connection_serves_all_turns() -> None:
    settings: dict[str, Any] = {"words": ["Hello."] * 2, "answers": [say("Yes.")] * 2}
    with serving(**settings) as server, talking(profile(server)) as rig:
        for turn in (1, 2):
            rig.hear(*TURN)
            rig.wait_for("response_done", turn)
    assert server.connections == 1


def test_a_server_that_cannot_count_tokens_is_asked_without() -> None:
    answer = say("Yes.", usage=False)
    with (
        serving(words=["Hello."], answers=[answer], counts=False) as server,
        talking(profile(server)) as rig,
    ):
        rig.hear(*TURN)
        assert dict(rig.wait_for("response_done").data) == {"status": "completed"}
    assert not rig.of("error")


def test_the_log_has_requests_and_answers_and_no_sound() -> None:
    with (
        serving(words=["Hello."], answers=[say("Yes.")]) as server,
        talking(profile(server)) as rig,
    ):
        rig.hear(*TURN)
        rig.wait_for("response_done")
    told = [(m.way, json.loads(m.text)["type"]) for m in rig.raw]
    assert [t for i, t in enumerate(told) if t not in told[:i]] == [
        ("out", "stt.request"), ("in", "stt.reply"), ("out", "llm.request"), ("in", "llm.chunk"),
        ("out", "tts.request"), ("in", "tts.reply"),
    ]  # fmt: skip
    assert max(len(m.text) for m in rig.raw) < 600


def test_a_barge_in_closes_the_streams_and_only_what_was_heard_is_remembered() -> None:
    long = (
        "First of all your appointment is on Friday. Then please bring your old glasses with you."
    )
    with serving(
        words=["Hello.", "Wait.", "Thanks."], answers=[say(long), say("Sorry.")]
    ) as server:
        server.gap_s, server.pace = 0.01, 0.5
        with talking(profile(server, brief=BRIEF)) as rig:
            rig.hear(*TURN)
            rig.wait(lambda: len(rig.sound()) > RATE_HZ, "a second of sound")
            first = rig.of("audio")[0].item_id
            # Eight words in 2.58 s: half of that is four of them.
            rig.played_ms = {first: 1_290}
            rig.hear(HELLO)
            rig.wait_for("caller_started", 2)
            rig.played_ms = {}
            cut = rig.wait_for("response_done")
            rig.hear(silence(0.8))
            rig.wait_for("response_done", 2)
            assert cut.data["status"] == "cancelled"
            rig.wait(lambda: "tts" in server.left, "the closed stream")
    roles = [(m["role"], m["content"]) for m in last_messages(server)[1:]]
    assert roles == [
        ("user", "Hello."), ("assistant", "First of all your"), ("user", "Wait."),
    ]  # fmt: skip
    (unspoken,) = [e for e in rig.of("agent_text") if e.data.get("unheard")]
    assert unspoken.text == "Then please bring your old glasses with you."
    started = rig.of("caller_started")[1].at_ns
    late = [e for e in rig.of("audio") if e.at_ns > started and e.item_id.startswith(first[:-2])]
    assert not late
    assert not server.complaints


def test_what_was_played_to_its_end_stays_whole() -> None:
    with (
        serving(words=["Hello.", "And?"], answers=[say("It is on Friday. Bring it.")]) as server,
        talking(profile(server)) as rig,
    ):
        rig.hear(*TURN)
        rig.wait_for("response_done")
        second = rig.of("audio")[-1].item_id
        rig.played_ms = {second: 0}
        rig.hear(*TURN)
        rig.wait_for("response_done", 2)
    assert [m["content"] for m in last_messages(server)] == ["Hello.", "It is on Friday.", "And?"]


def test_speech_too_short_for_a_turn_cancels_nothing() -> None:
    cough = HELLO[: round(0.2 * RATE_HZ)]
    with serving(words=["Hello."], answers=[say("Good morning to you.")]) as server:
        server.llm_s = 0.2
        with talking(profile(server)) as rig:
            rig.hear(*TURN, cough, silence(1.0))
            assert rig.wait_for("response_done").data["status"] == "completed"
    assert len(rig.of("caller_started")) == 1


def test_nothing_heard_is_no_turn_and_a_question_before_it_is_answered() -> None:
    with serving(words=["Hello.", ""], answers=[say("Never heard."), say("Yes.")]) as server:
        server.llm_s = 0.5
        with talking(profile(server)) as rig:
            rig.hear(*TURN)
            rig.wait_for("response_started")
            rig.hear(*TURN)  # noise that is recognised as nothing
            rig.wait_for("response_done", 2)
            rig.hear(*TURN)
            rig.wait(lambda: len(server.asked["stt"]) == 3)
    assert [e.text for e in rig.of("caller_text")] == ["Hello."]
    assert [e.data["status"] for e in rig.of("response_done")] == ["cancelled", "completed"]


def test_a_tool_waits_for_its_result_and_the_answer_goes_on() -> None:
    tools = ({"type": "function", "name": "free_slots", "parameters": {"type": "object"}},)
    answers = [use_tool("free_slots", '{"day": "Friday"}', before="One moment. "), say("At ten.")]
    with (
        serving(words=["On Friday?"], answers=answers) as server,
        talking(profile(server, tools=tools)) as rig,
    ):
        rig.hear(*TURN)
        asked = rig.wait_for("tool")
        assert dict(asked.data) == {
            "name": "free_slots", "call_id": "call-1", "arguments": '{"day": "Friday"}',
        }  # fmt: skip
        rig.link.send_tool_result("call-1", "10:00")
        rig.wait_for("response_done")
    assert [e.text for e in rig.of("agent_text")] == ["One moment.", "At ten."]
    user, assistant, result = last_messages(server)
    assert user["content"] == "On Friday?"
    assert assistant["content"] == "One moment."
    assert result == {"role": "tool", "tool_call_id": "call-1", "content": "10:00"}
    assert server.asked["llm"][0].body["tools"][0]["function"]["name"] == "free_slots"
    assert not server.complaints


def test_an_interrupted_tool_leaves_a_history_that_servers_take() -> None:
    answers = [use_tool("slow", "{}"), say("Right.")]
    with (
        serving(words=["Look it up.", "Never mind."], answers=answers) as server,
        talking(profile(server)) as rig,
    ):
        rig.hear(*TURN)
        rig.wait_for("tool")
        rig.hear(*TURN)
        rig.wait_for("response_done", 2)
    assert [m["role"] for m in last_messages(server)] == ["user", "assistant", "tool", "user"]
    assert not server.complaints


def test_it_greets_where_it_is_to_speak_first() -> None:
    with (
        serving(answers=[say("Eye clinic, good morning.")]) as server,
        talking(profile(server, brief=BRIEF, agent_first=True)) as rig,
    ):
        rig.wait_for("response_done")
    assert [m["role"] for m in last_messages(server)] == ["system"]
    assert list(rig.of("stages")[0].data) == ORDER[2:]


def test_without_ears_the_caller_types() -> None:
    with (
        serving(answers=[say("Good morning."), say("Bye.")]) as server,
        talking(profile(server, stt_model="")) as rig,
    ):
        assert isinstance(rig.link, TakesText)
        assert isinstance(rig.link, CommitsInput)
        rig.hear(*TURN)
        rig.link.send_text("Hello.")
        rig.wait_for("response_done")
    assert not server.asked["stt"]
    assert [e.text for e in rig.of("caller_text")] == ["Hello."]


def test_a_key_ends_the_turn_where_detection_is_off() -> None:
    with (
        serving(words=["Hello."], answers=[say("Yes.")]) as server,
        talking(profile(server, turn_detection={})) as rig,
    ):
        rig.hear(*TURN)
        rig.wait(lambda: len(rig.sent) >= sum(map(len, TURN)) // 480)
        assert not rig.of("caller_stopped")
        rig.link.commit_input()
        rig.wait_for("response_done")


@pytest.mark.parametrize("how", ["whole", "wav", "pcm"])
def test_servers_may_stream_or_send_a_file(how: str) -> None:
    with serving(words=["Hello."], answers=[say("Good morning.")]) as server:
        server.whole = how == "whole"
        with talking(profile(server, tts_format="pcm" if how == "pcm" else "wav")) as rig:
            rig.hear(*TURN)
            rig.wait_for("response_done")
    assert rig.sound().tobytes() == tone("Good morning.")


@pytest.mark.parametrize(
    ("stage", "fault"),
    [
        ("stt", Fault(status=500)),
        ("llm", Fault(status=503)),
        ("llm", Fault(drop_after=1)),
        ("llm", Fault(raw=b"data: {broken\n\n")),
        ("llm", Fault(raw=b'data: {"error": {"message": "overloaded"}}\n\n')),
        ("tts", Fault(status=500)),
        ("tts", Fault(raw=b"")),
        ("stt", Fault(raw=b"<html>")),
    ],
)
def test_one_failure_is_told_and_tried_again(stage: str, fault: Fault) -> None:
    with serving(
        words=["Hello.", "Hello."], answers=[say("Good day."), say("Good day.")]
    ) as server:
        server.faults[stage, 0] = fault
        with talking(profile(server)) as rig:
            rig.hear(*TURN)
            assert rig.wait_for("response_done").data["status"] == "completed"
    (told,) = rig.of("error")
    assert "asked again" in told.text
    assert rig.sound().tobytes() == tone("Good day.")
    assert not rig.of("closed")


@pytest.mark.parametrize(
    ("stage", "fault", "words"),
    [
        ("stt", Fault(status=401), "Speech recognition failed: "),
        ("stt", Fault(raw=b"{}"), "no transcription"),
        ("llm", Fault(status=404), "The chat model failed: "),
        ("llm", Fault(silent_s=1.0), "did not answer within 0.3 s"),
        ("tts", Fault(status=500), "Speech synthesis failed: "),
        ("tts", Fault(raw=b"ID3" + bytes(64)), "MP3"),
        ("tts", Fault(raw=b'{"detail": "there is no such voice on this server, sorry"}'), "JSON"),
    ],
)
def test_what_does_not_work_twice_ends_the_call_in_words(
    stage: str, fault: Fault, words: str
) -> None:
    with serving(words=["Hello."] * 2, answers=[say("Good day.")] * 2) as server:
        server.faults = {(stage, n): fault for n in range(2)}
        with talking(profile(server, timeout_s=0.3)) as rig:
            rig.hear(*TURN)
            closed = rig.wait_for("closed")
    assert words in closed.text
    assert closed.data["stage"] == stage
    assert not rig.of("audio")


def test_a_stream_that_breaks_off_while_it_is_heard_ends_the_sentence_not_the_call() -> None:
    with serving(words=["Hello.", "Go on."], answers=[say("One two three four. Five.")]) as server:
        server.faults["tts", 0] = Fault(drop_after=6)
        with talking(profile(server)) as rig:
            rig.hear(*TURN)
            assert rig.wait_for("response_done").data["status"] == "completed"
            rig.hear(*TURN)
            rig.wait_for("response_done", 2)
    assert "broke off" in rig.of("error")[0].text
    assert server.spoken()[:2] == ["One two three four.", "Five."]
    said = last_messages(server)[1]["content"]
    assert said in ("One two Five.", "One two three Five.")


def test_nobody_there_or_a_wrong_key_is_told_before_the_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(key="right") as server:
        wanted = profile(server)
        for told in (wanted, profile(server, key_ref="env:CASCADE_KEY")):
            monkeypatch.setenv("CASCADE_KEY", "wrong-key-0123456789")
            with pytest.raises(EnvironmentFault) as refused:
                Rig(told).link.connect(Rig(told).listener())
            assert "The chat model" in str(refused.value)
            assert "wrong-key" not in str(refused.value)
    with pytest.raises(EnvironmentFault, match="cannot be reached"):
        Rig(wanted).link.connect(Rig(wanted).listener())


def test_a_key_is_sent_to_its_own_server_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASCADE_KEY", "right")
    with (
        serving(key="right", answers=[say("Yes.")], lists_models=False) as server,
        serving(words=["Hello."]) as other,
    ):
        wanted = profile(server, key_ref="env:CASCADE_KEY", stt_url=other.url)
        with talking(wanted) as rig:
            rig.hear(*TURN)
            rig.wait_for("response_done")
    assert len(other.asked["stt"]) == 1
    assert all("right" not in m.text for m in rig.raw)
