"""Scores of one rubric version by people and judges, lean: what calibration is made of.

For leads alone: nothing is masked here, and the services ask who is looking before they read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.domain.segments import Layer
from db.repos.base import Repo, dump
from db.repos.visibility import NEWEST


class FactRow(NamedTuple):
    """One submitted score. A judge's older ones are there too, since they are its repeats."""

    score_id: str
    call_id: str
    criterion_key: str
    rater_id: str
    rater_kind: str
    status: str
    value: float | None
    blind: int
    is_newest: int
    kind: str
    speaker: str
    start: int
    end: int
    profile_id: str
    other_call_id: str
    """Of a pair: its second call."""
    layer_id: str | None
    layer_version: int | None
    turn_index: int | None
    item_id: str
    run_id: str | None
    created_at: str
    assignment_id: str | None
    order_values: str | None
    """Of a judge's pair: JSON of what it gave in both orders, each of the first call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFact:
    """What a call is, as far as splits and strata need it."""

    id: str
    code: str
    content_sha256: str
    rate_hz: int
    frame_count: int
    agent: str
    agent_version: str
    language: str
    scenario_key: str
    persona: str
    accent: str
    consent: str
    licence: str
    root_sha256: str
    """Content of the call that it is a copy of, however many times removed; or its own."""


class Drawn(NamedTuple):
    """How a call came to a rater."""

    id: str
    call_id: str
    rater_id: str
    policy: str
    inclusion_prob: float


_OF_CALL = (
    "id", "code", "content_sha256", "rate_hz", "frame_count", "agent", "agent_version", "language",
    "scenario_key", "persona",
)  # fmt: skip
_MADE_FROM = "json_extract(c.extra, '$.conditions.perturbed_from')"
_ROOTS = (
    "WITH RECURSIVE up(first, id) AS (SELECT c.id, c.id FROM json_each(:ids) AS a "
    "JOIN call c ON c.id = a.value UNION SELECT up.first, o.id FROM up JOIN call c ON c.id = up.id "
    f"JOIN call o ON o.id = {_MADE_FROM}), "
    "root(first, content_sha256) AS (SELECT up.first, c.content_sha256 FROM up "
    "JOIN call c ON c.id = up.id "
    f"WHERE NOT EXISTS (SELECT 1 FROM call o WHERE o.id = {_MADE_FROM}))"
)
_NEWEST_OF_JUDGE = (
    "NOT EXISTS (SELECT 1 FROM score n WHERE n.supersedes_id = s.id AND n.phase = 'submitted')"
)


class CalibrationFacts(Repo):
    """Made over any connection; reads only."""

    def scores(self, rubric_version_id: str) -> list[FactRow]:
        """Newest submitted scores of people, and all submitted ones of judges, oldest first."""
        cursor = self._connection.exec_driver_sql(
            "SELECT s.id, s.call_id, c.key, s.rater_id, r.kind, s.status, s.value, s.blind, "
            f"CASE r.kind WHEN 'judge' THEN {_NEWEST_OF_JUDGE} ELSE 1 END, "
            "i.kind, coalesce(i.speaker, ''), i.start, i.\"end\", coalesce(i.profile_id, ''), "
            "coalesce((SELECT o.call_id FROM item o WHERE o.id = i.other_item_id), ''), "
            "i.layer_id, i.layer_version, i.turn_index, i.id, "
            "s.run_id, s.created_at, s.assignment_id, "
            "CASE i.kind WHEN 'pair' THEN json_extract(s.presentation, '$.order_values') END "
            "FROM score s "
            "JOIN item i ON i.id = s.item_id JOIN criterion c ON c.id = s.criterion_id "
            "JOIN rater r ON r.id = s.rater_id WHERE s.rubric_version_id = :v "
            f"AND s.phase = 'submitted' AND (r.kind = 'judge' OR {NEWEST}) ORDER BY s.seq",
            {"v": rubric_version_id},
        )
        return [FactRow(*row) for row in cursor.fetchall()]

    def rubrics_scored(self) -> dict[str, int]:
        """Rubric version → how many submitted scores it has."""
        sql = (
            "SELECT rubric_version_id, count(*) FROM score WHERE phase = 'submitted' "
            "GROUP BY rubric_version_id"
        )
        return {row[0]: row[1] for row in self._rows(sql)}

    def rubrics_scored_at(self) -> dict[str, str]:
        """Rubric version → when its newest submitted score was made."""
        sql = (
            "SELECT rubric_version_id, max(created_at) FROM score WHERE phase = 'submitted' "
            "GROUP BY rubric_version_id"
        )
        return {row[0]: row[1] for row in self._rows(sql)}

    def calls(self, call_ids: Sequence[str]) -> list[CallFact]:
        """The calls, in the order asked for."""
        rows = self._rows(
            f"{_ROOTS} SELECT {', '.join(f'call.{n}' for n in _OF_CALL)}, "
            "coalesce(json_extract(call.extra, '$.conditions.accent'), ''), "
            "coalesce(json_extract(call.extra, '$.consent'), ''), "
            "coalesce(json_extract(call.extra, '$.licence'), ''), "
            "coalesce(root.content_sha256, call.content_sha256) "
            "FROM json_each(:ids) AS asked JOIN call ON call.id = asked.value "
            "LEFT JOIN root ON root.first = call.id ORDER BY asked.key",
            {"ids": dump(list(call_ids))},
        )
        told = len(_OF_CALL)
        return [
            CallFact(**dict(zip(CallFact.__slots__, (*row[:told], *map(str, row[told:])))))
            for row in rows
        ]

    def drawn(self, call_ids: Sequence[str], rubric_version_id: str) -> list[Drawn]:
        """How those calls came to raters for that rubric, the first time, oldest first."""
        rows = self._rows(
            "SELECT a.id, a.call_id, a.rater_id, a.policy, a.inclusion_prob "
            "FROM json_each(:ids) AS asked JOIN assignment a ON a.call_id = asked.value "
            "WHERE (a.rubric_version_id IS NULL OR a.rubric_version_id = :v) "
            "AND a.policy NOT LIKE 'repeat %' ORDER BY a.drawn_at",
            {"ids": dump(list(call_ids)), "v": rubric_version_id},
        )
        return [Drawn(*row) for row in rows]

    def layers(self, call_ids: Sequence[str]) -> dict[str, list[Layer]]:
        """Call → its layers, oldest first."""
        rows = self._rows(
            "SELECT l.id, l.call_id, l.kind, l.origin, l.name, l.producer, "
            "coalesce((SELECT max(e.number) FROM layer_edit e WHERE e.layer_id = l.id), l.version) "
            "FROM json_each(:ids) AS asked JOIN layer l ON l.call_id = asked.value ORDER BY l.seq",
            {"ids": dump(list(call_ids))},
        )
        found: dict[str, list[Layer]] = {}
        for row in rows:
            names = ("id", "call_id", "kind", "origin", "name", "producer", "version")
            values: dict[str, Any] = dict(zip(names, row))
            found.setdefault(row[1], []).append(Layer(**values))
        return found

    def all_calls(self) -> list[str]:
        """Every call, in the order in which they came."""
        return [row[0] for row in self._rows("SELECT id FROM call ORDER BY seq")]

    def calls_scored_by_people(self) -> list[str]:
        """Calls with a submitted score of a person."""
        rows = self._rows(
            "SELECT DISTINCT s.call_id FROM score s JOIN rater r ON r.id = s.rater_id "
            "WHERE s.phase = 'submitted' AND r.kind = 'human'"
        )
        return [row[0] for row in rows]

    def raters(self) -> dict[str, tuple[str, str, str]]:
        """Rater → (kind, name, expertise)."""
        rows = self._rows("SELECT id, kind, name, expertise FROM rater")
        return {row[0]: (row[1], row[2], row[3]) for row in rows}

    def level_probs(self, score_ids: Sequence[str]) -> dict[str, str]:
        """Score → its levels with their probabilities as JSON, of those that have them."""
        rows = self._rows(
            "SELECT s.id, s.level_probs FROM json_each(:ids) AS asked "
            "JOIN score s ON s.id = asked.value WHERE s.level_probs IS NOT NULL",
            {"ids": dump(list(score_ids))},
        )
        return {row[0]: row[1] for row in rows}

    def details(self, score_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Score → what is exported beside its value."""
        rows = self._rows(
            "SELECT s.id, s.rationale, s.evidence, s.level_probs, s.confidence, s.presentation, "
            "s.supersedes_id FROM json_each(:ids) AS asked JOIN score s ON s.id = asked.value",
            {"ids": dump(list(score_ids))},
        )
        return {
            row[0]: {
                "rationale": row[1],
                "evidence": json.loads(row[2]),
                "level_probs": json.loads(row[3]) if row[3] else None,
                "confidence": row[4],
                "presentation": json.loads(row[5]) if row[5] else {},
                "supersedes": row[6],
            }
            for row in rows
        }
