"""Turn-taking v0.2: curves, turns and parts are EVA's; doubtful turns are named as such."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calls import Span, Speaker
from app.domain.eva_record import ProcessedRecord, TraceRow
from app.domain.metrics import MetricValue
from app.domain.segments import Layer, Segment
from app.eval.base import LayerInput, Outcome, Watch
from app.eval.eva import audio_check, curves, record, turn_parts, turn_scores
from app.eval.eva.audio_check import check
from app.eval.eva.doubts import doubts
from app.eval.eva.processor import process
from app.eval.eva.timeline import Timeline
from app.eval.eva.turn_taking import TurnTaking
from app.eval.registry import evaluator_class
from tests.unit.eva.eva_support import (
    RATE_HZ,
    T0_S,
    call_input,
    history,
    loaded,
    record_of,
    sample_documents,
)

VECTORS = 13


def vector_record(shared_data: Path, vector: dict[str, Any]) -> ProcessedRecord:
    fixtures = loaded(shared_data / "eva" / "fixtures" / "processor_histories.json")
    found = {f["id"]: f for f in fixtures}.get(vector["id"])
    if found is not None:
        return process(history(found["history"]), vector["pipeline_type"])
    assert vector["id"] == "real_record_1.1.2"
    real = record.record_of(record.files_of(call_input(sample_documents(shared_data))))
    assert real is not None
    return real


@pytest.mark.parametrize("number", range(VECTORS))
def test_score_turns_evidence_and_parts(shared_data: Path, number: int) -> None:
    vectors = loaded(shared_data / "eva" / "turn_taking_vectors.json")
    assert len(vectors) == VECTORS
    vector = vectors[number]
    processed = vector_record(shared_data, vector)
    call = turn_scores.score(processed)
    assert call.value == vector["turn_taking_score"]
    assert {
        "per_turn_score": {str(t.turn): t.score for t in call.turns},
        "per_turn_reason": {str(t.turn): t.reason for t in call.turns},
        "per_turn_evidence": {str(t.turn): dict(t.evidence) for t in call.turns},
        "num_turns": call.num_turns,
        "num_evaluated": len(call.turns),
        "missed_turn": call.missed_turn,
    } == vector["details"]
    parts = turn_parts.parts(processed, call, [], [])
    wanted = {k: v for k, v in vector["sub_metrics"].items() if k != "pretoolspeech_rate"}
    assert {name: part.value for name, part in parts.items()} == wanted


@pytest.mark.parametrize(
    ("name", "curve"),
    [
        ("latency_no_tool", lambda ms: curves.latency_score(ms, tool=False)),
        ("latency_tool", lambda ms: curves.latency_score(ms, tool=True)),
        ("overlap", curves.overlap_score),
        ("count", lambda n: curves.count_score(int(n))),
        ("yield", curves.yield_score),
    ],
)
def test_curves(shared_data: Path, name: str, curve: Any) -> None:
    vectors = loaded(shared_data / "eva" / "composite_vectors.json")
    points = vectors["turn_taking_curves"][name]
    assert points
    for at, want in points.items():
        assert round(curve(float(at)), 4) == want, at


@given(st.floats(-1e6, 1e6), st.booleans())
def test_the_latency_curve_stays_in_bounds_and_forgives_tools(ms: float, tool: bool) -> None:
    assert 0 <= curves.latency_score(ms, tool=tool) <= 1
    assert curves.latency_score(ms, tool=True) >= curves.latency_score(ms, tool=False)


# ------------------------------------------------------------------------ rules of single turns
def only_turn(processed: ProcessedRecord) -> turn_scores.TurnScore:
    (turn,) = turn_scores.score(processed).turns
    return turn


def test_cutting_in_and_then_a_long_wait_is_as_bad_as_the_wait() -> None:
    caller, agent = {1: [(0.0, 4.0)]}, {1: [(2.0, 2.2), (7.0, 8.0)]}
    turn = only_turn(record_of(caller, agent, agent_interrupts={1}))
    assert turn.evidence["post_interrupt_latency_ms"] == 3000
    assert turn.score == pytest.approx(1 / 3, abs=1e-4)
    assert turn.reason == "agent_interrupt"


def test_there_is_no_wait_where_the_agent_speaks_through_the_caller_s_end() -> None:
    agent = {1: [(2.0, 5.0), (7.0, 8.0)]}
    turn = only_turn(record_of({1: [(0.0, 4.0)]}, agent, agent_interrupts={1}))
    assert "post_interrupt_latency_ms" not in turn.evidence
    assert turn.score == 0


def test_three_times_in_one_turn_are_worth_nothing() -> None:
    agent = {1: [(1.0, 1.1), (2.0, 2.1), (3.0, 3.1)]}
    turn = only_turn(record_of({1: [(0.0, 4.0)]}, agent, agent_interrupts={1}))
    assert turn.evidence["n_interrupt_segments"] == 3
    assert turn.score == 0
    assert "post_interrupt_latency_ms" not in turn.evidence


def test_both_cut_in() -> None:
    caller = {1: [(0.0, 1.0)], 2: [(3.0, 6.0)]}
    agent = {1: [(1.5, 3.5)], 2: [(5.0, 7.0)]}
    call = turn_scores.score(record_of(caller, agent, agent_interrupts={2}, caller_interrupts={2}))
    turn = call.by_turn[2]
    assert turn.reason == "dual_interrupt"
    assert turn.evidence["yield_ms"] == 500
    assert turn.score == min(0.75, 0.25)


def test_a_caller_who_cuts_into_nothing_is_scored_by_latency() -> None:
    processed = record_of({3: [(0.0, 1.0)]}, {3: [(2.0, 3.0)]}, caller_interrupts={3})
    assert only_turn(processed).reason == "latency"


def test_a_nudged_turn_counts_nothing_with_audio_or_without() -> None:
    caller, agent = {1: [(0.0, 1.0)], 2: [(5.0, 6.0)]}, {1: [(2.0, 3.0)]}
    call = turn_scores.score(record_of(caller, agent, fallback={1, 2}))
    assert [(t.turn, t.score, t.reason) for t in call.turns] == [
        (1, 0.0, "turn_end_fallback"),
        (2, 0.0, "turn_end_fallback"),
    ]
    assert call.evaluated == (1,)


def test_a_call_left_unanswered_is_worth_nothing_whatever_its_turns() -> None:
    caller, agent = {1: [(0.0, 1.0)], 2: [(5.0, 9.0)]}, {1: [(2.0, 3.0)]}
    call = turn_scores.score(record_of(caller, agent, ended_reason="inactivity_timeout"))
    assert (call.value, call.missed_turn, call.turns[0].score) == (0.0, True, 1.0)
    answered = record_of(caller, {1: [(2.0, 9.0)]}, ended_reason="inactivity_timeout")
    assert not turn_scores.score(answered).missed_turn


def test_the_greeting_and_one_sided_turns_are_not_scored() -> None:
    caller, agent = {0: [(0.0, 1.0)], 2: [(4.0, 5.0)]}, {0: [(2.0, 3.0)], 1: [(3.5, 3.9)]}
    call = turn_scores.score(record_of(caller, agent))
    assert call.turns == ()
    assert call.value == 0
    assert turn_parts.parts(record_of(caller, agent), call, [], []) == {}


@pytest.mark.parametrize(
    ("rows", "share"),
    [
        ("u t s", 0.0),
        ("u s t", 1.0),
        ("s u t", 0.0),
        ("u s t r t", 1.0),
        ("u s t r s t r", 1.0),
        ("u s t r u t r", 0.5),
        ("u s0 t", 0.0),
    ],
)
def test_speech_before_tools(rows: str, share: float) -> None:
    kinds = {
        "u": ("user", "hello"),
        "s": ("assistant", "One moment."),
        "s0": ("assistant", "  "),
        "t": ("tool_call", {}),
        "r": ("tool_response", {}),
    }
    log = [dict(zip(("message_type", "value"), kinds[k], strict=True)) for k in rows.split()]
    call = turn_scores.score(record_of({}, {}))
    parts = turn_parts.parts(record_of({}, {}), call, log, [])
    assert parts["pretoolspeech_rate"].value == share


def test_tokens_are_averaged_over_answers_that_log_them() -> None:
    call = turn_scores.score(record_of({}, {}))
    usage = [{"completion_tokens": 10}, {"completion_tokens": 21, "reasoning_tokens": 4}, {}]
    parts = turn_parts.parts(record_of({}, {}), call, [], usage)
    assert (parts["mean_output_tokens"].value, parts["mean_output_tokens"].n) == (15.5, 2)
    assert (parts["mean_reasoning_tokens"].value, parts["mean_reasoning_tokens"].n) == (4.0, 1)


# ------------------------------------------------------------------------ the log against itself
def evaluated(documents: dict[str, bytes], **more: Any) -> Outcome:
    return TurnTaking().evaluate(call_input(documents, **more), Watch())


def one(values: tuple[MetricValue, ...], metric_id: str, turn: str | None = None) -> MetricValue:
    (found,) = (v for v in values if v.metric_id == metric_id and v.turn_id == turn)
    return found


def test_the_real_record_scores_as_published_and_its_third_turn_is_in_doubt(
    shared_data: Path,
) -> None:
    outcome = evaluated(sample_documents(shared_data))
    main = one(outcome.values, "turn_taking")
    assert (main.value, main.profile, main.n) == (0.2696, "eva-0.2", 9)
    assert main.components["doubtful_turns"] == [3]
    assert main.components["value_without_doubtful"] == pytest.approx(0.3033, abs=1e-4)
    third = one(outcome.values, "turn_taking", "eva3")
    late, tool = third.components["doubts"]
    assert "57 ms before" in late
    assert "18.5 s" in late
    assert "23.8 s before" in tool
    assert all(
        not one(outcome.values, "turn_taking", f"eva{t}").components["doubts"]
        for t in (1, 2, 4, 5, 6, 7, 8, 9)
    )
    (finding,) = outcome.findings
    assert finding.code == "eva_doubtful_turns"
    assert "turn 3" in finding.message
    assert one(outcome.values, "turn_taking.pretoolspeech_rate").value == 0
    assert one(outcome.values, "turn_taking.fallback_nudge.count").status == "undefined"


def test_a_turn_is_shown_where_its_score_came_from(shared_data: Path) -> None:
    values = evaluated(sample_documents(shared_data)).values
    (wait,) = one(values, "turn_taking", "eva1").evidence
    seconds = [frame / RATE_HZ + T0_S for frame in (wait.span.start, wait.span.end)]
    assert seconds == pytest.approx([1772403731.368855, 1772403733.3349462], abs=1e-4)
    (overlap,) = one(values, "turn_taking", "eva3").evidence
    assert overlap.span.frames / RATE_HZ == pytest.approx(18.460772, abs=1e-4)
    (p50,) = one(values, "turn_taking.p50_latency_ms").evidence
    assert p50.span.frames / RATE_HZ == pytest.approx(3.738123, abs=1e-4)
    unplaced = evaluated(sample_documents(shared_data), t0_s=None).values
    assert all(v.evidence == () for v in unplaced)


@pytest.mark.parametrize("number", range(12))
def test_no_turn_of_the_histories_is_in_doubt(shared_data: Path, number: int) -> None:
    fixture = loaded(shared_data / "eva" / "fixtures" / "processor_histories.json")[number]
    assert doubts(process(history(fixture["history"]))) == {}


def test_an_end_that_is_missing_backwards_or_after_the_next_start() -> None:
    caller = {1: [(0.0, 1.0)], 2: [(5.0, 4.0)], 3: [(8.0, 13.0)], 4: [(12.0, 13.5)]}
    agent = {t: [(s[-1][1] + 1, s[-1][1] + 2)] for t, s in caller.items()}
    found = doubts(record_of(caller, agent, unended=frozenset({("agent", 1)})))
    assert "no end of the agent's" in found[1][0]
    assert "ends before it begins" in found[2][0]
    assert "1000 ms after their next audio" in found[3][0]
    assert 4 not in found


def test_a_tool_called_just_before_the_end_is_no_doubt() -> None:
    def with_tool(at_s: float) -> ProcessedRecord:
        row = TraceRow(turn=1, kind="tool_call", tool="get", payload={}, at_ms=int(at_s * 1000))
        base = record_of({1: [(10.0, 15.0)]}, {1: [(16.0, 17.0)]})
        return type(base)(**{f: getattr(base, f) for f in base.__slots__} | {"trace": (row,)})

    assert doubts(with_tool(14.5)) == {}
    assert doubts(with_tool(9.0)) == {}
    assert "3.0 s before" in doubts(with_tool(12.0))[1][0]


# ------------------------------------------------------------------------ the log and the sound
def layer(segments: list[tuple[Speaker, float, float]]) -> LayerInput:
    made = tuple(
        Segment(id=f"s{i}", speaker=who, span=Span(round(a * RATE_HZ), round(b * RATE_HZ)))
        for i, (who, a, b) in enumerate(segments)
    )
    about = Layer(
        id="l1", call_id="c1", kind="speech", origin="detector", name="", producer="", version=1
    )
    return LayerInput(layer=about, segments=made)


CALLER = {1: [(3.0, 4.0)], 2: [(8.0, 9.0)], 3: [(14.0, 20.0)]}
AGENT = {0: [(1.0, 2.0)], 1: [(5.0, 7.0)], 2: [(10.0, 12.0)], 3: [(16.5, 18.0)]}


def sounding(shift_s: float) -> list[tuple[Speaker, float, float]]:
    """What a detector hears of them if the log runs ahead by `shift_s` and turn 3 really ended."""
    caller: list[tuple[Speaker, float, float]] = [
        ("caller", 3.0, 3.9),
        ("caller", 8.0, 9.0),
        ("caller", 14.0, 15.5),
    ]
    agent: list[tuple[Speaker, float, float]] = [
        ("agent", a, b) for stretches in AGENT.values() for a, b in stretches
    ]
    return [(who, a - shift_s, b - shift_s) for who, a, b in [*caller, *agent]]


@pytest.mark.parametrize("shift_s", [0.0, 0.7, -0.4])
def test_the_sound_says_which_ends_the_log_has_wrong(shift_s: float) -> None:
    timeline = Timeline(0.0, RATE_HZ, 60 * RATE_HZ)
    segments = layer(sounding(shift_s)).segments
    found = check(record_of(CALLER, AGENT), (1, 2, 3), segments, timeline)
    assert found is not None
    assert found.shift_ms == pytest.approx(shift_s * 1000, abs=1)
    assert [t for t, c in found.turns.items() if not c.agrees] == [3]
    third = found.turns[3]
    assert third.caller_end_ms == pytest.approx(4500, abs=1)
    assert third.latency_ms == pytest.approx(1000, abs=1)
    assert found.turns[1].caller_end_ms == pytest.approx(100, abs=1)


def test_speech_that_is_not_in_the_sound_is_a_disagreement() -> None:
    timeline = Timeline(0.0, RATE_HZ, 60 * RATE_HZ)
    segments = layer([s for s in sounding(0.0) if s[1] < 13]).segments
    found = check(record_of(CALLER, AGENT), (1, 2, 3), segments, timeline)
    assert found is not None
    assert found.turns[3].caller_end_ms is None
    assert found.turns[3].agent_start_ms is None
    assert not found.turns[3].agrees


def test_without_a_time_line_or_speech_nothing_is_checked() -> None:
    segments = layer(sounding(0.0)).segments
    assert check(record_of(CALLER, AGENT), (1,), segments, Timeline(None, RATE_HZ, 9)) is None
    assert check(record_of(CALLER, AGENT), (1,), (), Timeline(0.0, RATE_HZ, 9)) is None


def test_the_evaluator_names_turns_off_the_sound(shared_data: Path) -> None:
    documents = sample_documents(shared_data)
    processed = record.record_of(record.files_of(call_input(documents)))
    assert processed is not None
    heard: list[tuple[Speaker, float, float]] = []
    for turn, stretches in processed.caller_audio.items():
        for start, end in stretches or ():
            stop = 1772403772.5 if turn == 3 else end
            heard.append(("caller", start - T0_S, stop - T0_S))
    for stretches in processed.agent_audio.values():
        heard += [("agent", a - T0_S, b - T0_S) for a, b in stretches or ()]
    outcome = evaluated(documents, speech=layer(heard))
    main = one(outcome.values, "turn_taking")
    assert main.components["turns_off_the_sound"] == [3]
    assert main.value == 0.2696
    sound = one(outcome.values, "turn_taking", "eva3").components["sound"]
    assert sound["latency_ms"] == pytest.approx(3659.976, abs=0.2)
    assert [f.code for f in outcome.findings] == ["eva_doubtful_turns", "eva_log_off_the_sound"]
    assert audio_check.TOLERANCE_MS == 300


# ------------------------------------------------------------------------ the catalogue
def test_every_value_is_in_the_catalogue_with_its_unit_and_direction(shared_data: Path) -> None:
    kind = evaluator_class("eva.turn_taking")
    specs = {s.id: s for s in kind.metrics}
    for value in evaluated(sample_documents(shared_data)).values:
        assert specs[value.metric_id].unit == value.unit, value.metric_id
        assert value.profile == "eva-0.2"
    directions = {
        "turn_taking": "up",
        "turn_taking.on_time_rate": "up",
        "turn_taking.early_rate": "down",
        "turn_taking.late_rate": "down",
        "turn_taking.agent_interruption.rate": "down",
        "turn_taking.fallback_nudge.rate": "down",
        "turn_taking.pretoolspeech_rate": "up",
        "turn_taking.p50_latency_ms": "down",
    }
    assert {name: specs[name].direction for name in directions} == directions
