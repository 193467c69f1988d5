"""Rubric studies: calls in a rater's own order, done when their form is submitted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.calls import Call, Span
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Answer, ItemRef, Viewer
from app.domain.studies import Study, StudyDesign
from app.domain.work import Quiet
from app.services import raters, rating
from app.services.studies import making, queueing
from app.services.studies.exporting import export_study
from app.services.studies.opening import open_study
from app.services.studies.planning import plan_items
from app.services.studies.rubric_results import rubric_results
from app.services.workspace import Workspace
from db.repos import votes as vote_rows

Filled = Callable[[int], list[Call]]


def opened(ws: Workspace, lead: Viewer, calls: list[Call], **more: object) -> Study:
    design = StudyDesign(**more)  # type: ignore[arg-type]
    study = making.create(
        ws, lead, "Manner", "rubric", design, rubric_key="telephone_voice", seed=5
    )
    planned = plan_items(ws, lead, study, [c.id for c in calls])
    return open_study(Quiet(), ws, lead, study.id, planned)


def submit(ws: Workspace, viewer: Viewer, study: Study, call_id: str, value: int = 4) -> None:
    from app.services.calls import get_call

    rubric = making.rubric_of(ws, study)
    item = ItemRef(kind="call", call_id=call_id, span=Span(0, get_call(ws, call_id).frame_count))
    rating.draft(ws, viewer, item, rubric.criteria[0].id, Answer(status="observed", value=value))
    rating.submit(ws, viewer, call_id, rubric.id)


def test_a_call_is_done_when_its_form_is_submitted(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled
) -> None:
    study = opened(ws, lead, filled(4))
    queue = queueing.queue(ws, rater, study.id)
    assert [c.number for c in queue.left] == [1, 2, 3, 4]
    assert queueing.queue(ws, rater, study.code).left == queue.left
    submit(ws, rater, study, queue.left[1].call_id)
    after = queueing.queue(ws, rater, study.id)
    assert [c.number for c in after.left] == [1, 3, 4]
    assert (after.done, after.skipped) == (1, 0)
    queueing.skip(ws, rater, queue.left[0].trial_id, "no sound")
    with pytest.raises(NotAllowed, match="skipped before"):
        queueing.skip(ws, rater, queue.left[0].trial_id, "no sound")
    with pytest.raises(BadInput, match="reason"):
        queueing.skip(ws, rater, queue.left[2].trial_id, " ")
    assert queueing.queue(ws, rater, study.id).skipped == 1
    other = raters.sign_in(ws, "Bea", "reviewer")
    assert len(queueing.queue(ws, other, study.id).left) == 4
    with pytest.raises(NotFound):
        queueing.hold(ws, other, queue.left[2].trial_id, "w")


def test_two_windows_never_have_the_same_call(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = opened(ws, lead, filled(2))
    one = queueing.take(ws, rater, study.id, "w1")
    two = queueing.take(ws, rater, study.id, "w2")
    assert one is not None
    assert two is not None
    assert one.call_id != two.call_id
    assert queueing.take(ws, rater, study.id, "w3") is None
    assert queueing.take(ws, rater, study.id, "w1") == one
    monkeypatch.setattr(vote_rows, "LEASE_S", -1)  # whoever held it has died
    assert queueing.take(ws, rater, study.id, "w3") == one
    making.set_state(ws, lead, study.id, "paused")
    with pytest.raises(NotAllowed, match="paused"):
        queueing.take(ws, rater, study.id, "w1")


def test_every_call_keeps_why_and_how_likely_it_was_drawn(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled
) -> None:
    study = making.create(ws, lead, "M", "rubric", rubric_key="telephone_voice", seed=5)
    calls = [c.id for c in filled(4)]
    planned = plan_items(ws, lead, study, calls, most_calls=2)
    assert len(planned) == 2
    assert {p.role for p in planned} == {"rate"}
    study = open_study(Quiet(), ws, lead, study.id, planned)
    queueing.queue(ws, rater, study.id)
    with ws.db.read() as uow:
        rows = uow.connection.exec_driver_sql(
            "SELECT policy, reason, inclusion_prob, seed, rater_id FROM assignment"
        ).fetchall()
    why = "Whole call; 2 of 4 calls by chance"
    assert [tuple(r) for r in rows] == [(f"study {study.code}", why, 0.5, 5, rater.rater_id)] * 2


def test_a_listening_study_has_no_queue(ws: Workspace, lead: Viewer, rater: Viewer) -> None:
    study = making.create(ws, lead, "V", "acr")
    with pytest.raises(BadInput, match="listening study"):
        queueing.queue(ws, rater, study.id)


def test_what_was_found_per_criterion(
    ws: Workspace, lead: Viewer, rater: Viewer, filled: Filled, tmp_path: Path
) -> None:
    calls = filled(4)
    study = opened(ws, lead, calls, reveal=True)
    other = raters.sign_in(ws, "Bea", "reviewer")
    for who, values in ((rater, (1, 2, 4, 5)), (other, (1, 3, 4, 5))):
        queueing.queue(ws, who, study.id)
        for call, value in zip(calls, values, strict=True):
            submit(ws, who, study, call.id, value)
    rating.reveal(ws, rater, calls[0].id, study.rubric_version_id)
    found = rubric_results(ws, lead, study.id)
    assert (found.forms, found.wanted) == (8, 20)
    overall = found.criteria[0]
    assert {name: o.mean for name, o in overall.conditions.items()} == {
        "orin 1": (1 + 1 + 4 + 4) / 4,
        "kestrel 1": (2 + 3 + 5 + 5) / 4,
    }
    # Of eight values, two disagree by one rank: 2 with 3, and 3 with 2.
    assert overall.alpha == pytest.approx(1 - 7 * 2 / ordinal_expected(), abs=1e-9)
    assert found.criteria[1].conditions == {}
    made = export_study(ws, lead, study.id, tmp_path / "out")
    assert made.files == ("ratings.jsonl", "manifest.json")
    rows = [json.loads(x) for x in (made.out_dir / "ratings.jsonl").read_text().splitlines()]
    assert len(rows) == made.ratings == 8
    assert sorted(r["value"] for r in rows) == [1, 1, 2, 3, 4, 4, 5, 5]
    assert sum(r["revealed_after"] for r in rows) == 1
    assert all(r["rater_id"].startswith("R-") and r["blind"] and r["version"] == 1 for r in rows)
    with pytest.raises(NotAllowed):
        rubric_results(ws, rater, study.id)


def ordinal_expected() -> float:
    """Sum of squared ordinal distances over all pairs of the eight values, each with its twin."""
    counts = {1: 2, 2: 1, 3: 1, 4: 2, 5: 2}
    total = 0.0
    for a, n in counts.items():
        for b, m in counts.items():
            low, high = sorted((a, b))
            between = sum(c for v, c in counts.items() if low <= v <= high)
            total += n * m * (between - (counts[low] + counts[high]) / 2) ** 2
    return total
