"""Studies: made as drafts, looked up, opened and closed. The rules of an open one are fixed."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed, NotFound
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.domain.studies import (
    LISTENING,
    Instrument,
    Stimulus,
    Study,
    StudyDesign,
    StudyState,
)
from app.services.workspace import Workspace

RUBRICS: dict[Instrument, str] = {
    "acr": "acr",
    "dcr": "dcr",
    "ccr": "ccr",
    "pairwise": "preference",
    "humanlike": "human_likeness",
    "ai_detect": "ai_detection",
}
"""The rubric of each listening instrument, unless the study names another; see `SCALES`."""

SCALES: dict[Instrument, frozenset[int]] = {
    "acr": frozenset(range(1, 6)),
    "dcr": frozenset(range(1, 6)),
    "ccr": frozenset(range(-3, 4)),
    "pairwise": frozenset(range(-3, 4)),
    "humanlike": frozenset(range(10)),
    "ai_detect": frozenset((0, 1)),
}
"""The values that the criterion of each listening instrument has."""

NEXT: dict[StudyState, tuple[StudyState, ...]] = {
    "draft": ("open",),
    "open": ("paused", "closed"),
    "paused": ("open", "closed"),
    "closed": ("open",),
}
"""Which states may follow."""


def create(
    ws: Workspace,
    viewer: Viewer,
    name: str,
    instrument: Instrument,
    design: StudyDesign | None = None,
    *,
    query: str = "",
    rubric_key: str = "",
    seed: int = 0,
    due: str | None = None,
) -> Study:
    """Store a study as a draft.

    Args:
        ws: the workspace.
        viewer: its owner, a lead.
        name: as the lead calls it; raters see the question alone.
        instrument: what is asked.
        design: the rules; the defaults where None.
        query: which calls it draws from, for people to read.
        rubric_key: of a rubric study; of others where it is not the instrument's own, as for a
            scale of listening effort.
        seed: orders and samples follow from it.
        due: a date.

    Raises:
        NotAllowed: a reviewer may not make studies.
        BadInput: no name, or rules that cannot be.
        NotFound: no such rubric.
    """
    _lead_only(viewer)
    if not name.strip():
        raise BadInput("The study has no name.", "Give it one.")
    design = design or StudyDesign()
    _check(instrument, design)
    rubric = _rubric(ws, instrument, rubric_key)
    _check_scale(instrument, design, rubric)
    with ws.db.human() as uow:
        study_id = uow.studies.add(
            name=name.strip(),
            instrument=instrument,
            rubric_version_id=rubric.id,
            design=design,
            seed=seed,
            query=query,
            due=due,
            rater_id=viewer.rater_id or None,
        )
        uow.touch(Changes(studies=True))
    return get(ws, study_id)


def studies(ws: Workspace) -> list[Study]:
    """Every study, newest first."""
    with ws.db.read() as uow:
        return uow.studies.all()


def get(ws: Workspace, ref: str) -> Study:
    """A study by its id or code.

    Raises:
        NotFound: there is none.
    """
    with ws.db.read() as uow:
        found = uow.studies.get(ref)
    if found is None:
        raise NotFound(f"There is no study {ref}.")
    return found


def stimuli(ws: Workspace, viewer: Viewer, study_id: str) -> list[Stimulus]:
    """What a study presents, with systems and sources: for its owner alone.

    Raises:
        NotAllowed: a reviewer would be unblinded.
    """
    _lead_only(viewer)
    with ws.db.read() as uow:
        return uow.studies.stimuli(study_id)


def set_state(ws: Workspace, viewer: Viewer, study_id: str, state: StudyState) -> Study:
    """Pause, close or reopen a study. Opening a draft is `opening.open_study`.

    Raises:
        NotAllowed: not a lead, or that state cannot follow.
    """
    _lead_only(viewer)
    found = get(ws, study_id)
    if state not in NEXT[found.state] or found.state == "draft":
        raise NotAllowed(f"{found.code} is {found.state}; it cannot become {state}.")
    with ws.db.human() as uow:
        uow.studies.set_state(found.id, state, rater_id=viewer.rater_id or None)
        uow.touch(Changes(studies=True))
    return get(ws, study_id)


def rubric_of(ws: Workspace, study: Study) -> RubricVersion:
    """The rubric version of a study."""
    with ws.db.read() as uow:
        found = uow.rubrics.get(study.rubric_version_id)
    if found is None:
        raise NotFound(f"The rubric of {study.code} is gone.")
    return found


def _rubric(ws: Workspace, instrument: Instrument, key: str) -> RubricVersion:
    wanted = key or RUBRICS.get(instrument, "")
    with ws.db.read() as uow:
        versions: Sequence[RubricVersion] = [r for r in uow.rubrics.all() if r.key == wanted]
    if not versions:
        raise NotFound(
            f"There is no rubric “{wanted}”." if wanted else "A rubric study needs a rubric.",
            "Choose one of the rubrics of this workspace.",
        )
    return max(versions, key=lambda r: r.version)


def _check_scale(instrument: Instrument, design: StudyDesign, rubric: RubricVersion) -> None:
    asked = design.criterion
    found = next((c for c in rubric.criteria if c.key == asked), None)
    if asked and found is None:
        keys = ", ".join(c.key for c in rubric.criteria)
        raise BadInput(f"“{rubric.title}” has no criterion {asked!r}.", f"One of: {keys}.")
    wanted = SCALES.get(instrument)
    values = {level.value for level in (found or rubric.criteria[0]).levels}
    if wanted is not None and values != wanted:
        shown = ", ".join(str(v) for v in sorted(wanted))
        raise BadInput(f"The scale of “{rubric.title}” does not fit.", f"It needs {shown}.")


def _check(instrument: Instrument, design: StudyDesign) -> None:
    if design.raters_per_item < 1:
        raise BadInput("Every item needs a rater.", "Ask for at least one rater an item.")
    if not 0 <= design.overlap <= 1:
        raise BadInput("Overlap is a share between 0 and 1.")
    if instrument in LISTENING and design.block < 1:
        raise BadInput("A block needs at least one trial.")
    if instrument == "pairwise" and design.points not in (2, 3, 7):
        raise BadInput("A pair is answered on 2, 3 or 7 points.")
    if instrument == "pairwise" and design.points == 2 and design.ties:
        raise BadInput("A forced choice has no tie.", "Allow 3 or 7 points, or no ties.")


def _lead_only(viewer: Viewer) -> None:
    if not viewer.is_lead:
        raise NotAllowed("Only a lead makes and reads studies.", "Sign in as a lead.")
