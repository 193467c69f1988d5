"""Recognisers as steps of a run: layers with their provenance, values, and refusals in words."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import BadInput, Cancelled
from app.domain.segments import Segment
from app.eval import registry
from app.eval.base import CallInput, NewLayer, Outcome, Watch, args_of
from app.eval.work import Job, perform
from app.models.asr import Heard, HeardWord, segment_of
from tests.unit.asr.hearing import MICRO, SENTENCE, demo_input, truth
from tests.unit.asr.speech_server import serving, text_only

CALL = "boiler-repair"
KEY = "sk-very-secret-0123456789"
MICRO_ARGS = {"folder": str(MICRO), "device": "cpu", "beam_size": 1}


def run(name: str, source: CallInput, watch: Watch | None = None, **args: Any) -> Outcome:
    done = perform(Job(evaluator=name, args=args, source=source), watch)
    assert done.outcome is not None, done.reason
    assert pickle.loads(pickle.dumps(done)) == done
    json.dumps(done.outcome.detail)
    return done.outcome


def layer_of(outcome: Outcome) -> NewLayer:
    (made,) = outcome.layers
    assert made.kind == "transcript"
    assert made.params["text_role"] == "spoken"
    return made


def value(outcome: Outcome, metric: str, speaker: str) -> Any:
    (found,) = [v for v in outcome.values if (v.metric_id, v.speaker) == (metric, speaker)]
    return found


def test_pocketsphinx_writes_down_both_speakers(tmp_path: Path) -> None:
    source = demo_input(tmp_path, CALL, lines=(5, 12, 14))
    told: list[float] = []
    outcome = run("asr.pocketsphinx", source, Watch(progress=told.append))
    made = layer_of(outcome)
    assert made.producer.startswith("pocketsphinx-")
    assert made.params["low_accuracy"] is True
    assert (made.params["model"], made.params["language"]) == ("en-us", "en")
    texts = {
        s.speaker: [t.text for t in made.segments if t.speaker == s.speaker] for s in made.segments
    }
    assert "thank you" in texts["agent"]
    assert any("not a new customer" in t for t in texts["caller"])
    assert source.speech is not None
    spans = {(s.speaker, s.span) for s in source.speech.segments}
    assert {(s.speaker, s.span) for s in made.segments} <= spans
    sure = value(outcome, "asr.confidence", "caller")
    words = sum(len(s.words) for s in made.segments if s.speaker == "caller")
    assert 0 < sure.value < 1
    assert sure.n == words == value(outcome, "asr.words", "caller").value
    assert outcome.detail["languages"]["agent"] == {"language": "en", "confidence": None}
    assert told[-1] == 1


def test_a_call_in_another_language_says_why_there_is_nothing(tmp_path: Path) -> None:
    outcome = run("asr.pocketsphinx", demo_input(tmp_path, "parcel-es", language="es-ES"))
    assert outcome.layers == ()
    assert {v.status for v in outcome.values} == {"unavailable"}
    assert "this call is in es-ES" in value(outcome, "asr.words", "agent").reason
    with pytest.raises(BadInput, match="English only"):
        registry.build("asr.pocketsphinx", {"language": "es"})


@pytest.mark.parametrize("batch_size", [0, 4])
def test_whisper_writes_down_both_speakers(tmp_path: Path, batch_size: int) -> None:
    source = demo_input(tmp_path, CALL)
    outcome = run("asr.whisper", source, batch_size=batch_size, **MICRO_ARGS)
    made = layer_of(outcome)
    assert made.name == "Whisper whisper-micro"
    assert made.params["model"].startswith("whisper-micro@sha256:")
    assert made.producer.endswith(made.params["model"])
    assert "low_accuracy" not in made.params
    for speaker in ("caller", "agent"):
        mine = [s for s in made.segments if s.speaker == speaker]
        text = " ".join(s.text for s in mine)
        assert text.startswith("please hold")
        assert set(text.split()) == set(SENTENCE.split())
        assert value(outcome, "asr.words", speaker).value == len(text.split())
    for segment in made.segments:
        assert [w.text for w in segment.words] == segment.text.split()


def test_the_language_of_the_call_is_asked_for_and_detected_where_it_has_none(
    tmp_path: Path,
) -> None:
    german = demo_input(tmp_path, CALL, language="de-CH")
    assert layer_of(run("asr.whisper", german, **MICRO_ARGS)).params["language"] == "de"
    given = run("asr.whisper", german, language="fr", **MICRO_ARGS)
    assert layer_of(given).params["language"] == "fr"
    unknown = run("asr.whisper", demo_input(tmp_path, CALL, language=""), **MICRO_ARGS)
    assert layer_of(unknown).params["language"] == "en"
    assert unknown.detail["languages"]["caller"]["confidence"] > 0.9


def test_a_call_without_a_timing_is_listened_to_where_the_detector_hears_speech(
    tmp_path: Path,
) -> None:
    made = layer_of(run("asr.whisper", demo_input(tmp_path, CALL, lines=None), **MICRO_ARGS))
    planned = truth(CALL)["utterances"]
    for segment in made.segments:
        start, end = (f / 16_000 for f in (segment.span.start, segment.span.end))
        assert any(
            u["speaker"] == segment.speaker and u["start_s"] < end and start < u["end_s"]
            for u in planned
        )


class Speaking:
    """A recogniser that hears a word in the middle of every stretch of speech."""

    producer = "speaking/1"

    def transcribe(self, _samples: Any, *, spans: Any, progress: Any, **_: Any) -> Heard:
        progress(1.0)
        words = [
            HeardWord(f" {i}", (a + b) / 2, (a + b) / 2 + 0.05, 0.5)
            for i, (a, b) in enumerate(sorted(spans))
        ]
        return Heard((segment_of(words),), "en")


def test_a_mix_is_heard_in_one_pass_and_shared_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.eval.asr.evaluators.PocketSphinx", Speaking)
    source = demo_input(tmp_path, CALL, mix=True)
    outcome = run("asr.pocketsphinx", source)
    made = layer_of(outcome)
    assert list(outcome.detail["languages"]) == ["mix"]
    assert source.speech is not None
    assert {s.speaker for s in made.segments} == {"caller", "agent"}

    def near(segment: Segment) -> set[str]:
        middle = segment.words[0].span.start
        assert source.speech is not None
        return {s.speaker for s in source.speech.segments if s.span.contains(middle)}

    assert all(s.speaker in near(s) for s in made.segments)
    assert value(outcome, "asr.words", "caller").value > 3
    assert value(outcome, "asr.words", "agent").value > 3


def test_a_mix_without_a_timing_is_one_speakers(tmp_path: Path) -> None:
    made = layer_of(
        run("asr.whisper", demo_input(tmp_path, CALL, mix=True, lines=None), **MICRO_ARGS)
    )
    assert {s.speaker for s in made.segments} == {"caller"}


def test_an_endpoint_writes_down_both_speakers_and_its_key_shows_nowhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SOME_KEY", KEY)
    caplog.set_level("DEBUG")
    with serving() as server:
        server.script = text_only
        args = {"base_url": f"{server.url}/", "model": "asr-1", "key_ref": "env:SOME_KEY"}
        source = demo_input(tmp_path, CALL)
        outcome = run("asr.endpoint", source, **args)
        assert {r.headers["authorization"] for r in server.requests} == {f"Bearer {KEY}"}
        assert {r.one("language") for r in server.requests} == {"en"}
    made = layer_of(outcome)
    assert made.producer.startswith("asr-1 at 127.0.0.1:")
    assert source.speech is not None
    assert {(s.speaker, s.span) for s in made.segments} == {
        (s.speaker, s.span) for s in source.speech.segments
    }
    assert all(s.text.endswith("seconds") for s in made.segments)
    evaluator = registry.build("asr.endpoint", args)
    shown = f"{evaluator!r} {args_of(evaluator)} {outcome} {caplog.text}"
    assert KEY not in shown
    assert "env:SOME_KEY" in shown


def test_a_key_itself_is_no_argument() -> None:
    with pytest.raises(BadInput, match="no reference to a key") as caught:
        registry.build("asr.endpoint", {"base_url": "http://localhost/v1", "key_ref": KEY})
    assert KEY not in str(caught.value)


def test_a_failing_endpoint_is_a_failed_step_with_its_reason(tmp_path: Path) -> None:
    source = demo_input(tmp_path, CALL)
    done = perform(Job(evaluator="asr.endpoint", source=source))
    assert (done.failure, done.outcome) == ("bad_input", None)
    assert "no base URL" in done.reason
    args = {"base_url": "http://127.0.0.1/v1", "key_ref": "env:NOT_SET_HERE"}
    done = perform(Job(evaluator="asr.endpoint", args=args, source=source))
    assert done.failure == "environment"
    assert "NOT_SET_HERE" in done.reason


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"model": " "}, "name of a model"),
        ({"device": "tpu"}, "no device 'tpu'.*cuda"),
        ({"compute_type": "int2"}, "no compute type"),
        ({"beam_size": 0}, "beam size is 0"),
        ({"batch_size": -1}, "batch size is -1"),
    ],
)
def test_arguments_that_do_not_fit_are_told_before_a_run(args: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        registry.build("asr.whisper", args)


def test_a_folder_that_holds_no_model_is_a_failed_step(tmp_path: Path) -> None:
    args = {"folder": str(tmp_path)}
    done = perform(Job(evaluator="asr.whisper", args=args, source=demo_input(tmp_path, CALL)))
    assert done.failure == "bad_input"
    assert "config.json is missing" in done.reason


@pytest.mark.parametrize(("name", "args"), [("asr.pocketsphinx", {}), ("asr.whisper", MICRO_ARGS)])
def test_cancelling_gives_no_outcome(tmp_path: Path, name: str, args: dict[str, Any]) -> None:
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 6

    job = Job(evaluator=name, args=args, source=demo_input(tmp_path, CALL))
    done = perform(job, Watch(cancelled=cancelled))
    assert done.cancelled
    assert done.outcome is None
    with pytest.raises(Cancelled):
        registry.build(name, args).evaluate(job.source, Watch(cancelled=lambda: True))


def test_the_catalogue_has_the_two_metrics_once() -> None:
    ids = [spec.id for n in registry.PLACES if n.startswith("asr.") for spec in made(n)]
    assert ids == ["asr.confidence", "asr.words"]


def made(name: str) -> tuple[Any, ...]:
    return registry.evaluator_class(name).metrics
