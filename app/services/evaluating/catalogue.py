"""The catalogue of metrics, and what *Evaluate* runs unless something else is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.evaluation import EvaluatorSpec
from app.domain.metrics import MetricSpec
from app.eval import registry
from app.eval.base import args_of
from app.services import timing
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


def specs_for(ws: Workspace, names: Sequence[str]) -> list[EvaluatorSpec]:
    """The evaluators that make the named metrics (an evaluator's own name counts too).

    Speech detection comes with everything that is measured by a timing.

    Raises:
        NotFound: a name that is neither a metric nor an evaluator.
    """
    with ws.db.read() as uow:
        chosen: dict[str, Any] = dict(uow.settings.get(SETTINGS_KEY, {}))
    wanted = registry.making(list(names))
    if any("speech" in registry.evaluator_class(n).reads for n in wanted):
        wanted = ["speech.detect", *wanted]
    return _specs(ws, wanted, chosen)


def _specs(ws: Workspace, names: Sequence[str], chosen: dict[str, Any]) -> list[EvaluatorSpec]:
    ordered = sorted(dict.fromkeys(names), key=registry.position)
    found = []
    for name in ordered:
        given = chosen.get(name)
        args = dict(given) if isinstance(given, dict) else {}
        if name == "speech.detect":
            args.setdefault("threshold", timing.chosen_options(ws).threshold)
        # Built once, so that a setting which no longer fits is told now and not in every step.
        found.append(EvaluatorSpec(name=name, args=args_of(registry.build(name, args))))
    return found
