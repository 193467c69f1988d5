"""What calibration shows beside agreement: measures of calls, time that people and judges took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.repos.base import Repo, dump
from db.repos.replies import RULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a judge version used on some calls; replies of one currency."""

    currency: str
    requests: int
    calls: int
    tokens: int | None
    """None where no endpoint counted any."""
    cost_micro: int | None
    """None where no price is known."""
    unpriced: int
    """Replies without a price."""
    latency_ms: int


class CalibrationDetail(Repo):
    """Made over any connection; reads only."""

    def measures(
        self, call_ids: Sequence[str], metrics: Sequence[str], speaker: str = "%"
    ) -> dict[str, dict[str, float]]:
        """Metric → call → its newest value of that speaker; the mean over speakers by default."""
        found: dict[str, dict[str, float]] = {}
        rows = self._rows(
            "SELECT w.value, a.value, avg(m.value) FROM json_each(:ids) AS a "
            "JOIN call c ON c.id = a.value JOIN json_each(:metrics) AS w "
            "JOIN call_metric m ON m.seq = c.seq "
            "AND (m.key = w.value OR m.key LIKE w.value || '@' || :speaker) "
            "GROUP BY w.value, a.value",
            {"ids": dump(list(call_ids)), "metrics": dump(list(metrics)), "speaker": speaker},
        )
        for metric, call_id, value in rows:
            found.setdefault(metric, {})[call_id] = float(value)
        return found

    def spent_ms(self, rubric_version_id: str, criterion_id: str) -> dict[str, tuple[int, int]]:
        """Person → (time spent on a criterion, items that it was spent on).

        Time is kept with drafts; scores that came without any have their own.
        """
        rows = self._rows(
            "SELECT s.rater_id, sum(CASE s.phase WHEN 'draft' THEN s.duration_ms ELSE 0 END), "
            "sum(CASE s.phase WHEN 'submitted' THEN s.duration_ms ELSE 0 END), "
            "count(DISTINCT s.item_id) FROM score s JOIN rater r ON r.id = s.rater_id "
            "WHERE s.rubric_version_id = :v AND s.criterion_id = :k AND r.kind = 'human' "
            "AND s.duration_ms > 0 GROUP BY s.rater_id",
            {"v": rubric_version_id, "k": criterion_id},
        )
        return {rater: (int(draft or given), int(items)) for rater, draft, given, items in rows}

    def asked(self, judge_version_id: str) -> list[Asked]:
        """What a judge version used in all its runs, by currency; rules ask nobody."""
        rows = self._rows(
            "SELECT currency, count(*), count(DISTINCT call_id), "
            "sum(coalesce(prompt_tokens, 0) + coalesce(completion_tokens, 0)), "
            "count(coalesce(prompt_tokens, completion_tokens)), sum(cost_micro), "
            "sum(cost_micro IS NULL), sum(latency_ms) "
            "FROM judge_reply WHERE judge_version_id = :j AND endpoint <> :rules "
            "GROUP BY currency ORDER BY count(*) DESC",
            {"j": judge_version_id, "rules": RULES},
        )
        return [
            Asked(
                currency=row[0], requests=int(row[1]), calls=int(row[2]),
                tokens=int(row[3]) if row[4] else None,
                cost_micro=None if row[5] is None else int(row[5]),
                unpriced=int(row[6]), latency_ms=int(row[7]),
            )
            for row in rows
        ]  # fmt: skip
