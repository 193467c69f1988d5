"""Rerun the anchors: ask the very same judge version the very same questions once more."""

from __future__ import annotations

from app.domain.errors import BadInput, NotAllowed
from app.domain.evaluation import Run
from app.domain.judging import JudgeVersion
from app.domain.ratings import Viewer
from app.services.calibrating import drifting
from app.services.calibrating.anchors import ROLES
from app.services.calibrating.rating_set import RatingSet
from app.services.judging import definitions, judging_runs, pairing
from app.services.judging.caps import Caps
from app.services.judging.judging_runs import NO_CAPS, JudgeChoice
from app.services.workspace import Workspace


def rerun_anchors(
    ws: Workspace, viewer: Viewer, found: RatingSet, judge: JudgeVersion, caps: Caps = NO_CAPS
) -> Run:
    """Store a run of a judge version over the frozen anchors; it waits until it is driven.

    Raises:
        NotAllowed: a reviewer.
        BadInput: no frozen anchors, or the judge would score by a newer version of the rubric.
        NotFound: its endpoint is not there any more.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead reruns the anchors.", "Sign in as a lead.")
    if not found.splits.is_frozen:
        raise BadInput("There are no frozen anchors yet.", "Freeze the splits first.")
    calls = drifting.anchor_calls(found)
    if not calls:
        raise BadInput("None of the scored calls is an anchor.", "Label calls of the test split.")
    definition = definitions.definition(ws, judge.ref)
    if definition.rubric != definitions.TFC_RUBRIC:
        newest = definitions.rubric_for(ws, definition)
        if newest.id != judge.rubric_version_id:
            raise BadInput(
                f"{judge.label} scored by version {found.rubric.version} of {found.rubric.key}; "
                f"it would now score by version {newest.version}.",
                "Run the judge on these calls instead: that makes another judge version.",
            )
    with ws.db.read() as uow:
        endpoint = uow.calibration_records.last_endpoint(judge.id)
    choice = JudgeChoice(
        ref=judge.ref, endpoint=endpoint, model=judge.model, params=dict(judge.params)
    )
    pairs = [
        pairing.pair(item.call_id, item.other_call_id)
        for item, role in zip(found.items, found.roles)
        if item.other_call_id and role in ROLES
    ]
    return judging_runs.create(
        ws, viewer, calls, [choice], caps=caps, title=f"Anchors, {judge.label}", anew=True,
        pairs=list(dict.fromkeys(pairs)) if pairs else None,
    )  # fmt: skip
