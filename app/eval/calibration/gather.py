"""From ratings to the evidence of a verdict: one judge, one dimension, one slice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from app.domain.rubrics import ScaleKind
from app.eval.agreement.alt_test import (
    AltTest,
    Fit,
    alt_tests,
    closeness,
    growth_to_win,
    share_that_agrees,
)
from app.eval.agreement.ceiling import ceiling
from app.eval.agreement.consensus import consensus
from app.eval.agreement.figures import human_figures, judge_figures
from app.eval.agreement.ratings import Floats, Ratings
from app.eval.agreement.resampling import Estimate, draws, estimate
from app.eval.agreement.tables import ratio
from app.eval.calibration.correction import Correction
from app.eval.calibration.estimate import PopulationMean
from app.eval.calibration.evidence import Circumstances, Evidence, Stratum
from app.eval.calibration.rules import Rule

EPSILONS = (0.0, 0.1, 0.15, 0.2)
FEWEST_IN_STRATUM = 10
"""Items below which a stratum's bias is not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The evidence and the figures that it was made from, for the screens."""

    evidence: Evidence
    judge: Mapping[str, Estimate]
    """Against each person."""
    gold: Mapping[str, Estimate]
    """Against people's consensus."""
    people: Mapping[str, Estimate]
    alt_tests: tuple[AltTest, ...]
    """At each epsilon: the curve of winning rates."""


def gather(
    people: Ratings,
    judge: Floats,
    kind: ScaleKind,
    rule: Rule,
    *,
    correction: Correction | None = None,
    corrected: Floats | None = None,
    mean: PopulationMean | None = None,
    strata: Mapping[str, Sequence[str]] | None = None,
    circumstances: Circumstances | None = None,
    among: Mapping[str, Estimate] | None = None,
) -> Gathered:
    """Compute every figure from one set of draws.

    Args:
        people: their ratings, with the scale's levels.
        judge: its value of each item, NaN where it gave none.
        kind: of the scale.
        rule: whose epsilon and margin are used.
        correction: of this judge and dimension, also one that is refused: the judge is used as
            it is then, and its own bias counts.
        corrected: its corrected value of each item; the raw one where None.
        mean: the corrected mean of the population.
        strata: what divides the items (`accent`), with each item's class; blank is none.
        circumstances: what is known from elsewhere.
        among: `human_figures` of these people, where they were computed before.
    """
    judge = np.asarray(judge, np.float64)
    known = circumstances or Circumstances()
    drawn = draws(max(1, people.call_count))
    tests = _tests(people, judge, kind, rule.thresholds.epsilon)
    each = judge_figures(people, judge, kind, drawn=drawn)
    gold = judge_figures(people, judge, kind, against="consensus", drawn=drawn)
    among = human_figures(people, kind, drawn=drawn) if among is None else among
    common = consensus(people, kind)
    alpha = f"alpha_{kind if kind in ('ordinal', 'interval') else 'nominal'}"
    rated = ~np.isnan(people.values)
    shared = rated.any(1) & ~np.isnan(judge)
    residual = (judge if corrected is None else np.asarray(corrected, np.float64)) - common
    evidence = Evidence(
        kind=kind, items=int(shared.sum()), calls=len(np.unique(people.calls[shared])),
        humans=int(rated[shared].any(0).sum()),
        agreement=ceiling(people, judge, kind, drawn=drawn, margin=rule.thresholds.margin),
        human_alpha=among.get(alpha), rare_items=_rare(common[shared], people.levels, kind),
        exact=each.get("exact"), youden=gold.get("youden"),
        corrected_mean=None if mean is None else mean.estimate,
        cv_bias=None if correction is None else correction.bias,
        strata=_strata(residual, people, strata or {}),
        winning_rates={t.epsilon: t.winning_rate for t in tests},
        test_growth={t.epsilon: growth_to_win(t, rule.thresholds.winning_rate) for t in tests},
        critical_sensitivity=gold.get(known.catches),
        **{f.name: getattr(known, f.name) for f in fields(known)},
    )  # fmt: skip
    return Gathered(evidence=evidence, judge=each, gold=gold, people=among, alt_tests=tests)


def _tests(
    people: Ratings, judge: Floats, kind: ScaleKind, epsilon: float | None
) -> tuple[AltTest, ...]:
    """At the usual epsilons and the rule's own."""
    fit: Fit = closeness if kind in ("ordinal", "interval") else share_that_agrees
    return tuple(
        alt_tests(people, judge, sorted({*EPSILONS, *([epsilon] if epsilon else ())}), fit)
    )


def _rare(gold: Floats, levels: Floats, kind: ScaleKind) -> int | None:
    """Items of the level that people gave least; levels never given are not in use."""
    if kind == "interval":
        return None
    counts = [int((gold == level).sum()) for level in levels]
    return min((c for c in counts if c), default=0)


def _strata(
    residual: Floats, people: Ratings, strata: Mapping[str, Sequence[str]]
) -> tuple[Stratum, ...]:
    """The bias within each class of each division, by calls."""
    out = []
    for division, classes in strata.items():
        names = np.asarray(classes, dtype=object)
        for name in sorted({str(c) for c in classes if c}):
            inside = (names == name) & ~np.isnan(residual)
            if int(inside.sum()) < FEWEST_IN_STRATUM:
                continue
            part = np.where(inside, residual, 0.0)
            sums = people.by_call(np.stack([inside.astype(np.float64), part], 1))
            bias = estimate(
                sums, lambda s: ratio(s[..., 1], s[..., 0]), n=int(inside.sum()), raters=2
            )
            out.append(Stratum(name=f"{division}: {name}", bias=bias))
    return tuple(out)
