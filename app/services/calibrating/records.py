"""What a lead puts on record: corrections in use, verdicts with their evidence, waivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from app.domain.calibration_records import StoredCalibration, StoredVerdict
from app.domain.errors import BadInput, NotAllowed
from app.domain.judging import JudgeVersion
from app.domain.ratings import Viewer
from app.eval.calibration.apply import apply
from app.eval.calibration.evidence import STATE_NAMES
from app.eval.calibration.rules import Rule
from app.services.calibrating import agreement, correcting, gather, rules
from app.services.calibrating.agreement import Cell
from app.services.calibrating.dimension import EVERYTHING, Slice, dimension
from app.services.calibrating.drifting import EVERY_DAYS
from app.services.calibrating.rating_set import ItemKey, RatingSet
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork

STAMP = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRecord:
    """What was stored together."""

    calibration: StoredCalibration | None
    verdict: StoredVerdict


def put_to_use(
    ws: Workspace,
    viewer: Viewer,
    found: RatingSet,
    key: str,
    judge: JudgeVersion,
    *,
    where: Slice = EVERYTHING,
    cell: Cell | None = None,
) -> OnRecord:
    """Store a judge's correction of a dimension together with the verdict that allows it.

    Args:
        ws: the workspace.
        viewer: a lead.
        found: the scores.
        key: of the dimension.
        judge: the version.
        where: the slice of the verdict.
        cell: as it was shown; looked at anew where None.

    Raises:
        NotAllowed: a reviewer.
        BadInput: the correction does not beat the judge as it is beyond one standard error.
    """
    _lead_only(viewer)
    rule = rules.current(ws)
    shown = cell or agreement.cell(found, judge, key, rule, where)
    body = correcting.fitted(found, key, judge).document(found)
    with ws.db.human() as uow:
        made = uow.calibration_records.add_calibration(
            rubric_version_id=found.rubric.id, criterion_id=shown.criterion.id,
            judge_version_id=judge.id, snapshot_sha256=body["training"]["snapshot"], body=body,
            rater_id=viewer.rater_id or None,
        )  # fmt: skip
        verdict = _add(uow, viewer, found, shown, rule, made.id)
    return OnRecord(calibration=made, verdict=verdict)


def keep_verdict(ws: Workspace, viewer: Viewer, found: RatingSet, cell: Cell) -> StoredVerdict:
    """Put a verdict on record without a correction.

    Raises:
        NotAllowed: a reviewer.
    """
    _lead_only(viewer)
    rule = rules.current(ws)
    in_use = found.calibration_of(cell.judge, cell.criterion.key)
    with ws.db.human() as uow:
        return _add(uow, viewer, found, cell, rule, None if in_use is None else in_use.id)


def waive(
    ws: Workspace, viewer: Viewer, found: RatingSet, cell: Cell, state: int, reason: str
) -> StoredVerdict:
    """Let a judge be used at another state than the rule gives it; a lead answers for that.

    Raises:
        NotAllowed: a reviewer.
        BadInput: no reason, no such state, or the one that it has anyway.
    """
    _lead_only(viewer)
    if not reason.strip():
        raise BadInput("A waiver needs a reason.", "Say why in a line.")
    if state not in STATE_NAMES:
        raise BadInput(f"There is no state {state}.", "States are 0 to 5.")
    if state == cell.verdict.state:
        raise BadInput("That is the state that the rule gives it.", "Put the verdict on record.")
    rule = rules.current(ws)
    in_use = found.calibration_of(cell.judge, cell.criterion.key)
    kept = None if in_use is None else in_use.id
    with ws.db.human() as uow:
        return _add(uow, viewer, found, cell, rule, kept, state=state, reason=reason.strip())


def _add(
    uow: UnitOfWork,
    viewer: Viewer,
    found: RatingSet,
    cell: Cell,
    rule: Rule,
    calibration_id: str | None,
    *,
    state: int | None = None,
    reason: str = "",
) -> StoredVerdict:
    where = cell.where
    until = datetime.now(UTC) + timedelta(days=EVERY_DAYS)
    return uow.calibration_records.add_verdict(
        rubric_version_id=found.rubric.id, criterion_id=cell.criterion.id,
        judge_version_id=cell.judge.id, calibration_id=calibration_id,
        where={
            "classes": dict(where.classes), "roles": sorted(where.roles),
            "blind_only": where.blind_only,
        },
        state=cell.verdict.state if state is None else state, rule=rule.ref,
        body={
            "verdict": cell.verdict.to_json(), "rule": rule.to_json(),
            "evidence": plain(cell.found.evidence),
        },
        snapshot_at=found.frozen_at, valid_until=until.strftime(STAMP),
        waived_by=viewer.rater_id if state is not None else None, reason=reason,
        rater_id=viewer.rater_id or None,
    )  # fmt: skip


def verdicts(ws: Workspace, viewer: Viewer, rubric_version_id: str) -> list[StoredVerdict]:
    """All verdicts of a rubric version, newest first.

    Raises:
        NotAllowed: a reviewer.
    """
    _lead_only(viewer)
    with ws.db.read() as uow:
        return uow.calibration_records.verdicts(rubric_version_id)[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedScore:
    """A judge's score with what a stored correction makes of it. The raw one is never changed."""

    item: ItemKey
    criterion_key: str
    judge_version_id: str
    raw: float
    corrected: float
    calibration_id: str


def corrected_scores(ws: Workspace, viewer: Viewer, rubric: str) -> list[CorrectedScore]:
    """Judges' scores under the corrections that are in use; those without one are left out.

    Raises:
        NotAllowed: a reviewer. NotFound: no such rubric. BadInput: nobody has scored it.
    """
    found = gather.load(ws, viewer, rubric)
    out: list[CorrectedScore] = []
    for judge in found.judges.values():
        for criterion in found.rubric.criteria:
            used = found.calibration_of(judge, criterion.key)
            if used is not None:
                out += _corrected(found, judge, criterion.key, used)
    return out


def _corrected(
    found: RatingSet, judge: JudgeVersion, key: str, used: StoredCalibration
) -> list[CorrectedScore]:
    one = dimension(found, key)
    blank = np.full(len(one.items), np.nan)
    raw = one.judges.get(judge.rater_id, blank)
    inputs = correcting.inputs(one, judge)
    after = apply(used.body, {name: inputs.get(name, blank) for name in used.body["inputs"]})
    return [
        CorrectedScore(
            item=found.items[int(one.items[at])], criterion_key=key, judge_version_id=judge.id,
            raw=float(raw[at]), corrected=float(after[at]), calibration_id=used.id,
        )
        for at in np.flatnonzero(~np.isnan(raw)).tolist()
    ]  # fmt: skip


def plain(value: Any) -> Any:
    """A value of figures as JSON can hold it: no number stays null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _lead_only(viewer: Viewer) -> None:
    if not viewer.is_lead:
        raise NotAllowed("Only a lead puts verdicts on record.", "Sign in as a lead.")
