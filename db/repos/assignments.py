"""Which call a rater was asked to rate, why, and with which probability. Rows are only added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.domain.clock import utc_now
from app.domain.ids import new_id
from db.repos.base import Repo
from db.schema import rating as t

_REPEAT = "printf('repeat S-%04d', y.seq)"


def repeat_policy(study_code: str) -> str:
    """Why a call of a rubric study is assigned a second time."""
    return f"repeat {study_code}"


class QueuedRow(NamedTuple):
    """One call of a rater's queue, in its order."""

    trial_id: str
    call_id: str
    submitted_at: str | None
    skipped: bool


class AssignmentRepo(Repo):
    """Made over any connection. Holds nothing of judges or other raters."""

    def add(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Append assignments: call, item, rater, rubric version, policy, stratum, reason, ..."""
        now = utc_now()
        self._insert(t.assignment, [{**r, "id": new_id(), "drawn_at": now} for r in rows])

    def is_assigned(self, call_id: str, rater_id: str, policy: str) -> bool:
        """Whether the rater was given that call by that policy."""
        return bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM assignment WHERE call_id = :c AND rater_id = :r "
                "AND policy = :p)",
                {"c": call_id, "r": rater_id, "p": policy},
            )
        )

    def queue(self, study_id: str, rater_id: str) -> list[QueuedRow]:
        """The calls of a rater in a rubric study. A submitted form is what makes one done.

        A repeat is done by a form that was submitted after it was begun; where its first was
        skipped, it is as well.
        """
        rows = self._rows(
            "SELECT t.id, m.call_id, (SELECT min(b.created_at) FROM submission b "
            "WHERE b.call_id = m.call_id AND b.rubric_version_id = y.rubric_version_id "
            "AND b.rater_id = t.rater_id AND (t.repeat_of IS NULL OR b.created_at > "
            "(SELECT min(a.drawn_at) FROM assignment a WHERE a.call_id = m.call_id "
            f"AND a.rater_id = t.rater_id AND a.policy = {_REPEAT}))), "
            "EXISTS (SELECT 1 FROM vote v WHERE v.trial_id IN (t.id, t.repeat_of)) "
            "FROM trial t JOIN stimulus m ON m.id = t.stimulus_id "
            "JOIN study y ON y.id = t.study_id "
            "WHERE t.study_id = :s AND t.rater_id = :r ORDER BY t.position",
            {"s": study_id, "r": rater_id},
        )
        return [QueuedRow(row[0], row[1], row[2], bool(row[3])) for row in rows]
