"""What each step of the ladder asks for."""

from __future__ import annotations

import math
from dataclasses import replace

from app.eval.agreement.resampling import Estimate
from app.eval.calibration import clauses
from app.eval.calibration.clauses import Clause
from app.eval.calibration.evidence import STATE_NAMES, AnchorState, Evidence, State
from app.eval.calibration.rules import Thresholds
from app.eval.stats import forecast

FEWEST_FOR_ALT_TEST = 3
"""Persons; with two the alternative test says little, and the ladder ends at aggregation."""
STRATUM_STATE: State = 3
"""What every stratum must reach before a judge is left alone."""


def enough(e: Evidence, t: Thresholds) -> tuple[Clause, ...]:
    """State 0 is left where all of these hold."""
    per_call = e.items / e.calls if e.calls else 1.0
    found = [
        clauses.at_least("calls", "calls", e.calls, t.least_calls),
        clauses.at_least("items", "items", e.items, t.least_items, per_call),
        clauses.at_least("humans", "persons", e.humans, t.least_humans, 0.0),
    ]
    if t.least_rare_items is not None:
        rare = (e.rare_items or 0) / e.calls if e.calls else 0.0
        what = "items of the rarest class"
        found.append(clauses.at_least("rare", what, e.rare_items or 0, t.least_rare_items, rare))
    alpha = e.human_alpha
    if t.human_alpha is not None and alpha is not None and alpha.high is not None:
        words = f"People's alpha {clauses.figure(alpha)}; must reach {t.human_alpha:g}."
        holds = alpha.high >= t.human_alpha
        found.append(
            Clause(
                name="rubric", holds=holds, words=words, more_calls=0,
                label=f"People's alpha, upper bound ≥ {t.human_alpha:g}",
                value=clauses.minus(alpha.high, 2),
            )
        )  # fmt: skip
    if t.widest_agreement is not None:
        what = f"Agreement ({e.agreement.measure})"
        found.append(clauses.narrow("width", what, e.agreement.judge, t.widest_agreement, e.calls))
    return tuple(found)


def usable(e: Evidence, t: Thresholds) -> tuple[Clause, ...]:
    """State 1, turned round: each holds unless it speaks against using the judge at all."""
    gap = clauses.below("gap", "Gap to people", e.agreement.gap, -t.margin, e.calls)
    chance = clauses.below("chance", "Agreement", e.agreement.judge, t.above_chance, e.calls)
    found = [
        _refuted(gap, "Gap to people", e.agreement.gap, f"−{t.margin:g}"),
        _refuted(chance, "Agreement", e.agreement.judge, f"{t.above_chance:g}"),
    ]
    if e.kind == "binary" and e.youden is not None:
        words = f"Sensitivity + specificity − 1 {clauses.figure(e.youden)}; must lie above 0."
        lowest = e.youden.low
        found.append(
            Clause(
                name="youden", holds=lowest is None or lowest > 0, words=words,
                label="Sensitivity + specificity − 1, lower bound > 0",
                value="not known" if lowest is None else clauses.minus(lowest, 2),
            )
        )  # fmt: skip
    if e.order_consistency is not None:
        what = "Order consistency"
        found.append(clauses.reaches("order", what, e.order_consistency, t.least_consistency))
    return tuple(found)


def _refuted(against: Clause, what: str, found: Estimate, bound: str) -> Clause:
    words = f"{what} {clauses.figure(found)}; must not lie wholly below {bound}."
    return Clause(
        name=against.name, holds=not against.holds, words=words, more_calls=0,
        label=f"{what}, upper bound ≥ {bound}",
        value="not known" if found.high is None else clauses.minus(found.high, 2),
    )  # fmt: skip


def assists(e: Evidence, t: Thresholds) -> tuple[Clause, ...]:
    """State 2: it may pre-fill, hidden until the person commits."""
    return (clauses.above("agreement", "Agreement", e.agreement.judge, t.above_chance, e.calls),)


def aggregates(e: Evidence, t: Thresholds) -> tuple[Clause, ...]:
    """State 3: its mean may be reported, corrected."""
    most = t.cv_bias_binary if e.kind == "binary" else t.cv_bias
    found = [
        clauses.narrow("mean", "Corrected mean", e.corrected_mean, t.mean_half_width, e.calls),
        clauses.within("cv_bias", "Bias after correction", e.cv_bias, most, e.calls),
    ]
    whole = abs(e.cv_bias.value) if e.cv_bias is not None and e.cv_bias.value is not None else 0.0
    for stratum in e.strata:
        bias = stratum.bias
        if bias.value is None or bias.low is None or bias.high is None:
            continue
        off = abs(bias.value) > t.stratum_bias_factor * whole and (bias.low > 0 or bias.high < 0)
        words = f"Bias in {stratum.name} {clauses.figure(bias)}; {whole:.2f} overall."
        found.append(
            Clause(
                name=f"stratum {stratum.name}", holds=not off, words=words,
                label=f"Bias in {stratum.name}", value=clauses.minus(bias.value, 2),
            )
        )  # fmt: skip
    return tuple(found)


def stands_in(e: Evidence, t: Thresholds) -> tuple[Clause, ...]:
    """State 4: it may replace one rater on items."""
    found = []
    if t.epsilon is not None:
        rate = e.winning_rates.get(t.epsilon)
        what = f"Winning rate at epsilon {t.epsilon:g}"
        found.append(_wins(e, t, clauses.reaches("alt_test", what, rate, t.winning_rate)))
        if not e.single_expert:
            least = FEWEST_FOR_ALT_TEST
            found.append(clauses.at_least("panel", "persons for the test", e.humans, least, 0.0))
    if t.gap_within_margin:
        found.append(clauses.above("gap", "Gap to people", e.agreement.gap, -t.margin, e.calls))
    found += _gates(e, t)
    for name, value, needed in (
        ("order", e.order_consistency, e.paired), ("repeats", e.repeat_consistency, True),
    ):  # fmt: skip
        if needed or value is not None:
            what = f"Consistency of {name}"
            found.append(clauses.reaches(name, what, value, t.consistency))
    found.append(_anchors(e.anchors))
    return tuple(found)


def _wins(e: Evidence, t: Thresholds, asked: Clause) -> Clause:
    """The clause of the test with its forecast."""
    growth = None if t.epsilon is None else e.test_growth.get(t.epsilon)
    if asked.holds is not False or growth is None:
        return asked
    return replace(asked, more_calls=forecast.grown(e.calls, growth))


def _anchors(found: AnchorState) -> Clause:
    if found == "first_run":
        words = (
            "Its figures rest on its one run of the anchors. Whether it has drifted since was not "
            "checked yet: rerun them."
        )
        return Clause(
            name="anchors", holds=True, words=words, label="Calibrated on the anchors",
            value="drift not checked yet",
        )  # fmt: skip
    words = {"unknown": "not checked", "drifted": "have drifted", "held": "have not drifted"}[found]
    return Clause(
        name="anchors", holds={"unknown": None, "drifted": False, "held": True}[found],
        words=f"Anchors {words}.", label="Anchors not drifted",
        value={"unknown": "not checked", "drifted": "drifted", "held": "held"}[found],
    )  # fmt: skip


def _gates(e: Evidence, t: Thresholds) -> list[Clause]:
    """The clauses of the other presets."""
    found = []
    if t.lowest_agreement is not None or t.lowest_ceiling_ratio is not None:
        found.append(_either(e, t))
    if t.agreement is not None:
        what = f"Agreement ({e.agreement.measure})"
        found.append(clauses.reaches("value", what, e.agreement.judge.value, t.agreement))
    if t.exact is not None:
        exact = None if e.exact is None else e.exact.value
        found.append(clauses.reaches("exact", "Exact agreement", exact, t.exact))
    return found


def _either(e: Evidence, t: Thresholds) -> Clause:
    options = []
    if t.lowest_agreement is not None:
        judge = e.agreement.judge
        options.append(clauses.above("", "Agreement", judge, t.lowest_agreement, e.calls))
    if t.lowest_ceiling_ratio is not None:
        what = "share of the ceiling"
        options.append(clauses.above("", what, e.agreement.ratio, t.lowest_ceiling_ratio, e.calls))
    holding = [c for c in options if c.holds]
    more = [c.more_calls for c in options if c.more_calls]
    return Clause(
        name="gate", holds=bool(holding), more_calls=min(more) if more else 0,
        words=" or ".join(c.words.rstrip(".") for c in holding or options) + ".",
        label=" or ".join(c.label for c in holding or options),
        value=" or ".join(c.value for c in holding or options),
    )  # fmt: skip


def alone(e: Evidence, t: Thresholds) -> tuple[Clause, ...]:
    """State 5: it may judge alone, audited."""
    per_call = e.items / e.calls if e.calls else 1.0
    found = [
        Clause(
            name="frozen", holds=e.on_anchors,
            words="Measured on frozen anchors." if e.on_anchors
            else "Not measured on frozen anchors that no prompt and no fit has seen.",
            label="Measured on frozen anchors", value="yes" if e.on_anchors else "no",
        ),
        clauses.at_least("humans", "persons", e.humans, t.alone_humans, 0.0),
        clauses.at_least("items", "items", e.items, t.alone_items, per_call),
        clauses.at_least("calls", "calls", e.calls, t.alone_calls),
        _audited(e, t),
    ]  # fmt: skip
    for name, reached in e.strata_states.items():
        words = f"{name} by itself: {STATE_NAMES[reached.state]}."
        found.append(
            Clause(
                name=f"stratum {name}", holds=reached.state >= STRATUM_STATE, words=words,
                label=f"{name} by itself", value=STATE_NAMES[reached.state],
                more_calls=reached.more_calls,
            )
        )  # fmt: skip
    if e.catches:
        what, asked = "Sensitivity of critical checks", t.critical_sensitivity
        found.append(clauses.above("critical", what, e.critical_sensitivity, asked, e.calls))
    return tuple(found)


def _audited(e: Evidence, t: Thresholds) -> Clause:
    """Whether enough of the judged calls are audited; each new one is judged and audited."""
    asked = clauses.reaches("audit", "Audit rate", e.audit_rate, t.audit_rate)
    if asked.holds is not False or e.audit_rate is None or not e.judged_calls or t.audit_rate >= 1:
        return asked
    missing = (t.audit_rate - e.audit_rate) * e.judged_calls / (1 - t.audit_rate)
    return replace(asked, more_calls=math.ceil(round(missing, 6)))
