"""The verdict: each state from its evidence, the failing clause in words, what would settle it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import BadInput
from app.eval.agreement.ceiling import Ceiling
from app.eval.agreement.resampling import Estimate
from app.eval.calibration.evidence import Evidence, Stratum, StratumState
from app.eval.calibration.ladder import LadderVerdict, survives_holm, verdict
from app.eval.calibration.rules import PRESETS, Rule, Thresholds, rule_from_json

DEFAULT = PRESETS["default"]


def figure(value: float, reach: float = 0.05, calls: int = 60) -> Estimate:
    return Estimate(
        value=value, low=value - reach, high=value + reach, n=300, calls=calls, raters=4
    )


def held(
    judge: Estimate, gap: Estimate, ratio: Estimate | None = None, measure: str = "kappa_quadratic"
) -> Ceiling:
    return Ceiling(
        measure=measure, judge=judge, human=figure(0.75), gap=gap, ratio=ratio or figure(0.95),
        p_inferior=0.01, z=0.1, people=(),
    )  # fmt: skip


def evidence(**changes: Any) -> Evidence:
    """A judge that may judge alone."""
    good: dict[str, Any] = {
        "kind": "ordinal", "items": 300, "calls": 60, "humans": 3,
        "agreement": held(figure(0.7), figure(0.0, 0.03)), "human_alpha": figure(0.75),
        "exact": figure(0.92), "rare_items": 40,
        "corrected_mean": figure(3.1, 0.06), "cv_bias": figure(0.0, 0.04),
        "repeat_consistency": 0.97, "winning_rates": {0.15: 0.67, 0.2: 1.0},
        "anchors": "held", "on_anchors": True, "audit_rate": 0.05,
        "strata": (Stratum(name="accent", bias=figure(0.01)),),
        "strata_states": {"accent": StratumState(state=3)},
    }  # fmt: skip
    return Evidence(**{**good, **changes})


def failing(found: LadderVerdict) -> set[str]:
    return {c.name for c in found.failing}


def test_everything_holds_at_the_top() -> None:
    found = verdict(evidence(), DEFAULT)
    assert found.state == 5
    assert found.name == "Alone, with audit"
    assert not found.failing
    assert found.rule == "default@1"


@pytest.mark.parametrize(
    ("changes", "state", "clause"),
    [
        ({"calls": 20}, 0, "calls"),
        ({"items": 40}, 0, "items"),
        ({"humans": 1}, 0, "humans"),
        ({"agreement": held(figure(0.7, 0.2), figure(0.0, 0.03))}, 0, "width"),
        ({"human_alpha": figure(0.3)}, 0, "rubric"),
        ({"agreement": held(figure(0.5), figure(-0.2, 0.03))}, 1, "gap"),
        ({"agreement": held(figure(0.1), figure(0.0, 0.03))}, 1, "chance"),
        ({"order_consistency": 0.6}, 1, "order"),
        ({"kind": "binary", "youden": figure(0.02)}, 1, "youden"),
        ({"agreement": held(figure(0.22), figure(0.0, 0.03))}, 0, "agreement"),
        ({"corrected_mean": figure(3.1, 0.2)}, 2, "mean"),
        ({"corrected_mean": None}, 2, "mean"),
        ({"cv_bias": figure(0.08, 0.04)}, 2, "cv_bias"),
        ({"strata": (Stratum(name="noise", bias=figure(0.3)),)}, 2, "stratum noise"),
        ({"winning_rates": {0.15: 0.33}}, 3, "alt_test"),
        ({"winning_rates": {}}, 3, "alt_test"),
        ({"humans": 2}, 3, "panel"),
        ({"agreement": held(figure(0.7), figure(-0.03, 0.05))}, 3, "gap"),
        ({"repeat_consistency": 0.85}, 3, "repeats"),
        ({"repeat_consistency": None}, 3, "repeats"),
        ({"paired": True}, 3, "order"),
        ({"anchors": "drifted"}, 3, "anchors"),
        ({"anchors": "unknown"}, 3, "anchors"),
        ({"on_anchors": False}, 4, "frozen"),
        ({"calls": 40}, 4, "calls"),
        ({"items": 90}, 4, "items"),
        ({"audit_rate": None}, 4, "audit"),
        ({"strata_states": {"accent": StratumState(state=2)}}, 4, "stratum accent"),
        ({"catches": "sensitivity", "critical_sensitivity": figure(0.97)}, 4, "critical"),
    ],
)
def test_each_clause_stops_at_its_state(changes: dict[str, Any], state: int, clause: str) -> None:
    found = verdict(evidence(**changes), DEFAULT)
    assert found.state == state
    assert clause in failing(found)
    assert all(c.words in found.words for c in found.failing)


def test_people_who_do_not_agree_are_no_fault_of_the_judge() -> None:
    found = verdict(evidence(human_alpha=figure(0.3)), DEFAULT)
    assert "Fix the rubric, not the judge" in found.words
    unclear = verdict(evidence(human_alpha=figure(0.38)), DEFAULT)  # up to .43
    assert unclear.state == 5


def test_the_single_expert_variant_needs_no_panel() -> None:
    assert verdict(evidence(humans=2, single_expert=True), DEFAULT).state == 4


def test_how_many_more_calls_would_settle_it() -> None:
    few = verdict(evidence(calls=20, items=100), DEFAULT)
    assert few.more_calls == 10
    # ±0.2 of 60 calls is ±0.15 of 60 · (0.2 / 0.15)² = 107; four times in five, of 124.
    wide = verdict(evidence(agreement=held(figure(0.7, 0.2), figure(0.0, 0.03))), DEFAULT)
    assert wide.more_calls == 64
    assert "About 64 more calls would settle it." in wide.words
    # −0.08 must come above −0.05: 60 · (0.06 / 0.03)² = 240; four times in five, 491.
    near = verdict(evidence(agreement=held(figure(0.7), figure(-0.02, 0.06))), DEFAULT)
    assert near.more_calls == 431


def test_what_calls_alone_bring_is_counted() -> None:
    audited = verdict(evidence(audit_rate=0.02, judged_calls=500), DEFAULT)
    assert audited.more_calls == 16  # 26 of 516 is 5 %
    test = verdict(evidence(winning_rates={0.15: 0.33}, test_growth={0.15: 1.6}), DEFAULT)
    assert test.more_calls == 36
    poor = StratumState(state=0, more_calls=41)
    assert verdict(evidence(strata_states={"accent": poor}), DEFAULT).more_calls == 41
    seldom = verdict(evidence(rare_items=12), PRESETS["dashboard gate"])
    # 90 calls bring the 18 that are missing half of the time; 108 do four times in five.
    assert seldom.more_calls == 108


def test_more_calls_do_not_settle_what_is_settled() -> None:
    found = verdict(evidence(agreement=held(figure(0.5), figure(-0.2, 0.03))), DEFAULT)
    assert found.state == 1
    assert found.more_calls is None
    assert "more calls" not in found.words


def test_the_gate_of_the_dashboard() -> None:
    rule = PRESETS["dashboard gate"]
    poor = held(figure(0.55), figure(-0.08, 0.05), figure(0.8))
    assert verdict(evidence(agreement=poor), rule).state == 3
    assert failing(verdict(evidence(agreement=poor), rule)) == {"gate"}
    by_ratio = held(figure(0.55), figure(-0.05, 0.05), figure(0.92))
    assert verdict(evidence(agreement=by_ratio), rule).state == 5
    assert verdict(evidence(items=140), rule).state == 0
    assert failing(verdict(evidence(rare_items=12), rule)) == {"rare"}


def test_the_gate_of_outbound_eval() -> None:
    rule = PRESETS["OutboundEval C9"]
    assert verdict(evidence(), rule).state == 5
    # 93 of 100 alike is nothing where nearly all scores are the same: kappa must hold too.
    trivial = evidence(agreement=held(figure(0.45), figure(0.0, 0.03)), exact=figure(0.93))
    assert failing(verdict(trivial, rule)) == {"value"}
    assert failing(verdict(evidence(exact=figure(0.85)), rule)) == {"exact"}
    assert failing(verdict(evidence(rare_items=9), rule)) == {"rare"}


def test_a_changed_threshold_is_another_version_with_its_reason() -> None:
    after = DEFAULT.changed({"least_calls": 50}, "A stricter client")
    assert after.ref == "default@2"
    assert after.thresholds.least_calls == 50
    assert DEFAULT.thresholds.least_calls == 30
    assert rule_from_json(after.to_json()) == after
    for changes, reason in (
        ({"least_calls": 50}, " "), ({"leastcalls": 50}, "typo"), ({"margin": "a lot"}, "word"),
        ({"margin": None}, "off"), ({"gap_within_margin": 1}, "number"), ({"margin": -1}, "below"),
    ):  # fmt: skip
        with pytest.raises(BadInput):
            DEFAULT.changed(changes, reason)
    assert DEFAULT.changed({"epsilon": None}, "no test").thresholds.epsilon is None
    with pytest.raises(BadInput):
        rule_from_json({"name": "x", "version": 1, "thresholds": {"unknown": 1}})


def test_promotions_are_looked_at_together() -> None:
    alone = survives_holm({"a": 0.03})
    assert alone == {"a": True}
    many = survives_holm({"a": 0.03, "b": 0.01, "c": 0.2, "d": None})
    assert many == {"a": False, "b": True, "c": False, "d": False}


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 200), st.integers(0, 400), st.integers(1, 6), st.floats(-0.5, 1),
    st.floats(0.001, 0.4), st.floats(-0.6, 0.3), st.floats(0, 1),
)  # fmt: skip
def test_better_evidence_never_lowers_a_verdict_above_do_not_use(
    calls: int, items: int, humans: int, value: float, reach: float, gap: float, rate: float
) -> None:
    changes = {"calls": calls, "items": items, "humans": humans, "winning_rates": {0.15: rate}}
    now = verdict(
        evidence(agreement=held(figure(value, reach), figure(gap, reach)), **changes), DEFAULT
    )
    more = {**changes, "humans": humans + 1, "items": items + 100, "calls": calls + 100}
    later = verdict(
        evidence(agreement=held(figure(value, reach), figure(gap, reach)), **more), DEFAULT
    )
    assert now.state == 0 or later.state >= now.state
    assert bool(now.failing) == (now.state < 5)


def test_a_verdict_is_told_in_words_and_as_plain_values() -> None:
    found = verdict(evidence(agreement=held(figure(0.5), figure(-0.2, 0.03))), DEFAULT)
    assert found.words == (
        "Do not use. Gap to people −0.20 (−0.23 to −0.17); must not lie wholly below −0.05."
    )
    body = json.loads(json.dumps(found.to_json()))
    assert body["state"] == 1
    assert [c["name"] for c in body["failing"]] == ["gap"]
    assert set(body["clauses"]) == set("012345")
    near = verdict(evidence(agreement=held(figure(0.7), figure(-0.02, 0.06))), DEFAULT)
    assert near.words == (
        "Aggregate with correction. Gap to people −0.02 (−0.08 to 0.04); must lie above −0.05. "
        "About 431 more calls would settle it."
    )


def test_rules_are_values() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        DEFAULT.version = 2  # type: ignore[misc]
    assert Rule(name="mine", thresholds=Thresholds(margin=0.1)).to_json()["thresholds"]["margin"]


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_every_clause_says_shortly_what_is_asked_and_what_was_found(preset: str) -> None:
    bare = {
        "order_consistency": 0.95,
        "catches": "sensitivity",
        "critical_sensitivity": figure(0.96),
    }
    asked = [
        c for group in verdict(evidence(**bare), PRESETS[preset]).clauses.values() for c in group
    ]
    assert all(c.label and c.value for c in asked)
    named = {c.name: (c.label, c.value) for c in asked}
    assert named["critical"] == ("Sensitivity of critical checks, lower bound > 0.95", "0.91")
    assert named["width"] == ("Agreement (kappa_quadratic), half-width ≤ 0.15", "±0.05")
    few = verdict(evidence(calls=20, corrected_mean=None), PRESETS[preset])
    told = {c.name: (c.label, c.value) for group in few.clauses.values() for c in group}
    assert told["mean"] == ("Corrected mean, half-width ≤ 0.1", "not known")
    assert ("Calls, at least 30", "20 of 30") in [
        (c.label, c.value) for group in few.clauses.values() for c in group
    ]
