"""Perturbed copies of real recordings, and sets held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.clock import utc_now
from app.domain.errors import BadInput
from app.domain.evaluation import NewResult
from app.domain.ids import new_id
from app.domain.metrics import MetricValue
from app.domain.ratings import Viewer
from app.domain.segments import Layer, Segment
from app.domain.work import Quiet
from app.services import calls, comparing, evaluating, layers, perturbing, raters
from app.services.workspace import Workspace
from tests.unit.evaluating.conftest import DETECT, TURNS, fill

Filled = Callable[[int], list[str]]


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "ws")
    yield opened
    opened.close()


@pytest.fixture
def lead(ws: Workspace) -> Viewer:
    return raters.sign_in(ws, "Lee", "lead")


@pytest.fixture
def filled(ws: Workspace, tmp_path: Path) -> Filled:
    return lambda count: fill(ws, tmp_path / "recordings", count)


def script(ws: Workspace, call_id: str) -> Layer:
    from app.domain.calls import Span

    layer = Layer(
        id=new_id(),
        call_id=call_id,
        kind="transcript",
        origin="plan",
        name="script",
        producer="test",
        version=1,
        created_at=utc_now(),
    )
    line = Segment(id=new_id(), speaker="caller", span=Span(0, 4000), text="Good morning.")
    layers.add_layer(ws, layer, [line])
    return layer


def test_copy_is_a_call_of_its_own(ws: Workspace, filled: Filled) -> None:
    (original,) = filled(1)
    script(ws, original)
    recipe = perturbing.parse("pink:5 loss:0.05,60", seed=2)
    found = perturbing.perturb(Quiet(), ws, [original], recipe, tag="noisy")
    ((_, copy_id),) = found.made
    before, copy = calls.get_call(ws, original), calls.get_call(ws, copy_id)
    assert copy.content_sha256 != before.content_sha256
    assert copy.frame_count == before.frame_count
    assert copy.tags == ("noisy",)
    conditions = copy.extra["conditions"]
    assert (conditions["perturbed_from"], conditions["noise"]) == (original, "pink")
    assert conditions["recipe"] == recipe.to_json()
    assert [s.text for s in layers.transcript(ws, copy_id)] == ["Good morning."]
    speech = layers.current_speech_layer(ws, copy_id)
    assert speech is not None
    assert speech.origin == "detector"


def test_only_the_chosen_channel_changes(ws: Workspace, filled: Filled) -> None:
    import numpy as np

    from app.services.media import open_media

    (original,) = filled(1)
    found = perturbing.perturb(Quiet(), ws, [original], perturbing.parse("static:0"))
    ((_, copy_id),) = found.made
    one = open_media(Quiet(), ws, calls.get_call(ws, original))
    two = open_media(Quiet(), ws, calls.get_call(ws, copy_id))
    assert np.array_equal(one.pcm("agent"), two.pcm("agent"))
    assert not np.array_equal(one.pcm("caller"), two.pcm("caller"))


def test_second_time_adds_nothing(ws: Workspace, filled: Filled) -> None:
    ids = filled(2)
    recipe = perturbing.parse("mulaw", seed=1)
    first = perturbing.perturb(Quiet(), ws, ids, recipe)
    again = perturbing.perturb(Quiet(), ws, ids, recipe)
    assert again.made == ()
    assert again.known == first.made
    other = perturbing.perturb(Quiet(), ws, ids, perturbing.parse("mulaw", seed=2))
    assert len(other.made) == 2


def test_a_replay_is_made_of_the_call_whose_caller_speaks(ws: Workspace, filled: Filled) -> None:
    call = calls.get_call(ws, filled(1)[0])
    assert comparing.made_of(call) == ""
    live = {"request": {"replay_of": "another"}}
    assert comparing.made_of(replace(call, extra={"live": live})) == "another"
    assert comparing.made_of(replace(call, extra={"live": {"request": {}}})) == ""


def test_what_fails_is_told_and_the_rest_goes_on(ws: Workspace, filled: Filled) -> None:
    ids = filled(2)
    call = calls.get_call(ws, ids[0])
    ws.audio_path(call.tracks[0].audio_sha256, ".wav").unlink()
    found = perturbing.perturb(Quiet(), ws, ids, perturbing.parse("gain:-3"))
    assert len(found.made) == 1
    assert found.failed[0][0] == ids[0]
    assert "missing" in found.failed[0][1]
    with pytest.raises(BadInput, match="No call"):
        perturbing.perturb(Quiet(), ws, [], perturbing.parse("gain:-3"))


def put(ws: Workspace, call_id: str, value: float, metric: str = "latency.p50") -> None:
    stored = NewResult(
        call_id=call_id,
        evaluator="turns.callbench",
        version="1",
        args={},
        key=new_id(),
        inputs={},
        status="ok",
        values=(MetricValue(metric_id=metric, value=value, unit="ms", speaker="agent"),),
    )
    with ws.db.machine() as uow:
        uow.evaluations.add(stored)


@pytest.fixture
def metric_id(monkeypatch: pytest.MonkeyPatch) -> str:
    """A metric of the catalogue that the agent has, lower being better."""
    from app.eval.turns.callbench import CallbenchTurns

    spec = next(m for m in CallbenchTurns.metrics if m.direction == "down")
    monkeypatch.setattr("app.services.evaluating.metrics", lambda: (spec,))
    monkeypatch.setattr("app.services.evaluating.metric", lambda _id: spec)
    return spec.id


def test_copies_are_held_against_their_originals(
    ws: Workspace, filled: Filled, metric_id: str
) -> None:
    ids = filled(8)
    made = perturbing.perturb(Quiet(), ws, ids, perturbing.parse("gain:-3")).made
    for n, (original, copy) in enumerate(made):
        put(ws, original, 500.0 + n, metric_id)
        put(ws, copy, 600.0 + n + n % 2, metric_id)
    found = comparing.compare(ws, ids, [copy for _, copy in made])
    assert found.pairing == "original"
    (row,) = found.metrics
    assert (row.n, row.mean_a, row.difference) == (8, 503.5, 100.5)
    assert row.p == pytest.approx(2 / 256)
    assert row.verdict == "worse"
    assert {p.a_ids[0] for p in row.pairs} == set(ids)


def test_scenarios_pair_and_attempts_are_averaged(
    ws: Workspace, lead: Viewer, filled: Filled, metric_id: str
) -> None:
    ids = filled(8)
    for n, call_id in enumerate(ids):
        calls.update_call(ws, lead, call_id, scenario_key=f"1.{n % 2 + 1}")
        put(ws, call_id, 100.0 * n, metric_id)
    found = comparing.compare(ws, ids[:4], ids[4:])
    assert found.pairing == "scenario"
    (row,) = found.metrics
    assert [(p.a, p.b) for p in sorted(row.pairs, key=lambda p: p.label)] == [
        (100.0, 500.0),
        (200.0, 600.0),
    ]


def test_strangers_are_compared_without_pairs(
    ws: Workspace, filled: Filled, metric_id: str
) -> None:
    ids = filled(6)
    for n, call_id in enumerate(ids[:5]):
        put(ws, call_id, 100.0 * n, metric_id)
    found = comparing.compare(ws, ids[:3], ids[3:])
    assert found.pairing == "none"
    assert found.metrics[0].pairs == ()
    assert (found.metrics[0].n_a, found.metrics[0].n_b) == (3, 2)
    lone = comparing.compare(ws, ids[:5], ids[5:])
    assert lone.metrics == ()
    assert "set B has no value" in lone.missing[0]


def test_sets_that_cannot_be_compared(ws: Workspace, filled: Filled) -> None:
    ids = filled(2)
    with pytest.raises(BadInput, match="Set B is empty"):
        comparing.compare(ws, ids, [])
    with pytest.raises(BadInput, match="same calls"):
        comparing.compare(ws, ids, ids)


def test_evaluated_copies_compare_from_end_to_end(
    ws: Workspace, lead: Viewer, filled: Filled
) -> None:
    ids = filled(3)
    made = perturbing.perturb(Quiet(), ws, ids, perturbing.parse("gain:-2")).made
    everyone = [*ids, *(copy for _, copy in made)]
    run = evaluating.create(ws, lead, everyone, (DETECT, TURNS), where="threads")
    assert evaluating.drive(Quiet(), ws, run.id).failed == 0
    names = [m.id for m in _turn_metrics()]
    stored = evaluating.values_of(ws, everyone, names)
    assert {s.call_id for s in stored} == set(everyone)


def _turn_metrics() -> tuple:  # type: ignore[type-arg]
    from app.eval.turns.callbench import CallbenchTurns

    return CallbenchTurns.metrics
