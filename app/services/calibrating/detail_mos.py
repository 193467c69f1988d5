"""Opinion studies beside what models predict of the same calls (ITU-T P.1401)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.domain.ratings import Viewer
from app.domain.studies import PAIRED, Study
from app.eval.agreement.p1401 import FEWEST_FOR_CUBIC, FEWEST_VOTES, Fit, fit, interval_of_mos
from app.eval.listening.opinion import Opinion
from app.eval.listening.planning import half_width
from app.services.studies import making
from app.services.studies.result_values import ItemResult, Results
from app.services.studies.results import results
from app.services.workspace import Workspace
from db.repos.calibration_detail import CalibrationDetail

PREDICTORS: Mapping[str, str] = {
    "dnsmos.ovrl": "DNSMOS OVRL", "dnsmos.p808": "DNSMOS P.808", "dnsmos.sig": "DNSMOS SIG",
    "dnsmos.bak": "DNSMOS BAK", "plcmos": "PLCMOS", "nisqa_tts": "NISQA-TTS",
}  # fmt: skip
"""Metrics that predict an opinion on the scale of 1 to 5."""
FEWEST_ITEMS = 3
ORDERS = (0, 1, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One clip: what people and the model say."""

    call_id: str
    number: int
    """Of the clip within the study."""
    votes: int
    mos: float
    predicted: float
    reach: float
    """Half of the 95 % t interval of the votes; 0 below two votes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """A model beside the votes; `fits` are as it is, first and third order, None where not made."""

    metric: str
    title: str
    points: tuple[Point, ...]
    fits: tuple[Fit | None, Fit | None, Fit | None]
    few_votes: bool
    """Fewer than four votes on some clip: rmse* and outliers then mean nothing."""
    cubic_reason: str
    """Why there is no third-order mapping; empty where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MosView:
    """One study."""

    results: Results
    simple: Mapping[str, tuple[float, float]]
    """Condition → t interval, as if all votes were independent."""
    flagged: tuple[str, ...]
    """Raters whose votes the study's rules take out, and why."""
    predicted: tuple[Predicted, ...]
    missing: tuple[str, ...]
    """Models that measured fewer than three of the clips' calls."""


def opinion_studies(ws: Workspace, viewer: Viewer) -> list[Study]:
    """Studies whose votes have means, the newest first; none for a reviewer."""
    if not viewer.is_lead:
        return []
    found = [s for s in making.studies(ws) if s.instrument in ("acr", "dcr", "humanlike")]
    return sorted(found, key=lambda s: -s.number)


def mos_of(ws: Workspace, viewer: Viewer, study_id: str) -> MosView:
    """A study's conditions and predictions.

    Raises:
        NotAllowed: a reviewer. NotFound: there is no such study.
    """
    found = results(ws, viewer, study_id)
    paired = found.study.instrument in PAIRED
    items = [i for i in found.items if i.opinion.mean is not None and not paired]
    channels = found.study.design.channels
    with ws.db.read() as uow:
        measured = CalibrationDetail(uow.connection).measures(
            list({i.stimulus.call_id for i in items}), list(PREDICTORS),
            "%" if channels == "both" else channels,
        )  # fmt: skip
    predicted, missing = [], []
    for metric, title in PREDICTORS.items():
        points = _points(items, measured.get(metric, {}))
        if len(points) >= FEWEST_ITEMS:
            predicted.append(_predicted(metric, title, points))
        else:
            missing.append(title)
    simple = {n: t for n, o in found.conditions.items() if (t := _t_interval(o)) is not None}
    flagged = tuple(f"{r.name}: {r.excluded}" for r in found.raters if r.excluded)
    return MosView(
        results=found, simple=simple, flagged=flagged, predicted=tuple(predicted),
        missing=tuple(missing),
    )  # fmt: skip


def _points(items: Sequence[ItemResult], values: Mapping[str, float]) -> tuple[Point, ...]:
    out = []
    for item in items:
        told, value = item.opinion, values.get(item.stimulus.call_id)
        if value is None or told.mean is None:
            continue
        has_reach = told.n >= 2 and told.sd is not None
        out.append(
            Point(
                call_id=item.stimulus.call_id, number=item.stimulus.number, votes=told.n,
                mos=told.mean, predicted=value,
                reach=interval_of_mos(told.sd or 0.0, told.n) if has_reach else 0.0,
            )
        )  # fmt: skip
    return tuple(out)


def _predicted(metric: str, title: str, points: tuple[Point, ...]) -> Predicted:
    mos, predicted = [p.mos for p in points], [p.predicted for p in points]
    reach = [p.reach for p in points]
    cubic = ""
    if len(points) < FEWEST_FOR_CUBIC:
        cubic = f"Third order needs {FEWEST_FOR_CUBIC} clips; there are {len(points)}."
    elif len(np.unique(predicted)) <= max(ORDERS):
        cubic = "The predictions hardly differ."
    raw, first = fit(mos, predicted, reach, 0), fit(mos, predicted, reach, 1)
    third = None if cubic else fit(mos, predicted, reach, 3)
    return Predicted(
        metric=metric, title=title, points=points, fits=(raw, first, third), cubic_reason=cubic,
        few_votes=any(p.votes < FEWEST_VOTES for p in points),
    )  # fmt: skip


def _t_interval(told: Opinion) -> tuple[float, float] | None:
    if told.mean is None or told.sd is None or told.n < 2:
        return None
    reach = half_width(told.n, told.sd)
    return told.mean - reach, told.mean + reach
