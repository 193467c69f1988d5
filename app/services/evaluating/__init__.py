"""Evaluation: which metrics there are, runs over calls, and the values that they left.

`runs` plans and carries out; `values` reads. A run's state is in the database: it outlives the
window, and goes on where it stopped.
"""

from __future__ import annotations

from app.services.evaluating.catalogue import (
    default_specs,
    measured_by,
    metric,
    metrics,
    specs_for,
    title_of,
)
from app.services.evaluating.one_call import evaluate_call
from app.services.evaluating.runs import (
    cancel,
    create,
    drive,
    failures,
    orphans,
    pause,
    retry_failed,
    run,
    runs,
    steps,
)
from app.services.evaluating.values import is_current, values, values_of

__all__ = [
    "cancel",
    "create",
    "default_specs",
    "drive",
    "evaluate_call",
    "failures",
    "is_current",
    "measured_by",
    "metric",
    "metrics",
    "orphans",
    "pause",
    "retry_failed",
    "run",
    "runs",
    "specs_for",
    "steps",
    "title_of",
    "values",
    "values_of",
]
