"""A cell's bias in every class of every division, and which of them the rule objects to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.eval.agreement.ratings import Ints
from app.eval.agreement.resampling import Estimate
from app.eval.calibration.gather import FEWEST_IN_STRATUM
from app.services.calibrating.detail_source import NO_PEOPLE, Source, mean_over
from app.services.workspace import Workspace
from db.repos.calibration_detail import CalibrationDetail

SNR_DB = ((10.0, "under 10 dB"), (20.0, "10 to 20 dB"), (float("inf"), "over 20 dB"))
LATENCY_MS = ((1000.0, "under 1 s"), (2000.0, "1 to 2 s"), (float("inf"), "over 2 s"))
MEASURED: Mapping[str, tuple[str, tuple[tuple[float, str], ...]]] = {
    "noise": ("snr", SNR_DB), "latency": ("latency.mean", LATENCY_MS),
}  # fmt: skip
"""Division → a measure of calls and the classes of its values."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StratumRow:
    """One class. Biases are the judge less people's common value, in points of the scale."""

    division: str
    name: str
    bias: Estimate
    """After correction, where there is one: what the rule looks at."""
    raw: Estimate
    off: bool
    """Wholly on one side of 0 and more than so many times the bias of all."""
    at: Ints
    """Places of its items in the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrataView:
    """Classes with enough items, by division; `left_out` are those with fewer."""

    rows: tuple[StratumRow, ...]
    whole: StratumRow | None
    is_corrected: bool
    factor: float
    """Of the rule."""
    left_out: int
    missing: tuple[str, ...]
    """Divisions of which nothing was measured."""
    reason: str = ""


def strata_of(ws: Workspace, source: Source) -> StrataView:
    """Biases by division: those of the set, and noise and latency where they were measured."""
    made = source.cell.fitted
    corrected = made.correction is not None and not made.refused
    factor = source.rule.thresholds.stratum_bias_factor
    nominal = source.cell.criterion.scale == "nominal"
    if nominal or not source.shared.any():
        why = "Names have no differences." if nominal else NO_PEOPLE
        return StrataView(rows=(), whole=None, is_corrected=corrected, factor=factor, left_out=0,
                          missing=(), reason=why)  # fmt: skip
    divisions, missing = _divisions(ws, source)
    whole = _row(source, "", "all", np.ones(len(source.judge), bool))
    limit = factor * abs(_cv_bias(source))
    rows, left_out = [], 0
    for division, classes in divisions.items():
        for name in sorted({str(c) for c in classes if c}):
            row = _row(source, division, name, classes == name, limit)
            if row.bias.n >= FEWEST_IN_STRATUM:
                rows.append(row)
            else:
                left_out += 1
    return StrataView(rows=tuple(rows), whole=whole, is_corrected=corrected, factor=factor,
                      left_out=left_out, missing=missing)  # fmt: skip


def _row(
    source: Source, division: str, name: str, inside: NDArray[np.bool_], limit: float | None = None
) -> StratumRow:
    bias = mean_over(source.corrected - source.gold, inside, source.people)
    off = False
    if limit is not None and bias.value is not None and bias.low is not None:
        off = abs(bias.value) > limit and (bias.low > 0 or (bias.high or 0.0) < 0)
    return StratumRow(
        division=division, name=name, bias=bias, off=off, at=np.flatnonzero(inside),
        raw=mean_over(source.judge - source.gold, inside, source.people),
    )  # fmt: skip


def _cv_bias(source: Source) -> float:
    """Of all, as the rule takes it: the correction's in cross-validation."""
    found = source.cell.found.evidence.cv_bias
    return found.value or 0.0 if found is not None else 0.0


def _divisions(
    ws: Workspace, source: Source
) -> tuple[dict[str, NDArray[np.object_]], tuple[str, ...]]:
    numbers, found = source.numbers, source.found
    named = source.cell.where.classes
    out = {k: v[numbers] for k, v in found.strata.items() if k not in named}
    with ws.db.read() as uow:
        repo = CalibrationDetail(uow.connection)
        measured = repo.measures(list(found.calls), [metric for metric, _ in MEASURED.values()])
    missing = []
    calls = [found.items[n].call_id for n in numbers.tolist()]
    for division, (metric, limits) in MEASURED.items():
        values = measured.get(metric, {})
        classes = [_class(values.get(c), limits) for c in calls]
        if len({c for c in classes if c}) > 1:
            out[division] = np.array(classes, object)
        elif not any(classes):
            missing.append(division)
    return out, tuple(missing)


def _class(value: float | None, limits: Sequence[tuple[float, str]]) -> str:
    return "" if value is None else next(name for most, name in limits if value < most)
