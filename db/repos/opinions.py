"""What raters say of judges' scores once they have seen them. Rows are only added."""

from __future__ import annotations

from typing import Any

from app.domain.clock import utc_now
from app.domain.ratings import Viewer
from db.repos.base import Repo
from db.repos.visibility import viewer_params, visible_scores
from db.schema import studies as t


class OpinionRepo(Repo):
    """Made over any connection. A reviewer reads their own opinions alone."""

    def of_judge(self, viewer: Viewer, score_id: str) -> str | None:
        """The call of a judge's submitted score, if the viewer may see that score."""
        found: str | None = self._value(
            "SELECT s.call_id FROM score s JOIN rater r ON r.id = s.rater_id "
            f"WHERE s.id = :i AND r.kind = 'judge' AND {visible_scores(viewer)}",
            {"i": score_id, **viewer_params(viewer)},
        )
        return found

    def add(self, viewer: Viewer, score_id: str, agrees: bool, reason_code: str, note: str) -> None:
        """Append an opinion."""
        self._insert(
            t.score_opinion,
            {"score_id": score_id, "rater_id": viewer.rater_id, "agrees": int(agrees),
             "reason_code": reason_code, "note": note, "created_at": utc_now()},
        )  # fmt: skip

    def newest(self, viewer: Viewer, call_id: str) -> list[dict[str, Any]]:
        """Each rater's newest opinion of each score of a call; a lead reads everyone's."""
        whose = "1" if viewer.is_lead else "o.rater_id = :viewer"
        return self._maps(
            "SELECT o.* FROM score_opinion o JOIN score s ON s.id = o.score_id "
            f"WHERE s.call_id = :c AND {whose} AND NOT EXISTS (SELECT 1 FROM score_opinion n "
            "WHERE n.score_id = o.score_id AND n.rater_id = o.rater_id AND n.seq > o.seq) "
            "ORDER BY o.seq",
            {"c": call_id, **viewer_params(viewer)},
        )
