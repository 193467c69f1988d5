"""Scores of many calls at once, lean: what a set's figures are made of. Masked like all scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from app.domain.ratings import ADJUDICATION, Viewer
from db.repos.base import Repo, dump, listed
from db.repos.visibility import NEWEST, viewer_params, visible_scores

FLOWS = "tfc."
"""How keys of task flows' rubrics begin; every flow has a rubric of its own."""


class MarkRow(NamedTuple):
    """One score, as far as figures need it; or several of one judge and timing together."""

    call_id: str
    rubric_key: str
    rubric_version_id: str
    criterion_key: str
    rater_id: str
    status: str
    value: float | None
    """The mean of those that are together."""
    kind: str
    layer_id: str | None
    layer_version: int | None
    profile_id: str | None
    start: int
    end: int
    speaker: str | None
    turn_index: int | None
    score_id: str
    """Of the newest."""
    n: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHead:
    """A call as a row of a table."""

    id: str
    code: str
    title: str
    agent: str
    agent_version: str
    scenario_key: str
    persona: str
    attempt: int


class ScoreSetRepo(Repo):
    """Reads only."""

    def heads(self, call_ids: Sequence[str]) -> list[CallHead]:
        """The calls that are there, in the order asked for."""
        names = CallHead.__slots__
        rows = self._rows(
            f"SELECT {', '.join('call.' + n for n in names)} FROM json_each(:ids) AS asked "
            "JOIN call ON call.id = asked.value ORDER BY asked.key",
            {"ids": dump(list(call_ids))},
        )
        return [CallHead(**dict(zip(names, row))) for row in rows]

    def reported(self, call_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Call → metrics that its platform gave, of the calls that came with any."""
        rows = self._rows(
            "SELECT call.id, json_extract(call.extra, '$.reported_metrics.metrics') AS told "
            "FROM json_each(:ids) AS asked JOIN call ON call.id = asked.value "
            "WHERE json_type(call.extra, '$.reported_metrics.metrics') = 'object'",
            {"ids": dump(list(call_ids))},
        )
        return {call_id: dict(json.loads(told)) for call_id, told in rows}

    def marks(
        self, viewer: Viewer, call_ids: Sequence[str], rubric_keys: Sequence[str]
    ) -> list[MarkRow]:
        """Newest submitted scores that the viewer may see, each by itself, oldest first.

        Args:
            viewer: who is looking.
            call_ids: of these calls.
            rubric_keys: of these rubrics, every version, and of every flow's.
        """
        what = (
            "s.status, s.value, i.kind, i.layer_id, i.layer_version, i.profile_id, "
            'i.start, i."end", i.speaker, i.turn_index, s.id, 1'
        )
        return self._marks(viewer, call_ids, rubric_keys, what, "", "ORDER BY s.seq")

    def tallies(
        self, viewer: Viewer, call_ids: Sequence[str], rubric_keys: Sequence[str]
    ) -> list[MarkRow]:
        """The same for thousands of calls: a judge's scores on turns of one timing together.

        People's stay by themselves, as their consensus is made turn by turn.
        """
        what = (
            "s.status, avg(s.value), i.kind, i.layer_id, i.layer_version, i.profile_id, "
            'max(i.start), max(i."end"), i.speaker, max(i.turn_index), max(s.id), count(*)'
        )
        own = "CASE rater.kind WHEN 'human' THEN s.id END"
        group = (
            "GROUP BY s.call_id, s.rubric_version_id, s.criterion_id, s.rater_id, s.status, "
            f"i.kind, i.layer_id, i.layer_version, i.profile_id, {own} ORDER BY max(s.seq)"
        )
        return self._marks(
            viewer, call_ids, rubric_keys, what, "JOIN rater ON rater.id = s.rater_id ", group
        )

    def _marks(
        self,
        viewer: Viewer,
        call_ids: Sequence[str],
        rubric_keys: Sequence[str],
        what: str,
        join: str,
        tail: str,
    ) -> list[MarkRow]:
        marks, params = listed(list(rubric_keys))
        rows = self._connection.exec_driver_sql(
            f"SELECT s.call_id, r.key, s.rubric_version_id, c.key, s.rater_id, {what} "
            "FROM json_each(:ids) AS asked JOIN score s ON s.call_id = asked.value "
            "JOIN item i ON i.id = s.item_id JOIN criterion c ON c.id = s.criterion_id "
            f"JOIN rubric_version r ON r.id = s.rubric_version_id {join}"
            f"WHERE (r.key IN ({marks}) OR r.key LIKE '{FLOWS}%') AND i.kind IN ('call', 'turn') "
            f"AND {NEWEST} AND {visible_scores(viewer)} AND s.rater_id <> :settled {tail}",
            {
                **params,
                **viewer_params(viewer),
                "ids": dump(list(call_ids)),
                "settled": ADJUDICATION,  # what was settled is no further opinion
            },
        )
        return [MarkRow(*row) for row in rows.fetchall()]

    def details(self, score_ids: Sequence[str]) -> dict[str, tuple[dict[str, Any], list[str]]]:
        """Score → (what a judge kept with it, turns that it points at)."""
        rows = self._rows(
            "SELECT s.id, s.presentation, s.evidence FROM json_each(:ids) AS asked "
            "JOIN score s ON s.id = asked.value",
            {"ids": dump(list(score_ids))},
        )
        return {
            score_id: (json.loads(kept) if kept else {}, [e[0] for e in json.loads(evidence)])
            for score_id, kept, evidence in rows
        }

    def people(self) -> dict[str, str]:
        """Rater → name, of people."""
        return dict(self._rows("SELECT id, name FROM rater WHERE kind = 'human'"))
