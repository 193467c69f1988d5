"""A dataset's scores in a workspace, under their own ids and times, with what they are of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.domain.calls import Span
from app.domain.ratings import ItemRef
from app.domain.rubrics import RubricVersion
from app.services.calibrating import dataset_files
from app.services.calibrating.dataset_files import Dataset
from db.repos.base import dump
from db.repos.dataset_exchange import DatasetExchangeRepo
from db.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from app.services.calibrating.dataset_shapes import ScoreRow


def take(
    uow: UnitOfWork,
    found: Dataset,
    rubric: RubricVersion,
    calls: Mapping[str, str],
    raters: Mapping[str, str],
) -> int:
    """Append the scores that are not here yet; how many those were.

    Args:
        uow: a write.
        found: the dataset.
        rubric: as it is here.
        calls: call of the dataset → its id here.
        raters: pseudonym or judge's hash → rater here.
    """
    repo = DatasetExchangeRepo(uow.connection)
    criteria = {c.key: c.id for c in rubric.criteria}
    known = repo.known_scores([s.score_id for s in found.scores])
    items = _items(uow, found, calls)
    of_item = {i.item_id: i for i in found.items}
    drawn: dict[tuple[str, str], str] = {}
    rows = []
    for score in dataset_files.in_order(found.scores):
        if score.score_id in known:
            continue
        place = {
            "call_id": calls[of_item[score.item_id].call_id], "item_id": items[score.item_id],
            "rater_id": raters[score.judge_sha256 or score.rater_id],
            "rubric_version_id": rubric.id,
        }  # fmt: skip
        assignment_id = None
        if score.policy is not None:
            at = (place["item_id"], place["rater_id"])
            if at not in drawn:
                drawn[at] = repo.put_assignment(
                    {
                        **place, "policy": score.policy, "reason": "came with its scores",
                        "inclusion_prob": score.inclusion_prob, "seed": 0,
                        "drawn_at": score.created_at,
                    }
                )  # fmt: skip
            assignment_id = drawn[at]
        more = {"criterion_id": criteria[score.dimension], "assignment_id": assignment_id}
        rows.append({**place, **more, **_values(score)})
    repo.put_scores(rows)
    return len(rows)


def _values(score: ScoreRow) -> dict[str, Any]:
    evidence = [[e.turn_id, e.start_frame, e.end_frame] for e in score.evidence]
    return {
        "id": score.score_id, "run_id": score.run_id, "status": score.status,
        "value": score.value, "na_reason": score.na_reason, "confidence": score.confidence,
        "rationale": score.rationale, "evidence": dump(evidence),
        "level_probs": None if score.level_probs is None else dump(score.level_probs),
        "flagged": int(score.flagged), "blind": int(score.blind),
        "presentation": dump(score.presentation) if score.presentation else None,
        "phase": "submitted", "duration_ms": score.duration_ms, "submission_id": None,
        "supersedes_id": score.supersedes, "created_at": score.created_at,
    }  # fmt: skip


def _items(uow: UnitOfWork, found: Dataset, calls: Mapping[str, str]) -> dict[str, str]:
    """Item of the dataset → its id here. They are pinned to no layer: their span says all."""
    frames = {c.call_id: c.frame_count for c in found.calls}
    ids = {}
    for item in found.items:
        other = None
        if item.other_call_id:
            whole = Span(0, frames[item.other_call_id])
            other = uow.scores.item(
                ItemRef(kind="call", call_id=calls[item.other_call_id], span=whole)
            )
        ids[item.item_id] = uow.scores.item(
            ItemRef(
                kind=item.kind, call_id=calls[item.call_id],
                span=Span(item.start_frame, item.end_frame), profile_id=item.clip or None,
                turn_index=item.turn_index, speaker=item.speaker or None, other_item_id=other,
            )
        )  # fmt: skip
    return ids
