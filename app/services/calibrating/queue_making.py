"""A queue of what to label next, kept as a draft study with its calls and their probabilities."""

from __future__ import annotations

from app.domain.calls import Span
from app.domain.errors import BadInput
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.domain.studies import Study, StudyDesign
from app.services.calibrating.leads import lead_only
from app.services.calibrating.queues import QueuePlan
from app.services.calls import get_calls
from app.services.studies import choosing, making, opening
from app.services.studies.controls import Planned
from app.services.workspace import Workspace


def make(
    ws: Workspace, viewer: Viewer, chosen: QueuePlan, name: str, due: str | None = None
) -> Study:
    """Keep a queue as a draft study with its calls; opening it draws nothing anew.

    Raises:
        NotAllowed: a reviewer. BadInput: no name, or the rubric has a newer version.
    """
    lead_only(viewer)
    _require_newest(ws, chosen.rubric)
    extra = {
        str(number): pick.raters - 1
        for number, pick in enumerate(chosen.picks, start=1)
        if pick.raters > 1
    }
    design = StudyDesign(
        raters_per_item=1, overlap=0.0, extra_raters=extra, policy=chosen.wish.kind,
        repeat_share=StudyDesign().repeat_share if chosen.wish.kind == "measure" else 0.0,
    )  # fmt: skip
    study = making.create(
        ws, viewer, name, "rubric", design, rubric_key=chosen.rubric.key,
        query=f"{chosen.wish.kind}: {chosen.judge.ref}, {chosen.criterion_key}",
        seed=chosen.seed, due=due,
    )  # fmt: skip
    known = {c.id: c for c in get_calls(ws, [p.call_id for p in chosen.picks])}
    planned = [
        Planned(
            role="rate",
            clip=choosing.Candidate(
                call=known[p.call_id], span=Span(0, known[p.call_id].frame_count), speaker=None,
                layer_id=None, layer_version=None, condition=p.stratum,
                inclusion_prob=p.probability, reason=p.reason,
            ),
        )
        for p in chosen.picks
    ]  # fmt: skip
    return opening.keep_drawn(ws, viewer, study.id, planned)


def _require_newest(ws: Workspace, rubric: RubricVersion) -> None:
    """A study asks the newest version, and versions are never pooled."""
    with ws.db.read() as uow:
        newest = max(r.version for r in uow.rubrics.all() if r.key == rubric.key)
    if newest > rubric.version:
        raise BadInput(
            f"{rubric.key} {rubric.version} has a newer version, {newest}.",
            "Choose that one: labels of it would not count for this one.",
        )
