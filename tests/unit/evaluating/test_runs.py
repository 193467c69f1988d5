"""A run computes what is missing, once, and accounts for every step."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.changes import Changes
from app.domain.errors import BadInput, Cancelled, NotAllowed, NotFound
from app.domain.evaluation import EvaluatorSpec, Run
from app.domain.ratings import Viewer
from app.domain.work import Quiet
from app.eval.work import Done, Job
from app.services import evaluating, layers
from app.services.evaluating.pools import ThreadPool
from app.services.workspace import Workspace
from tests.unit.evaluating.conftest import BOTH, DETECT, TURNS

Filled = Callable[[int], list[str]]


def carry_out(ws: Workspace, lead: Viewer, ids: list[str], specs: Any = BOTH, **more: Any) -> Run:
    run = evaluating.create(ws, lead, ids, specs, where="threads", workers=2, **more)
    return evaluating.drive(Quiet(), ws, run.id)


def results(ws: Workspace) -> list[tuple[str, str, str, int]]:
    with ws.db.read() as uow:
        rows = uow.connection.exec_driver_sql(
            "SELECT call_id, evaluator, status, attempt FROM result ORDER BY seq"
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


def test_run_computes_each_step_once(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    ids = filled(3)
    run = carry_out(ws, lead, ids)
    assert (run.state, run.done, run.failed, run.settled) == ("done", 6, 0, 6)
    assert sorted(results(ws)) == sorted(
        (call, name, "ok", 1) for call in ids for name in ("speech.detect", "turns.callbench")
    )
    assert run.finished_at is not None
    steps = {s.name: s for s in evaluating.steps(ws, run)}
    assert steps["turns.callbench"].done == 3
    assert steps["speech.detect"].mean_s is not None


def test_values_name_where_they_come_from(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    (call_id,) = filled(1)
    run = carry_out(ws, lead, [call_id])
    stored = evaluating.values(ws, call_id)
    assert stored
    layer = layers.current_speech_layer(ws, call_id)
    assert layer is not None
    for each in stored:
        assert each.run_id == run.id
        assert each.version
        assert each.inputs["speech"] == [layer.id, layer.version]
    assert all(evaluating.is_current(ws, stored).values())


def test_second_run_reuses_everything(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    ids = filled(2)
    carry_out(ws, lead, ids)
    before = results(ws)
    again = carry_out(ws, lead, ids)
    assert (again.done, again.reused, again.state) == (0, 4, "done")
    assert results(ws) == before


def test_correction_makes_figures_missing_again(
    ws: Workspace, lead: Viewer, filled: Filled
) -> None:
    (call_id,) = filled(1)
    carry_out(ws, lead, [call_id])
    old = evaluating.values(ws, call_id)
    layer = layers.current_speech_layer(ws, call_id)
    assert layer is not None
    first = layers.segments(ws, layer.id)[0]
    moved = {"segment_id": first.id, "start": first.span.start + 400, "end": first.span.end}
    layers.edit(ws, lead, call_id, "move", moved, base_layer_id=layer.id)
    assert not any(evaluating.is_current(ws, old).values())
    again = carry_out(ws, lead, [call_id])
    assert (again.done, again.reused) == (1, 1)
    new = evaluating.values(ws, call_id)
    assert all(evaluating.is_current(ws, new).values())
    assert {v.result_id for v in new}.isdisjoint(v.result_id for v in old)
    with ws.db.read() as uow:
        kept = uow.evaluations.values(call_id, newest=False)
    assert len(kept) == len(old) + len(new)


def test_poisoned_recording_fails_alone(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    ids = filled(4)
    with ws.db.read() as uow:
        call = uow.calls.get(ids[1])
    assert call is not None
    path = ws.audio_path(call.tracks[0].audio_sha256, ".wav")
    path.write_bytes(b"RIFF\x00\x00not a recording any more")
    run = carry_out(ws, lead, ids, (DETECT,))
    assert (run.done, run.failed, run.state) == (3, 1, "done")
    (failure,) = evaluating.failures(ws, run.id)
    assert (failure.call_id, failure.evaluator) == (ids[1], "speech.detect")
    assert failure.reason
    assert failure.kind in ("bad_input", "environment", "not_found")


def test_failure_is_kept_and_not_tried_for_ever(
    ws: Workspace, lead: Viewer, filled: Filled
) -> None:
    ids = filled(2)
    with ws.db.read() as uow:
        call = uow.calls.get(ids[0])
    assert call is not None
    path = ws.audio_path(call.tracks[0].audio_sha256, ".wav")
    whole = path.read_bytes()
    path.unlink()
    first = carry_out(ws, lead, ids)
    assert first.failed == 1
    second = carry_out(ws, lead, ids)
    assert (second.done, second.failed) == (0, 1)
    attempts = [r for r in results(ws) if r[2] == "failed"]
    assert len(attempts) == 1
    path.write_bytes(whole)
    retry = evaluating.retry_failed(ws, lead, second.id)
    assert (retry.calls, [s.name for s in retry.specs]) == (1, ["speech.detect"])
    done = evaluating.drive(Quiet(), ws, retry.id)
    assert (done.done, done.failed) == (1, 0)
    assert evaluating.failures(ws, second.id) == []


def test_retry_without_failures_is_refused(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    run = carry_out(ws, lead, filled(1))
    with pytest.raises(BadInput, match="Nothing failed"):
        evaluating.retry_failed(ws, lead, run.id)


def test_nothing_chosen_is_refused(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    with pytest.raises(BadInput, match="No call"):
        evaluating.create(ws, lead, [], BOTH)
    with pytest.raises(BadInput, match="Nothing was chosen"):
        evaluating.create(ws, lead, filled(1), [])
    with pytest.raises(NotFound, match="no metric"):
        evaluating.specs_for(ws, ["no_such_metric"])


class Stopping(Quiet):
    """Cancels after a number of steps."""

    def __init__(self, after: int) -> None:
        self.left = after

    def count(self, changes: Changes) -> None:
        self.left -= bool(changes.metrics)

    def raise_if_cancelled(self) -> None:
        if self.left <= 0:
            raise Cancelled


def test_cancelled_run_goes_on_where_it_stopped(
    ws: Workspace, lead: Viewer, filled: Filled
) -> None:
    ids = filled(4)
    run = evaluating.create(ws, lead, ids, BOTH, where="threads", workers=1)
    stopping = Stopping(3)
    with pytest.raises(Cancelled):
        evaluating.drive(stopping, ws, run.id, told=stopping.count)
    paused = evaluating.run(ws, run.id)
    assert paused.state == "paused"
    assert 3 <= paused.done < 8
    done = evaluating.drive(Quiet(), ws, run.id)
    assert (done.state, done.done, done.reused) == ("done", 8, 0)
    assert len(results(ws)) == len(set(results(ws))) == 8


def test_pause_and_cancel_by_another_window(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    run = evaluating.create(ws, lead, filled(2), BOTH, where="threads")
    evaluating.pause(ws, run.id)
    assert evaluating.run(ws, run.id).state == "paused"
    evaluating.cancel(ws, run.id)
    assert evaluating.run(ws, run.id).state == "cancelled"
    with pytest.raises(NotAllowed, match="is over"):
        evaluating.drive(Quiet(), ws, run.id)


class Asking(ThreadPool):
    """Asks for something once the first step is on its way."""

    def __init__(self, ask: Callable[[], object]) -> None:
        super().__init__(1)
        self._ask: Callable[[], object] | None = ask

    def submit(self, job: Job) -> Any:
        if self._ask is not None:
            ask, self._ask = self._ask, None
            ask()
        return super().submit(job)


def test_wish_stops_a_running_run(
    ws: Workspace, lead: Viewer, filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.evaluating.driver.BEAT_S", 0.0)
    run = evaluating.create(ws, lead, filled(6), BOTH, where="threads")
    pool = Asking(lambda: evaluating.pause(ws, run.id))
    paused = evaluating.drive(Quiet(), ws, run.id, pool=pool)
    pool.close()
    assert paused.state == "paused"
    assert paused.settled < paused.steps
    assert evaluating.drive(Quiet(), ws, run.id).state == "done"


def test_one_process_at_a_time(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    run = evaluating.create(ws, lead, filled(2), BOTH, where="threads")
    refused: list[str] = []

    def second() -> None:
        try:
            evaluating.drive(Quiet(), ws, run.id)
        except NotAllowed as error:
            refused.append(str(error))

    def ask() -> None:
        other = threading.Thread(target=second)
        other.start()
        other.join()

    pool = Asking(ask)
    done = evaluating.drive(Quiet(), ws, run.id, pool=pool)
    pool.close()
    assert done.state == "done"
    assert len(refused) == 1


class Losing(ThreadPool):
    """A cluster that loses a step's worker."""

    def submit(self, job: Job) -> Any:
        future = super().submit(job)
        if job.source.call.code == "CB-00002":
            future = type(future)()
            future.set_exception(ConnectionResetError("worker gone"))
        return future


def test_lost_worker_costs_one_step(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    ids = filled(3)
    run = evaluating.create(ws, lead, ids, (DETECT,), where="threads")
    pool = Losing(2)
    done = evaluating.drive(Quiet(), ws, run.id, pool=pool)
    pool.close()
    assert (done.done, done.failed) == (2, 1)
    (failure,) = evaluating.failures(ws, run.id)
    assert (failure.kind, failure.code) == ("died", "CB-00002")


def test_deleted_sources_are_skipped_where_an_evaluator_does_not_apply(
    ws: Workspace, lead: Viewer, filled: Filled
) -> None:
    ids = filled(2)
    spec = EvaluatorSpec(name="turns.reported")
    run = carry_out(ws, lead, ids, (DETECT, TURNS, spec))
    assert run.skipped in (0, 2)  # it applies only to calls with reported times
    assert run.settled == run.steps


def test_call_on_the_screen(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    (call_id,) = filled(1)
    told: list[Changes] = []
    count = evaluating.evaluate_call(Quiet(), ws, call_id, BOTH, told=told.append)
    assert count == 2
    assert all(call_id in c.metrics for c in told)
    assert evaluating.evaluate_call(Quiet(), ws, call_id, BOTH) == 0


def test_done_is_what_a_worker_says() -> None:
    assert replace(Done(), failure="bug").outcome is None


def test_library_shows_the_newest_value(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    (call_id,) = filled(1)
    carry_out(ws, lead, [call_id])
    stored = [v.value for v in evaluating.values(ws, call_id) if v.value.turn_id is None]
    with ws.db.read() as uow:
        seq = uow.calls.seq(call_id)
        assert seq is not None
        shown = uow.evaluations.shown([k for k, _ in uow.evaluations.shown_keys()], [seq])
    wanted = {
        f"{v.metric_id}@{v.speaker}" if v.speaker else v.metric_id: v.value
        for v in stored
        if v.value is not None
    }
    assert {key: values[seq] for key, values in shown.items()} == wanted


def test_workspace_path_of_a_moved_original(ws: Workspace, lead: Viewer, tmp_path: Path) -> None:
    """A recording that is referenced in place and gone is a failure with its reason."""
    from app.domain.imports import ImportOptions
    from app.services import importing
    from tests.unit.evaluating.conftest import write_calls

    (path,) = write_calls(tmp_path / "in-place", 1)
    options = ImportOptions(channels="caller,agent", in_place=True)
    found = importing.scan(Quiet(), ws, [path], options)
    result = importing.commit(Quiet(), ws, found, detect=False)
    path.rename(path.with_suffix(".moved"))
    run = carry_out(ws, lead, [c.id for c in result.imported])
    assert run.failed >= 1
    assert "not where it was" in evaluating.failures(ws, run.id)[0].reason


def test_figures_by_the_layer_that_was_chosen(ws: Workspace, lead: Viewer, filled: Filled) -> None:
    """A person's correction is in force; the detector's own timing can still be measured by."""
    (call_id,) = filled(1)
    carry_out(ws, lead, [call_id])
    detected = layers.current_speech_layer(ws, call_id)
    assert detected is not None
    first = layers.segments(ws, detected.id)[0]
    moved = {"segment_id": first.id, "start": first.span.start, "end": first.span.end - 800}
    layers.edit(ws, lead, call_id, "move", moved, base_layer_id=detected.id)
    by_detector = evaluating.measured_by(BOTH, "detector")
    run = carry_out(ws, lead, [call_id], by_detector)
    stored = [v for v in evaluating.values(ws, call_id) if v.run_id == run.id]
    assert stored
    assert all(v.inputs["speech"] == [detected.id, detected.version] for v in stored)
    assert all(v.args["layer"] == "detector" for v in stored)
    assert all(evaluating.is_current(ws, stored).values())
    by_platform = evaluating.measured_by(BOTH, "platform")
    assert carry_out(ws, lead, [call_id], by_platform).skipped == 1
    with pytest.raises(BadInput, match="no wishful layers"):
        evaluating.measured_by(BOTH, "wishful")


def test_groups_and_evaluators_are_names_too(ws: Workspace) -> None:
    def names(*wanted: str) -> list[str]:
        return [s.name for s in evaluating.specs_for(ws, wanted)]

    assert names("isr500") == ["speech.detect", "turns.outbound"]
    assert "text.rejection" in names("rejection")
    assert names("turns.tau2")[-2:] == ["turns.tau2", "turns.tau2_ticks"]
    assert "text.error_rates" in names("wer_noise", "mos")
    with pytest.raises(NotFound, match="people answer"):
        names("mos", "sasr")
