"""Two versions of a judge on the same items: is the new one better?

What is compared is how far each lies from people's consensus, item by item, so that hard items
weigh on both alike (Miller 2024, arXiv 2411.00640, on paired differences). Turns of a call come
together in every resample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from app.domain.rubrics import ScaleKind
from app.eval.agreement.consensus import consensus
from app.eval.agreement.ratings import Floats, Ratings, renumbered
from app.eval.agreement.resampling import Estimate, draws, estimate
from app.eval.agreement.tables import ratio
from app.eval.calibration.drift import Drift, anchor_drift

Outcome = Literal["better", "no difference shown", "worse"]
Z95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The new version against the old one."""

    outcome: Outcome
    """By the interval of `error`; no difference shown where it spans 0."""
    error: Estimate
    """New less old: mean distance from consensus in points, or share of wrong answers. Below 0 is
    better."""
    error_before: float | None
    error_after: float | None
    drift: Drift
    """Change of the mean, of agreement with consensus, and flips."""
    within_one_error: bool
    """The two lie within one standard error: the simpler or cheaper one may be kept."""
    unit: str
    items: int
    calls: int

    @property
    def words(self) -> str:
        """What was found, in a sentence or two."""
        e = self.error
        if e.value is None or e.low is None or e.high is None:
            return f"No difference shown: {e.undefined or 'too few items that people agree on'}"
        said = {
            "better": "The new version is better",
            "worse": "The new version is worse",
            "no difference shown": "No difference is shown",
        }[self.outcome]
        figure = f"{self.unit} {e.value:+.3f} [{e.low:+.3f}, {e.high:+.3f}]"
        tail = " They lie within one standard error." if self.within_one_error else ""
        return f"{said}: {figure} on {self.items} items in {self.calls} calls.{tail}"


def compare(before: Floats, after: Floats, people: Ratings, kind: ScaleKind) -> Versions:
    """Compare on the items that both versions and people scored.

    Args:
        before: the old version's value of each item, NaN where it gave none.
        after: the new one's.
        people: their ratings of the same items.
        kind: of the scale.
    """
    gold = consensus(people, kind)
    shared = ~(np.isnan(before) | np.isnan(after) | np.isnan(gold))
    one, two, known = before[shared], after[shared], gold[shared]
    calls = renumbered(people.calls[shared])
    count = int(calls.max()) + 1 if len(calls) else 0
    far = kind in ("ordinal", "interval")
    old, new = (np.abs(v - known) if far else (v != known).astype(float) for v in (one, two))
    sums = np.zeros((count, 2))
    np.add.at(sums, calls, np.stack([np.ones(len(old)), new - old], 1))
    error = estimate(
        sums, lambda s: ratio(s[..., 1], s[..., 0]), n=len(old), raters=2,
        drawn=draws(max(1, count)), undefined="no item was scored by both and by people.",
    )  # fmt: skip
    half = error.half_width
    near = error.value is not None and half is not None and abs(error.value) <= half / Z95
    return Versions(
        outcome=_outcome(error), error=error,
        error_before=float(old.mean()) if len(old) else None,
        error_after=float(new.mean()) if len(new) else None,
        drift=anchor_drift(before, after, people.calls, gold), within_one_error=near,
        unit="distance from people" if far else "share of wrong answers",
        items=len(old), calls=count,
    )  # fmt: skip


def _outcome(error: Estimate) -> Outcome:
    if error.low is None or error.high is None or error.low <= 0 <= error.high:
        return "no difference shown"
    return "better" if error.high < 0 else "worse"
