"""Whole calls to a cascaded agent: several turns, a barge-in, a model on this machine, a failure.

They are in real time, so all of them are placed at once.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import soundfile

from app.agents.cascade.sound import RATE_HZ
from app.agents.session import CallSession
from app.cli.call_command import shape
from app.domain.work import Quiet
from app.services import calls, documents, layers, live_calls
from app.services.live_calls.storing import StoredCall
from app.services.workspace import Workspace
from tests.support.voice_server import Fault, VoiceServer, say, serving
from tests.unit.asr.hearing import MICRO, SENTENCE
from tests.unit.cascade.rig import clip, profile, silence

STT_S, LLM_S, TTS_S = 0.12, 0.2, 0.1
WORDS = ("I would like an appointment.", "Hold on a moment.")
FIRST, SECOND = "Let me look that up for you now.", "There are two places left on Friday morning."
LATER, TYPED = "Of course.", "Good morning."
KEY = "voice-key-0123456789"
LONGEST_S = 20.0
SLACK_MS = 20.0
"""The device's clock is known to a block."""
BARGE_MS = 800.0
VAD = {"type": "server_vad", "silence_duration_ms": 300}
ORDER = ["vad_end", "stt_done", "llm_first_token", "llm_first_sentence", "tts_first_byte",
         "first_played"]  # fmt: skip


@dataclass(frozen=True)
class Placed:
    stored: StoredCall
    server: VoiceServer


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Any:
    opened = Workspace.open(tmp_path_factory.mktemp("cascade") / "ws")
    yield opened
    opened.close()


def steer(session: CallSession, server: VoiceServer, last: str, typed: str) -> None:
    """Type, where anything is to be typed; hang up when the last line was heard."""
    while not session.captured:
        time.sleep(0.02)
    if typed:
        session.type_text(typed)
        while FIRST not in server.spoken():
            time.sleep(0.02)
        time.sleep(0.7)
        session.type_text(typed)  # into the answer
    while last not in server.spoken():
        time.sleep(0.02)
    time.sleep(0.8)
    session.hang_up()


@pytest.fixture(scope="module")
def placed(ws: Workspace, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Placed]:
    caller = tmp_path_factory.mktemp("caller") / "caller.wav"
    soundfile.write(caller, np.concatenate([silence(0.2), clip("caller_suits", 0.9)]), RATE_HZ)
    plans: dict[str, tuple[dict[str, Any], str]] = {
        "barged": ({}, LATER),
        "local": ({"stt_url": "local", "stt_model": str(MICRO), "language": "en"}, FIRST),
        "failing": ({}, "never spoken"),
        "typed": ({"stt_model": "", "tts_key_ref": "env:CASCADE_VOICE"}, LATER),
    }

    def place(name: str) -> Placed:
        values, last = plans[name]
        typed = TYPED if name == "typed" else ""

        def began(session: CallSession) -> None:
            words = (session, server, last, typed)
            threading.Thread(target=steer, args=words, daemon=True).start()

        answers = [say(f"{FIRST} {SECOND}"), say(LATER)]
        with serving(words=list(WORDS), answers=answers) as server:
            server.stt_s, server.llm_s, server.tts_s = STT_S, LLM_S, TTS_S
            server.pace = 1.0 if name == "barged" else 0.0
            if name == "failing":
                server.faults["tts", 0] = Fault(status=403, message="no credit")
            request = live_calls.LiveRequest(
                profile=profile(server, brief="Be kind.", turn_detection=VAD, **values),
                caller=None if typed else caller,
                barge_in_ms=BARGE_MS if name == "barged" else None,
                seconds=LONGEST_S,
            )
            return Placed(live_calls.place(Quiet(), ws, request, began=began), server)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(len(plans)) as pool:
        patch.setenv("CASCADE_VOICE", KEY)
        return dict(zip(plans, pool.map(place, plans), strict=True))


def test_each_stage_is_timed_beside_the_response(placed: dict[str, Placed], ws: Workspace) -> None:
    stored = placed["barged"].stored
    assert len(stored.measures.turns) == 2
    for turn, told in zip(stored.measures.turns, shape(stored)["turns"], strict=True):
        assert list(told["stages"]) == ORDER
        at_ms = [turn.stages[name] for name in ORDER]
        assert at_ms[:-1] == sorted(at_ms[:-1])
        assert at_ms[-1] >= at_ms[-2] - SLACK_MS
        assert at_ms[0] >= 250
        assert at_ms[1] - at_ms[0] >= STT_S * 1000 - SLACK_MS
        assert at_ms[2] - at_ms[1] >= LLM_S * 1000 - SLACK_MS
        assert at_ms[4] - at_ms[3] >= TTS_S * 1000 - SLACK_MS
        assert turn.mouth_to_ear_ms == pytest.approx(at_ms[-1], abs=SLACK_MS)
    call = calls.get_call(ws, stored.call_id)
    assert call.extra["live"]["turns"][0]["stages"] == dict(stored.measures.turns[0].stages)


def test_the_stages_are_those_that_the_servers_saw(placed: dict[str, Placed]) -> None:
    turn = placed["barged"].stored.measures.turns[0]
    asked = {stage: a[0] for stage, a in placed["barged"].server.asked.items()}
    ends = ["stt_done", "llm_first_token", "tts_first_byte"]
    told_ms = [asked[s].told_ns[0] / 1e6 for s in ("stt", "llm", "tts")]
    gaps = np.diff(told_ms), np.diff([turn.stages[e] for e in ends])
    assert np.abs(gaps[0] - gaps[1]).max() < 500  # between them lie the loopback and the clock


def test_a_barge_in_stops_it_and_the_model_learns_what_was_heard(
    placed: dict[str, Placed], ws: Workspace
) -> None:
    barged = placed["barged"]
    (cut,) = barged.stored.measures.barge_ins
    assert cut.stop_ms is not None
    assert cut.stop_ms >= 200
    lines = layers.transcript(ws, barged.stored.call_id)
    agent = [s for s in lines if s.speaker == "agent"]
    heard = " ".join(s.text for s in agent if s.heard and s.text != LATER)
    unheard = " ".join(s.text for s in agent if not s.heard)
    assert f"{heard} {unheard}" == f"{FIRST} {SECOND}"
    assert unheard
    messages = barged.server.asked["llm"][-1].body["messages"]
    assert [(m["role"], m["content"]) for m in messages] == [
        ("system", "Be kind."), ("user", WORDS[0]), ("assistant", heard), ("user", WORDS[1]),
    ]  # fmt: skip
    assert [s.text for s in lines if s.speaker == "caller"] == list(WORDS)
    assert not barged.server.complaints


def test_a_model_on_this_machine_hears(placed: dict[str, Placed]) -> None:
    local = placed["local"]
    assert not local.server.asked["stt"]
    said = local.server.asked["llm"][0].body["messages"][-1]["content"]
    assert said.startswith(SENTENCE)
    assert not local.stored.dropped


def test_a_stage_that_fails_ends_the_call_which_is_kept(
    placed: dict[str, Placed], ws: Workspace
) -> None:
    stored = placed["failing"].stored
    assert stored.dropped
    assert stored.duration_s < LONGEST_S
    assert "Speech synthesis failed" in stored.words
    assert "no credit" in stored.words
    assert calls.get_call(ws, stored.call_id).extra["live"]["ending"]["reason"] == "stage_failed"


def test_typed_turns_are_answered_kept_and_cut_an_answer_short(
    placed: dict[str, Placed], ws: Workspace
) -> None:
    typed = placed["typed"]
    call = calls.get_call(ws, typed.stored.call_id)
    assert [e["label"] for e in call.extra["events"]].count(f"typed: {TYPED}") == 2
    lines = layers.transcript(ws, call.id)
    cut = " ".join(s.text for s in lines if s.heard and s.text != LATER)
    assert cut
    assert FIRST.startswith(cut)
    messages = typed.server.asked["llm"][-1].body["messages"][1:]
    assert [m["content"] for m in messages] == [TYPED, cut, TYPED]
    assert typed.stored.measures.false_stops == ()


def test_a_key_is_kept_as_a_reference_alone(placed: dict[str, Placed], ws: Workspace) -> None:
    typed = placed["typed"].stored
    again = live_calls.again(ws, typed.call_id).profile
    assert again is not None
    assert again.tts_key_ref == "env:CASCADE_VOICE"
    kept = [
        documents.read(ws, typed.call_id, d.name) for d in documents.documents(ws, typed.call_id)
    ]
    assert kept
    assert not any(KEY.encode() in data for data in kept)
    assert KEY not in str(calls.get_call(ws, typed.call_id).extra)
