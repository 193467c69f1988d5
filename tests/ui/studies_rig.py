"""A rubric study over calls without audio, with raters and a judge, for the screens' tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.ratings import Answer, Viewer
from app.domain.rubrics import Level, RubricVersion
from app.domain.studies import Study, StudyDesign
from app.domain.work import Quiet
from app.services import raters, rating, rubric_editing, timing
from app.services.studies import making, planning, queueing
from app.services.studies.opening import open_study
from app.services.workspace import Workspace
from db.repos.scores import NewScore
from tests.ui.scoring_rig import make_rig


@dataclass(frozen=True)
class StudyRig:
    """What a test of rubric sessions starts from."""

    ws: Workspace
    lead: Viewer
    viewer: Viewer
    study: Study
    rubric: RubricVersion
    call_ids: tuple[str, ...]


def ten_criteria(count: int = 10) -> RubricVersion:
    """Criteria of a call, 0 to 2; the second asks for a reason at 0."""
    blank = rubric_editing.blank("Ten questions")
    levels = tuple(Level(value=v, anchor=f"Anchor {v}.") for v in (2, 1, 0))
    made = [
        replace(
            blank.criteria[0], id=new_id(), key=f"c{n}", title=f"Criterion {n}", question=f"{n}?",
            levels=levels, rationale_required_at=(0,) if n == 2 else (),
        )
        for n in range(1, count + 1)
    ]  # fmt: skip
    return replace(blank, criteria=tuple(made))


def make_study(ws: Workspace, *, calls: int = 3, criteria: int = 10, **design: Any) -> StudyRig:
    """An open study that waits for its raters."""
    lead = raters.sign_in(ws, "Lena", "lead")
    rigs = [make_rig(ws) for _ in range(calls)]
    rubric = rubric_editing.save(ws, lead, ten_criteria(criteria))
    rules = StudyDesign(raters_per_item=3, **design)
    study = making.create(ws, lead, "Secret wave", "rubric", rules, rubric_key=rubric.key)
    ids = tuple(r.call_id for r in rigs)
    planned = planning.plan_items(ws, lead, study, list(ids))
    study = open_study(Quiet(), ws, lead, study.id, planned)
    return StudyRig(ws, lead, rigs[0].viewer, study, rubric, ids)


def fill(rig: StudyRig, viewer: Viewer, call_id: str, *values: int, rationale: str = "") -> None:
    """Somebody's submitted form; the last value goes on for the rest."""
    queueing.queue(rig.ws, viewer, rig.study.id)
    item = rating.items_of(call_id, rig.rubric, timing.turn_set(rig.ws, call_id))[0]
    for at, criterion in enumerate(rig.rubric.criteria):
        value = values[min(at, len(values) - 1)]
        answer = Answer(status="observed", value=value, rationale=rationale or "since")
        rating.draft(rig.ws, viewer, item, criterion.id, answer)
    rating.submit(rig.ws, viewer, call_id, rig.rubric.id)


def judge_says(rig: StudyRig, call_id: str, value: int) -> None:
    """A judge's submitted scores on every criterion."""
    item = rating.items_of(call_id, rig.rubric, timing.turn_set(rig.ws, call_id))[0]
    with rig.ws.db.machine() as uow:
        rater_id = _judge(uow)
        for criterion in rig.rubric.criteria:
            answer = Answer(status="observed", value=value, rationale="the judge's secret reason")
            uow.scores.add(
                NewScore(
                    call_id=call_id, item_id=uow.scores.item(item),
                    rubric_version_id=rig.rubric.id, criterion_id=criterion.id,
                    rater_id=rater_id, answer=answer, phase="submitted", blind=True,
                )
            )  # fmt: skip


def _judge(uow: Any) -> str:
    run = uow.connection.exec_driver_sql
    row = run("SELECT id FROM rater WHERE name = 'judge-1' AND kind = 'judge'").fetchone()
    if row is not None:
        return str(row[0])
    version_id, rater_id = new_id(), new_id()
    run(
        "INSERT INTO judge_version (id, provider, model, prompt_sha256, created_at) "
        "VALUES (?, 'none', 'm', 'x', ?)",
        (version_id, utc_now()),
    )
    run(
        "INSERT INTO rater (id, kind, name, role, judge_version_id, created_at) "
        "VALUES (?, 'judge', 'judge-1', 'lead', ?, ?)",
        (rater_id, version_id, utc_now()),
    )
    return rater_id
