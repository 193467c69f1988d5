"""What sways the judge beyond people's taste: order, place, length, waiting, its own family."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
SHORTEST_S = 0.01
PAIR_UNIT = "log odds"
NOT_IN_BOTH = "No pair was judged in both orders with people's label."
FAMILIES = frozenset(
    "claude chatgpt deepseek gemini gemma gpt grok llama mistral mixtral qwen".split()
)
"""Names by which an agent says that it is of another family than the judge."""
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
        return _none(NO_PEOPLE, is_paired=is_paired, position=source.cell.position)
    return _of_pairs(ws, source) if is_paired else _of_scores(ws, source)


def family(model: str) -> str:
    """The name before a model's version: `gpt` of `gpt-4.1-mini`, `claude` of `claude-3-opus`."""
    bare = model.casefold().rpartition("/")[2]
    found = re.match(r"[a-z]+", bare)
    return found.group() if found else ""


def is_own(judge_model: str, call: CallFact) -> bool | None:
    """Whether the call's agent says that it is of the judge's model family; None where unknown.

    An agent that names no family may be of any: it is unknown, not another's.
    """
    name = family(judge_model)
    words = set(re.findall(r"[a-z]+", f"{call.agent} {call.agent_version}".casefold()))
    if not name or not words & {name, *FAMILIES}:
        return None
    return name in words


def _of_scores(ws: Workspace, source: Source) -> BiasesView:
    found, numbers = source.found, source.numbers
    items = [found.items[n] for n in numbers.tolist()]
    calls = [found.calls[i.call_id] for i in items]
    lengths = [
        (i.end - i.start or c.frame_count) / c.rate_hz for i, c in zip(items, calls, strict=True)
    ]
    turns = [found.turn_indices[n] for n in numbers.tolist()]
    columns = {
        "length": _doublings(lengths),
        "latency": _latency_s(ws, calls),
        "own_family": _own(source.cell.judge.model, calls),
    }
    if source.cell.criterion.scope != "call":
        columns["position"] = np.array([np.nan if t is None else t / 10 for t in turns])
    kept, left_out = _usable(columns, source.shared, "items")
    residual = np.where(source.shared, source.judge - source.mean, np.nan)
    return BiasesView(
        regression=score_biases(residual, kept, source.people.calls), unit="points",
        left_out=left_out, position=None, is_paired=False,
        reason="" if kept else "Nothing that could sway the judge differs between these items.",
    )  # fmt: skip


def _of_pairs(ws: Workspace, source: Source) -> BiasesView:
    """One row for each order that the judge was asked in: did it prefer what was shown first?"""
    shown = _shown(source)
    first = np.array([s.prefers_first for s in shown], np.float64)
    position = source.cell.position
    if np.isnan(first).all():
        why = "The judge prefers neither call of any pair." if shown else NOT_IN_BOTH
        return _none(why, is_paired=True, position=position)
    columns = _pair_columns(ws, source.cell.judge.model, shown)
    kept, left_out = _usable(columns, ~np.isnan(first), "verdicts")
    numbers = {call_id: n for n, call_id in enumerate(source.found.calls)}
    calls = np.array([[numbers[s.call.id], numbers[s.other.id]] for s in shown], np.int64)
    return BiasesView(
        regression=pair_biases(first, [s.label_first for s in shown], kept, calls),
        unit=PAIR_UNIT, left_out=left_out, position=position, is_paired=True,
    )  # fmt: skip


class _Shown(NamedTuple):
    """A pair as it was shown in one of the two orders. Of its calls, `call` came first."""

    call: CallFact
    other: CallFact
    prefers_first: float
    """1 or 0; NaN where the judge said that neither is better."""
    label_first: float
    """The same by most of the people's votes; 0.5 for neither."""


def _shown(source: Source) -> list[_Shown]:
    found = source.found
    mine = (found.rater == found.raters.index(source.cell.judge.rater_id)) & found.newest
    mine &= found.criterion == found.rubric.criteria.index(source.cell.criterion)
    label = dict(zip(source.numbers.tolist(), np.sign(source.mean).tolist()))
    out: list[_Shown] = []
    for at in np.flatnonzero(mine).tolist():
        item = found.items[int(found.item[at])]
        told, other = found.rows[at].order_values, found.calls.get(item.other_call_id)
        given = label.get(int(found.item[at]), np.nan)
        if told is None or other is None or np.isnan(given):
            continue
        call = found.calls[item.call_id]
        straight, turned = (float(v) for v in json.loads(told))  # both of the pair's first call
        out.append(_Shown(call, other, _preferred(straight), (given + 1) / 2))
        out.append(_Shown(other, call, _preferred(-turned), (1 - given) / 2))
    return out


def _preferred(value: float) -> float:
    return float(value > 0) if value else np.nan


def _pair_columns(ws: Workspace, model: str, shown: Sequence[_Shown]) -> dict[str, Floats]:
    """What was shown first less what was shown second."""
    sides = [s.call for s in shown], [s.other for s in shown]
    lengths = [_doublings([c.frame_count / c.rate_hz for c in side]) for side in sides]
    waits = [_latency_s(ws, side) for side in sides]
    own = [_own(model, side) for side in sides]
    return {
        "length": lengths[0] - lengths[1], "latency": waits[0] - waits[1],
        "own_family": own[0] - own[1],
    }  # fmt: skip


def _doublings(seconds: Sequence[float]) -> Floats:
    return np.asarray(np.log2(np.maximum(seconds, SHORTEST_S)), np.float64)


def _own(model: str, calls: Sequence[CallFact]) -> Floats:
    told = [is_own(model, c) for c in calls]
    return np.array([np.nan if own is None else float(own) for own in told], np.float64)


def _latency_s(ws: Workspace, calls: Sequence[CallFact]) -> Floats:
    with ws.db.read() as uow:
        ids = list(dict.fromkeys(c.id for c in calls))
        known = CalibrationDetail(uow.connection).measures(ids, [LATENCY]).get(LATENCY, {})
    return np.array([known.get(c.id, np.nan) / 1000 for c in calls], np.float64)


def _usable(
    columns: Mapping[str, Floats], used: Flags, noun: str
) -> tuple[dict[str, Floats], tuple[str, ...]]:
    """Columns that are known nearly everywhere and differ; of the others, why they are not."""
    total, left_out = int(used.sum()), []
    known = {name: used & ~np.isnan(column) for name, column in columns.items()}
    for name, there in known.items():
        if there.sum() < LEAST_KNOWN * total:
            left_out.append(f"{WORDS[name]}: known of {there.sum()} of {total} {noun}.")
    kept = {n: c for n, c in columns.items() if known[n].sum() >= LEAST_KNOWN * total}
    whole = np.logical_and.reduce([used, *(known[n] for n in kept)])
    for name in list(kept):
        values = kept[name][whole]
        if not len(values) or np.ptp(values) < 1e-9:
            left_out.append(f"{WORDS[name]}: the same for all {noun}.")
            del kept[name]
    return kept, tuple(left_out)


def _none(why: str, *, is_paired: bool, position: PositionBias | None = None) -> BiasesView:
    empty: Ints = np.empty(0, np.int64)
    return BiasesView(
        regression=Regression(coefficients={}, n=len(empty), calls=0, reason=why), unit="points",
        left_out=(), position=position, is_paired=is_paired, reason=why,
    )  # fmt: skip
