"""All figures of one call for its panel: measured, asked of people, told by its platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.errors import NotFound
from app.domain.evaluation import Failure
from app.domain.metrics import Evidence, MetricSpec, MetricValue
from app.domain.ratings import Viewer
from app.services import calls, evaluating, set_figures
from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with where it comes from.

    Attributes:
        spec: its entry in the catalogue.
        value: the value, or why there is none.
        evaluator, version: what made it; `people` for answers.
        is_current: False where what it was measured on has changed since.
    """

    spec: MetricSpec
    value: MetricValue
    evaluator: str
    version: str = ""
    is_current: bool = True

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from the others of the call."""
        value = self.value
        return (value.metric_id, value.speaker or "", value.turn_id or "", value.profile)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Spans that it came from."""
        return self.value.evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    """What the panel of a call shows.

    Attributes:
        figures: of the call, its speakers and its turns, in the order of the catalogue.
        reported: what the call's platform says of it: name → number or word, never measured here.
        failures: evaluators that gave nothing, each with its reason.
        awaits_caller: nothing is told yet: the viewer placed the call, and rates it first.
    """

    figures: tuple[Figure, ...] = ()
    reported: Mapping[str, object]
    failures: tuple[Failure, ...] = ()
    awaits_caller: bool = False


def call_figures(ws: Workspace, viewer: Viewer, call_id: str) -> CallFigures:
    """Read the figures of a call; people's answers come through the viewer's mask.

    Whoever placed a live call sees none before they have rated it.

    Raises:
        NotFound: no such call.
    """
    call = calls.get_call(ws, call_id)
    if calls.awaits_caller(ws, viewer, call.id):
        return CallFigures(reported={}, awaits_caller=True)
    order = {spec.id: n for n, spec in enumerate(evaluating.metrics())}
    measured = [*_measured(ws, call_id), *_answered(ws, viewer, call_id)]
    measured.sort(key=lambda f: (order.get(f.spec.id, len(order)), f.value.profile, f.key))
    with ws.db.read() as uow:
        failures = tuple(uow.evaluations.failures(call_id=call_id))
    told = call.extra.get("reported_metrics")
    return CallFigures(
        figures=tuple(measured),
        reported=dict(told) if isinstance(told, Mapping) else {},
        failures=failures,
    )


def _measured(ws: Workspace, call_id: str) -> list[Figure]:
    stored = evaluating.values(ws, call_id)
    current = evaluating.is_current(ws, stored)
    out = []
    for each in stored:
        try:
            spec = evaluating.metric(each.value.metric_id)
        except NotFound:  # made by a version that knew it; kept, but nothing says what it means
            continue
        out.append(
            Figure(
                spec=spec,
                value=each.value,
                evaluator=each.evaluator,
                version=each.version,
                is_current=current[each.result_id],
            )
        )
    return out


def _answered(ws: Workspace, viewer: Viewer, call_id: str) -> Sequence[Figure]:
    """What people answered, of the answers that the viewer may see."""
    out = []
    for found in set_figures.human_figures(ws, viewer, [call_id]):
        try:
            spec = evaluating.metric(found.metric_id)
        except NotFound:
            continue
        value = MetricValue(
            metric_id=found.metric_id,
            value=found.value,
            unit=found.unit,
            status=found.status,
            reason=found.reason,
            n=found.n,
            profile="answers",
            components=found.components,
        )
        out.append(Figure(spec=spec, value=value, evaluator="people"))
    return out
