"""Studies in a workspace of the demo calls, for pictures: `WORKSPACE`.

Eight sample listeners give opinions of the agents' voices and prefer one of two; three sample
reviewers score calls and differ on some. All they say is drawn from a seed.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from app.domain.browsing import Sort
from app.domain.calls import Call
from app.domain.ratings import Answer, Viewer
from app.domain.studies import Study, StudyDesign
from app.domain.work import Quiet
from app.services import browsing, calls, raters, rating, timing
from app.services.opening import open_workspace
from app.services.studies import making, planning, queueing
from app.services.studies.choosing import ClipRule
from app.services.studies.opening import open_study
from app.services.workspace import Workspace
from tests.unit.studies.conftest import Session

SEED = 2026
SHORT_S = 20
"""The short calls of the demo are for calibration."""
VOICES = {"Corran Cards": 4.1, "Harrow Bank": 3.4}
"""What listeners think of an agent's voice; of the others 3.7."""


def main(folder: str) -> None:
    ws = open_workspace(Path(folder))
    try:
        lead = raters.cli_viewer(ws)
        ids = browsing.uuids(
            ws, browsing.call_ids(ws, lead, browsing.parse_query("-tag:noisy"), Sort())
        )
        every = [calls.get_call(ws, call_id) for call_id in ids]
        found = [c for c in every if c.frame_count > SHORT_S * c.rate_hz]
        voices(ws, lead, found)
        handling(ws, lead, [call.id for call in found][:6])
    finally:
        ws.close()


def voices(ws: Workspace, lead: Viewer, found: list[Call]) -> None:
    """An opinion study of all agents."""
    design = StudyDesign(raters_per_item=8, training=2)
    study = making.create(ws, lead, "Voices, autumn", "acr", design, seed=SEED)
    rule = ClipRule(condition_by="agent")
    planned = planning.plan_items(ws, lead, study, [c.id for c in found], rule=rule)
    study = open_study(Quiet(), ws, lead, study.id, planned)
    for number in range(1, 9):
        listener = raters.sign_in(ws, f"Sample listener {number}", "reviewer")
        _listen(ws, listener, study, number)


def _listen(ws: Workspace, listener: Viewer, study: Study, number: int) -> None:
    chance = random.Random(SEED + number)
    with ws.db.read() as uow:
        stimuli = {s.id: s for s in uow.studies.stimuli(study.id)}
    session = Session(ws, listener, study, owner=f"w{number}")
    while (step := session.step()).kind != "done":
        if step.kind == "block_end":
            session.close(step.block)
            continue
        assert step.trial is not None
        with ws.db.read() as uow:
            trial = uow.votes.trial(listener, step.trial.trial_id)
        assert trial is not None
        shown = stimuli[trial.stimulus_id]
        mean = VOICES.get(shown.condition, 3.7) + 0.12 * (number - 4)
        drawn = min(5, max(1, round(chance.gauss(mean, 0.7))))
        session.vote(float(drawn) if shown.expected is None else shown.expected)


def handling(ws: Workspace, lead: Viewer, ids: list[str]) -> None:
    """A rubric study whose reviewers differ here and there."""
    design = StudyDesign(raters_per_item=3)
    study = making.create(
        ws, lead, "Call handling, autumn", "rubric", design, rubric_key="call_handling", seed=SEED
    )
    study = open_study(Quiet(), ws, lead, study.id, planning.plan_items(ws, lead, study, ids))
    with ws.db.read() as uow:
        rubric = uow.rubrics.get(study.rubric_version_id)
    assert rubric is not None
    for number in range(1, 4):
        reviewer = raters.sign_in(ws, f"Sample expert {number}", "reviewer")
        chance = random.Random(SEED * number)
        queueing.queue(ws, reviewer, study.id)
        for call_id in ids:
            item = rating.items_of(call_id, rubric, timing.turn_set(ws, call_id))[0]
            for at, criterion in enumerate(rubric.criteria):
                usual = 2 + (at + len(call_id)) % 3
                value = min(5, max(1, usual + chance.choice((-1, 0, 0, 0, 1))))
                answer = Answer(status="observed", value=value, rationale="As heard.")
                rating.draft(ws, reviewer, item, criterion.id, answer)
            rating.submit(ws, reviewer, call_id, rubric.id)


if __name__ == "__main__":
    main(*sys.argv[1:])
