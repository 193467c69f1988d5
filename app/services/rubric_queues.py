"""Rubric studies as their raters see them: what waits for whom, and what opens after submitting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.ratings import Score, Viewer
from app.domain.studies import Study
from app.services import opinions, rating
from app.services.opinions import Opinion
from app.services.workspace import Workspace
from db.repos.assignments import AssignmentRepo
from db.unit_of_work import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOffer:
    """A rubric study with calls left for a rater."""

    study_id: str
    code: str
    rubric: str
    """Its title: what is asked. The study's own name stays with its owner."""
    done: int
    left: int
    """Before the first call, how many there may be at most."""
    due: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """What judges and others gave on a form that the viewer has submitted."""

    scores: tuple[Score, ...]
    names: Mapping[str, str]
    """Rater id → name."""
    opinions: Mapping[str, Opinion]
    """Score id → what the viewer said of it."""


def offered(ws: Workspace, viewer: Viewer) -> tuple[QueueOffer, ...]:
    """Open rubric studies with calls left for the viewer, due ones first. Assigns nothing."""
    found = []
    with ws.db.read() as uow:
        repo = AssignmentRepo(uow.connection)
        for study in uow.studies.all():
            if study.state != "open" or study.instrument != "rubric":
                continue
            rows = repo.queue(study.id, viewer.rater_id)
            done = sum(row.submitted_at is not None for row in rows)
            left = sum(row.submitted_at is None and not row.skipped for row in rows)
            if not rows:
                left = _free(uow, study)
            rubric = uow.rubrics.get(study.rubric_version_id)
            if left and rubric is not None:
                found.append(
                    QueueOffer(
                        study_id=study.id, code=study.code, rubric=rubric.title, done=done,
                        left=left, due=study.due,
                    )
                )  # fmt: skip
    return tuple(sorted(found, key=lambda o: (o.due or "9999", o.code)))


def _free(uow: Reader, study: Study) -> int:
    """Calls that do not have all their raters yet."""
    planned = uow.votes.planned(study.id)
    rated = [s for s in uow.studies.stimuli(study.id) if s.role == "rate"]
    return sum(planned.get(s.id, 0) < study.design.raters_of(s.number) for s in rated)


def reveal(ws: Workspace, viewer: Viewer, call_id: str, rubric_version_id: str) -> Revealed:
    """Open what judges and others gave; audited.

    Raises:
        NotAllowed: the form is not submitted, or it is kept hidden.
    """
    scores: Sequence[Score] = rating.reveal(ws, viewer, call_id, rubric_version_id)
    with ws.db.read() as uow:
        names = uow.raters.names()
    known = {s.rater_id: names.get(s.rater_id, s.rater_id) for s in scores}
    told = Revealed(scores=tuple(scores), names=known, opinions={})
    return with_opinions(ws, viewer, call_id, told)


def with_opinions(ws: Workspace, viewer: Viewer, call_id: str, told: Revealed) -> Revealed:
    """The same with the viewer's newest opinions."""
    own = [o for o in opinions.opinions(ws, viewer, call_id) if o.rater_id == viewer.rater_id]
    return replace(told, opinions={o.score_id: o for o in own})
