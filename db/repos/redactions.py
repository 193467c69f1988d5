"""Redactions of calls. Append-only: what is taken back stays on record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.domain.calls import Span
from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.redaction import Channels, Mask, Redaction, mask_of
from db.repos.base import Repo
from db.schema import calibration as t

_ROWS = "SELECT x.*, r.name AS rater_name FROM redaction x JOIN rater r ON r.id = x.rater_id "
_SOURCES = (
    "WITH RECURSIVE source(id) AS (SELECT :c UNION "
    "SELECT json_extract(c.extra, '$.conditions.perturbed_from') FROM call c "
    "JOIN source s ON s.id = c.id) "
)
"""The call, and what it is a copy of, however many times removed: copies keep their times."""
_BACK = "NOT EXISTS (SELECT 1 FROM redaction {0} WHERE {0}.takes_back = {1}.id{2})"
REDACTED = "SELECT a.call_id FROM redaction a WHERE a.takes_back IS NULL AND " + _BACK.format(
    "b", "a", " AND " + _BACK.format("c", "b", " AND " + _BACK.format("d", "c", ""))
)
"""Ids of calls with a redaction in force. What was taken back, undone and done again nests no
deeper: each step of the undo log takes back the row before it or a new one in its place."""


class RedactionRepo(Repo):
    """A row that takes back a row that takes back puts the first in force again."""

    def of_call(self, call_id: str) -> list[Redaction]:
        """Those in force that were made on that call itself, by place."""
        rows = self._maps(_ROWS + "WHERE x.call_id = :c ORDER BY x.seq", {"c": call_id})
        return sorted(_in_force(rows), key=lambda r: (r.span, r.created_at))

    def reaching(self, call_id: str) -> list[Redaction]:
        """Those in force on the call and on the call that it was made from; oldest first."""
        rows = self._maps(
            _SOURCES + _ROWS + "WHERE x.call_id IN (SELECT id FROM source) ORDER BY x.seq",
            {"c": call_id},
        )
        return _in_force(rows)

    def mask(self, call_id: str) -> Mask:
        """All that is redacted of a call, what was redacted of the call it was made from too."""
        return mask_of(self.reaching(call_id))

    def get(self, redaction_id: str) -> Redaction | None:
        """One row, whether in force or not."""
        row = self._map(_ROWS + "WHERE x.id = :i", {"i": redaction_id})
        return None if row is None else _value(row)

    def is_in_force(self, redaction_id: str) -> bool:
        """Whether nothing takes that row back."""
        return self.taken_back_by(redaction_id) is None

    def taken_back_by(self, redaction_id: str) -> str | None:
        """The row in force that takes it back, if there is one."""
        found = self._rows(
            "SELECT id FROM redaction WHERE takes_back = :i ORDER BY seq DESC", {"i": redaction_id}
        )
        return next((row[0] for row in found if self.is_in_force(row[0])), None)

    def add(self, call_id: str, span: Span, channels: Channels, reason: str, rater_id: str) -> str:
        """Append one; its id."""
        return self._add(
            call_id=call_id, start=span.start, end=span.end, channels=channels, reason=reason,
            takes_back=None, rater_id=rater_id,
        )  # fmt: skip

    def take_back(self, redaction: Redaction, rater_id: str) -> str:
        """Append a row that undoes that one; its id."""
        return self._add(
            call_id=redaction.call_id, start=redaction.span.start, end=redaction.span.end,
            channels=redaction.channels, reason=redaction.reason, takes_back=redaction.id,
            rater_id=rater_id,
        )  # fmt: skip

    def _add(self, **values: Any) -> str:
        redaction_id = new_id()
        self._insert(t.redaction, {"id": redaction_id, "created_at": utc_now(), **values})
        return redaction_id


def _in_force(rows: list[dict[str, Any]]) -> list[Redaction]:
    """Rows that mark a span and that no row in force takes back. Rows are oldest first."""
    gone: set[str] = set()
    for row in reversed(rows):
        if row["takes_back"] is not None and row["id"] not in gone:
            gone.add(row["takes_back"])
    since = {row["id"]: row["created_at"] for row in rows}
    for row in reversed(rows):  # what is taken back and let stand again counts from then on
        if row["takes_back"] is not None:
            since[row["takes_back"]] = max(since[row["takes_back"]], since[row["id"]])
    return [
        replace(_value(row), since=since[row["id"]])
        for row in rows
        if row["takes_back"] is None and row["id"] not in gone
    ]


def _value(row: dict[str, Any]) -> Redaction:
    return Redaction(
        id=row["id"],
        call_id=row["call_id"],
        span=Span(row["start"], row["end"]),
        channels=row["channels"],
        reason=row["reason"],
        rater_id=row["rater_id"],
        rater_name=row["rater_name"],
        created_at=row["created_at"],
    )
