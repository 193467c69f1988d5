"""Drift checks, corrections in use and verdicts as they leave a workspace and come into another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.services.calibrating.export_ids import without_raters
from app.services.calibrating.rating_set import RatingSet
from db.repos.dataset_exchange import DatasetExchangeRepo
from db.unit_of_work import Reader, UnitOfWork

if TYPE_CHECKING:
    from app.services.calibrating.dataset_manifest import RecordsRow
    from app.services.calibrating.dataset_shapes import Shape

OF_BOTH = ("id", "body", "created_at")
OF_CHECK = (*OF_BOTH, "kind", "run_id", "drifted")
OF_CALIBRATION = (*OF_BOTH, "snapshot_sha256")
OF_VERDICT = (
    *OF_BOTH, "calibration_id", "slice", "state", "rule", "snapshot_at", "valid_until", "reason",
)  # fmt: skip


def told(uow: Reader, found: RatingSet) -> dict[str, list[dict[str, Any]]]:
    """All that is on record of the judges that scored; who did it is not told."""
    repo, rubric = uow.calibration_records, found.rubric
    judges = {j.id: j.sha256 for j in found.judges.values()}
    keys = {c.id: c.key for c in rubric.criteria}

    def row(one: Any, names: tuple[str, ...], **more: Any) -> dict[str, Any]:
        place = {
            "judge_sha256": judges[one.judge_version_id], "dimension": keys[one.criterion_id],
        }  # fmt: skip
        told = {n: without_raters(found, getattr(one, n)) for n in names}
        return {**place, **told, **more}

    return {
        "checks": [
            row(c, OF_CHECK, before_sha256=judges.get(c.before_version_id or ""))
            for c in repo.checks(rubric.id)
            if c.judge_version_id in judges
        ],
        "calibrations": [
            row(c, OF_CALIBRATION)
            for c in repo.calibrations(rubric.id)
            if c.judge_version_id in judges
        ],
        "verdicts": [
            row(v, OF_VERDICT, waived=v.waived_by is not None)
            for v in repo.verdicts(rubric.id)
            if v.judge_version_id in judges
        ],
    }


def take(
    uow: UnitOfWork,
    records: RecordsRow,
    rubric_version_id: str,
    criteria: Mapping[str, str],
    viewer_id: str,
) -> None:
    """Store what is on record and not here yet.

    Args:
        uow: a write; the judges are in it already.
        records: from a dataset.
        rubric_version_id: of this workspace.
        criteria: key → id in this workspace.
        viewer_id: who answers here for a waiver that came along.
    """
    repo = DatasetExchangeRepo(uow.connection)
    versions = {j.sha256: j.id for j in uow.judges.versions()}

    def place(row: Any) -> dict[str, Any]:
        return {
            "rubric_version_id": rubric_version_id,
            "criterion_id": criteria[row.dimension],
            "judge_version_id": versions[row.judge_sha256],
        }

    for check in records.checks:
        before = versions.get(check.before_sha256 or "")
        repo.put_check({**_values(check, OF_CHECK), **place(check), "before_version_id": before})
    for calibration in records.calibrations:
        repo.put_calibration({**_values(calibration, OF_CALIBRATION), **place(calibration)})
    for verdict in records.verdicts:
        waived_by = viewer_id if verdict.waived else None
        repo.put_verdict({**_values(verdict, OF_VERDICT), **place(verdict), "waived_by": waived_by})


def _values(row: Shape, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
