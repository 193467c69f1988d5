"""Items, scores and submissions. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.clock import utc_now
from app.domain.ids import new_id
from app.domain.ratings import Answer, ItemRef, Phase, Score, Viewer
from db.repos.base import Repo, dump, listed
from db.repos.mappers import answer_out, score_in
from db.repos.visibility import (
    AWAITING,
    NEWEST,
    awaits_caller,
    cell,
    viewer_params,
    visible_scores,
    withheld,
)
from db.schema import rating as t

_SCORE = """SELECT s.*, i.kind AS item_kind, i.start AS item_start, i."end" AS item_end,
    i.layer_id, i.layer_version, i.profile_id, i.turn_index, i.speaker, i.other_item_id,
    c.key AS criterion_key, r.kind AS rater_kind
FROM score s JOIN item i ON i.id = s.item_id JOIN criterion c ON c.id = s.criterion_id
JOIN rater r ON r.id = s.rater_id """

_ASKED = "coalesce(CASE :kind WHEN 'clip' THEN :profile END, :start || '-' || :end)"
"""The `cell` of the item that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewScore:
    """A row to be added."""

    call_id: str
    item_id: str
    rubric_version_id: str
    criterion_id: str
    rater_id: str
    answer: Answer
    phase: Phase
    blind: bool
    duration_ms: int = 0
    supersedes_id: str | None = None
    submission_id: str | None = None
    assignment_id: str | None = None
    run_id: str | None = None
    presentation: str | None = None
    level_probs: tuple[float, ...] | None = None


class ScoreRepo(Repo):
    """Reads are for a viewer; see `visibility`."""

    def item(self, ref: ItemRef) -> str:
        """The id of the item with exactly that pin; made if it is new."""
        pin = {
            "call_id": ref.call_id,
            "kind": ref.kind,
            "layer_id": ref.layer_id,
            "layer_version": ref.layer_version,
            "profile_id": ref.profile_id,
            "speaker": ref.speaker,
            "start": ref.span.start,
            "end": ref.span.end,
            "other_item_id": ref.other_item_id,
        }
        found: str | None = self._value(
            "SELECT id FROM item WHERE call_id = :call_id AND kind = :kind AND start = :start "
            'AND "end" = :end AND layer_id IS :layer_id AND layer_version IS :layer_version '
            "AND profile_id IS :profile_id AND speaker IS :speaker "
            "AND other_item_id IS :other_item_id",
            pin,
        )
        if found is not None:
            return found
        item_id = new_id()
        more = {"id": item_id, "turn_index": ref.turn_index, "created_at": utc_now()}
        self._insert(t.item, {**pin, **more})
        return item_id

    def add(self, new: NewScore) -> tuple[str, str]:
        """Append a row; its id and time."""
        score_id, now = new_id(), utc_now()
        self._insert(
            t.score,
            {
                "id": score_id,
                "call_id": new.call_id,
                "item_id": new.item_id,
                "rubric_version_id": new.rubric_version_id,
                "criterion_id": new.criterion_id,
                "rater_id": new.rater_id,
                **answer_out(new.answer),
                "phase": new.phase,
                "blind": int(new.blind),
                "duration_ms": new.duration_ms,
                "supersedes_id": new.supersedes_id,
                "submission_id": new.submission_id,
                "assignment_id": new.assignment_id,
                "run_id": new.run_id,
                "presentation": new.presentation,
                "level_probs": None if new.level_probs is None else dump(new.level_probs),
                "created_at": now,
            },
        )
        return score_id, now

    def own(self, viewer: Viewer, score_id: str) -> Score | None:
        """A row of the viewer's own."""
        row = self._map(
            _SCORE + "WHERE s.id = :i AND s.rater_id = :r", {"i": score_id, "r": viewer.rater_id}
        )
        return None if row is None else score_in(row)

    def latest_in_cell(self, rater_id: str, ref: ItemRef, criterion_id: str) -> Score | None:
        """The rater's newest row for that stretch of speech, whichever layer it was pinned to."""
        row = self._map(
            _SCORE + "WHERE s.call_id = :c AND s.rater_id = :r AND s.criterion_id = :k "
            f"AND i.kind = :kind AND {cell('i')} = {_ASKED} AND i.speaker IS :speaker "
            "ORDER BY s.seq DESC LIMIT 1",
            {
                "c": ref.call_id,
                "r": rater_id,
                "k": criterion_id,
                "kind": ref.kind,
                "start": ref.span.start,
                "end": ref.span.end,
                "profile": ref.profile_id,
                "speaker": ref.speaker,
            },
        )
        return None if row is None else score_in(row)

    def form(self, rater_id: str, call_id: str, rubric_version_id: str) -> list[Score]:
        """The rater's newest row of each cell, draft or submitted, oldest first."""
        rows = self._maps(
            _SCORE + "WHERE s.seq IN (SELECT max(x.seq) FROM score x JOIN item xi "
            "ON xi.id = x.item_id WHERE x.call_id = :c AND x.rubric_version_id = :v "
            f"AND x.rater_id = :r GROUP BY xi.kind, {cell('xi')}, xi.speaker, "
            "x.criterion_id) ORDER BY s.seq",
            {"c": call_id, "v": rubric_version_id, "r": rater_id},
        )
        return [score_in(row) for row in rows]

    def active_ms(self, rater_id: str, call_id: str, rubric_version_id: str) -> int:
        """Time spent on a form, over all drafts."""
        return int(
            self._value(
                "SELECT coalesce(sum(duration_ms), 0) FROM score WHERE call_id = :c "
                "AND rubric_version_id = :v AND rater_id = :r AND phase = 'draft'",
                {"c": call_id, "v": rubric_version_id, "r": rater_id},
            )
        )

    def has_draft(self, rater_id: str, call_id: str, rubric_version_id: str) -> bool:
        """Whether something was drafted since the last submission."""
        return bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM score WHERE call_id = :c "
                "AND rubric_version_id = :v AND rater_id = :r AND phase = 'draft' AND seq > "
                "(SELECT coalesce(max(upto_seq), 0) FROM submission WHERE call_id = :c "
                "AND rubric_version_id = :v AND rater_id = :r))",
                {"c": call_id, "v": rubric_version_id, "r": rater_id},
            )
        )

    def last_submission(
        self, rater_id: str, call_id: str, rubric_version_id: str
    ) -> tuple[int, str | None]:
        """(version, time) of the newest submission; (0, None) where there is none."""
        row = self._row(
            "SELECT version, created_at FROM submission WHERE call_id = :c "
            "AND rubric_version_id = :v AND rater_id = :r ORDER BY version DESC LIMIT 1",
            {"c": call_id, "v": rubric_version_id, "r": rater_id},
        )
        return (0, None) if row is None else (row[0], row[1])

    def add_submission(self, rater_id: str, call_id: str, rubric_version_id: str) -> Any:
        """Append the next version of a form; (id, version, time)."""
        version = self.last_submission(rater_id, call_id, rubric_version_id)[0] + 1
        submission_id, now = new_id(), utc_now()
        self._insert(
            t.submission,
            {
                "id": submission_id,
                "call_id": call_id,
                "rubric_version_id": rubric_version_id,
                "rater_id": rater_id,
                "version": version,
                "upto_seq": self._value("SELECT coalesce(max(seq), 0) FROM score"),
                "created_at": now,
            },
        )
        return submission_id, version, now

    def visible(
        self,
        viewer: Viewer,
        *,
        call_ids: Sequence[str] | None = None,
        phase: Phase = "submitted",
        newest: bool = True,
    ) -> list[Score]:
        """The scores that the viewer may see.

        Args:
            viewer: who is looking.
            call_ids: only of these calls; None for all.
            phase: `draft` gives the viewer's own drafts alone.
            newest: only rows that no later version replaced (of submitted ones).
        """
        if call_ids is not None and len(call_ids) > 500:
            parts = (call_ids[at : at + 500] for at in range(0, len(call_ids), 500))
            return [
                s
                for part in parts
                for s in self.visible(viewer, call_ids=part, phase=phase, newest=newest)
            ]
        where, params = [visible_scores(viewer), "s.phase = :phase"], viewer_params(viewer)
        if newest and phase == "submitted":
            where.append(NEWEST)
        if call_ids is not None:
            marks, more = listed(list(call_ids))
            where.append(f"s.call_id IN ({marks})")
            params |= more
        rows = self._maps(
            _SCORE + "WHERE " + " AND ".join(where) + " ORDER BY s.seq", {**params, "phase": phase}
        )
        return [score_in(row) for row in rows]

    def pairs_on(self, viewer: Viewer, call_id: str) -> list[Score]:
        """The newest visible scores of pairs whose second call is that one."""
        rows = self._maps(
            f"{_SCORE} WHERE {visible_scores(viewer)} AND {NEWEST} AND s.item_id IN "
            "(SELECT p.id FROM item p JOIN item o ON o.id = p.other_item_id "
            "WHERE p.kind = 'pair' AND o.call_id = :c) ORDER BY s.seq",
            {"c": call_id, **viewer_params(viewer)},
        )
        return [score_in(row) for row in rows]

    def could_have_seen(self, viewer: Viewer, call_id: str) -> bool:
        """Whether a judge's or another person's score of that call was open to the viewer."""
        return bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM score s WHERE s.call_id = :c "
                f"AND s.rater_id <> :viewer AND {visible_scores(viewer)})",
                {"c": call_id, **viewer_params(viewer)},
            )
        ) or bool(
            self._value(
                "SELECT EXISTS (SELECT 1 FROM reveal_audit WHERE call_id = :c AND rater_id = :r)",
                {"c": call_id, "r": viewer.rater_id},
            )
        )

    def is_withheld(self, viewer: Viewer, call_id: str) -> bool:
        """Whether a study that is not over keeps that call closed to the viewer."""
        if viewer.is_lead:
            return False
        sql = f"SELECT {withheld(':c')}"
        return bool(self._value(sql, {"c": call_id, **viewer_params(viewer)}))

    def awaits_caller(self, viewer: Viewer, call_id: str) -> bool:
        """Whether the viewer placed that live call and has still to rate it as its caller."""
        sql = f"SELECT {awaits_caller(':c')}"
        return bool(self._value(sql, {"c": call_id, **viewer_params(viewer)}))

    def awaiting_caller(self, viewer: Viewer) -> frozenset[str]:
        """The live calls that the viewer placed and has still to rate."""
        return frozenset(row[0] for row in self._rows(AWAITING, viewer_params(viewer)))

    def submissions(self, rubric_version_id: str) -> dict[str, int]:
        """Submission → version, of all forms of a rubric."""
        sql = "SELECT id, version FROM submission WHERE rubric_version_id = :v"
        return dict(self._rows(sql, {"v": rubric_version_id}))

    def reveals(self, rubric_version_id: str) -> set[tuple[str, str]]:
        """(rater, call) of what was revealed of a rubric."""
        sql = "SELECT rater_id, call_id FROM reveal_audit WHERE rubric_version_id = :v"
        return {(row[0], row[1]) for row in self._rows(sql, {"v": rubric_version_id})}

    def audit_reveal(
        self, viewer: Viewer, call_id: str, rubric_version_id: str | None, what: str
    ) -> None:
        """Note that hidden scores were shown to someone."""
        self._insert(
            t.reveal_audit,
            {
                "id": new_id(),
                "call_id": call_id,
                "rubric_version_id": rubric_version_id,
                "rater_id": viewer.rater_id,
                "what": what,
                "created_at": utc_now(),
            },
        )
