"""Judges that listen: one speaker alone, and never a transcript instead."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.domain.calls import Span
from app.domain.errors import NotFound
from app.domain.evaluation import Run
from app.domain.ids import new_id
from app.domain.imports import ImportOptions
from app.domain.ratings import Viewer
from app.domain.segments import Layer, Segment
from app.domain.work import Quiet
from app.eval.judging.asks import AudioPart
from app.services import evaluating, importing, layers, raters
from app.services.judging import endpoints, judging_runs, sounds
from app.services.judging.judging_runs import JudgeChoice
from app.services.workspace import Workspace
from tests.support.chat_answers import Answer, Asked
from tests.support.chat_schema import Maker
from tests.support.chat_server import ChatServer
from tests.unit.judging_runs.conftest import HERE, add_calls, open_shop, replies

RATE = 48_000
SPEAKS = JudgeChoice(ref="tts_fidelity", endpoint=HERE, model="m")


def spoken(seconds: float = 3.0) -> np.ndarray:
    """The caller hums at 200 Hz, the agent at 1 kHz, in turns."""
    t = np.arange(round(seconds * RATE)) / RATE
    half = t < seconds / 2
    caller = 0.3 * np.sin(2 * np.pi * 200 * t) * half
    agent = 0.3 * np.sin(2 * np.pi * 1_000 * t) * ~half
    return np.stack([caller, agent], axis=1)


@pytest.fixture
def shop(tmp_path: Path, server: ChatServer) -> Iterator[Workspace]:
    opened = open_shop(tmp_path / "ws", server)
    path = tmp_path / "in" / "call.wav"
    path.parent.mkdir()
    soundfile.write(path, spoken(), RATE, subtype="PCM_16")
    found = importing.scan(Quiet(), opened, [path], ImportOptions(channels="caller,agent"))
    importing.commit(Quiet(), opened, found, detect=False)
    yield opened
    opened.close()


def imported(ws: Workspace) -> str:
    with ws.db.read() as uow:
        return str(uow.connection.exec_driver_sql("SELECT id FROM call").scalar_one())


def test_a_stretch_of_one_speaker_is_mono_and_at_most_24_khz(shop: Workspace) -> None:
    call_id = imported(shop)
    part = AudioPart(speaker="agent", span=Span(RATE, 3 * RATE))
    (heard,) = sounds.heard(shop, call_id, [part])
    samples, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(heard["input_audio"]["data"])))
    assert (rate_hz, samples.shape) == (24_000, (48_000,))
    spectrum = np.abs(np.fft.rfft(samples[24_000:]))
    assert np.argmax(spectrum) == pytest.approx(1_000 * 24_000 / 24_000, abs=2)
    assert np.abs(samples[:10_000]).max() < 0.01  # the agent is silent in the first half
    named = sounds.names(shop, call_id, [part])
    assert named == sounds.names(shop, call_id, [part])
    assert named != sounds.names(shop, call_id, [AudioPart(speaker="caller", span=part.span)])


def test_a_call_without_a_track_of_its_own_is_left_out(ws: Workspace) -> None:
    (call_id,) = add_calls(ws, 1)
    with pytest.raises(NotFound, match="not run on the transcript instead"):
        sounds.names(ws, call_id, [AudioPart(speaker="agent", span=Span(0, 10))])


def test_sound_goes_at_the_end_of_the_last_message_of_the_user() -> None:
    messages = [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]
    part = {"type": "input_audio", "input_audio": {"data": "x", "format": "wav"}}
    assert sounds.with_sound(messages, []) == tuple(messages)
    assert sounds.with_sound(messages, [part]) == (
        messages[0],
        {"role": "user", "content": [{"type": "text", "text": "u"}, part]},
    )


@pytest.fixture
def speech(shop: Workspace) -> Workspace:
    call_id = imported(shop)
    for kind, origin in (("speech", "detector"), ("transcript", "import")):
        layer = Layer(
            id=new_id(), call_id=call_id, kind=kind, origin=origin, name=kind, producer="t",  # type: ignore[arg-type]
            version=1, params={"text_role": "intended"} if kind == "transcript" else {},
        )  # fmt: skip
        half = round(1.5 * RATE)
        layers.add_layer(
            shop,
            layer,
            [
                Segment(id="a", speaker="caller", span=Span(0, half), text="May I ask for it?"),
                Segment(id="b", speaker="agent", span=Span(half, 2 * half), text="It is 4 pounds."),
            ],
        )
    return shop


def second_turn(asked: Asked) -> Answer:
    assert asked.schema is not None
    made = Maker(asked.schema["properties"]["turns"]["items"], asked.seed).value()
    return Answer(json.dumps({"turns": [{**made, "turn": 2}]}))


def run_of(ws: Workspace, lead: Viewer) -> Run:
    made = judging_runs.create(ws, lead, [imported(ws)], [SPEAKS])
    return evaluating.drive(Quiet(), ws, made.id)


def test_an_endpoint_is_asked_once_whether_it_hears(speech: Workspace, server: ChatServer) -> None:
    lead = raters.sign_in(speech, "Lee", "lead")
    server.when["4 pounds"] = second_turn
    run = run_of(speech, lead)
    known = endpoints.capabilities(speech, HERE, "m")
    assert known is not None
    assert known.audio
    assert [f.reason for f in judging_runs.failures(speech, run.id)] == []
    assert (run.state, run.done, run.failed, run.skipped) == ("done", 1, 0, 0)
    (row,) = replies(speech)
    asked = next(a for a in server.asked if a.key.startswith(row["key"]))
    samples, rate_hz = soundfile.read(io.BytesIO(asked.audio[0]))
    assert (rate_hz, samples.ndim) == (24_000, 1)
    with speech.db.read() as uow:
        kept = uow.replies.get(lead, row["id"])
    assert kept is not None
    assert "sha256" in str(kept.new.request)
    assert "data" not in str(kept.new.request["messages"][-1]["content"][-1])
    before = len(server.asked)
    again = run_of(speech, lead)
    assert (again.reused, len(server.asked)) == (1, before)


def test_a_deaf_endpoint_is_not_given_the_transcript_instead(
    speech: Workspace, server: ChatServer
) -> None:
    lead = raters.sign_in(speech, "Lee", "lead")
    server.can.audio = False
    run = run_of(speech, lead)
    assert (run.state, run.done, run.skipped) == ("done", 0, 1)
    (skip,) = judging_runs.skipped(speech, run.id)
    assert skip.reason == (
        "loopback takes no audio; the judge was not run on the transcript instead."
    )
    assert replies(speech) == []
