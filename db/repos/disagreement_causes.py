"""Why a judge and people differ on items, as leads tagged it. Rows are only added."""

from __future__ import annotations

from typing import NamedTuple

from app.domain.clock import utc_now
from db.repos.base import Repo
from db.schema import calibration as t


class CauseRow(NamedTuple):
    """The newest tag of an item; an empty cause is one that was taken back."""

    item_id: str
    cause: str
    note: str
    rater_id: str
    created_at: str


class DisagreementCauseRepo(Repo):
    """Made over any connection. For leads alone: the services ask who is looking."""

    def add(
        self,
        *,
        item_id: str,
        criterion_id: str,
        judge_version_id: str,
        cause: str,
        note: str,
        rater_id: str,
    ) -> None:
        """Append a tag; an empty cause takes the one before back."""
        self._insert(
            t.disagreement_cause,
            {"item_id": item_id, "criterion_id": criterion_id, "note": note,
             "judge_version_id": judge_version_id, "cause": cause, "rater_id": rater_id,
             "created_at": utc_now()},
        )  # fmt: skip

    def newest(self, criterion_id: str, judge_version_id: str) -> dict[str, CauseRow]:
        """Item → its newest tag, of one judge version on one criterion, oldest first."""
        rows = self._rows(
            "SELECT item_id, cause, note, rater_id, created_at FROM disagreement_cause "
            "WHERE criterion_id = :c AND judge_version_id = :j AND seq IN (SELECT max(seq) "
            "FROM disagreement_cause WHERE criterion_id = :c AND judge_version_id = :j "
            "GROUP BY item_id) ORDER BY seq",
            {"c": criterion_id, "j": judge_version_id},
        )
        return {row[0]: CauseRow(*row) for row in rows}

    def calls_of(self, item_id: str, criterion_id: str) -> tuple[str, ...]:
        """The call of an item that somebody scored on that criterion, of a pair both of them.

        Empty where nobody did.
        """
        row = self._row(
            "SELECT i.call_id, (SELECT o.call_id FROM item o WHERE o.id = i.other_item_id) "
            "FROM item i WHERE i.id = :i AND EXISTS (SELECT 1 FROM score s "
            "WHERE s.item_id = i.id AND s.criterion_id = :c)",
            {"i": item_id, "c": criterion_id},
        )
        return tuple(call_id for call_id in row or () if call_id)
