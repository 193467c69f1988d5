"""Sessions of studies with their events, blocks that do not count, and raters' declarations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.studies import SessionKind
from db.repos.base import Repo, dump
from db.schema import studies as t


class SessionRepo(Repo):
    """Rows are only added."""

    def add_session(
        self, study_id: str, rater_id: str, body: Mapping[str, Any] | None = None
    ) -> str:
        """Begin a session, with what is known of it; its id."""
        session_id, now = new_id(), utc_now()
        self._insert(
            t.study_session,
            {"id": session_id, "study_id": study_id, "rater_id": rater_id, "created_at": now},
        )
        self.note(session_id, "begun", body or {})
        return session_id

    def note(self, session_id: str, kind: SessionKind, body: Mapping[str, Any]) -> None:
        """Append what happened in a session."""
        self._insert(
            t.session_event,
            {"session_id": session_id, "kind": kind, "body": dump(dict(body)),
             "created_at": utc_now()},
        )  # fmt: skip

    def events(self, study_id: str, rater_id: str) -> list[dict[str, Any]]:
        """What happened in all of a rater's sessions of a study: kind, body, time, session."""
        rows = self._maps(
            "SELECT e.session_id, e.kind, e.body, e.created_at FROM session_event e "
            "JOIN study_session s ON s.id = e.session_id "
            "WHERE s.study_id = :s AND s.rater_id = :r ORDER BY e.seq",
            {"s": study_id, "r": rater_id},
        )
        return [{**row, "body": json.loads(row["body"])} for row in rows]

    def last_session(self, study_id: str, rater_id: str) -> str | None:
        """A rater's newest session of a study."""
        found: str | None = self._value(
            "SELECT id FROM study_session WHERE study_id = :s AND rater_id = :r "
            "ORDER BY seq DESC LIMIT 1",
            {"s": study_id, "r": rater_id},
        )
        return found

    def session_of(self, session_id: str) -> tuple[str, str] | None:
        """(study, rater) of a session."""
        row = self._row(
            "SELECT study_id, rater_id FROM study_session WHERE id = :i", {"i": session_id}
        )
        return None if row is None else (row[0], row[1])

    def void_block(self, study_id: str, rater_id: str, block: int, rule: str, reason: str) -> None:
        """Note that a block's votes do not count."""
        self._insert(
            t.block_void,
            {"study_id": study_id, "rater_id": rater_id, "block": block, "rule": rule,
             "reason": reason, "created_at": utc_now()},
        )  # fmt: skip

    def voided_blocks(self, study_id: str) -> list[dict[str, Any]]:
        """Blocks that do not count: rater, block, rule, reason, time."""
        return self._maps(
            "SELECT rater_id, block, rule, reason, created_at FROM block_void "
            "WHERE study_id = :s ORDER BY seq",
            {"s": study_id},
        )

    def declare(self, rater_id: str, rater_class: str, body: Mapping[str, Any]) -> None:
        """Append a rater's declaration."""
        self._insert(
            t.declaration,
            {"rater_id": rater_id, "class": rater_class, "body": dump(dict(body)),
             "created_at": utc_now()},
        )  # fmt: skip

    def declared(self, rater_id: str) -> dict[str, Any] | None:
        """The newest declaration of a rater: class, body, time."""
        row = self._map(
            "SELECT class, body, created_at FROM declaration WHERE rater_id = :r "
            "ORDER BY seq DESC LIMIT 1",
            {"r": rater_id},
        )
        return None if row is None else {**row, "body": json.loads(row["body"])}
