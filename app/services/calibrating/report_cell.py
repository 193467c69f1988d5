"""One judge version on one dimension, as the report's section of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.eval.calibration.clauses import Clause
from app.eval.calibration.rules import Rule
from app.services.calibrating.agreement import Cell
from app.services.calibrating.detail import Source, part_of, source_of
from app.services.calibrating.detail_biases import BiasesView
from app.services.calibrating.detail_cost import CostView
from app.services.calibrating.detail_repeats import RepeatsView
from app.services.calibrating.published import figures
from app.services.calibrating.rating_set import RatingSet
from app.services.calibrating.report_plots import plots
from app.services.calibrating.report_words import (
    BIASES,
    STATES,
    figure,
    figure_name,
    number,
    with_figures,
)
from app.services.workspace import Workspace

MILLION = 1e6
DRIFTED: Mapping[bool | None, str] = {True: "drifted", False: "steady", None: "not decided"}
CHECKS = {"anchors": "frozen anchors", "audit": "audit stream", "human": "people's repeats"}


def cell_section(ws: Workspace, found: RatingSet, cell: Cell, rule: Rule) -> dict[str, Any]:
    """Verdict with its clauses, figures, plots, estimate, biases, drift and cost."""
    source = source_of(found, cell, rule)
    held = cell.found.evidence.agreement
    return {
        "anchor": f"c-{cell.judge.short_sha}-{cell.criterion.id[-12:]}",
        "judge": cell.judge.label, "sha": cell.judge.short_sha,
        "prompt": cell.judge.prompt_sha256[:12], "dimension": cell.criterion.title,
        "scale": cell.criterion.scale, "state": cell.verdict.state,
        "name": STATES[cell.verdict.state],
        "words": with_figures(cell.verdict.words.removeprefix(f"{cell.verdict.name}. ")),
        "clauses": _clauses(cell), "counts": _counts(cell),
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


def _clauses(cell: Cell) -> list[dict[str, Any]]:
    """Every clause; those of the first two states hold where that state is not the verdict."""
    failing = {id(c) for c in cell.verdict.failing}
    return [
        {
            "state": STATES[state], "words": with_figures(clause.words), "mark": _mark(clause),
            "failing": id(clause) in failing, "more": _more(clause),
        }
        for state, clauses in sorted(cell.verdict.clauses.items())
        for clause in clauses
    ]  # fmt: skip


def _mark(clause: Clause) -> str:
    return {True: "holds", False: "fails", None: "unknown"}[clause.holds]


def _more(clause: Clause) -> str:
    if clause.holds or clause.more_calls is None:
        return ""
    return f"{clause.more_calls} more calls would settle it" if clause.more_calls else ""


def _counts(cell: Cell) -> str:
    e = cell.found.evidence
    parts = [
        f"{e.items} items in {e.calls} calls, rated by {e.humans} people",
        f"{cell.judged} items scored by the judge",
    ]
    if cell.failed:
        parts.append(f"{cell.failed} items without a value (unscored is not zero)")
    if cell.not_blind:
        parts.append(f"{cell.not_blind} scores that were not blind, left out")
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
        "method": mean.corrected.method, "reason": mean.reason, "drawing": mean.drawing,
        "labelled": mean.corrected.labelled, "judged": mean.corrected.judged,
        "gain": "" if mean.gain is None else number(mean.gain), "left_out": mean.left_out,
    }  # fmt: skip


def _correction(cell: Cell) -> str:
    made = cell.fitted
    if made.correction is None or made.refused:
        return made.refused or "There is no correction."
    c = made.correction
    return (
        f"Corrected scores: {c.model}, chosen by cross-validation by call on {c.items} items in "
        f"{c.calls} calls of train and dev. Error {number(c.before.rmse)} to "
        f"{number(c.after.rmse)}. Raw scores are never changed."
    )


def _biases(ws: Workspace, source: Source) -> dict[str, Any]:
    view = part_of(ws, source, "biases")
    assert isinstance(view, BiasesView)
    rows = [
        {
            "name": BIASES.get(name, name.replace("_", " ")), "value": number(c.value, signed=True),
            "interval": f"{number(c.low)} to {number(c.high)}",
        }
        for name, c in view.regression.coefficients.items()
        if name != "intercept"
    ]  # fmt: skip
    words = [w for w in (view.reason or view.regression.reason, *view.left_out) if w]
    sway = view.position
    if sway is not None:
        words.append(
            f"Order: {sway.first} pairs went to what was shown first both times, {sway.second} to "
            f"the second{'' if sway.p is None else f', p = {sway.p:.4f}'}."
        )
    return {"rows": rows, "unit": view.unit, "words": words}


def _repeats(ws: Workspace, source: Source) -> str:
    view = part_of(ws, source, "repeats")
    assert isinstance(view, RepeatsView)
    if view.reason or view.alpha is None or view.alpha.value is None:
        return view.reason or "Runs on the same items are not enough for a figure."
    words = f"α ({view.metric}) of {view.runs} runs on {view.items} items: "
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
    return [
        f"{CHECKS[c.kind].capitalize()}: {DRIFTED[c.drifted]} ({c.created_at[:10]})."
        for c in newest.values()
    ]


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
            f"Judge, all dimensions: {asked.requests} requests on {asked.calls} calls, {money}, "
            f"{asked.latency_ms} ms a request."
        )
    return [*out, view.saved_words] if view.saved_words else out
