"""Task flows: every round of deriving and editing is a version; approvals are appended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.clock import utc_now
from app.domain.flows import FlowApproval, FlowNode, FlowVersion
from app.domain.ids import new_id
from db.repos.base import Repo, dump
from db.schema import judging as t

_FLOW = (
    "SELECT f.*, (SELECT name FROM rater WHERE rater.id = f.created_by) AS author, "
    "(SELECT rater.name FROM flow_approval a JOIN rater ON rater.id = a.rater_id "
    "WHERE a.flow_version_id = f.id ORDER BY a.seq DESC LIMIT 1) AS approver FROM flow_version f "
)


class FlowRepo(Repo):
    """Reads and appends flow versions."""

    def keys(self) -> list[str]:
        """Every flow's key."""
        return [row[0] for row in self._rows("SELECT DISTINCT key FROM flow_version ORDER BY key")]

    def versions(self, key: str) -> list[FlowVersion]:
        """Every round of a flow, oldest first."""
        return [
            _flow(row)
            for row in self._maps(_FLOW + "WHERE f.key = :k ORDER BY f.version", {"k": key})
        ]

    def get(self, version_id: str) -> FlowVersion | None:
        """One version by its id."""
        row = self._map(_FLOW + "WHERE f.id = :i", {"i": version_id})
        return None if row is None else _flow(row)

    def newest(self, key: str, *, approved: bool = False) -> FlowVersion | None:
        """The newest version of a flow; with `approved`, of those that an expert accepted."""
        rule = (
            "AND EXISTS (SELECT 1 FROM flow_approval a WHERE a.flow_version_id = f.id) "
            if approved
            else ""
        )
        row = self._map(
            f"{_FLOW} WHERE f.key = :k {rule}ORDER BY f.version DESC LIMIT 1", {"k": key}
        )
        return None if row is None else _flow(row)

    def add(self, flow: FlowVersion, *, rater_id: str | None = None) -> FlowVersion:
        """Append a version of its key; as stored, with its number."""
        newest = self._value(
            "SELECT coalesce(max(version), 0) FROM flow_version WHERE key = :k", {"k": flow.key}
        )
        made = replace(flow, id=new_id(), version=int(newest) + 1, created_at=utc_now())
        self._insert(
            t.flow_version,
            {
                "id": made.id,
                "key": made.key,
                "version": made.version,
                "title": made.title,
                "sop": made.sop,
                "nodes": dump([n.to_json() for n in made.nodes]),
                "stage": made.stage,
                "reason": made.reason,
                "parent_id": made.parent_id,
                "report": dump(dict(made.report)),
                "created_by": rater_id,
                "created_at": made.created_at,
            },
        )
        return self.get(made.id) or made

    def approve(self, approval: FlowApproval, rater_id: str) -> None:
        """Append an approval."""
        self._insert(
            t.flow_approval,
            {
                "id": new_id(),
                "flow_version_id": approval.flow_version_id,
                "proposed_id": approval.proposed_id,
                "rater_id": rater_id,
                "nodes_kept": approval.nodes_kept,
                "nodes_proposed": approval.nodes_proposed,
                "edges_kept": approval.edges_kept,
                "edges_proposed": approval.edges_proposed,
                "note": approval.note,
                "created_at": utc_now(),
            },
        )

    def approvals(self, key: str | None = None) -> list[FlowApproval]:
        """Approvals of a flow, or of all, newest first."""
        rows = self._maps(
            "SELECT a.*, rater.name AS rater FROM flow_approval a "
            "JOIN flow_version f ON f.id = a.flow_version_id JOIN rater ON rater.id = a.rater_id "
            "WHERE :k IS NULL OR f.key = :k ORDER BY a.seq DESC",
            {"k": key},
        )
        names = FlowApproval.__slots__
        return [FlowApproval(**{name: row[name] for name in names}) for row in rows]


def _flow(row: Mapping[str, Any]) -> FlowVersion:
    return FlowVersion(
        id=row["id"],
        key=row["key"],
        version=row["version"],
        title=row["title"],
        sop=row["sop"],
        nodes=tuple(FlowNode.from_json(n) for n in json.loads(row["nodes"])),
        stage=row["stage"],
        reason=row["reason"],
        parent_id=row["parent_id"],
        report=json.loads(row["report"]),
        created_by=row["author"] or "",
        created_at=row["created_at"],
        approved=row["approver"] is not None,
        approved_by=row["approver"] or "",
    )
