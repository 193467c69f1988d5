"""Looks at drift: a judge version beside the one before, or beside its own earlier run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from app.domain.calibration_records import DriftCheck
from app.domain.errors import BadInput, NotAllowed
from app.domain.judging import JudgeVersion
from app.domain.ratings import Viewer
from app.domain.rubrics import Criterion
from app.eval.agreement.consensus import consensus
from app.eval.calibration.drift import Drift, anchor_drift
from app.eval.calibration.rules import Rule
from app.services.calibrating import anchors
from app.services.calibrating.dimension import Slice, dimension
from app.services.calibrating.rating_set import RatingSet
from app.services.workspace import Workspace

EVERY_DAYS = 31
"""After this long the anchors are to be rerun."""
NEVER = "It has never scored the anchors."


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a comparison on the anchors shows."""

    judge: JudgeVersion
    before: JudgeVersion | None
    """None: the version's own first run."""
    criterion: Criterion
    drift: Drift
    items: int
    calls: int
    snapshot_at: str

    @property
    def beside(self) -> str:
        """What it is held against, in words."""
        return "its first run" if self.before is None else self.before.label

    def to_json(self) -> dict[str, Any]:
        """As stored."""
        flips = self.drift.flips
        return {
            "judge": self.judge.ref, "judge_sha256": self.judge.sha256,
            "before": None if self.before is None else self.before.ref,
            "before_sha256": None if self.before is None else self.before.sha256,
            "dimension": self.criterion.key, "items": self.items, "calls": self.calls,
            "mean": asdict(self.drift.mean),
            "kappa_quadratic": None if self.drift.kappa is None else asdict(self.drift.kappa),
            "flips": None if flips is None else {
                "levels": list(flips.levels), "table": flips.table.tolist(), "same": flips.same,
                "worse": flips.worse, "better": flips.better, "p": flips.p,
            },
            "words": self.drift.words, "snapshot_at": self.snapshot_at,
        }  # fmt: skip


def version_before(found: RatingSet, judge: JudgeVersion) -> JudgeVersion | None:
    """The newest older version of the same judge that scored here."""
    name = judge.ref.partition("@")[0]
    older = [
        j for j in found.judges.values()
        if j.ref.partition("@")[0] == name and j.created_at < judge.created_at
    ]  # fmt: skip
    return max(older, key=lambda j: j.created_at, default=None)


def look(
    found: RatingSet,
    judge: JudgeVersion,
    key: str,
    rule: Rule,
    before: JudgeVersion | None = None,
) -> Look:
    """Hold a judge version against another on the anchors; without one, against its own first run.

    Args:
        found: the scores.
        judge: the version.
        key: of the dimension.
        rule: whose margin a change of agreement must exceed.
        before: the other version.

    Raises:
        BadInput: no anchor has two scores to compare.
    """
    margin = rule.thresholds.margin
    if before is not None and before.id != judge.id:
        one = dimension(found, key, Slice(roles=anchors.ROLES))
        blank = np.full(len(one.items), np.nan)
        first, second = (one.judges.get(j.rater_id, blank) for j in (before, judge))
        calls, gold = one.people.calls, consensus(one.people, one.criterion.scale)
    else:
        before, runs = None, anchors.reruns(found, judge, key)
        if runs is None:
            raise BadInput(
                f"{judge.label} has scored no anchor twice on {key}.",
                "Rerun the anchors, or name the version before.",
            )
        first, second, calls, gold = runs.first, runs.newest, runs.calls, runs.gold
    both = ~(np.isnan(first) | np.isnan(second))
    if not both.any():
        raise BadInput(
            f"No anchor was scored by both on {key}.", "Let both versions judge the anchors first."
        )
    made = anchor_drift(first, second, calls, gold, margin_kappa=margin)
    return Look(
        judge=judge, before=before, criterion=found.criterion_named(key), drift=made,
        items=int(both.sum()), calls=len(np.unique(calls[both])), snapshot_at=found.frozen_at,
    )  # fmt: skip


def usual_look(found: RatingSet, judge: JudgeVersion, key: str, rule: Rule) -> Look | None:
    """Beside its own first run where there is one, else beside the version before; else None."""
    for before in (None, version_before(found, judge)):
        try:
            return look(found, judge, key, rule, before)
        except BadInput:
            continue
    return None


def keep(
    ws: Workspace, viewer: Viewer, found: RatingSet, seen: Look, run_id: str | None = None
) -> DriftCheck:
    """Put a look on record; from now on it decides whether the anchors have drifted.

    Raises:
        NotAllowed: a reviewer.
        BadInput: the splits are not frozen, so that there are no anchors yet.
    """
    if not viewer.is_lead:
        raise NotAllowed("Only a lead keeps a look at drift.", "Sign in as a lead.")
    if not found.splits.is_frozen:
        raise BadInput("There are no frozen anchors yet.", "Freeze the splits first.")
    with ws.db.human() as uow:
        return uow.calibration_records.add_check(
            rubric_version_id=found.rubric.id, criterion_id=seen.criterion.id,
            judge_version_id=seen.judge.id, kind="anchors", drifted=seen.drift.drifted,
            before_version_id=None if seen.before is None else seen.before.id,
            body=seen.to_json(), run_id=run_id, rater_id=viewer.rater_id or None,
        )  # fmt: skip


def newest_check(found: RatingSet, judge: JudgeVersion, key: str) -> DriftCheck | None:
    """The newest look at a version's anchors on a dimension that is on record."""
    of = found.criterion_named(key).id
    looks = (
        c for c in reversed(found.checks)
        if c.kind == "anchors" and (c.judge_version_id, c.criterion_id) == (judge.id, of)
    )  # fmt: skip
    return next(looks, None)


def anchor_calls(found: RatingSet) -> list[str]:
    """Calls of the anchors that people have labelled or a judge has scored, in order."""
    held = (i.call_id for i, role in zip(found.items, found.roles) if role in anchors.ROLES)
    return list(dict.fromkeys(held))


def why_due(
    found: RatingSet, judge: JudgeVersion, models: Sequence[tuple[str, str]], now: str
) -> str:
    """Why a version's anchors are to be rerun now; empty where they are not.

    Args:
        found: the scores.
        judge: the version.
        models: what its endpoint said it was, with the first reply of each, oldest first.
        now: UTC stamp.
    """
    mine = found.rater == found.raters.index(judge.rater_id)
    inside = np.array([role in anchors.ROLES for role in found.roles], bool)
    at = [found.rows[n].created_at for n in np.flatnonzero(mine & inside[found.item])]
    if not at:
        return NEVER
    newest = max(at)
    fresh = [model for model, since in models if since > newest]
    if len(models) > 1 and fresh:
        return f"The endpoint now answers as {fresh[-1]}."
    age = _when(now) - _when(newest)
    if age > timedelta(days=EVERY_DAYS) and judge.kind == "llm":
        return f"Its last run on them is {age.days} days old."
    return ""


def _when(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
