"""Figures of a stored call: current or not, masked, measured when it is opened and stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.evaluation import EvaluatorSpec
from app.domain.work import Quiet
from app.services import evaluating, layers, set_figures
from app.services.call_figures import call_figures
from app.services.opening import open_workspace
from app.services.workspace import Workspace
from app.ui.review.metrics_measuring import Measuring, Patient
from tests.ui import review_support as support
from tests.ui.review_stored import Stored, store

TURNS = (EvaluatorSpec(name="turns.callbench"),)


@pytest.fixture
def ws(tmp_path: Any) -> Iterator[Workspace]:
    made = open_workspace(tmp_path / "ws", create=True)
    yield made
    made.close()


@pytest.fixture
def stored(ws: Workspace) -> Stored:
    return store(ws)


def test_an_edit_of_the_timing_makes_figures_old(stored: Stored) -> None:
    evaluating.evaluate_call(Quiet(), stored.ws, stored.call_id, TURNS)
    before = call_figures(stored.ws, stored.viewer, stored.call_id).figures
    measured = [f for f in before if f.evaluator == "turns.callbench"]
    assert measured
    assert all(f.is_current for f in measured)
    segment = layers.segments(stored.ws, stored.layer.id)[0]
    payload = {
        "segment_id": segment.id, "start": segment.span.start + 80, "end": segment.span.end,
    }  # fmt: skip
    layers.edit(
        stored.ws, stored.viewer, stored.call_id, "move", payload, base_layer_id=stored.layer.id
    )
    after = call_figures(stored.ws, stored.viewer, stored.call_id).figures
    assert not any(f.is_current for f in after if f.evaluator == "turns.callbench")


def test_answers_are_read_through_the_mask_of_who_looks(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    real = set_figures.human_figures

    def spy(ws: Any, viewer: Any, ids: Any) -> Any:
        asked.append(viewer)
        return real(ws, viewer, ids)

    monkeypatch.setattr(set_figures, "human_figures", spy)
    found = call_figures(stored.ws, stored.viewer, stored.call_id)
    assert asked == [stored.viewer]
    assert any(f.value.status == "needs_answer" for f in found.figures)


@pytest.fixture
def measuring(qtbot: Any, stored: Stored, monkeypatch: pytest.MonkeyPatch) -> Iterator[Measuring]:
    monkeypatch.setattr(evaluating, "default_specs", lambda _ws: list(TURNS))
    ctx = support.context(ws=stored.ws)
    ctx.viewer = stored.viewer
    session = support.session(ctx, sound=False)
    made = Measuring(ctx, session)
    yield made
    made.cancel()
    ctx.runner.close()


def test_a_call_is_measured_when_it_is_opened(
    qtbot: Any, measuring: Measuring, stored: Stored
) -> None:
    measuring.enable(on=True)
    with qtbot.waitSignal(measuring.measured):
        measuring._session.open(stored.call_id)
    qtbot.waitUntil(lambda: not measuring.is_running)
    assert evaluating.values(stored.ws, stored.call_id)
    assert measuring.error == ""


def test_what_an_edit_made_old_is_measured_again(
    qtbot: Any, measuring: Measuring, stored: Stored
) -> None:
    measuring.enable(on=True)
    with qtbot.waitSignal(measuring.measured):
        measuring._session.open(stored.call_id)
    qtbot.waitUntil(lambda: not measuring.is_running)
    segment = layers.segments(stored.ws, stored.layer.id)[0]
    payload = {
        "segment_id": segment.id, "start": segment.span.start + 80, "end": segment.span.end,
    }  # fmt: skip
    layers.edit(
        stored.ws, stored.viewer, stored.call_id, "move", payload, base_layer_id=stored.layer.id
    )
    with qtbot.waitSignal(measuring.measured):
        measuring._session.reload()
    qtbot.waitUntil(lambda: not measuring.is_running)
    found = call_figures(stored.ws, stored.viewer, stored.call_id).figures
    assert all(f.is_current for f in found if f.evaluator == "turns.callbench")


def test_nothing_is_measured_where_that_is_switched_off(
    qtbot: Any, measuring: Measuring, stored: Stored
) -> None:
    measuring._ctx.settings.set("measure_on_open", False)
    measuring.enable(on=True)
    measuring._session.open(stored.call_id)
    qtbot.waitUntil(lambda: measuring._session.state == "ready")
    assert not measuring._delay.isActive()
    assert not measuring.is_running


def test_another_call_stops_it(
    qtbot: Any, measuring: Measuring, stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = threading.Event(), threading.Event()

    def slow(ctx: Any, *_args: Any, **_more: Any) -> int:
        begun.set()
        try:
            while True:
                ctx.raise_if_cancelled()
                ended.wait(0.01)
        finally:
            ended.set()

    monkeypatch.setattr(evaluating, "evaluate_call", slow)
    measuring._session.open(stored.call_id)
    qtbot.waitUntil(lambda: measuring._session.state == "ready")
    measuring.start()
    qtbot.waitUntil(begun.is_set)
    measuring._session.open(store(stored.ws).call_id)
    qtbot.waitUntil(ended.is_set)
    assert not measuring.is_running


def test_it_stands_still_while_sound_is_played() -> None:
    playing = threading.Event()
    playing.set()
    passed = threading.Event()
    patient = Patient(Quiet(), playing)

    def work() -> None:
        patient.raise_if_cancelled()
        passed.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert not passed.wait(0.15)
    playing.clear()
    thread.join(5)
    assert passed.is_set()
