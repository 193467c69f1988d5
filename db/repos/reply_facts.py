"""What is told of judge runs beyond their counters: their pace, and which judges answered."""

from __future__ import annotations

from typing import Any

from db.repos.replies import RULES
from db.repos.run_facts import SINCE_S, RunFacts


class ReplyFacts(RunFacts):
    """Reads only. A judge run leaves replies where others leave results."""

    def worked_between(self, run_id: str) -> tuple[str, str] | None:
        """When the run stored its first and its last reply; None before the first."""
        row = self._row(
            "SELECT min(created_at), max(created_at) FROM judge_reply WHERE run_id = :r",
            {"r": run_id},
        )
        return None if row is None or row[0] is None else (row[0], row[1])

    def counts(self, run_id: str, since: str, bin_s: float) -> dict[int, int]:
        """Bin → how many replies the run stored in it; bin 0 begins at the UTC stamp `since`."""
        rows = self._rows(
            f"SELECT CAST({SINCE_S} / :w AS INTEGER) AS bin, count(*) FROM judge_reply "
            "WHERE run_id = :r AND created_at >= :since GROUP BY bin",
            {"r": run_id, "since": since, "w": bin_s},
        )
        return {int(at): int(count) for at, count in rows}

    def answered(self, run_id: str) -> list[dict[str, Any]]:
        """Each judge version of a run with the models that its endpoint says answered."""
        return self._maps(
            "SELECT judge_version_id, model_reported, rung, count(*) AS replies FROM judge_reply "
            "WHERE run_id = :r AND status <> 'failed' AND endpoint <> :rules "
            "GROUP BY judge_version_id, model_reported, rung ORDER BY min(seq)",
            {"r": run_id, "rules": RULES},
        )

    def judges(self, run_id: str) -> list[str]:
        """Ids of the judge versions that said anything in a run, in order."""
        rows = self._rows(
            "SELECT judge_version_id FROM judge_reply WHERE run_id = :r "
            "GROUP BY judge_version_id ORDER BY min(seq)",
            {"r": run_id},
        )
        return [row[0] for row in rows]

    def needs_someone(self, run_id: str) -> bool:
        """Whether the run got no usable reply to something, and nobody has asked it again."""
        return bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM judge_reply y WHERE y.run_id = :r "
                "AND y.status <> 'ok' AND NOT EXISTS (SELECT 1 FROM judge_reply n "
                "WHERE n.key = y.key AND n.attempt > y.attempt))",
                {"r": run_id},
            )
        )
