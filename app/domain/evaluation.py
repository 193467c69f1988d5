"""Evaluators by name, runs over calls, and the results that they leave. Frozen values only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.judging import ASK_FAILURE_WORDS, AskFailure
from app.domain.metrics import MetricValue

RunState = Literal["queued", "running", "paused", "done", "cancelled", "failed"]
"""`paused` also means: its window was closed or killed; it goes on where it stopped."""

ResultStatus = Literal["ok", "failed"]

FailureKind = Literal[
    "bad_input", "not_found", "environment", "timeout", "died", "bug", "not_allowed", AskFailure
]
"""What an evaluator, or a judge's request, failed of.

`died`: the worker's process ended under it. `bug`: ours, the log has the traceback.
"""

FAILURE_WORDS: Mapping[str, str] = {
    **ASK_FAILURE_WORDS,
    "bad_input": "Cannot be used",
    "not_found": "Something is missing",
    "environment": "This machine is in the way",
    "timeout": "Took too long",
    "died": "Ended its worker",
    "bug": "A fault of ours",
    "not_allowed": "Not allowed",
}

JUDGING = "judge"
"""Kind of a run whose steps are requests to judges; of all others they are (call, evaluator)
pairs."""

Where = Literal["threads", "processes", "dask"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatorSpec:
    """An evaluator by name with its arguments: what a run repeats."""

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As stored in a run."""
        return {"name": self.name, "args": dict(self.args)}


def result_key(name: str, version: str, args: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    """SHA-256 of what a result follows from; the same key need not be computed twice."""
    body = json.dumps(
        [name, version, dict(args), dict(inputs)],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        default=str,
    )
    return hashlib.sha256(body.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewResult:
    """What an evaluator gave on a call, or why it gave nothing."""

    call_id: str
    evaluator: str
    version: str
    args: Mapping[str, Any]
    key: str
    inputs: Mapping[str, Any]
    status: ResultStatus
    values: tuple[MetricValue, ...] = ()
    failure: FailureKind | None = None
    reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    duration_ms: int = 0
    run_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValue:
    """A metric value with its provenance."""

    value: MetricValue
    call_id: str
    evaluator: str
    version: str
    args: Mapping[str, Any]
    inputs: Mapping[str, Any]
    """Ids and versions of the layers, hashes of the audio: what it was computed from."""
    result_id: str
    run_id: str | None
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An evaluator that failed on a call."""

    call_id: str
    code: str
    evaluator: str
    kind: FailureKind
    reason: str
    attempt: int
    created_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run over calls: what, how far, how fast.

    Steps are (call, evaluator) pairs. `reused` had a result already, `skipped` do not apply to
    their call.
    """

    id: str
    number: int
    """Shown as R-0418."""
    kind: str
    title: str
    query: str
    specs: tuple[EvaluatorSpec, ...]
    state: RunState
    calls: int
    steps: int
    done: int
    failed: int
    reused: int
    skipped: int
    where: Where
    workers: int
    created_by: str
    created_at: str
    started_at: str | None
    finished_at: str | None
    active_s: float
    """Seconds in which it was running."""
    retry_failed: bool
    """Whether steps that failed before are tried again; else their failure stands."""
    note: str
    """Why it stopped, or what it waits for; empty while all is well."""

    @property
    def code(self) -> str:
        """The short id."""
        return f"R-{self.number:04d}"

    @property
    def settled(self) -> int:
        """Steps that need no more work."""
        return self.done + self.failed + self.reused + self.skipped

    @property
    def is_live(self) -> bool:
        """Whether it is not over."""
        return self.state in ("queued", "running", "paused")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress:
    """One evaluator of a run: how many of its calls are settled and how long one takes."""

    name: str
    title: str
    total: int
    done: int
    failed: int
    reused: int
    skipped: int
    mean_s: float | None
    """Seconds a call, of those that this run computed."""
