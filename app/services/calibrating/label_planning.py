"""How many labels it takes, from what the labels so far say of calls, chance and errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.domain.errors import BadInput
from app.domain.judging import JudgeVersion
from app.eval.agreement.alt_test import PASS, alt_test, closeness, share_that_agrees
from app.eval.agreement.ratings import Floats, Ratings
from app.eval.calibration.sampling import (
    half_width_of_kappa,
    intraclass_of_calls,
    items_for_kappa,
    split_of_labels,
)
from app.services.calibrating import correcting
from app.services.calibrating.dimension import EVERYTHING, Slice, dimension
from app.services.calibrating.rating_set import RatingSet

COUNTS = (50, 100, 200, 400, 800)
"""Items of the table of half-widths."""
GROWTH = (1.0, 1.5, 2.0, 3.0)
"""Times as many calls as there are, for the power of the alternative annotator test."""
RESAMPLES, FEWEST_RESAMPLES, WORK = 200, 20, 40_000
"""Of many items fewer resamples do: power is near 0 or 1 there. `WORK` is items times resamples."""
SEED = 20261
FEWEST_CALLS = 10
HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a plan is made from."""

    items: int
    calls: int
    agreement: float
    """po: share of judge's and people's pairs that are the same."""
    chance: float
    """pe: by their shares of levels alone."""
    within_call: float
    """ρ of agreement within a call; 0 where it is not known."""

    @property
    def per_call(self) -> float:
        """m: items a call."""
        return self.items / self.calls

    @property
    def design_effect(self) -> float:
        """DEFF = 1 + (m − 1) ρ."""
        return 1 + max(0.0, self.per_call - 1) * self.within_call


@dataclass(frozen=True, slots=True, kw_only=True)
class KappaPlan:
    """Labels for a kappa of a half-width."""

    half_width: float
    items: int
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSplit:
    """How labels are divided between what the judge calls yes and no, for Rogan and Gladen."""

    positives: int
    negatives: int
    prevalence: float
    sensitivity: float
    specificity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """How often the alternative annotator test passes with so many calls like these."""

    calls: int
    share: float


def observed(
    found: RatingSet, judge: JudgeVersion, key: str, where: Slice = EVERYTHING
) -> Observed:
    """What the labels so far say.

    Raises:
        BadInput: the judge and people share fewer than ten calls, or the scale has no classes.
    """
    if found.criterion_named(key).scale == "interval":
        raise BadInput(
            "Kappa counts classes, and an interval scale has none.",
            "Look at the interval of the corrected mean instead: it narrows with more labels.",
        )
    people, scores = _shared(found, judge, key, where)
    there = ~np.isnan(people.values)
    same = np.where(there, people.values == scores[:, None], 0.0).astype(np.float64)
    votes = there.sum(1)
    levels = np.unique(np.concatenate([people.values[there], scores]))
    weight = np.repeat(scores[:, None], there.shape[1], 1)[there]
    of_judge = np.array([(weight == v).mean() for v in levels])
    of_people = np.array([(people.values[there] == v).mean() for v in levels])
    rho = intraclass_of_calls(same.sum(1) / votes, people.calls.tolist())
    return Observed(
        items=len(people.items), calls=people.call_count,
        agreement=float(same.sum() / votes.sum()), chance=float((of_judge * of_people).sum()),
        within_call=rho or 0.0,
    )  # fmt: skip


def for_kappa(told: Observed, half_width: float) -> KappaPlan:
    """How many items and calls a kappa of that half-width takes.

    Raises:
        BadInput: a half-width that is not above 0.
    """
    try:
        items = items_for_kappa(
            half_width, agreement=told.agreement, chance=told.chance, per_call=told.per_call,
            within_call=told.within_call,
        )  # fmt: skip
    except ValueError as error:
        raise BadInput("A half-width is above 0.", "Give one such as 0.10.") from error
    return KappaPlan(half_width=half_width, items=items, calls=int(np.ceil(items / told.per_call)))


def half_widths(told: Observed) -> tuple[tuple[int, float], ...]:
    """(items, half-width of kappa) of a few counts."""
    return tuple(
        (n, half_width_of_kappa(n, agreement=told.agreement, chance=told.chance,
                                per_call=told.per_call, within_call=told.within_call))
        for n in COUNTS
    )  # fmt: skip


def for_error_rates(
    found: RatingSet, judge: JudgeVersion, key: str, budget: int, where: Slice = EVERYTHING
) -> LabelSplit | None:
    """How to divide labels by class; None where the scale is no check, or a class has no label.

    Raises:
        BadInput: the judge and people share fewer than ten calls.
    """
    if found.criterion_named(key).scale != "binary":
        return None
    _shared(found, judge, key, where)
    one = dimension(found, key, where)
    gold, scores = correcting.gold(one), one.judges[judge.rater_id]
    known = ~np.isnan(gold) & ~np.isnan(scores)
    yes, no = known & (gold >= HALF), known & (gold < HALF)
    if not yes.any() or not no.any():
        return None
    sensitivity = float((scores[yes] >= HALF).mean())
    specificity = float((scores[no] < HALF).mean())
    share = _prevalence(scores, sensitivity, specificity)
    positives, negatives = split_of_labels(
        budget, prevalence=share, sensitivity=sensitivity, specificity=specificity
    )
    return LabelSplit(
        positives=positives, negatives=negatives, prevalence=share, sensitivity=sensitivity,
        specificity=specificity,
    )  # fmt: skip


def alt_test_power(
    found: RatingSet,
    judge: JudgeVersion,
    key: str,
    epsilon: float,
    where: Slice = EVERYTHING,
    *,
    resamples: int | None = None,
) -> tuple[Power, ...]:
    """How often a judge like this one passes with more calls like these, by resampling them.

    Raises:
        BadInput: the judge and people share fewer than ten calls, or fewer than two people rated.
    """
    people, scores = _shared(found, judge, key, where)
    if len(people.raters) < 2:
        raise BadInput("The test leaves one person out.", "At least two people must have rated.")
    kind = found.criterion_named(key).scale
    fit = closeness if kind in ("ordinal", "interval") else share_that_agrees
    usual = max(FEWEST_RESAMPLES, min(RESAMPLES, WORK // len(people.items)))
    rounds = usual if resamples is None else resamples
    chance = np.random.default_rng(SEED)
    rows = [np.flatnonzero(people.calls == n) for n in range(people.call_count)]
    out = []
    for growth in GROWTH:
        count = round(growth * people.call_count)
        passed = 0
        for _ in range(rounds):
            drawn = [rows[n] for n in chance.integers(0, people.call_count, count).tolist()]
            at = np.concatenate(drawn)
            calls = np.repeat(np.arange(count), [len(r) for r in drawn])
            again = Ratings(
                people.values[at], calls, tuple(range(len(at))), people.raters, people.scale
            )
            rate = alt_test(again, scores[at], epsilon, fit).winning_rate
            passed += rate is not None and rate >= PASS
        out.append(Power(calls=count, share=passed / rounds))
    return tuple(out)


def _prevalence(scores: Floats, sensitivity: float, specificity: float) -> float:
    """Of yes in the population, from the judge's share of it; the judge's own where it cannot."""
    share = float((scores[~np.isnan(scores)] >= HALF).mean())
    youden = sensitivity + specificity - 1
    return min(1.0, max(0.0, (share + specificity - 1) / youden)) if youden > 0 else share


def _shared(
    found: RatingSet, judge: JudgeVersion, key: str, where: Slice
) -> tuple[Ratings, Floats]:
    """People's ratings and the judge's scores of what both scored."""
    people, scores, _ = dimension(found, key, where).labelled(judge.rater_id)
    both = ~np.isnan(scores)
    calls = np.unique(people.calls[both], return_inverse=True)[1].astype(np.int64)
    shared = Ratings(
        people.values[both], calls, tuple(range(int(both.sum()))), people.raters, people.scale
    )
    if shared.call_count < FEWEST_CALLS:
        raise BadInput(
            f"{judge.label} and people share {shared.call_count} calls.",
            f"A plan needs {FEWEST_CALLS}: label some at random first.",
        )
    return shared, scores[both]
