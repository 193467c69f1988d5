"""From ratings to a verdict; a judge against itself; pairs and their ties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.eval.agreement import views
from app.eval.agreement.consensus import consensus
from app.eval.agreement.ratings import Floats, Ratings, from_matrix, renumbered
from app.eval.calibration.apply import apply
from app.eval.calibration.consistency import (
    disattenuated,
    preference_agreement,
    repeat_consistency,
)
from app.eval.calibration.correction import fit
from app.eval.calibration.drift import anchor_drift
from app.eval.calibration.estimate import Population, population_mean
from app.eval.calibration.evidence import Circumstances
from app.eval.calibration.gather import Gathered, gather
from app.eval.calibration.ladder import LadderVerdict, verdict
from app.eval.calibration.rules import PRESETS

LEVELS = (1.0, 2.0, 3.0, 4.0, 5.0)
CALLS, TURNS = 320, 4


def panel(judge_noise: float, bias: float, seed: int = 1) -> tuple[Ratings, Floats, list[str]]:
    """Three people, a judge that is lenient by so much, and the accent of each call."""
    chance = np.random.default_rng(seed)
    n = CALLS * TURNS
    calls = np.repeat(np.arange(CALLS), TURNS)
    truth = 3 + chance.normal(size=CALLS)[calls] * 0.7 + chance.normal(size=n) * 0.7
    values = np.clip(np.round(truth[:, None] + 0.4 * chance.normal(size=(n, 3))), 1, 5)
    judge = np.clip(np.round(truth + bias + judge_noise * chance.normal(size=n)), 1, 5)
    accent = [("north", "south")[c % 2] for c in calls]
    return Ratings(values, calls, tuple(range(n)), ("a", "b", "c"), LEVELS), judge, accent


def judged(judge_noise: float, bias: float, **known: Any) -> tuple[Gathered, LadderVerdict]:
    people, judge, accent = panel(judge_noise, bias)
    gold = consensus(people, "ordinal")
    correction = fit({"x": judge}, gold, people.calls, kind="ordinal", levels=LEVELS)
    worth = not correction.refused
    corrected = apply(correction.to_json("1", "s"), {"x": judge}) if worth else judge
    labelled = people.calls % 3 == 0
    mean = population_mean(
        Population(
            judge=corrected, gold=np.where(labelled, gold, np.nan), calls=people.calls,
            probability=np.where(labelled, 1 / 3, np.nan),
        )
    )  # fmt: skip
    circumstances = Circumstances(repeat_consistency=0.95, anchors="held", **known)
    found = gather(
        people, judge, "ordinal", PRESETS["default"], correction=correction, corrected=corrected,
        mean=mean, strata={"accent": accent}, circumstances=circumstances,
    )  # fmt: skip
    return found, verdict(found.evidence, PRESETS["default"])


def test_a_judge_like_people_stands_in_for_one() -> None:
    found, decided = judged(0.3, 0.0)
    assert decided.state == 4
    assert {c.name for c in decided.failing} == {"frozen", "audit"}
    evidence = found.evidence
    assert (evidence.calls, evidence.humans) == (320, 3)
    assert {s.name for s in evidence.strata} == {"accent: north", "accent: south"}
    assert [t.epsilon for t in found.alt_tests] == [0.0, 0.1, 0.15, 0.2]
    _, alone = judged(0.3, 0.0, on_anchors=True, audit_rate=0.1)
    assert alone.state == 5


def test_a_lenient_noisy_judge_is_not_used_on_items_whatever_its_mean() -> None:
    found, decided = judged(1.2, 1.0)
    assert decided.state == 1
    assert "gap" in {c.name for c in decided.failing}
    bias = found.judge["bias"]
    assert bias.value == pytest.approx(0.75, abs=0.25)
    after = found.evidence.cv_bias
    assert after is not None
    assert after.value == pytest.approx(0, abs=0.05)


def test_a_stratum_with_its_own_bias_is_named() -> None:
    people, judge, accent = panel(0.3, 0.0)
    odd = np.array(accent) == "south"
    judge = np.where(odd, np.clip(judge + 1, 1, 5), judge)
    found = gather(people, judge, "ordinal", PRESETS["default"], strata={"accent": accent})
    biases = {s.name: s.bias.value for s in found.evidence.strata}
    assert biases["accent: south"] == pytest.approx(0.9, abs=0.2)
    assert biases["accent: north"] == pytest.approx(0.0, abs=0.1)


def test_every_kind_of_scale_can_be_gathered() -> None:
    people, judge, _ = panel(0.3, 0.0)
    binary = Ratings(
        (people.values > 3) * 1.0, people.calls, people.items, people.raters, (0.0, 1.0)
    )
    check = Circumstances(catches="specificity")
    rule = PRESETS["OutboundEval C9"]
    found = gather(binary, (judge > 3) * 1.0, "binary", rule, circumstances=check)
    assert found.evidence.youden is not None
    assert found.evidence.critical_sensitivity == found.gold["specificity"]
    assert found.evidence.agreement.measure == "ac1"
    interval = gather(people, judge + 0.01, "interval", PRESETS["default"])
    assert interval.evidence.agreement.measure == "pearson"
    assert interval.evidence.rare_items is None
    nominal = gather(people, judge, "nominal", PRESETS["dashboard gate"])
    assert nominal.evidence.human_alpha is not None
    nobody = gather(people, np.full(len(judge), np.nan), "ordinal", PRESETS["default"])
    assert verdict(nobody.evidence, PRESETS["default"]).state == 0


def test_a_judge_against_itself() -> None:
    runs = np.array([[1, 1, 1], [2, 2, 3], [3, 3, 3], [1, 2, np.nan]])
    found = repeat_consistency(runs, np.arange(4))
    # Pairs by item, each item's raters weighing alike: 3 of 3, 1 of 3, 3 of 3, 0 of 1.
    assert found["share"].value == pytest.approx((3 * 1 + 3 / 3 + 3 * 1 + 2 * 0) / 11)
    assert found["alpha"].value is not None
    steady = repeat_consistency(np.tile([[1.0], [2.0]], (20, 3)), np.arange(40))
    assert steady["share"].value == steady["alpha"].value == 1
    assert disattenuated(0.6, 0.8, 0.9) == pytest.approx(0.6 / 0.72**0.5)
    assert disattenuated(0.6, 0.0, 0.9) is None


def test_preferences_with_and_without_ties() -> None:
    people = from_matrix([[1, 1], [1, -1], [0, 1], [-1, -1], [0, 0]])
    judge = np.array([1, 1, 1, 0, 0.0])
    assert preference_agreement(people, judge, ties=True).value == pytest.approx(6 / 10)
    assert preference_agreement(people, judge, ties=False).value == pytest.approx(4 / 5)
    assert preference_agreement(people, judge * 0, ties=False).value is None


@pytest.mark.parametrize("seed", range(24))
def test_whatever_the_ratings_there_is_a_verdict(seed: int) -> None:
    """Few items, few people, gaps, one level, no level: undefined or a figure, never an error."""
    chance = np.random.default_rng(seed)
    items, people = int(chance.integers(0, 40)), int(chance.integers(0, 5))
    kind = ("ordinal", "binary", "nominal", "interval")[seed % 4]
    top = 2 if kind == "binary" else int(chance.integers(1, 6))
    values = chance.integers(0, top, (items, people)).astype(float)
    values[chance.random(values.shape) < chance.random()] = np.nan
    judge = chance.integers(0, top, items).astype(float)
    judge[chance.random(items) < 0.2] = np.nan
    calls = renumbered(np.sort(chance.integers(0, items // 3 + 1, items)))
    names = tuple("abcde"[:people])
    scale = tuple(range(top)) if chance.random() < 0.5 else ()
    table = Ratings(values, calls, tuple(range(items)), names, scale)
    halves = {"half": [str(c % 2) for c in calls]}
    rule = list(PRESETS.values())[seed % 3]
    found = gather(table, judge, kind, rule, strata=halves)
    assert verdict(found.evidence, rule).words
    for figure in (*found.judge.values(), *found.gold.values(), *found.people.values()):
        assert figure.value is not None or figure.undefined
        if figure.low is not None:
            assert figure.high is not None
            assert figure.low <= figure.high
    views.confusion(table, judge, kind)
    views.calibration_curve(table, judge, kind)
    views.forest(table, judge, kind)
    gold = consensus(table, kind)
    anchor_drift(judge, np.roll(judge, 1), calls, gold)
    if not np.isnan(judge).all():
        population_mean(
            Population(judge=judge, gold=gold, calls=calls, probability=np.full(items, 0.5))
        )
