"""Whether an agent speaks otherwise after it was spoken into, over a set of calls.

Full-Duplex-Bench 1.5's paired tests, over the samples that are labelled as answered; the clean
twin of a sample is the call of the same agent, task and sample whose conditions say *clean*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.calls import Call
from app.domain.evaluation import StoredValue
from app.domain.metrics import MetricSpec, MetricValue
from app.domain.ratings import Viewer
from app.eval.turns import fdb15_metrics as m
from app.eval.turns.fdb15_paired import Adaptation, PairedT, adaptation, sides_of
from app.services.set_figures import SetFigure
from app.services.workspace import Workspace

CHANGES: tuple[MetricSpec, ...] = (m.RATE, m.PITCH, m.INTENSITY, m.CUTOFFS)
RESPOND = m.LABELS["C_RESPOND"].id
FEW = "Fewer than two samples that are labelled as answered have speech before and after."


def adaptation_figures(
    ws: Workspace, call_ids: Sequence[str], viewer: Viewer | None = None
) -> list[SetFigure]:
    """One figure for each quantity that any of the calls has; nothing where none has."""
    ids = [RESPOND, *(spec.id for spec in CHANGES)]
    with ws.db.read() as uow:
        stored = uow.evaluations.values_of(call_ids, ids, viewer=viewer)
        calls = {c.id: c for c in uow.calls.many(call_ids)}
    values: dict[str, dict[str, StoredValue]] = {name: {} for name in ids}
    for found in stored:
        values[found.value.metric_id][found.call_id] = found
    return [_figure(spec, values, calls) for spec in CHANGES if values[spec.id]]


def _figure(
    spec: MetricSpec, values: Mapping[str, Mapping[str, StoredValue]], calls: Mapping[str, Call]
) -> SetFigure:
    clean = {_sample(calls[i]): v.value for i, v in values[spec.id].items() if _is_clean(calls[i])}
    samples = [
        sides_of(v.value, values[RESPOND][i].value, clean.get(_sample(calls[i])))
        for i, v in values[spec.id].items()
        if i in values[RESPOND] and not _is_clean(calls[i])
    ]
    tested = adaptation(samples)
    first = next(iter(values[spec.id].values()))
    return _told(spec, first.value, tested, len(samples))


def _told(spec: MetricSpec, like: MetricValue, tested: Adaptation, calls: int) -> SetFigure:
    told = tested.pre_post
    return SetFigure(
        metric_id=spec.id,
        title=spec.title,
        unit=spec.unit,
        value=None if told is None else round(told.mean, 6),
        status="undefined" if told is None else "ok",
        reason=FEW if told is None else "",
        n=0 if told is None else told.n,
        calls=calls,
        profile=like.profile,
        components={"pre_post": _numbers(told), "clean_post": _numbers(tested.clean_post)},
    )


def _numbers(told: PairedT | None) -> dict[str, float] | None:
    if told is None:
        return None
    return {"n": told.n, "mean": told.mean, "t": told.t, "p": told.p, "left_out": told.left_out}


def _conditions(call: Call) -> Mapping[str, Any]:
    found = call.extra.get("conditions")
    return found if isinstance(found, Mapping) else {}


def _is_clean(call: Call) -> bool:
    return _conditions(call).get("clean") is True


def _sample(call: Call) -> tuple[str, str, str]:
    """What a sample and its twin have in common."""
    how = _conditions(call)
    return (call.agent or "", str(how.get("task", "")), str(how.get("sample", call.id)))
