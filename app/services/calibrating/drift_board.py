"""What the page of drift shows: a row for each judge and dimension, and the row in front at length.

Agreement over time has a point for each run of each version of a judge. Versions of a rubric are
shown beside each other, never pooled: what they ask is not the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.calibration_records import DriftCheck
from app.domain.clock import utc_now
from app.domain.errors import BadInput, NotFound
from app.domain.judging import JudgeVersion
from app.domain.ratings import Viewer
from app.domain.rubrics import Criterion
from app.domain.work import Work
from app.eval.agreement.ceiling import ceiling
from app.eval.agreement.resampling import Estimate
from app.eval.calibration.evidence import AnchorState
from app.eval.calibration.rules import Rule
from app.services.calibrating import agreement, anchors, auditing, drifting, gather, repeats
from app.services.calibrating.auditing import Audit
from app.services.calibrating.dimension import dimension
from app.services.calibrating.drifting import Look
from app.services.calibrating.rating_set import RatingSet
from app.services.calibrating.repeats import RaterRepeats
from app.services.workspace import Workspace

FEWEST_ITEMS, FEWEST_CALLS = 10, 5
"""A run with fewer labelled ones has no point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRow:
    """One judge version on one dimension."""

    judge: JudgeVersion
    criterion: Criterion
    look: Look | None
    """Beside its own first run, else beside the version before; None where there is neither."""
    check: DriftCheck | None
    """The newest one on record."""
    anchors: AnchorState
    """As the verdict takes it."""
    due: str
    """Why the anchors are to be rerun; empty where they are not."""

    @property
    def key(self) -> str:
        """What the row is known by."""
        return f"{self.judge.id} {self.criterion.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Agreement of one run with people."""

    at: str
    judge: JudgeVersion
    rubric_version: int
    measure: str
    agreement: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftDetail:
    """All of one row."""

    row: DriftRow
    audit: Audit
    moments: tuple[Moment, ...]
    """In the order of time."""
    people: tuple[RaterRepeats, ...]
    """On this dimension."""


def rows(ctx: Work, ws: Workspace, found: RatingSet, rule: Rule) -> list[DriftRow]:
    """Every judge version on every dimension that it scored."""
    now, reported = utc_now(), {}
    with ws.db.read() as uow:
        for judge in found.judges.values():
            reported[judge.id] = uow.calibration_records.models_reported(judge.id)
    made = []
    for judge, key in agreement.scored_pairs(found):
        ctx.raise_if_cancelled()
        made.append(
            DriftRow(
                judge=judge, criterion=found.criterion_named(key),
                look=drifting.usual_look(found, judge, key, rule),
                check=drifting.newest_check(found, judge, key),
                anchors=anchors.state(found, judge, key),
                due=drifting.why_due(found, judge, reported[judge.id], now),
            )
        )  # fmt: skip
    return made


def detail(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    found: RatingSet,
    row: DriftRow,
    others: Sequence[RatingSet] = (),
) -> DriftDetail:
    """One row at length; `others` are sets of other versions of the rubric.

    Raises:
        NotAllowed: a reviewer.
    """
    moments: list[Moment] = []
    for one in (found, *others):
        ctx.raise_if_cancelled()
        moments += _moments(one, row)
    people = repeats.of_people(ws, viewer, found)
    return DriftDetail(
        row=row, audit=auditing.look(found, row.judge, row.criterion.key),
        moments=tuple(sorted(moments, key=lambda m: m.at)),
        people=tuple(p for p in people if p.criterion_key == row.criterion.key),
    )  # fmt: skip


def other_versions(ctx: Work, ws: Workspace, viewer: Viewer, found: RatingSet) -> list[RatingSet]:
    """Scores by other versions of the rubric, where anybody scored with them.

    Raises:
        NotAllowed: a reviewer.
    """
    with ws.db.read() as uow:
        ids = [r.id for r in uow.rubrics.all() if r.key == found.rubric.key]
    made = []
    for rubric_id in ids:
        ctx.raise_if_cancelled()
        if rubric_id != found.rubric.id:
            try:
                made.append(gather.load(ws, viewer, rubric_id))
            except BadInput:  # nobody has scored it
                continue
    return made


def _moments(found: RatingSet, row: DriftRow) -> Iterator[Moment]:
    try:
        one = dimension(found, row.criterion.key)
    except NotFound:  # that version does not ask it
        return
    name = row.judge.ref.partition("@")[0]
    for judge in found.judges.values():
        if judge.ref.partition("@")[0] != name:
            continue
        for at, values in _by_run(found, judge, row.criterion.key).values():
            mine = values[one.items]
            both = one.is_labelled & ~np.isnan(mine)
            if both.sum() < FEWEST_ITEMS or len(set(one.people.calls[both])) < FEWEST_CALLS:
                continue
            told = ceiling(one.people, mine, one.criterion.scale)
            yield Moment(
                at=at, judge=judge, rubric_version=found.rubric.version, measure=told.measure,
                agreement=told.judge,
            )  # fmt: skip


def _by_run(
    found: RatingSet, judge: JudgeVersion, key: str
) -> Mapping[str | None, tuple[str, np.ndarray]]:
    """Run → (its first score's time, value of each item of the set)."""
    at = found.rubric.criteria.index(found.criterion_named(key))
    mine = (found.rater == found.raters.index(judge.rater_id)) & (found.criterion == at)
    made: dict[str | None, tuple[str, np.ndarray]] = {}
    for n in np.flatnonzero(mine & ~np.isnan(found.value)).tolist():
        row = found.rows[n]
        if row.run_id not in made:
            made[row.run_id] = (row.created_at, np.full(len(found.items), np.nan))
        made[row.run_id][1][found.item[n]] = found.value[n]
    return made
