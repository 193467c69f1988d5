"""The catalogue of metrics, and what *Evaluate* runs unless something else is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.domain.evaluation import EvaluatorSpec
from app.domain.metrics import MetricSpec
from app.eval import registry
from app.services import timing
from app.services.evaluating import measures
from app.services.workspace import Workspace

SETTINGS_KEY = "evaluators"
"""Workspace setting: evaluator → arguments, or `false` to leave it out of the default."""


def metrics() -> tuple[MetricSpec, ...]:
    """Every metric there is, in the order of the registry."""
    return registry.catalogue()


def metric(metric_id: str) -> MetricSpec:
    """One metric.

    Raises:
        NotFound: there is none of that id.
    """
    return registry.metric(metric_id)


def title_of(evaluator: str) -> str:
    """What a step is called on screens; its name where it is not known any more."""
    if evaluator not in registry.PLACES:
        return evaluator
    return registry.evaluator_class(evaluator).title


def default_specs(ws: Workspace) -> list[EvaluatorSpec]:
    """What *Evaluate* runs: the defaults with the workspace's own choices."""
    with ws.db.read() as uow:
        chosen: dict[str, Any] = dict(uow.settings.get(SETTINGS_KEY, {}))
    names = [n for n in registry.DEFAULT if chosen.get(n) is not False]
    names += [n for n in chosen if n in registry.PLACES and chosen[n] not in (False, None)]
    return _specs(ws, names, chosen)


def specs_for(ws: Workspace, names: Sequence[str], *, layer: str = "") -> list[EvaluatorSpec]:
    """The evaluators that make the named metrics (an evaluator's own name counts too).

    Speech detection comes with everything that is measured by a timing.

    Args:
        ws: the workspace.
        names: metrics, their groups (`isr500`) or evaluators.
        layer: origin of the speech layer to measure by; empty for the one in force.

    Raises:
        NotFound: a name that is none of these. BadInput: no such kind of layer.
    """
    with ws.db.read() as uow:
        chosen: dict[str, Any] = dict(uow.settings.get(SETTINGS_KEY, {}))
    wanted = registry.making(list(names))
    if any("speech" in registry.evaluator_class(n).reads for n in wanted):
        wanted = ["speech.detect", *wanted]
    return measured_by(_specs(ws, wanted, chosen), layer)


def measured_by(specs: Sequence[EvaluatorSpec], layer: str) -> list[EvaluatorSpec]:
    """The same evaluators, measuring by layers of an origin; empty for those in force.

    Raises:
        BadInput: no such kind of layer.
    """
    if not layer:
        return list(specs)
    return [
        replace(s, args=measures.build(s.name, {**s.args, measures.LAYER: layer}).args)
        for s in specs
    ]


def _specs(ws: Workspace, names: Sequence[str], chosen: dict[str, Any]) -> list[EvaluatorSpec]:
    ordered = sorted(dict.fromkeys(names), key=registry.position)
    found = []
    for name in ordered:
        given = chosen.get(name)
        args = dict(given) if isinstance(given, dict) else {}
        if name == "speech.detect":
            args.setdefault("threshold", timing.chosen_options(ws).threshold)
        # Built once, so that a setting which no longer fits is told now and not in every step.
        found.append(EvaluatorSpec(name=name, args=measures.build(name, args).args))
    return found
