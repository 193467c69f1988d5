"""A judge's correction on one dimension, fitted on train and dev calls, and its corrected mean."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.errors import BadInput
from app.domain.judging import JudgeVersion
from app.eval.agreement.consensus import consensus
from app.eval.agreement.ratings import Floats
from app.eval.calibration.apply import apply
from app.eval.calibration.correction import Correction, fit
from app.eval.calibration.estimate import Population, PopulationMean, population_mean
from app.services import places
from app.services.calibrating.dimension import Dimension, Slice, dimension
from app.services.calibrating.rating_set import RatingSet

FITTED_ON = frozenset({"train", "dev"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A correction, or why there is none."""

    criterion_key: str
    judge: JudgeVersion
    correction: Correction | None
    refused: str
    """Why it must not be used; empty where it may."""
    snapshot: str
    """SHA-256 of the labels and scores that it was fitted on."""
    frozen_at: str

    def document(self, found: RatingSet) -> dict[str, Any]:
        """`calibration.json`: enough to apply it again without this program.

        Raises:
            BadInput: it was refused.
        """
        if self.correction is None or self.refused:
            raise BadInput(self.refused, "Label more calls, or use the scores as they are.")
        body = self.correction.to_json(places.version(), self.snapshot)
        return {
            **body,
            "dimension": self.criterion_key,
            "rubric": {
                "key": found.rubric.key, "version": found.rubric.version,
                "sha256": found.rubric.sha256,
            },
            "judge": {
                "ref": self.judge.ref, "model": self.judge.model, "sha256": self.judge.sha256,
                "prompt_sha256": self.judge.prompt_sha256,
            },
            "splits": sorted(FITTED_ON),
            "frozen_at": self.frozen_at,
        }  # fmt: skip


def fitted(found: RatingSet, key: str, judge: JudgeVersion) -> Fitted:
    """Fit a judge's correction of a dimension; anchors are never looked at. Kept with the set."""
    place = ("fit", key, judge.rater_id)
    if place not in found.memo:
        found.memo[place] = _fitted(found, key, judge)
    kept: Fitted = found.memo[place]
    return kept


def corrected(one: Dimension, made: Fitted) -> Floats:
    """The judge's corrected score of each item; as it is where the correction was refused."""
    raw = one.judges.get(made.judge.rater_id, np.full(len(one.items), np.nan))
    if made.correction is None or made.refused:
        return raw
    c = made.correction
    body = {
        "form": c.form, "params": c.params, "inputs": c.inputs,
        "range": [c.levels[0], c.levels[-1]],
    }  # fmt: skip
    scores = inputs(one, made.judge)
    blank = np.full(len(one.items), np.nan)
    return apply(body, {name: scores.get(name, blank) for name in c.inputs})


def mean(one: Dimension, judge: JudgeVersion) -> PopulationMean | None:
    """The judge's mean over all that it scored, corrected by people's labels.

    None where it scored nothing, or the scale has no mean.
    """
    scores = one.judges.get(judge.rater_id)
    kind = one.criterion.scale
    if scores is None or kind == "nominal":
        return None
    found = one.set
    return population_mean(
        Population(
            judge=scores, gold=gold(one), calls=one.people.calls,
            probability=found.probability[one.items], balanced=found.is_balanced,
        ),
        binary=kind == "binary",
    )  # fmt: skip


def gold(one: Dimension) -> Floats:
    """People's common value of each item; NaN where there is none. Final values stay apart."""
    return consensus(one.people, one.criterion.scale)


def _fitted(found: RatingSet, key: str, judge: JudgeVersion) -> Fitted:
    one = dimension(found, key, Slice(roles=FITTED_ON))
    scores = inputs(one, judge)
    target = gold(one)
    made, refused = None, ""
    levels = sorted(float(level.value) for level in one.criterion.levels)
    try:
        made = fit(scores, target, one.people.calls, kind=one.criterion.scale, levels=levels)
        refused = made.refused
    except BadInput as error:
        refused = error.what
    return Fitted(
        criterion_key=key, judge=judge, correction=made, refused=refused,
        snapshot=_snapshot(one, scores, target), frozen_at=found.frozen_at,
    )  # fmt: skip


def inputs(one: Dimension, judge: JudgeVersion) -> dict[str, Floats]:
    """The judge's scores of the dimension, then of the others that it gave on the same items."""
    found = one.set
    own = one.judges.get(judge.rater_id, np.full(len(one.items), np.nan))
    out = {one.criterion.key: own}
    mine = found.newest & ~np.isnan(found.value)
    mine &= found.rater == (
        found.raters.index(judge.rater_id) if judge.rater_id in found.raters else -1
    )
    for at, other in enumerate(found.rubric.criteria):
        if other.key == one.criterion.key or other.scope != one.criterion.scope:
            continue
        whole = np.full(len(found.items), np.nan)
        rows = mine & (found.criterion == at)
        whole[found.item[rows]] = found.value[rows]
        if not np.isnan(whole).all() and other.scale != "nominal":
            out[other.key] = whole[one.items]
    return out


def _snapshot(one: Dimension, scores: Mapping[str, Floats], target: Floats) -> str:
    """Of what the fit was made from, in an order that does not hang on this database."""
    found = one.set
    lines = []
    for at, number in enumerate(one.items.tolist()):
        item = found.items[number]
        place = [found.calls[item.call_id].content_sha256, item.kind, item.speaker, item.start]
        values = [None if np.isnan(v[at]) else float(v[at]) for v in (*scores.values(), target)]
        lines.append(json.dumps([*place, item.end, item.profile, *values]))
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
