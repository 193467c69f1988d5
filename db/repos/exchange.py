"""Rows as they leave a workspace and come into another: ids and times are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.clock import utc_now
from app.domain.ratings import Answer
from app.domain.segments import Layer, Segment
from db.repos.base import Repo, listed
from db.repos.layers import LayerRepo
from db.repos.mappers import answer_out
from db.schema import rating as t

CHUNK = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreFacts:
    """What an export says of a score beyond the score itself."""

    replaces_id: str | None
    """The submitted row that this one replaces; the drafts between them are left out."""
    submission_version: int | None
    inclusion_prob: float | None
    judge_version: str | None


class ExchangeRepo(Repo):
    """Reads for exports, and writes of rows that were exported elsewhere."""

    def score_facts(self, score_ids: Sequence[str]) -> dict[str, ScoreFacts]:
        """Facts by score id. Callers pass only ids that the viewer may see."""
        found: dict[str, ScoreFacts] = {}
        for at in range(0, len(score_ids), CHUNK):
            marks, params = listed(score_ids[at : at + CHUNK])
            rows = self._rows(
                f"""WITH RECURSIVE chain(first, id, phase) AS (
                    SELECT s.id, o.id, o.phase FROM score s JOIN score o ON o.id = s.supersedes_id
                        WHERE s.id IN ({marks})
                    UNION ALL
                    SELECT chain.first, o.id, o.phase FROM chain
                        JOIN score d ON d.id = chain.id JOIN score o ON o.id = d.supersedes_id
                        WHERE chain.phase = 'draft')
                SELECT s.id, (SELECT c.id FROM chain c WHERE c.first = s.id
                        AND c.phase = 'submitted' LIMIT 1),
                    b.version, coalesce(a.inclusion_prob, (SELECT x.inclusion_prob
                        FROM assignment x WHERE x.call_id = s.call_id AND x.rater_id = s.rater_id
                        ORDER BY x.drawn_at DESC LIMIT 1)), r.judge_version_id
                FROM score s JOIN rater r ON r.id = s.rater_id
                LEFT JOIN submission b ON b.id = s.submission_id
                LEFT JOIN assignment a ON a.id = s.assignment_id
                WHERE s.id IN ({marks})""",
                params,
            )
            for row in rows:
                found[row[0]] = ScoreFacts(
                    replaces_id=row[1],
                    submission_version=row[2],
                    inclusion_prob=row[3],
                    judge_version=row[4],
                )
        return found

    def has_score(self, score_id: str) -> bool:
        """Whether that row is here."""
        return self._value("SELECT 1 FROM score WHERE id = :i", {"i": score_id}) is not None

    def has_rater(self, rater_id: str) -> bool:
        """Whether that rater is here."""
        return self._value("SELECT 1 FROM rater WHERE id = :i", {"i": rater_id}) is not None

    def add_person(self, rater_id: str, name: str) -> None:
        """A person who scored elsewhere, known here by a pseudonym; cannot sign in by name."""
        values = {"id": rater_id, "kind": "human", "name": name, "role": "reviewer"}
        self._insert(t.rater, {**values, "active": 0, "created_at": utc_now()})

    def put_layer(self, layer: Layer, segments: Sequence[Segment]) -> bool:
        """Store a layer that scores are pinned to, unless it is here; whether it was new."""
        if self._value("SELECT 1 FROM layer WHERE id = :i", {"i": layer.id}) is not None:
            return False
        LayerRepo(self._connection).add(layer, segments)
        return True

    def put_item(self, item: Mapping[str, Any]) -> str:
        """The item with exactly that pin, made under its own id if it is new; the id in use."""
        pin = {
            k: item[k]
            for k in (
                "call_id", "kind", "layer_id", "layer_version", "profile_id", "speaker",
                "start", "end",
            )
        }  # fmt: skip
        found: str | None = self._value(
            "SELECT id FROM item WHERE call_id = :call_id AND kind = :kind AND start = :start "
            'AND "end" = :end AND layer_id IS :layer_id AND layer_version IS :layer_version '
            "AND profile_id IS :profile_id AND speaker IS :speaker",
            pin,
        )
        if found is not None:
            return found
        self._insert(t.item, {**item, "created_at": item.get("created_at") or utc_now()})
        return str(item["id"])

    def put_submission(self, values: Mapping[str, Any]) -> str:
        """The submission of that id, or of that form and version, made if it is new."""
        found: str | None = self._value(
            "SELECT id FROM submission WHERE id = :id OR (call_id = :call_id AND version = "
            ":version AND rubric_version_id = :rubric_version_id AND rater_id = :rater_id)",
            dict(values),
        )
        if found is not None:
            return found
        upto = self._value("SELECT coalesce(max(seq), 0) FROM score")
        self._insert(t.submission, {**values, "upto_seq": upto})
        return str(values["id"])

    def put_assignment(self, values: Mapping[str, Any]) -> None:
        """How likely a call was to be drawn for a rater, unless it is known."""
        known = self._value(
            "SELECT 1 FROM assignment WHERE call_id = :call_id AND rater_id = :rater_id",
            dict(values),
        )
        if known is None:
            self._insert(t.assignment, dict(values))

    def put_score(self, values: Mapping[str, Any], answer: Answer) -> None:
        """Append a row under its own id and time."""
        self._insert(t.score, {**values, **answer_out(answer)})
