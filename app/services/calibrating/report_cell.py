"""One judge version on one dimension, as the report's section of it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from app.eval.calibration.clauses import Clause
from app.eval.calibration.evidence import AnchorState
from app.eval.calibration.rules import Rule
from app.services.calibrating.agreement import Cell
from app.services.calibrating.detail import Source, part_of, source_of
from app.services.calibrating.detail_biases import WORDS, BiasesView
from app.services.calibrating.detail_cost import CostView
from app.services.calibrating.detail_repeats import RepeatsView
from app.services.calibrating.published import figures
from app.services.calibrating.rating_set import RatingSet
from app.services.calibrating.report_plots import plots
from app.services.calibrating.report_words import (
    ESTIMATORS,
    STATES,
    counted,
    figure,
    figure_name,
    number,
    thousands,
    with_figures,
)
from app.services.workspace import Workspace

MILLION = 1e6
STRATUM = "stratum "
"""Clauses on strata are named so, as in the ladder."""
MOST_REASONS = 3
DRIFTED: Mapping[bool | None, str] = {True: "drifted", False: "steady", None: "not decided"}
NO_CHECK: Mapping[AnchorState, str] = {
    "unknown": "Not checked: the judge has not scored enough frozen anchors.",
    "first_run": "Not checked yet: it has scored the frozen anchors once, and its figures rest on "
    "that. Rerun them to see whether it drifts.",
    "held": "A later run of the frozen anchors does not differ; no look at it is on record.",
    "drifted": "A later run of the frozen anchors differs; no look at it is on record.",
}
"""Where no look at the anchors is on record."""
CHECKS = {"anchors": "frozen anchors", "audit": "audit stream", "human": "people's repeats"}


def cell_section(ws: Workspace, found: RatingSet, cell: Cell, rule: Rule) -> dict[str, Any]:
    """Verdict with its clauses, figures, plots, estimate, biases, drift and cost."""
    source = source_of(found, cell, rule)
    held = cell.found.evidence.agreement
    return {
        "anchor": f"c-{cell.judge.short_sha}-{cell.criterion.id[-12:]}",
        "judge": cell.judge.label, "sha": cell.judge.short_sha,
        "prompt": cell.judge.prompt_sha256[:12], "dimension": cell.criterion.title,
        "scale": cell.criterion.scale.capitalize(), "state": cell.verdict.state,
        "name": STATES[cell.verdict.state],
        "words": _words(cell),
        "steps": _steps(cell), "counts": _counts(cell),
        "ceiling": [
            figure(held.measure, e) | {"name": name}
            for name, e in (
                ("Judge with the panel", held.judge), ("People with the panel", held.human),
                ("Judge less people", held.gap),
            )
        ],
        "ceiling_words": _ceiling_words(cell),
        "figures": [figure(k, v) for k, v in cell.found.judge.items()],
        "gold_figures": [figure(k, v) for k, v in cell.found.gold.items()],
        "published": _published(found, cell),
        "alt_tests": _alt_tests(cell), "plots": plots(ws, source),
        "estimate": _estimate(cell), "correction": _correction(cell),
        "biases": _biases(ws, source), "repeats": _repeats(ws, source),
        "drift": _drift(found, cell), "cost": _cost(ws, source),
    }  # fmt: skip


def _words(cell: Cell) -> str:
    """Why the verdict is what it is, and what would change it; the table has all of it."""
    found = cell.verdict
    told = list(dict.fromkeys(w for w in (found.advice, *(c.words for c in found.failing)) if w))
    words = told[:MOST_REASONS]
    if len(told) > MOST_REASONS:
        words.append(f"{counted(len(told) - MOST_REASONS, 'more clause')} below.")
    if found.more_calls:
        words.append(f"About {counted(found.more_calls, 'more call')} would settle it.")
    return with_figures(" ".join(words))


def _steps(cell: Cell) -> list[dict[str, Any]]:
    """Every clause, by the state that it is for."""
    failing = {id(c) for c in cell.verdict.failing}
    out = []
    for state, clauses in sorted(cell.verdict.clauses.items()):
        strata = [c for c in clauses if c.name.startswith(STRATUM)]
        rows = [
            {"words": with_figures(c.words), "detail": "", "mark": _mark(c), "more": _more(c),
             "failing": id(c) in failing}
            for c in clauses if c not in strata
        ]  # fmt: skip
        rows += [_strata(strata, failing)] if strata else []
        if rows:
            out.append({"state": STATES[state], "clauses": rows})
    return out


def _strata(strata: Sequence[Clause], failing: Container[int]) -> dict[str, Any]:
    """All strata in a row; those that do not hold are named."""
    off = [c for c in strata if not c.holds]
    more = max((c.more_calls or 0 for c in off), default=0)
    every = counted(len(strata), "stratum", "strata")
    return {
        "words": f"{thousands(len(off))} of {every} off." if off else f"{every}, none off.",
        "detail": with_figures(" ".join(c.words for c in off)),
        "mark": "fails" if any(c.holds is False for c in off) else "unknown" if off else "holds",
        "more": counted(more, "more call") if more else "",
        "failing": any(id(c) in failing for c in off),
    }  # fmt: skip


def _mark(clause: Clause) -> str:
    return {True: "holds", False: "fails", None: "unknown"}[clause.holds]


def _more(clause: Clause) -> str:
    if clause.holds or clause.more_calls is None:
        return ""
    return counted(clause.more_calls, "more call") if clause.more_calls else ""


def _counts(cell: Cell) -> str:
    e = cell.found.evidence
    people = counted(e.humans, "person", "people")
    parts = [
        f"{counted(e.items, 'item')} in {counted(e.calls, 'call')}, rated by {people}",
        f"{counted(cell.judged, 'item')} scored by the judge",
    ]
    if cell.failed:
        parts.append(f"{counted(cell.failed, 'item')} without a value (unscored is not zero)")
    if cell.not_blind:
        parts.append(f"{counted(cell.not_blind, 'score')} not given blind, left out")
    return "; ".join(parts) + "."


def _ceiling_words(cell: Cell) -> str:
    held = cell.found.evidence.agreement
    if held.reason:
        return held.reason
    words = f"Measure: {figure_name(held.measure)}."
    if held.z is not None:
        words += f" The judge lies {number(held.z, signed=True)} standard deviations from people."
    if held.super_consistent:
        words += " It is closer to the panel than people are to each other: read its reasons."
    return words


def _published(found: RatingSet, cell: Cell) -> list[dict[str, Any]]:
    """What others published of the dimension, each with ours beside it."""
    out = []
    for one in figures(found.rubric.key, cell.criterion.key):
        ours = cell.found.judge.get(one.name) or cell.found.gold.get(one.name)
        interval = "" if one.low is None or one.high is None else f"{one.low:.3f} to {one.high:.3f}"
        out.append({
            "name": figure_name(one.name), "value": f"{one.value:.3f}", "interval": interval,
            "n": one.n, "judge": one.judge, "source": one.source,
            "ours": "" if ours is None else figure(one.name, ours)["value"],
        })  # fmt: skip
    return out


def _alt_tests(cell: Cell) -> list[dict[str, str]]:
    def rate(value: float | None) -> str:
        return "undefined" if value is None else number(value)

    return [
        {"epsilon": f"{t.epsilon:g}", "clustered": rate(t.winning_rate),
         "published": rate(t.winning_rate_published), "advantage": rate(t.advantage)}
        for t in cell.found.alt_tests
    ]  # fmt: skip


def _estimate(cell: Cell) -> dict[str, Any] | None:
    mean = cell.mean
    if mean is None:
        return None
    told = figure(mean.corrected.method, mean.estimate)
    return {
        "raw": number(mean.raw), "interval": told["interval"],
        "value": "" if mean.corrected.value is None else told["value"],
        "method": ESTIMATORS.get(mean.corrected.method, mean.corrected.method),
        "reason": mean.reason, "drawing": mean.drawing,
        "labelled": thousands(mean.corrected.labelled), "judged": thousands(mean.corrected.judged),
        "gain": "" if mean.gain is None else number(mean.gain), "left_out": mean.left_out,
    }  # fmt: skip


def _correction(cell: Cell) -> str:
    made = cell.fitted
    if made.correction is None or made.refused:
        return made.refused or "There is no correction."
    c = made.correction
    return (
        f"Corrected scores: {c.model}, chosen by cross-validation by call on "
        f"{counted(c.items, 'item')} in {counted(c.calls, 'call')} of train and dev. "
        f"Error {number(c.before.rmse)} to {number(c.after.rmse)}. Raw scores are never changed."
    )


def _biases(ws: Workspace, source: Source) -> dict[str, Any]:
    view = part_of(ws, source, "biases")
    assert isinstance(view, BiasesView)
    rows = [
        {
            "name": WORDS[name], "value": number(c.value, signed=True),
            "interval": f"{number(c.low)} to {number(c.high)}",
        }
        for name, c in view.regression.coefficients.items()
        if view.is_paired or name != "intercept"
    ]  # fmt: skip
    words = [w for w in (view.reason or view.regression.reason, *view.left_out) if w]
    sway = view.position
    if sway is not None:
        same = figure("order", sway.consistency)
        p = "" if sway.p is None else f", p {'< 0.001' if sway.p < 0.001 else f'= {sway.p:.3f}'}"
        words.append(
            f"Order: the same verdict in both orders {same['value']} ({same['interval']}); of the "
            f"others {sway.first} leaned to what was shown first, {sway.second} to the second{p}."
        )
    return {"rows": rows, "unit": view.unit, "words": words}


def _repeats(ws: Workspace, source: Source) -> str:
    view = part_of(ws, source, "repeats")
    assert isinstance(view, RepeatsView)
    if view.reason or view.alpha is None or view.alpha.value is None:
        return view.reason or "Runs on the same items are not enough for a figure."
    words = f"α ({view.metric}) of {view.runs} runs on {counted(view.items, 'item')}: "
    words += number(view.alpha.value)
    if view.share is not None and view.share.value is not None:
        words += f"; the same value in {view.share.value * 100:.0f} % of items"
    return f"{words}."


def _drift(found: RatingSet, cell: Cell) -> list[str]:
    newest = {
        c.kind: c
        for c in found.checks
        if (c.judge_version_id, c.criterion_id) == (cell.judge.id, cell.criterion.id)
    }
    told = [
        f"{CHECKS[c.kind].capitalize()}: {DRIFTED[c.drifted]} ({c.created_at[:10]})."
        for c in newest.values()
    ]
    return told if "anchors" in newest else [NO_CHECK[cell.found.evidence.anchors], *told]


def _cost(ws: Workspace, source: Source) -> list[str]:
    view = part_of(ws, source, "cost")
    assert isinstance(view, CostView)
    out = []
    if view.minutes_per_item is not None:
        out.append(f"People: {number(view.minutes_per_item)} min an item.")
    for asked in view.asked:
        money = "no price known"
        if asked.cost_micro is not None:
            money = f"{asked.cost_micro / MILLION:.4f} {asked.currency}"
        out.append(
            f"Judge, all dimensions: {counted(asked.requests, 'request')} on "
            f"{counted(asked.calls, 'call')}, {money}, "
            f"{thousands(asked.latency_ms)} ms a request."
        )
    return [*out, view.saved_words] if view.saved_words else out
