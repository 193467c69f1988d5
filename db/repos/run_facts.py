"""What is told of runs beyond their counters: their pace, what waits, what needs someone."""

from __future__ import annotations

from app.domain.clock import utc_now
from db.repos.base import Repo

SINCE_S = "(julianday(created_at) - julianday(:since)) * 86400.0"


class RunFacts(Repo):
    """Reads only. Made over any reader's connection."""

    def active(self, note: str) -> int:
        """How many runs are queued or running, or paused with that note."""
        return int(
            self._value(
                "SELECT count(*) FROM run WHERE state IN ('queued', 'running') "
                "OR (state = 'paused' AND note = :n)",
                {"n": note},
            )
        )

    def queued(self, at_least_s: float) -> list[str]:
        """Runs that have been waiting for so many seconds without anyone taking them, in order."""
        rows = self._rows(
            "SELECT id FROM run WHERE state = 'queued' AND "
            "(julianday(:now) - julianday(created_at)) * 86400.0 >= :s ORDER BY seq",
            {"now": utc_now(), "s": at_least_s},
        )
        return [row[0] for row in rows]

    def paused_with(self, note: str) -> list[str]:
        """Paused runs that carry that note, in order."""
        rows = self._rows(
            "SELECT id FROM run WHERE state = 'paused' AND note = :n ORDER BY seq", {"n": note}
        )
        return [row[0] for row in rows]

    def worked_between(self, run_id: str) -> tuple[str, str] | None:
        """When the run stored its first and its last result; None before the first."""
        row = self._row(
            "SELECT min(created_at), max(created_at) FROM result WHERE run_id = :r", {"r": run_id}
        )
        return None if row is None or row[0] is None else (row[0], row[1])

    def counts(self, run_id: str, since: str, bin_s: float) -> dict[int, int]:
        """Bin → how many results the run stored in it; bin 0 begins at the UTC stamp `since`."""
        rows = self._rows(
            f"SELECT CAST({SINCE_S} / :w AS INTEGER) AS bin, count(*) FROM result "
            "WHERE run_id = :r AND created_at >= :since GROUP BY bin",
            {"r": run_id, "since": since, "w": bin_s},
        )
        return {int(at): int(count) for at, count in rows}

    def versions(self, run_id: str) -> dict[str, str]:
        """Evaluator → its version, of those that computed something in the run."""
        rows = self._maps(
            "SELECT evaluator, max(version) AS version FROM result WHERE run_id = :r "
            "GROUP BY evaluator",
            {"r": run_id},
        )
        return {row["evaluator"]: row["version"] for row in rows}

    def needs_someone(self, run_id: str) -> bool:
        """Whether something that failed on its calls still stands, and no later run came to it."""
        return bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM run JOIN run_call c ON c.run_id = run.id "
                "JOIN run_step s ON s.run_id = run.id "
                "JOIN result r ON r.call_id = c.call_id AND r.evaluator = s.evaluator "
                "WHERE run.id = :r AND r.status = 'failed' AND r.seq = (SELECT max(n.seq) "
                "FROM result n WHERE n.call_id = r.call_id AND n.evaluator = r.evaluator "
                "AND n.args = r.args) AND NOT EXISTS (SELECT 1 FROM run_call lc "
                "JOIN run_step ls ON ls.run_id = lc.run_id JOIN run later ON later.id = lc.run_id "
                "WHERE lc.call_id = r.call_id AND ls.evaluator = r.evaluator "
                "AND later.seq > run.seq AND later.state = 'done'))",
                {"r": run_id},
            )
        )
