"""What a run can be repeated from: evaluators with versions and arguments, calls, program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.evaluation import EvaluatorSpec, Run
from app.eval import registry
from app.services import places
from app.services.workspace import Workspace
from db.repos.run_facts import RunFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedEvaluator:
    """An evaluator of a run. `version` is that of its results, else the one installed here."""

    name: str
    version: str
    args: Mapping[str, Any]

    @property
    def words(self) -> str:
        """`text.error_rates 1, normaliser basic`; arguments that are empty say nothing."""
        told = {k: v for k, v in self.args.items() if v not in ("", None, [], ())}
        args = "".join(f", {k} {_short(v)}" for k, v in told.items())
        return f"{self.name} {self.version}{args}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a person copies to run the same again."""

    run: Run
    evaluators: tuple[UsedEvaluator, ...]
    app_version: str

    def to_json(self) -> str:
        """Indented JSON."""
        run = self.run
        body = {
            "run": run.code,
            "title": run.title,
            "query": run.query,
            "calls": run.calls,
            "retry_failed": run.retry_failed,
            "where": run.where,
            "workers": run.workers,
            "evaluators": [
                {"name": e.name, "version": e.version, "args": dict(e.args)}
                for e in self.evaluators
            ],
            "app": f"callbench {self.app_version}",
        }
        return json.dumps(body, ensure_ascii=False, indent=2, default=str)


def provenance(ws: Workspace, run: Run) -> Provenance:
    """What the run's results follow from."""
    with ws.db.read() as uow:
        versions = RunFacts(uow.connection).versions(run.id)
    return Provenance(
        run=run,
        evaluators=tuple(
            UsedEvaluator(
                name=spec.name, version=versions.get(spec.name) or _installed(spec), args=spec.args
            )
            for spec in run.specs
        ),
        app_version=places.version(),
    )


def _installed(spec: EvaluatorSpec) -> str:
    if spec.name not in registry.PLACES:
        return "?"
    return registry.evaluator_class(spec.name).version


def _short(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)
