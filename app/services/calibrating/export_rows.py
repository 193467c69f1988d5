"""The tables of a calibration dataset: items, scores, gold and pairs of people's and judges'.

Rows are in an order that follows from what they hold, and ids from content, so that the same data
gives the same bytes in another workspace.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.domain.ratings import ADJUDICATION
from app.eval.agreement.consensus import mean_of_rated
from app.services.calibrating import correcting
from app.services.calibrating.dimension import Dimension, Slice, dimension
from app.services.calibrating.rating_set import RatingSet

METHODS = {"interval": "mean", "ordinal": "median", "nominal": "majority", "binary": "majority"}

Rows = list[dict[str, Any]]


def item_ids(found: RatingSet) -> list[str]:
    """An id of each item that follows from what was rated, not from this database."""
    out = []
    for item in found.items:
        other = found.calls[item.other_call_id].content_sha256 if item.other_call_id else ""
        place = (
            found.calls[item.call_id].content_sha256, item.kind, item.speaker, item.start, item.end,
            item.profile, other,
        )  # fmt: skip
        out.append(hashlib.sha256("\n".join(map(str, place)).encode()).hexdigest()[:20])
    return out


def pseudonym(rater_id: str) -> str:
    """A rater without a name: the same in every export."""
    if rater_id == ADJUDICATION:
        return ADJUDICATION
    return f"r-{hashlib.sha256(rater_id.encode()).hexdigest()[:10]}"


def items(found: RatingSet, ids: Sequence[str], used: frozenset[int]) -> Rows:
    """One row an item."""
    turns = found.turn_indices
    out = []
    for at, item in enumerate(found.items):
        if at not in used:
            continue
        call = found.calls[item.call_id]
        end = item.end or call.frame_count
        chance = float(found.probability[at])
        out.append(
            {
                "item_id": ids[at], "call_id": call.id, "call_code": call.code,
                "content_sha256": call.content_sha256, "other_call_id": item.other_call_id,
                "kind": item.kind, "speaker": item.speaker, "clip": item.profile,
                "turn_index": turns[at], "start_s": item.start / call.rate_hz,
                "end_s": end / call.rate_hz, "system": f"{call.agent} {call.agent_version}".strip(),
                "strata": {k: str(v[at]) for k, v in found.strata.items() if v[at]},
                "split": found.roles[at], "inclusion_prob": None if np.isnan(chance) else chance,
                "consent": call.consent, "licence": call.licence,
            }
        )  # fmt: skip
    return sorted(out, key=lambda r: str(r["item_id"]))


def scores(
    found: RatingSet,
    ids: Sequence[str],
    details: Mapping[str, Mapping[str, Any]],
    *,
    with_judges: bool,
) -> Rows:
    """One row a score, a judge's repeats too."""
    scale = {c.key: c.scale for c in found.rubric.criteria}
    seen: dict[tuple[int, str, str], int] = {}
    out = []
    for at, row in enumerate(found.rows):
        if row.rater_kind == "judge" and not with_judges:
            continue
        number = int(found.item[at])
        place = (number, row.criterion_key, row.rater_id)
        repeat = seen[place] = seen.get(place, -1) + 1
        judge = found.judges.get(row.rater_id)
        told = details[row.score_id]
        out.append(
            {
                "score_id": row.score_id, "item_id": ids[number], "dimension": row.criterion_key,
                "scale": scale[row.criterion_key], "rater_id": pseudonym(row.rater_id),
                "rater_kind": row.rater_kind, "judge_sha256": judge.sha256 if judge else None,
                "run_id": row.run_id, "repeat_index": repeat, "status": row.status,
                "value": row.value, "level_probs": told["level_probs"],
                "confidence": told["confidence"], "blind": bool(row.blind),
                "rationale": told["rationale"], "evidence": told["evidence"],
                "superseded": not row.is_newest, "created_at": row.created_at,
            }
        )  # fmt: skip
    keys = ("item_id", "dimension", "rater_id", "repeat_index", "score_id")
    return sorted(out, key=lambda r: tuple(r[k] for k in keys))


def gold(found: RatingSet, ids: Sequence[str]) -> Rows:
    """What people agree on, item by item; blind scores alone. Final values stand beside it."""
    out: Rows = []
    for criterion in found.rubric.criteria:
        one = dimension(found, criterion.key)
        common = correcting.gold(one)
        # Final values are given after seeing what raters gave.
        final = _by_item(dimension(found, criterion.key, Slice(blind_only=False)))
        for at, number in enumerate(one.items.tolist()):
            votes = one.people.values[at]
            given = {
                pseudonym(r): float(v) for r, v in zip(one.people.raters, votes) if not np.isnan(v)
            }
            if not given:
                continue
            out.append(
                {
                    "item_id": ids[number], "dimension": criterion.key,
                    "consensus": _number(common[at]), "method": METHODS[criterion.scale],
                    "n_raters": len(given), "spread": max(given.values()) - min(given.values()),
                    "adjudicated": final.get(number), "votes": given,
                }
            )  # fmt: skip
    return sorted(out, key=lambda r: (r["item_id"], r["dimension"]))


def paired(found: RatingSet, ids: Sequence[str]) -> Rows:
    """One row an item, dimension and judge version."""
    out: Rows = []
    for criterion in found.rubric.criteria:
        one = dimension(found, criterion.key)
        for rater in one.judges:
            out += _paired(one, rater, ids)
    return sorted(out, key=lambda r: (r["item_id"], r["dimension"], r["judge_sha256"]))


def _paired(one: Dimension, rater: str, ids: Sequence[str]) -> Rows:
    found = one.set
    judge = found.judges[rater]
    made = correcting.fitted(found, one.criterion.key, judge)
    usable = made.correction is not None and not made.refused
    fixed = correcting.corrected(one, made) if usable else np.full(len(one.items), np.nan)
    reach = made.correction.half_width if usable and made.correction is not None else None
    raw, mean = one.judges[rater], mean_of_rated(one.people.values)
    counts = (~np.isnan(one.people.values)).sum(1)
    out: Rows = []
    for at, number in enumerate(one.items.tolist()):
        if np.isnan(raw[at]):
            continue
        votes = one.people.values[at]
        votes = votes[~np.isnan(votes)]
        value, chance = _number(fixed[at]), _number(found.probability[number])
        around = None if value is None or reach is None else (value - reach, value + reach)
        out.append(
            {
                "item_id": ids[number], "dimension": one.criterion.key,
                "judge_sha256": judge.sha256, "human_mean": _number(mean[at]),
                "human_median": float(np.median(votes)) if len(votes) else None,
                "n_humans": int(counts[at]), "judge_raw": _number(raw[at]),
                "judge_corrected": value, "ci_low": around[0] if around else None,
                "ci_high": around[1] if around else None, "residual": _number(raw[at] - mean[at]),
                "call_id": found.items[number].call_id, "split": found.roles[number],
                "weight": 1 / chance if chance else None,
            }
        )  # fmt: skip
    return out


def _by_item(one: Dimension) -> dict[int, float]:
    found = zip(one.items.tolist(), one.final.tolist())
    return {number: value for number, value in found if not np.isnan(value)}


def _number(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
