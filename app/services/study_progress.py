"""How far studies have come, for their owner: votes and forms against what is wanted."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from app.domain.errors import NotAllowed
from app.domain.ratings import Viewer
from app.domain.studies import Stimulus, Study
from app.services.studies import making
from app.services.workspace import Workspace
from db.repos.study_progress import FormRow, StudyProgressRepo

LONGEST_S = 30 * 60.0
"""A longer time between two forms was a break, not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A study in the list, with its votes or forms."""

    study: Study
    done: int
    wanted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRater:
    """How far one rater of a rubric study is."""

    rater_id: str
    name: str
    done: int
    left: int
    skipped: int
    pace_s: float | None
    """Median seconds from form to form, breaks left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormItem:
    """How far one call of a rubric study is."""

    number: int
    """In the study."""
    call_id: str
    condition: str
    reason: str
    """Why it was chosen."""
    inclusion_prob: float
    done: int
    wanted: int
    """Raters that it gets."""
    assigned: int
    skips: tuple[str, ...]
    """Why it was left out, by whom that was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormProgress:
    """A rubric study's raters and calls."""

    raters: tuple[FormRater, ...]
    items: tuple[FormItem, ...]


def listing(ws: Workspace, viewer: Viewer) -> tuple[Listed, ...]:
    """Every study with its progress, newest first.

    Raises:
        NotAllowed: a reviewer.
    """
    _lead_only(viewer)
    with ws.db.read() as uow:
        repo = StudyProgressRepo(uow.connection)
        items, done = repo.wanted_items(), repo.voted() | repo.filled()
        return tuple(
            Listed(
                study=study,
                done=done.get(study.id, 0),
                wanted=study.design.votes_of(items.get(study.id, 0)),
            )
            for study in uow.studies.all()
        )


def form_progress(ws: Workspace, viewer: Viewer, study_id: str) -> FormProgress:
    """Raters and calls of a rubric study.

    Raises:
        NotAllowed: a reviewer. NotFound: no such study.
    """
    _lead_only(viewer)
    design = making.get(ws, study_id).design
    with ws.db.read() as uow:
        rows = StudyProgressRepo(uow.connection).forms(study_id)
        planned = [s for s in uow.studies.stimuli(study_id) if s.role == "rate"]
    by_rater: dict[str, list[FormRow]] = defaultdict(list)
    by_call: dict[str, list[FormRow]] = defaultdict(list)
    for row in rows:
        by_rater[row.rater_id].append(row)
        by_call[row.call_id].append(row)
    items = [_item(s, by_call[s.call_id], design.raters_of(s.number)) for s in planned]
    return FormProgress(raters=tuple(map(_rater, by_rater.values())), items=tuple(items))


def _rater(rows: Sequence[FormRow]) -> FormRater:
    stamps = sorted(row.submitted_at for row in rows if row.submitted_at)
    times = [datetime.datetime.fromisoformat(s) for s in stamps]
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    gaps = [g for g in gaps if 0 <= g <= LONGEST_S]
    skipped = sum(row.skipped is not None and not row.submitted_at for row in rows)
    return FormRater(
        rater_id=rows[0].rater_id,
        name=rows[0].rater,
        done=len(stamps),
        left=len(rows) - len(stamps) - skipped,
        skipped=skipped,
        pace_s=median(gaps) if len(gaps) >= 3 else None,
    )


def _item(planned: Stimulus, rows: Sequence[FormRow], wanted: int) -> FormItem:
    return FormItem(
        number=planned.number,
        call_id=planned.call_id,
        condition=planned.condition,
        reason=planned.reason,
        inclusion_prob=planned.inclusion_prob,
        done=sum(row.submitted_at is not None for row in rows),
        wanted=wanted,
        assigned=len(rows),
        skips=tuple(f"{row.rater}: {row.skipped}" for row in rows if row.skipped),
    )


def _lead_only(viewer: Viewer) -> None:
    if not viewer.is_lead:
        raise NotAllowed("Progress is the study owner's.", "Sign in as a lead.")
