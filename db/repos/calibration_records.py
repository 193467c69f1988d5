"""Drift checks, corrections in use and verdicts. Rows are only added; the newest one counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.domain.calibration_records import (
    CheckKind,
    DriftCheck,
    StoredCalibration,
    StoredVerdict,
)
from app.domain.clock import utc_now
from app.domain.ids import new_id
from db.repos.base import Repo, dump
from db.schema import calibration as t

JSON = ("body", "slice")


class CalibrationRecordRepo(Repo):
    """Of one rubric version at a time. Services ask who is looking before they read."""

    def add_check(
        self,
        *,
        rubric_version_id: str,
        criterion_id: str,
        judge_version_id: str,
        kind: CheckKind,
        drifted: bool | None,
        body: Mapping[str, Any],
        before_version_id: str | None = None,
        run_id: str | None = None,
        rater_id: str | None = None,
    ) -> DriftCheck:
        """Append a look at drift."""
        made = DriftCheck(
            id=new_id(), rubric_version_id=rubric_version_id, criterion_id=criterion_id,
            judge_version_id=judge_version_id, before_version_id=before_version_id, run_id=run_id,
            kind=kind, drifted=drifted, body=body, created_by=rater_id, created_at=utc_now(),
        )  # fmt: skip
        self._insert(t.drift_check, _row(made))
        return made

    def checks(self, rubric_version_id: str) -> list[DriftCheck]:
        """Every look at a rubric version's judges, oldest first."""
        found = self._of("drift_check", rubric_version_id)
        for row in found:
            row["drifted"] = None if row["drifted"] is None else bool(row["drifted"])
        return [DriftCheck(**row) for row in found]

    def add_calibration(
        self,
        *,
        rubric_version_id: str,
        criterion_id: str,
        judge_version_id: str,
        snapshot_sha256: str,
        body: Mapping[str, Any],
        rater_id: str | None,
    ) -> StoredCalibration:
        """Append a correction."""
        made = StoredCalibration(
            id=new_id(), rubric_version_id=rubric_version_id, criterion_id=criterion_id,
            judge_version_id=judge_version_id, snapshot_sha256=snapshot_sha256, body=body,
            created_by=rater_id, created_at=utc_now(),
        )  # fmt: skip
        self._insert(t.calibration, _row(made))
        return made

    def calibrations(self, rubric_version_id: str) -> list[StoredCalibration]:
        """Every correction that was put to use, oldest first."""
        return [StoredCalibration(**row) for row in self._of("calibration", rubric_version_id)]

    def add_verdict(
        self,
        *,
        rubric_version_id: str,
        criterion_id: str,
        judge_version_id: str,
        calibration_id: str | None,
        where: Mapping[str, Any],
        state: int,
        rule: str,
        body: Mapping[str, Any],
        snapshot_at: str,
        valid_until: str | None,
        waived_by: str | None = None,
        reason: str = "",
        rater_id: str | None,
    ) -> StoredVerdict:
        """Append a verdict."""
        made = StoredVerdict(
            id=new_id(), rubric_version_id=rubric_version_id, criterion_id=criterion_id,
            judge_version_id=judge_version_id, calibration_id=calibration_id, slice=where,
            state=state, rule=rule, body=body, snapshot_at=snapshot_at, valid_until=valid_until,
            waived_by=waived_by, reason=reason, created_by=rater_id, created_at=utc_now(),
        )  # fmt: skip
        self._insert(t.verdict, _row(made))
        return made

    def verdicts(self, rubric_version_id: str) -> list[StoredVerdict]:
        """Every verdict on record, oldest first."""
        return [StoredVerdict(**row) for row in self._of("verdict", rubric_version_id)]

    def models_reported(self, judge_version_id: str) -> list[tuple[str, str]]:
        """(model that the endpoint said it was, first reply of it), oldest first."""
        rows = self._rows(
            "SELECT model_reported, min(created_at) AS since FROM judge_reply "
            "WHERE judge_version_id = :j AND model_reported <> '' "
            "GROUP BY model_reported ORDER BY since",
            {"j": judge_version_id},
        )
        return [(row[0], row[1]) for row in rows]

    def last_endpoint(self, judge_version_id: str) -> str:
        """Where a judge version was asked last; empty where it never was."""
        found: str | None = self._value(
            "SELECT endpoint FROM judge_reply WHERE judge_version_id = :j "
            "ORDER BY seq DESC LIMIT 1",
            {"j": judge_version_id},
        )
        return found or ""

    def _of(self, table: str, rubric_version_id: str) -> list[dict[str, Any]]:
        found = self._maps(
            f"SELECT * FROM {table} WHERE rubric_version_id = :v ORDER BY seq",
            {"v": rubric_version_id},
        )
        return [
            {k: json.loads(v) if k in JSON else v for k, v in row.items() if k != "seq"}
            for row in found
        ]


def _row(made: DriftCheck | StoredCalibration | StoredVerdict) -> dict[str, Any]:
    row = {name: getattr(made, name) for name in made.__slots__}
    if row.get("drifted") is not None:
        row["drifted"] = int(row["drifted"])
    return {k: dump(v) if k in JSON else v for k, v in row.items()}
