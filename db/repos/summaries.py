"""The derived row of each call that the library shows. Kept in the transaction of its sources."""

from __future__ import annotations

from dataclasses import asdict

from app.domain.browsing import SPARK_BARS, SummaryFigures
from db.repos.base import Repo
from db.repos.visibility import HAS_FORM

_FROM_CALL = """INSERT INTO call_summary (seq, call_id, code, title, scenario_key, scenario_title,
    agent, agent_version, outcome, language, duration_ms, flagged, archived, warnings,
    recorded_at, imported_at, tags, revision)
SELECT seq, id, code, title, scenario_key, coalesce((SELECT s.title FROM scenario s
        WHERE s.key = call.scenario_key ORDER BY s.created_at DESC LIMIT 1), scenario_key),
    agent, agent_version, outcome, language, frame_count * 1000 / rate_hz, flagged, archived,
    json_array_length(warnings), recorded_at, imported_at,
    coalesce((SELECT group_concat(tag, char(31)) FROM (SELECT tag FROM call_tag
        WHERE call_id = call.id ORDER BY tag)), ''), :rev
FROM call WHERE id = :c
ON CONFLICT (seq) DO UPDATE SET title = excluded.title, scenario_key = excluded.scenario_key,
    scenario_title = excluded.scenario_title, agent = excluded.agent,
    agent_version = excluded.agent_version, outcome = excluded.outcome,
    language = excluded.language, duration_ms = excluded.duration_ms,
    flagged = excluded.flagged, archived = excluded.archived, warnings = excluded.warnings,
    recorded_at = excluded.recorded_at, tags = excluded.tags, revision = excluded.revision"""

_RATERS = f"""UPDATE call_summary SET
    raters_done = (SELECT count(DISTINCT rater_id) FROM submission WHERE call_id = :c
        AND {HAS_FORM.format(rubric="submission.rubric_version_id")}),
    raters_assigned = (SELECT count(DISTINCT rater_id) FROM assignment WHERE call_id = :c),
    reason = (SELECT reason FROM assignment WHERE call_id = :c ORDER BY drawn_at LIMIT 1),
    judge = (SELECT avg(s.value) FROM score s JOIN rater r ON r.id = s.rater_id
        WHERE s.call_id = :c AND r.kind = 'judge' AND s.phase = 'submitted'
        AND s.status = 'observed' AND NOT EXISTS (SELECT 1 FROM score n
            WHERE n.supersedes_id = s.id AND n.phase = 'submitted')),
    revision = :rev
WHERE call_id = :c"""

_HUMAN_STATE = """UPDATE call_summary SET human_state = CASE
    WHEN raters_done > 0 AND raters_done >= raters_assigned THEN 2
    WHEN raters_done > 0 OR EXISTS (SELECT 1 FROM score s JOIN rater r ON r.id = s.rater_id
        WHERE s.call_id = :c AND r.kind = 'human') THEN 1
    ELSE 0 END WHERE call_id = :c"""


class SummaryRepo(Repo):
    """Writes the summary; the library reads it."""

    def refresh_call(self, call_id: str) -> None:
        """Take over what the call itself says; makes the row if it is new."""
        self._run(_FROM_CALL, {"c": call_id, "rev": self._next_revision()})
        self._run(
            "INSERT INTO call_sparkline (seq, bars, ticks) SELECT seq, x'', x'' FROM call "
            "WHERE id = :c ON CONFLICT (seq) DO NOTHING",
            {"c": call_id},
        )

    def refresh_scenario(self, scenario_key: str) -> None:
        """Show the scenario's newest title on its calls."""
        self._run(
            "UPDATE call_summary SET scenario_title = (SELECT title FROM scenario WHERE key = :k "
            "ORDER BY created_at DESC LIMIT 1), revision = :rev WHERE scenario_key = :k",
            {"k": scenario_key, "rev": self._next_revision()},
        )

    def refresh_raters(self, call_id: str) -> None:
        """Count again who has submitted, who is assigned, and what the judges said."""
        self._run(_RATERS, {"c": call_id, "rev": self._next_revision()})
        self._run(_HUMAN_STATE, {"c": call_id})

    def mark_begun(self, call_id: str) -> None:
        """Someone has drafted: a call without human scores is partly done now."""
        self._run(
            "UPDATE call_summary SET human_state = 1, revision = :rev "
            "WHERE call_id = :c AND human_state = 0",
            {"c": call_id, "rev": self._next_revision()},
        )

    def set_figures(self, call_id: str, figures: SummaryFigures) -> None:
        """Store the figures of the call's newest timing."""
        values = asdict(figures)
        ticks = values.pop("ticks")
        sets = ", ".join(f"{name} = :{name}" for name in values)
        self._run(
            f"UPDATE call_summary SET {sets}, revision = :rev WHERE call_id = :c",
            {**values, "c": call_id, "rev": self._next_revision()},
        )
        if ticks:
            self._spark(call_id, "ticks", ticks)

    def set_sparkline(self, call_id: str, bars: bytes) -> None:
        """Store the bars: 53 bytes of the caller, then 53 of the agent; or 53 of the mix."""
        if len(bars) not in (SPARK_BARS, 2 * SPARK_BARS):
            raise ValueError(f"a sparkline has {SPARK_BARS} bars a channel, not {len(bars)}")
        self._spark(call_id, "bars", bars)

    def set_text(self, call_id: str, folded: str) -> None:
        """Store the text that full-text search looks into, already folded."""
        self._run(
            "INSERT INTO call_text (seq, folded) SELECT seq, :t FROM call WHERE id = :c "
            "ON CONFLICT (seq) DO UPDATE SET folded = :t WHERE folded <> :t",
            {"t": folded, "c": call_id},
        )

    def _next_revision(self) -> int:
        """A number for this change, by which `LibraryCache` finds what it has not seen."""
        return int(self._value("UPDATE workspace SET revision = revision + 1 RETURNING revision"))

    def _spark(self, call_id: str, column: str, value: bytes) -> None:
        self._run(
            f"UPDATE call_sparkline SET {column} = :v "
            "WHERE seq = (SELECT seq FROM call WHERE id = :c)",
            {"v": value, "c": call_id},
        )
