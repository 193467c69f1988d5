"""The undo log: what a person did on a call, and what was taken back. Append-only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.clock import utc_now
from app.domain.ids import new_id
from db.repos.base import Repo, dump
from db.schema import rating as t

ActionKind = Literal["do", "undo", "redo", "submit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One row of the log; `target_id` is the step that an undo or redo is about."""

    id: str
    kind: ActionKind
    name: str
    target_id: str | None
    payload: dict[str, Any]


class ActionRepo(Repo):
    """Appends and lists actions."""

    def add(
        self,
        call_id: str,
        rater_id: str,
        name: str,
        payload: dict[str, Any],
        *,
        kind: ActionKind = "do",
        target_id: str | None = None,
    ) -> str:
        """Append one; its id."""
        action_id = new_id()
        self._insert(
            t.action,
            {
                "id": action_id,
                "call_id": call_id,
                "rater_id": rater_id,
                "kind": kind,
                "name": name,
                "target_id": target_id,
                "payload": dump(payload),
                "created_at": utc_now(),
            },
        )
        return action_id

    def of_call(self, call_id: str, rater_id: str) -> list[Action]:
        """A rater's log on a call, oldest first."""
        rows = self._rows(
            "SELECT id, kind, name, target_id, payload FROM action "
            "WHERE call_id = :c AND rater_id = :r ORDER BY seq",
            {"c": call_id, "r": rater_id},
        )
        return [
            Action(id=r[0], kind=r[1], name=r[2], target_id=r[3], payload=json.loads(r[4]))
            for r in rows
        ]
