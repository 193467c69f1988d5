"""The demo calls are heard as they were planned, and the demo workspace holds what it promises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.calls import SPEAKERS, Call
from app.domain.turns import TurnSet
from app.domain.work import Quiet
from app.services import (
    browsing,
    calls,
    commenting,
    demo,
    importing,
    layers,
    raters,
    rating,
    timing,
    workspace,
)

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "assets/demo"
KEYS = sorted(p.stem for p in (DEMO / "calls").glob("*.flac"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    ws = workspace.Workspace.open(tmp_path_factory.mktemp("demo"))
    result = demo.make_demo(Quiet(), ws)
    found: dict[str, tuple[Call, TurnSet, dict[str, Any]]] = {}
    for item in result.imported:
        key = Path(item.path).stem
        truth = json.loads((DEMO / "truth" / f"{key}.json").read_text("utf-8"))
        call = calls.get_call(ws, item.id)
        found[key] = call, timing.turn_set(ws, item.id), truth
    yield ws, result, found
    ws.close()


def pairs(turn_set: TurnSet, truth: dict[str, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """Each planned utterance with the one that was found at its place; as many of each."""
    out = []
    for speaker in SPEAKERS:
        found = [u for u in turn_set.utterances if u.speaker == speaker]
        planned = [u for u in truth["utterances"] if u["speaker"] == speaker]
        assert len(found) == len(planned), speaker
        for u, p in zip(found, planned, strict=True):
            shared = min(u.span.end / turn_set.rate_hz, p["end_s"]) - max(
                u.span.start / turn_set.rate_hz, p["start_s"]
            )
            assert shared > 0, (speaker, p)
            out.append((u, p))
    return out


def test_there_are_at_least_six_small_calls() -> None:
    assert len(KEYS) >= 6
    assert sum(p.stat().st_size for p in DEMO.rglob("*") if p.is_file()) < 10_000_000


def test_onsets_and_offsets_are_within_reach_of_the_plan(made: Any) -> None:
    onsets, offsets = [], []
    for _, turn_set, truth in made[2].values():
        rate = turn_set.rate_hz
        for u, planned in pairs(turn_set, truth):
            onsets.append(abs(u.span.start / rate - planned["start_s"]) * 1000)
            offsets.append(abs(u.span.end / rate - planned["end_s"]) * 1000)
    for errors in (onsets, offsets):
        assert len(errors) > 150
        assert np.median(errors) <= 30
        assert np.quantile(errors, 0.95) <= 80


@pytest.mark.parametrize("key", KEYS)
def test_turns_and_gaps_are_those_of_the_plan(made: Any, key: str) -> None:
    _, turn_set, truth = made[2][key]
    assert [t.speaker for t in turn_set.turns] == [t["speaker"] for t in truth["turns"]]
    for latency, gap in zip(turn_set.latencies, truth["gaps"], strict=True):
        assert latency.frames / turn_set.rate_hz == pytest.approx(gap["value_s"], abs=0.15)


@pytest.mark.parametrize("key", KEYS)
def test_every_planned_barge_in_is_found_and_none_invented(made: Any, key: str) -> None:
    _, turn_set, truth = made[2][key]
    rate = turn_set.rate_hz
    assert [i.by for i in turn_set.interruptions] == [b["by"] for b in truth["barge_ins"]]
    for found, planned in zip(turn_set.interruptions, truth["barge_ins"], strict=True):
        assert found.onset / rate == pytest.approx(planned["onset_s"], abs=0.08)
        if planned["yield_s"] is None:
            assert found.yield_frames is None
        else:
            assert found.yield_frames / rate == pytest.approx(planned["yield_s"], abs=0.1)


@pytest.mark.parametrize("key", KEYS)
def test_backchannels_and_overlaps_are_those_of_the_plan(made: Any, key: str) -> None:
    _, turn_set, truth = made[2][key]
    rate = turn_set.rate_hz
    heard = [o for o in turn_set.overlaps if o.kind == "backchannel"]
    assert [o.by for o in heard] == [b["by"] for b in truth["backchannels"]]
    for planned in truth["overlaps"]:
        assert any(
            o.span.start / rate < planned["end_s"] and o.span.end / rate > planned["start_s"]
            for o in turn_set.overlaps
        )
    assert len(turn_set.overlaps) == len(truth["overlaps"])


def test_the_plan_holds_what_a_reviewer_should_find(made: Any) -> None:
    truths = [t for _, _, t in made[2].values()]
    assert any(t["wrong_facts"] for t in truths)
    assert any(t["missing_steps"] for t in truths)
    assert any(t["unheard"] for t in truths)
    entries = [b for t in truths for b in t["barge_ins"]]
    assert {b["by"] for b in entries} == {"caller", "agent"}
    assert any(b["yield_s"] is None for b in entries)
    gaps = [g["value_s"] for t in truths for g in t["gaps"]]
    assert min(gaps) < 0
    assert max(gaps) >= 2.5
    assert any(ts.dead_air for _, ts, _ in made[2].values())
    assert not any(ts.voids for _, ts, _ in made[2].values())


def test_the_truth_is_the_clean_clips_not_the_detectors(made: Any) -> None:
    """The plan's times come from the generator; were they copied from detection, none differed."""
    errors = [
        u.span.start / ts.rate_hz - p["start_s"]
        for _, ts, truth in made[2].values()
        for u, p in pairs(ts, truth)
    ]
    assert len({round(e, 4) for e in errors}) > 20


def test_calls_carry_scenario_persona_agent_version_and_attempt(made: Any) -> None:
    ws, result, found = made
    assert not result.failed
    assert not result.warnings
    for call, turn_set, _ in found.values():
        assert calls.get_scenario(ws, call.scenario_key) is not None
        assert call.persona
        assert call.agent
        assert call.agent_version
        assert call.recorded_at
        assert all(t.text for t in turn_set.turns)
    assert {c.attempt for c, _, _ in found.values()} == {1, 2}
    complaint = found["bank-complaint-1"][0]
    words = " ".join(s.text for s in layers.transcript(ws, complaint.id)).lower()
    assert "digits" not in words
    assert "refund" in words


def test_events_lie_inside_the_call_in_frames(made: Any) -> None:
    kinds = set()
    for call, _, _ in made[2].values():
        for event in call.extra["events"]:
            kinds.add(event["kind"])
            assert 0 <= event["start"] <= event.get("end", call.frame_count) <= call.frame_count
    assert {"endpoint", "first_byte", "tool", "dtmf", "transfer"} <= kinds


def test_the_platforms_own_log_is_a_layer_that_reports_early(made: Any) -> None:
    ws, _, found = made
    call, turn_set, _ = found["bank-complaint-1"]
    log = next(x for x in layers.layers(ws, call.id) if x.origin == "platform")
    reported = layers.segments(ws, log.id)
    agent = [t for t in turn_set.turns if t.speaker == "agent"]
    assert len(reported) == len(agent)
    assert all(r.span.start < t.span.start for r, t in zip(reported, agent, strict=True))
    current = layers.current_speech_layer(ws, call.id)
    assert current is not None
    assert current.origin == "detector"


def test_sample_reviewers_have_commented_and_submitted(made: Any) -> None:
    ws, _, found = made
    lead = raters.sign_in(ws, "A lead", "lead")
    call = found["bank-complaint-1"][0]
    assert len(commenting.comments(ws, lead, call.id)) >= 3
    scores = rating.scores(ws, lead, call_id=call.id)
    assert {s.criterion_key for s in scores} >= {"identity", "naturalness"}
    assert all(not s.stale for s in scores)
    identity = [s for s in scores if s.criterion_key == "identity"]
    assert len(identity) == 2
    assert all(s.answer.value == 1 and s.answer.evidence for s in identity)
    names = {v.name for v in browsing.saved_views(ws, lead)}
    assert "Slow responses" in names


def test_making_it_again_adds_nothing(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ws, first, found = made
    lead = raters.sign_in(ws, "A lead", "lead")

    def counts() -> tuple[int, ...]:
        return (
            len(rating.scores(ws, lead)),
            sum(len(commenting.comments(ws, lead, c.id)) for c, _, _ in found.values()),
            sum(len(layers.layers(ws, c.id)) for c, _, _ in found.values()),
            len(browsing.saved_views(ws, lead)),
        )

    before = counts()
    with monkeypatch.context() as patched:
        patched.setattr(importing, "scan", None)  # what is there is not read again
        again = demo.make_demo(Quiet(), ws)
    assert again.imported == ()
    assert {(d.path, d.id) for d in again.duplicates} == {(i.path, i.id) for i in first.imported}
    assert counts() == before
    call, _, _ = next(iter(found.values()))
    sound = ws.audio_path(call.tracks[0].audio_sha256, ".flac")
    sound.unlink()
    assert demo.make_demo(Quiet(), ws).imported == ()
    assert sound.exists()
    assert counts() == before
