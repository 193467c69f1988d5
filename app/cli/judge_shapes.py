"""The JSON shapes of judges and of their runs. Keys may be added; those here keep their meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.domain.evaluation import Run
from app.domain.judging import JudgeDefinition, JudgeVersion
from app.services.workspace import Workspace

if TYPE_CHECKING:
    from app.services.judging.judging_runs import AskFailed

MICRO = 1_000_000


def definition_shape(definition: JudgeDefinition, bound: Sequence[JudgeVersion]) -> dict[str, Any]:
    """One element of `judges`."""
    return {
        "name": definition.name,
        "version": definition.version,
        "title": definition.title,
        "kind": definition.kind,
        "unit": definition.unit,
        "modality": definition.modality,
        "context": definition.context,
        "request": definition.request,
        "rubric": definition.rubric,
        "params": dict(definition.params),
        "origin": definition.origin,
        "note": definition.note,
        "source": definition.source,
        "bound": [
            {"sha256": v.sha256, "model": v.model, "params": dict(v.params), "since": v.created_at}
            for v in bound
            if v.definition_id == definition.id
        ],
    }


def judged(ws: Workspace, run: Run) -> dict[str, Any]:
    """The document of `judge`: steps are what is judged at a time, such as one reply of an agent.

    `cost` and `currency` are None unless every reply has a price, all in one currency.
    """
    from app.services import calls
    from app.services.judging import judging_runs

    used = judging_runs.cost(ws, run.id)
    bad = judging_runs.failures(ws, run.id)
    costs = {unit: micro / MICRO for unit, micro in used.priced_micro.items()}
    whole = len(costs) == 1 and not used.unpriced
    skipped = [s for s in judging_runs.skipped(ws, run.id) if not s.is_part]
    codes = {c.id: c.code for c in calls.get_calls(ws, [s.call_id for s in skipped])}
    return {
        "run": run.code,
        "state": run.state,
        "note": run.note,
        "steps": run.steps,
        "done": run.done,
        "scored": judging_runs.scored(ws, run.id),
        "unscored": [_bad(f) for f in bad if f.is_unscored],
        "failed": [_bad(f) for f in bad if not f.is_unscored],
        "skipped": [
            {"call": codes.get(s.call_id, s.call_id), "judge": s.judge, "reason": s.reason}
            for s in skipped
        ],
        "reused": run.reused,
        "requests": used.asked,
        "tokens": used.tokens,
        "cached_tokens": used.cached_tokens,
        "cost": next(iter(costs.values())) if whole else None,
        "currency": next(iter(costs)) if whole else None,
        "costs": costs,
        "unpriced": used.unpriced,
    }


def _bad(failed: AskFailed) -> dict[str, Any]:
    return {
        "call": failed.code,
        "call_id": failed.call_id,
        "turn": failed.turn,
        "criterion": failed.criteria[0] if len(failed.criteria) == 1 else None,
        "criteria": list(failed.criteria),
        "judge": failed.judge,
        "model": failed.model,
        "kind": failed.kind,
        "reason": failed.reason,
        "attempt": failed.attempt,
    }
