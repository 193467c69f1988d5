"""One step of a run, as a worker performs it: never raises, always says how it went.

What goes in and what comes out can be pickled, so that the same function serves threads,
processes and a cluster's workers.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import (
    BadInput,
    Cancelled,
    EnvironmentFault,
    NotAllowed,
    NotFound,
    UserError,
)
from app.domain.evaluation import FailureKind
from app.eval import registry
from app.eval.base import CallInput, Outcome, Watch

log = logging.getLogger("callbench.eval")

_KINDS: tuple[tuple[type[UserError], FailureKind], ...] = (
    (BadInput, "bad_input"),
    (NotFound, "not_found"),
    (NotAllowed, "not_allowed"),
    (EnvironmentFault, "environment"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An evaluator and the call that it is to look at."""

    evaluator: str
    args: Mapping[str, Any] = field(default_factory=dict)
    source: CallInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """How a job went: its outcome, or what kept it from one. `cancelled` jobs count as not run."""

    outcome: Outcome | None = None
    failure: FailureKind | None = None
    reason: str = ""
    duration_ms: int = 0
    cancelled: bool = False


def perform(job: Job, watch: Watch | None = None) -> Done:
    """Run one evaluator on one call."""
    began = time.perf_counter()

    def failed(kind: FailureKind, reason: str) -> Done:
        return Done(failure=kind, reason=reason, duration_ms=_since(began))

    try:
        evaluator = registry.build(job.evaluator, job.args)
        outcome = evaluator.evaluate(job.source, watch or Watch())
    except Cancelled:
        return Done(cancelled=True, duration_ms=_since(began))
    except UserError as error:
        kind = next((k for cls, k in _KINDS if isinstance(error, cls)), "bad_input")
        return failed(kind, str(error))  # type: ignore[arg-type]
    except MemoryError:
        return failed("environment", "There was not enough memory. Close other programs.")
    except Exception as error:  # what one call does to an evaluator must not stop the others
        log.exception("%s on %s", job.evaluator, job.source.call.code)
        return failed("bug", f"{type(error).__name__}: {error}"[:500])
    return Done(outcome=outcome, duration_ms=_since(began))


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
