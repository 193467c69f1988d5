"""What sways the judge beyond people's taste: order, place, length, waiting, its own family."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.eval.agreement.ratings import Floats, Ints
from app.eval.calibration.biases import PositionBias, pair_biases, score_biases
from app.eval.calibration.regression import Regression
from app.services.calibrating.detail_source import NO_PEOPLE, Source
from app.services.calibrating.rating_set import Flags
from app.services.workspace import Workspace
from db.repos.calibration_detail import CalibrationDetail
from db.repos.calibration_facts import CallFact

LATENCY = "latency.mean"
LEAST_KNOWN = 0.8
"""Of the items; the others do not enter."""
PAIR_UNIT = "log odds"
WORDS: Mapping[str, str] = {
    "length": "Length, per doubling", "latency": "Latency, per second",
    "position": "Turn number, per ten", "own_family": "Own model family", "human": "People's label",
    "intercept": "Shown first",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasesView:
    """Coefficients beyond people's label, with their intervals clustered by call.

    Attributes:
        regression: of residuals, or of a pair's verdicts.
        unit: of the coefficients.
        left_out: what was not looked at, and why.
        position: of pairs that were judged in both orders.
        is_paired: whether the judge compares pairs.
        reason: why there is nothing.
    """

    regression: Regression
    unit: str
    left_out: tuple[str, ...]
    position: PositionBias | None
    is_paired: bool
    reason: str = ""


def biases_of(ws: Workspace, source: Source) -> BiasesView:
    """The biases of a cell."""
    is_paired = source.cell.criterion.scope == "pair"
    if source.cell.criterion.scale == "nominal" and not is_paired:
        return _none("Names have no differences to be explained.", is_paired=False)
    if not source.shared.any():
        return _none(NO_PEOPLE, is_paired=is_paired)
    return _of_pairs(ws, source) if is_paired else _of_scores(ws, source)


def family(model: str) -> str:
    """The name before a model's version: `gpt` of `gpt-4.1-mini`, `claude` of `claude-3-opus`."""
    bare = model.casefold().rpartition("/")[2]
    found = re.match(r"[a-z]+", bare)
    return found.group() if found else ""


def is_own(judge_model: str, call: CallFact) -> bool:
    """Whether the call's agent says that it is of the judge's model family."""
    name = family(judge_model)
    words = re.findall(r"[a-z]+", f"{call.agent} {call.agent_version}".casefold())
    return bool(name) and name in words


def _of_scores(ws: Workspace, source: Source) -> BiasesView:
    found, numbers = source.found, source.numbers
    items = [found.items[n] for n in numbers.tolist()]
    calls = [found.calls[i.call_id] for i in items]
    lengths = [
        (i.end - i.start or c.frame_count) / c.rate_hz for i, c in zip(items, calls, strict=True)
    ]
    turns = [found.turn_indices[n] for n in numbers.tolist()]
    columns = {
        "length": np.log2(np.maximum(lengths, 0.01)),
        "latency": _latency_s(ws, calls),
        "own_family": np.array([float(is_own(source.cell.judge.model, c)) for c in calls]),
    }
    if source.cell.criterion.scope != "call":
        columns["position"] = np.array([np.nan if t is None else t / 10 for t in turns])
    kept, left_out = _usable(columns, source.shared)
    residual = np.where(source.shared, source.judge - source.mean, np.nan)
    return BiasesView(
        regression=score_biases(residual, kept, source.people.calls), unit="points",
        left_out=left_out, position=None, is_paired=False,
        reason="" if kept else "Nothing that could sway the judge differs between these items.",
    )  # fmt: skip


def _of_pairs(ws: Workspace, source: Source) -> BiasesView:
    """One row for each order that the judge was asked in: did it prefer what was shown first?"""
    found, judge = source.found, source.cell.judge
    mine = (found.rater == found.raters.index(judge.rater_id)) & found.newest
    mine &= found.criterion == found.rubric.criteria.index(source.cell.criterion)
    label = dict(zip(source.numbers.tolist(), np.sign(source.mean).tolist()))
    first: list[float] = []
    human: list[float] = []
    pairs: list[tuple[CallFact, CallFact, float]] = []
    for at in np.flatnonzero(mine).tolist():
        item = found.items[int(found.item[at])]
        told, other = found.rows[at].order_values, found.calls.get(item.other_call_id)
        given = label.get(int(found.item[at]), np.nan)
        if told is None or other is None or np.isnan(given):
            continue
        for value, turned in zip(json.loads(told), (1, -1)):
            first.append(np.nan if not value else float(value * turned > 0))
            human.append((given * turned + 1) / 2)
            pairs.append((found.calls[item.call_id], other, float(turned)))
    if not pairs:
        why = "No pair was judged in both orders with people's label."
        return _none(why, is_paired=True, position=source.cell.position)
    columns = _pair_columns(ws, judge.model, pairs)
    kept, left_out = _usable(columns, ~np.isnan(np.array(first)))
    groups = {c.id: n for n, c in enumerate({p[0].id: p[0] for p in pairs}.values())}
    made = pair_biases(first, human, kept, np.array([groups[p[0].id] for p in pairs], np.int64))
    return BiasesView(
        regression=made, unit=PAIR_UNIT, left_out=left_out, position=source.cell.position,
        is_paired=True,
    )  # fmt: skip


def _pair_columns(
    ws: Workspace, model: str, pairs: list[tuple[CallFact, CallFact, float]]
) -> dict[str, Floats]:
    one, other = [p[0] for p in pairs], [p[1] for p in pairs]
    turned = np.array([p[2] for p in pairs])
    seconds = [np.array([c.frame_count / c.rate_hz for c in side]) for side in (one, other)]
    own = [np.array([float(is_own(model, c)) for c in side]) for side in (one, other)]
    waits = [_latency_s(ws, side) for side in (one, other)]
    return {
        "length": turned * np.log2(seconds[0] / seconds[1]),
        "latency": turned * (waits[0] - waits[1]),
        "own_family": turned * (own[0] - own[1]),
    }


def _latency_s(ws: Workspace, calls: list[CallFact]) -> Floats:
    with ws.db.read() as uow:
        ids = list(dict.fromkeys(c.id for c in calls))
        known = CalibrationDetail(uow.connection).measures(ids, [LATENCY]).get(LATENCY, {})
    return np.array([known.get(c.id, np.nan) / 1000 for c in calls], np.float64)


def _usable(
    columns: Mapping[str, Floats], used: Flags
) -> tuple[dict[str, Floats], tuple[str, ...]]:
    """Columns that are known nearly everywhere and differ; of the others, why they are not."""
    kept: dict[str, Floats] = {}
    left_out = []
    for name, column in columns.items():
        values = column[used]
        known = values[~np.isnan(values)]
        if len(known) < LEAST_KNOWN * len(values):
            left_out.append(f"{WORDS[name]}: known of {len(known)} of {len(values)} items.")
        elif np.ptp(known) < 1e-9:
            left_out.append(f"{WORDS[name]}: the same for all items.")
        else:
            kept[name] = column
    return kept, tuple(left_out)


def _none(why: str, *, is_paired: bool, position: PositionBias | None = None) -> BiasesView:
    empty: Ints = np.empty(0, np.int64)
    return BiasesView(
        regression=Regression(coefficients={}, n=len(empty), calls=0, reason=why), unit="points",
        left_out=(), position=position, is_paired=is_paired, reason=why,
    )  # fmt: skip
