"""The tau2 evaluators: documents good and bad, the grid over a layer, and what cannot be told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calls import Span
from app.domain.errors import BadInput
from app.domain.profile_names import TAU2_CORRECTED, TAU2_PARITY, TAU2_SPEECH
from app.eval.base import CallInput
from app.eval.turns.series import Heading
from app.eval.turns.tau2 import Tau2Ticks, Tau2Turns
from app.eval.turns.tau2_metrics import METRICS
from app.eval.turns.tau2_metrics import values as tau2_values
from app.eval.turns.tau2_rules import events
from app.eval.turns.tau2_tally import panel, pool, tally
from app.eval.turns.ticks import Ticks, from_simulation, from_turns, runs
from tests.unit.timing.lanes import seg, turns_of
from tests.unit.turns.turn_inputs import call, layer, one, speech, values_of, voided


def simulation(user: str, agent: str, **more: Any) -> bytes:
    """A simulation of those lanes, one character a tick; b marks a backchannel, t a tic."""
    found = []
    for at, (u, a) in enumerate(zip(user, agent, strict=True)):
        chunk: dict[str, Any] = {"role": "user", "contains_speech": u in "#bt"}
        if u == "b":
            chunk["turn_taking_action"] = {"action": "backchannel"}
        if u == "t":
            chunk["speech_effects"] = {"speech_insert": {"text": "cough", "type": "vocal_tic"}}
        if u == "o":
            chunk["source_effects"] = {"speech_insert": {"text": "hold on", "type": "x"}}
        found.append(
            {"tick_id": at, "user_chunk": chunk, "agent_chunk": {"contains_speech": a == "#"}}
        )
    return json.dumps({"id": "s", "mode": "full_duplex", "ticks": found, **more}).encode()


def with_documents(**documents: bytes) -> CallInput:
    named = {f"tau2/{name}.json": body for name, body in documents.items()}
    return CallInput(call=call(), documents=named)


def test_both_modes_come_out_under_their_own_profile() -> None:
    body = simulation("##.........o.......", "....########.######")
    found = values_of(Tau2Ticks(), with_documents(simulation=body))
    assert {v.profile for v in found} == {TAU2_PARITY, TAU2_CORRECTED}
    assert len(found) == 16
    for profile in (TAU2_PARITY, TAU2_CORRECTED):
        latency = one(found, "tau2.response_latency", profile=profile)
        assert latency.value == pytest.approx(0.4)
        assert latency.evidence[0].span == Span(400, 800)
    assert one(found, "tau2.selectivity_non_directed", profile=TAU2_PARITY).value == 0


def test_a_word_to_others_that_is_ignored_is_lost_in_parity_mode_only() -> None:
    body = simulation("##....o............", "....###############")
    found = values_of(Tau2Ticks(), with_documents(simulation=body))
    lost = one(found, "tau2.selectivity_non_directed", profile=TAU2_PARITY)
    assert (lost.status, lost.n) == ("undefined", None)
    kept = one(found, "tau2.selectivity_non_directed", profile=TAU2_CORRECTED)
    assert (kept.value, kept.n) == (1.0, 1)
    assert kept.components["shown_on_leaderboard"] is False


def test_the_stop_signal_is_left_out() -> None:
    with_stop = from_simulation(simulation("##....#", ".....##"))
    assert with_stop is not None
    assert len(with_stop.user) == 6
    longer = from_simulation(simulation("##...##", ".....##"))
    assert longer is not None
    assert len(longer.user) == 7


@pytest.mark.parametrize(
    ("tick", "run", "expected"),
    [
        (None, None, 0.2),
        (0.1, None, 0.1),
        (None, {"info": {"audio_native_config": {"tick_duration_seconds": 0.05}}}, 0.05),
        (0.1, {"info": {"audio_native_config": {"tick_duration_seconds": 0.05}}}, 0.1),
        (None, {"info": None}, 0.2),
        (-1, None, 0.2),
        (None, {"info": {"audio_native_config": {"tick_duration_seconds": "x"}}}, 0.2),
    ],
)
def test_the_ticks_length_is_theirs_else_the_runs_else_a_fifth(
    tick: Any, run: Any, expected: float
) -> None:
    document = json.loads(simulation("#.", ".#"))
    if tick is not None:
        document["ticks"][0]["tick_duration_seconds"] = tick
    body = None if run is None else json.dumps(run).encode()
    found = from_simulation(json.dumps(document).encode(), body)
    assert found is not None
    assert found.tick_s == expected


def test_evidence_of_a_simulation_longer_than_its_recording_is_cut() -> None:
    body = simulation("##...##", "....#..")
    source = CallInput(call=call(frame_count=700), documents={"tau2/simulation.json": body})
    for value in values_of(Tau2Ticks(), source):
        assert all(e.span.end <= 700 for e in value.evidence)
    assert one(values_of(Tau2Ticks(), source), "tau2.response_rate", profile=TAU2_PARITY).evidence


@pytest.mark.parametrize("body", [b"", b"[", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_simulation_is_named(body: bytes) -> None:
    with pytest.raises(BadInput, match="simulation that came with this call"):
        values_of(Tau2Ticks(), with_documents(simulation=body))


@pytest.mark.parametrize(
    "ticks",
    [
        [None, 3, "x", {}],
        [{"user_chunk": None, "agent_chunk": []}],
        [{"user_chunk": {"contains_speech": "yes", "speech_effects": {"speech_insert": 5}}}],
    ],
)
def test_ticks_that_say_nothing_are_silent(ticks: Any) -> None:
    found = from_simulation(json.dumps({"ticks": ticks}).encode())
    assert found is not None
    assert not any(found.user)
    assert not any(found.agent)


def test_without_ticks_every_figure_says_why() -> None:
    text = values_of(Tau2Ticks(), with_documents(simulation=b'{"ticks": null}'))
    assert {v.reason for v in text} == {"This call is a text simulation: it has no ticks."}
    other = values_of(Tau2Ticks(), with_documents(run=b"{}"))
    assert {v.reason for v in other} == {"This call came with no simulation: it has no ticks."}


def test_stored_values_of_the_fixture_pool_to_its_figures(shared_data: Path) -> None:
    """What a total over calls adds up: each metric's own components, nothing else."""
    folder = shared_data / "siblings/tau2_voice_fixture"
    run = (folder / "experiment/results.json").read_bytes()
    sums: dict[str, list[float]] = {m.id: [0.0, 0.0] for m in METRICS}
    for path in sorted((folder / "experiment/simulations").glob("*.json")):
        found = values_of(Tau2Ticks(), with_documents(simulation=path.read_bytes(), run=run))
        for spec in METRICS:
            value = one(found, spec.id, profile=TAU2_PARITY)
            for at, name in enumerate(spec.ratio or ()):
                sums[spec.id][at] += value.components.get(name, 0)
    expected = json.loads((folder / "expected_metrics.json").read_text("utf-8"))
    for spec in METRICS:
        name = spec.id.removeprefix("tau2.")
        wanted = expected[f"{name}_mean" if name.endswith("latency") else name]
        assert sums[spec.id][0] / sums[spec.id][1] == pytest.approx(wanted, rel=1e-12)


def test_a_layer_is_laid_on_the_grid_by_the_centres_of_ticks() -> None:
    found = from_turns(turns_of([seg("caller", 0, 500), seg("agent", 899, 1300)], frame_count=2000))
    assert runs(found.user) == [(0, 2)], "a tick whose centre is the offset is silent"
    assert runs(found.agent) == [(4, 6)]
    exact = from_turns(turns_of([seg("caller", 100, 501)], frame_count=2000))
    assert runs(exact.user) == [(0, 3)]


def test_speech_too_short_for_a_centre_keeps_its_tick() -> None:
    found = from_turns(turns_of([seg("caller", 301, 499)], frame_count=2000))
    assert runs(found.user) == [(2, 2 + 1)], "its centre lies in the third tick"
    last = from_turns(turns_of([seg("caller", 1890, 1999)], frame_count=2000))
    assert runs(last.user) == [(9, 10)]


@pytest.mark.parametrize(("pause_ms", "turns"), [(2800, 1), (3000, 2), (3400, 2)])
def test_the_callers_pauses_under_three_seconds_are_closed(pause_ms: int, turns: int) -> None:
    start = 2000 + pause_ms
    segments = [seg("caller", 0, 2000), seg("caller", start, start + 1000)]
    found = from_turns(turns_of(segments, frame_count=20_000))
    assert len(runs(found.user)) == turns


def test_a_pause_that_the_agent_speaks_in_stays() -> None:
    segments = [seg("caller", 0, 2000), seg("agent", 2200, 3000), seg("caller", 3600, 5000)]
    assert len(runs(from_turns(turns_of(segments)).user)) == 2


def test_the_layers_figures_and_what_a_layer_cannot_say() -> None:
    # caller 0-2 s, agent 3-7 s with the caller's mm-hm at 4 s, caller cuts in at 6 s
    caller = "#" * 20 + "." * 20 + "###" + "." * 17 + "#" * 20
    agent = "." * 30 + "#" * 40
    found = values_of(Tau2Turns(), speech(caller, agent))
    assert {v.profile for v in found} == {TAU2_SPEECH}
    assert one(found, "tau2.response_latency").value == pytest.approx(1.0)
    assert one(found, "tau2.response_rate").value == 1
    assert one(found, "tau2.yield_rate").value == 1
    assert one(found, "tau2.yield_latency").value == pytest.approx(1.0)
    assert one(found, "tau2.selectivity_backchannel").value == 1
    for name in ("vocal_tic", "non_directed"):
        value = one(found, f"tau2.selectivity_{name}")
        assert value.status == "undefined"
        assert "does not say" in value.reason


def test_a_false_interruption_by_a_persons_word_is_no_speech_to_the_agent() -> None:
    segments = [seg("agent", 0, 9000), seg("caller", 2000, 5000)]
    plain = CallInput(call=call(), speech=layer(segments))
    assert one(values_of(Tau2Turns(), plain), "tau2.yield_rate").value == 0
    said = CallInput(call=call(), speech=layer(segments, overrides={"c2000": "false_interruption"}))
    assert one(values_of(Tau2Turns(), said), "tau2.yield_rate").value is None


def test_a_simulation_with_ticks_is_measured_on_these_alone() -> None:
    lanes = ("####...####", "....####...")
    told = {"import": {"source": "tau2"}, "tau2": {"ticks": 55}}
    assert values_of(Tau2Turns(), speech(*lanes, extra=told)) == []
    assert values_of(Tau2Turns(), speech(*lanes, extra={**told, "tau2": {"ticks": 0}}))
    assert values_of(Tau2Turns(), speech(*lanes, extra={**told, "import": {}}))


def test_bleeding_channels_void_all_eight() -> None:
    source = speech("####...####", "....####...", warnings=(voided("overlap"),))
    found = values_of(Tau2Turns(), source)
    assert {v.reason for v in found} == {"One channel is heard in the other."}


lane = st.text(alphabet="#.", min_size=1, max_size=150)


@given(lane, lane)
def test_the_grid_is_never_more_than_a_tick_off(caller: str, agent: str) -> None:
    source = speech(caller, agent)
    assert source.speech is not None
    turn_set = turns_of(source.speech.segments)
    found = from_turns(turn_set)
    assert len(found.user) == len(found.agent) == 300
    edges = {u.span.start for u in turn_set.utterances if u.speaker == "agent"}
    for start, _ in runs(found.agent):
        assert min(abs(start * 200 - e) for e in edges) <= 200


lanes = st.integers(1, 60).flatmap(
    lambda n: st.tuples(*(st.text(alphabet="#.", min_size=n, max_size=n) for _ in range(2)))
)


@given(st.lists(lanes, min_size=1, max_size=4))
def test_values_pool_to_what_all_events_together_give(cases: list[tuple[str, str]]) -> None:
    """Also where one call has agent interruptions and no turn to be answered."""
    sums = {m.id: [0.0, 0.0] for m in METRICS}
    tallies = []
    for user, agent in cases:
        grid = Ticks(
            tick_s=0.2, user=tuple(c == "#" for c in user), agent=tuple(c == "#" for c in agent)
        )
        found = events(grid)
        tallies.append(tally(found))
        for value in tau2_values(Heading(profile="x"), found, 200, inserts_known=True):
            spec = next(m for m in METRICS if m.id == value.metric_id)
            for at, name in enumerate(spec.ratio or ()):
                sums[value.metric_id][at] += value.components[name]
    for name, wanted in panel(pool(tallies)).items():
        numerator, denominator = sums[f"tau2.{name}"]
        assert (wanted is None) == (denominator == 0)
        if wanted is not None:
            assert numerator / denominator == pytest.approx(wanted)
