"""What people shall label next: two queues that must not be mixed, each a study of its own.

*Measure* draws calls by lot with known probabilities, higher where the judge is expected to err
more: its labels are a sample. *Learn* takes what teaches most; its labels enter fits, never an
estimate, and anchors never enter it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from app.domain.errors import BadInput
from app.domain.judging import JudgeVersion
from app.domain.rubrics import RubricVersion
from app.eval.agreement.ratings import Floats
from app.eval.agreement.resampling import Estimate
from app.eval.calibration import queueing
from app.eval.calibration.sampling import Candidate as Lesson
from app.eval.calibration.sampling import learn_order, measure_probabilities
from app.services.calibrating.dimension import EVERYTHING, Slice
from app.services.calibrating.queue_pool import Pool, pool
from app.services.calibrating.rating_set import RatingSet
from app.services.workspace import Workspace

QueueKind = Literal["measure", "learn"]
ANCHORS = "anchor_test"
LEAST_TRIPLE = 0.2
"""Of the drawn calls: fewer cannot tell how well people agree."""
CERTAIN = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a lead asks for."""

    kind: QueueKind
    minutes: float
    """Of experts' time, all raters together; an expert hears a call once."""
    triple_share: float = LEAST_TRIPLE
    second_share: float = 0.0
    """Of the drawn calls: a second rater where that helps most."""
    seed: int | None = None
    """Of the lots; the rubric's own where None, so that draws after each other fit together."""

    @property
    def votes_a_call(self) -> float:
        """On average."""
        return 1 + 2 * self.triple_share + self.second_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One call of a queue."""

    call_id: str
    minutes: float
    probability: float
    """To be drawn; 1 where nothing was drawn by chance."""
    reason: str
    stratum: str
    raters: int
    is_labelled: bool
    """Somebody rated it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlan:
    """A queue before it is made."""

    wish: Wish
    judge: JudgeVersion
    criterion_key: str
    rubric: RubricVersion
    seed: int
    picks: tuple[Pick, ...]
    pool: int
    """Calls that it was chosen from."""
    half_width: float | None
    """Of the corrected mean's interval, now."""
    half_width_after: float | None
    """Expected once the queue is labelled; None of a queue to learn from."""

    @property
    def minutes(self) -> float:
        """Of experts' time."""
        return sum(p.minutes * p.raters for p in self.picks)

    @property
    def votes(self) -> int:
        """Forms to fill."""
        return sum(p.raters for p in self.picks)

    @property
    def per_minute(self) -> float | None:
        """How much narrower the interval becomes by a minute of an expert's time."""
        if self.half_width is None or self.half_width_after is None or self.minutes <= 0:
            return None
        return (self.half_width - self.half_width_after) / self.minutes


def plan(
    ws: Workspace,
    found: RatingSet,
    judge: JudgeVersion,
    key: str,
    wish: Wish,
    where: Slice = EVERYTHING,
    *,
    half_width: float | None = None,
) -> QueuePlan:
    """Choose calls for people to label.

    Args:
        ws: the workspace.
        found: the rating set.
        judge: whose scores they are for.
        key: of the dimension.
        wish: what is asked for.
        where: which items count.
        half_width: of the corrected mean's interval as it is now.

    Raises:
        BadInput: nothing to choose from, no time, or too little overlap.
        NotFound: no such dimension.
    """
    _check(wish)
    if found.criterion_named(key).scope in ("clip", "pair"):
        raise BadInput("Clips and pairs are not labelled call by call.", "Make a listening study.")
    calls = pool(ws, found, judge, key, where)
    seed = int(found.rubric.sha256[:8], 16) if wish.seed is None else wish.seed
    names = [found.calls[i].root_sha256 for i in calls.call_ids]
    fresh = None
    if wish.kind == "measure":
        picks, fresh = _sample(calls, wish, names, seed)
    else:
        picks = _lessons(calls, wish)
    if not picks:
        raise BadInput("No call fits into that time.", "Allow more minutes.")
    return QueuePlan(
        wish=wish, judge=judge, criterion_key=key, rubric=found.rubric, seed=seed,
        picks=tuple(_with_raters(picks, calls, names, wish, seed)), pool=len(calls.call_ids),
        half_width=half_width,
        half_width_after=None if fresh is None else queueing.together([half_width, fresh]),
    )  # fmt: skip


def _sample(
    calls: Pool, wish: Wish, names: Sequence[str], seed: int
) -> tuple[list[Pick], float | None]:
    """(calls drawn by lot, half-width that their labels alone would give)."""
    chance = probabilities(calls, wish)
    lots = np.array([queueing.lot(seed, name) for name in names])
    picks = [_drawn(calls, at, chance[at]) for at in np.flatnonzero(lots < chance).tolist()]
    return picks, queueing.half_width_of_draw(calls.squares, chance, int(calls.items.sum()))


def half_width_of(told: Estimate) -> float | None:
    """Of a figure's interval; None where it has none."""
    return None if told.low is None or told.high is None else (told.high - told.low) / 2


def probabilities(calls: Pool, wish: Wish) -> Floats:
    """With which each call of a pool is drawn to measure."""
    budget = wish.minutes / wish.votes_a_call
    # Per call, the mean error of its items: a call's length is already in its cost.
    return measure_probabilities(calls.squares, budget, calls.minutes)


def _check(wish: Wish) -> None:
    if wish.minutes <= 0:
        raise BadInput("A queue needs some of the experts' time.", "Give minutes above 0.")
    if wish.kind == "measure" and not LEAST_TRIPLE <= wish.triple_share <= 1:
        raise BadInput(
            "Too few calls are rated by three.",
            f"At least {LEAST_TRIPLE:.0%} are needed to see how well people agree.",
        )
    if not 0 <= wish.triple_share + wish.second_share <= 1:
        raise BadInput("The shares of calls with more raters are over 100 %.")


def _drawn(calls: Pool, at: int, chance: float) -> Pick:
    return Pick(
        call_id=calls.call_ids[at], minutes=float(calls.minutes[at]), probability=float(chance),
        reason=f"Measure: drawn by lot, with probability {chance:.2f}", raters=1,
        stratum=calls.stratum_labels[at][1], is_labelled=bool(calls.labelled[at]),
    )  # fmt: skip


def _lessons(calls: Pool, wish: Wish) -> list[Pick]:
    """What teaches most per minute, as long as there is time; no anchors, nothing known."""
    place = {call_id: at for at, call_id in enumerate(calls.call_ids)}
    candidates = [
        Lesson(
            call=call_id, uncertainty=float(calls.uncertainty[at]),
            disagreement=float(calls.disagreement[at]), minutes=float(calls.minutes[at]),
            cell_count=int(calls.level_labels[at]), stratum_count=calls.stratum_labels[at][0],
        )
        for call_id, at in place.items()
        if calls.roles[at] in ("train", "dev") and not calls.labelled[at]
    ]  # fmt: skip
    if not candidates:
        raise BadInput(
            "Nothing is left to learn from.", "All calls outside the anchors are labelled."
        )
    left, picks = wish.minutes / wish.votes_a_call, []
    for one in learn_order(candidates):
        if one.minutes <= left:
            left -= one.minutes
            picks.append(_lesson(calls, place[one.call], one))
    return picks


def _lesson(calls: Pool, at: int, one: Lesson) -> Pick:
    """The reason names what weighs most, without any score."""
    weights = {
        "the judge is unsure": one.uncertainty,
        "judges differ": one.disagreement,
        "few labels at this level": 1 / math.sqrt(1 + one.cell_count),
        f"few labels of {calls.stratum_labels[at][1] or 'its kind'}": 1
        / math.sqrt(1 + one.stratum_count),
    }
    why = max(weights, key=weights.__getitem__)
    return Pick(
        call_id=one.call, minutes=one.minutes, probability=CERTAIN, reason=f"Learn: {why}",
        stratum=calls.stratum_labels[at][1], raters=1, is_labelled=False,
    )  # fmt: skip


def _with_raters(
    picks: Sequence[Pick], calls: Pool, names: Sequence[str], wish: Wish, seed: int
) -> list[Pick]:
    place = {call_id: at for at, call_id in enumerate(calls.call_ids)}
    at = [place[p.call_id] for p in picks]
    chance = np.array([p.probability for p in picks])
    # A second vote halves what one vote is off by; the estimate weighs it by 1/π.
    gains = np.nan_to_num(calls.vote_squares[at]) / 2 / chance**2
    raters = queueing.raters_of(
        [names[n] for n in at], gains, seed=seed, triple_share=wish.triple_share,
        second_share=wish.second_share,
    )  # fmt: skip
    return [replace(p, raters=n) for p, n in zip(picks, raters)]
