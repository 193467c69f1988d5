"""The JSON shapes of metrics and runs. Keys may be added; those here keep name and meaning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.clock import to_seconds
from app.domain.evaluation import Failure, Run, StoredValue
from app.domain.metrics import MetricSpec

BETTER = {"up": "higher", "down": "lower", "none": "neither"}


def spec(metric: MetricSpec) -> dict[str, Any]:
    """One element of `metrics`."""
    return {
        "id": metric.id,
        "title": metric.title,
        "unit": metric.unit,
        "better": BETTER[metric.direction],
        "family": metric.family,
        "scope": list(metric.scope),
        "speakers": list(metric.speakers),
        "evaluator": metric.evaluator,
        "about": metric.about,
        "source": metric.source,
    }


def evaluated(run: Run, failures: Sequence[Failure]) -> dict[str, Any]:
    """The document of `evaluate`: steps are (call, evaluator) pairs."""
    return {
        "run": run.code,
        "state": run.state,
        "done": run.done,
        "failed": [
            {
                "call": f.code,
                "call_id": f.call_id,
                "evaluator": f.evaluator,
                "kind": f.kind,
                "reason": f.reason,
            }
            for f in failures
        ],
        "skipped": run.reused + run.skipped,
        "reused": run.reused,
        "not_applicable": run.skipped,
        "steps": run.steps,
    }


def measured(values: Sequence[StoredValue], rate_hz: int) -> list[dict[str, Any]]:
    """The `metrics` of `show --metrics`: of the call and its speakers first, then of turns."""
    ordered = sorted(values, key=lambda s: s.value.turn_id is not None)
    return [_value(stored, rate_hz) for stored in ordered]


def _value(stored: StoredValue, rate_hz: int) -> dict[str, Any]:
    value = stored.value
    return {
        "id": value.metric_id,
        "value": value.value,
        "unit": value.unit,
        "n": value.n,
        "profile": value.profile,
        "version": stored.version,
        "speaker": value.speaker,
        "turn_id": value.turn_id,
        "status": value.status,
        "reason": value.reason,
        "evaluator": stored.evaluator,
        "args": dict(stored.args),
        "components": dict(value.components),
        "spans": [
            {
                "start_s": to_seconds(e.span.start, rate_hz),
                "end_s": to_seconds(e.span.end, rate_hz),
                "speaker": e.speaker,
                "label": e.label,
                "value": e.value,
            }
            for e in value.evidence
        ],
    }
