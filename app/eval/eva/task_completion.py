"""EVA's task completion v0.1: whether the database ended as it should. And, ours, how nearly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from app.domain.calls import Finding
from app.domain.metrics import MetricSpec, MetricValue, missing
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.eva import documents
from app.eval.eva.databases import Databases, Db, databases_of
from app.eval.eva.db_diff import db_diff, is_empty
from app.eval.eva.db_hash import SESSION, db_hash, session_mismatches
from app.eval.eva.documents import PREFIX, Files
from app.eval.eva.partial import Credit, credit
from app.eval.eva.record import files_of, stored_score
from app.eval.eva.specs import eva_spec

EVALUATOR = "eva.task_completion"
VERSION = "0.1"
PROFILE = f"eva-{VERSION}"
MAIN = "task_completion"
PARTIAL = f"{MAIN}.partial"
BY_CHANGES, BY_FIELDS = "callbench-1 changes", "callbench-1 fields"

SPECS: tuple[MetricSpec, ...] = (
    eva_spec(
        MAIN,
        "Task completed (EVA)",
        "up",
        "1 if the database at the end is as expected, session included; else 0.",
        evaluator=EVALUATOR,
        version=VERSION,
        decimals=0,
        headline=True,
    ),
    eva_spec(
        PARTIAL,
        "Task completed, in part",
        "up",
        "Of the fields that should have changed or did, the share that is as expected. Not EVA's.",
        evaluator=EVALUATOR,
        version=VERSION,
        pool="ratio",
        ratio=("right", "total"),
        source="Callbench",
    ),
)


@dataclass(frozen=True, slots=True)
class TaskCompletion:
    """See the module. Both sides are hashed anew: stored hashes depend on EVA's version."""

    name: ClassVar[str] = EVALUATOR
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Task completion (EVA)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = SPECS
    reads: ClassVar[frozenset[Read]] = frozenset({"documents"})
    needs: ClassVar[frozenset[Need]] = frozenset()
    documents: ClassVar[tuple[str, ...]] = (PREFIX,)

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Compare the databases; see `app.eval.base.Evaluator`."""
        files = files_of(source)
        found = databases_of(files)
        watch.raise_if_cancelled()
        stored = _stored(files)
        if found.expected is None or found.final is None:
            kept = {"stored": stored}
            main = missing(MAIN, found.lacking, profile=PROFILE, components=kept)
            return Outcome(values=(main, missing(PARTIAL, found.lacking, profile=BY_CHANGES)))
        return _compared(found, found.expected, found.final, stored)


def _compared(found: Databases, expected: Db, final: Db, stored: dict[str, Any]) -> Outcome:
    shares = credit(expected, final, found.initial)
    mismatches = session_mismatches(expected, final)
    hashes = db_hash(expected), db_hash(final)
    done = not mismatches and hashes[0] == hashes[1]
    diff = {} if done else db_diff(expected, final)
    main = MetricValue(
        metric_id=MAIN,
        value=float(done),
        n=shares.fields[1],
        profile=PROFILE,
        components={
            "auth_success": not mismatches,
            "session_mismatches": mismatches,
            "expected_hash": hashes[0],
            "final_hash": hashes[1],
            "tables_differing": _differing(diff),
            **shares.to_json(),
            "stored": stored,
        },
    )
    detail = {} if is_empty(diff) else {"diff": diff}
    values = (main, _partial(shares))
    return Outcome(values=values, findings=_findings(found, shares, done), detail=detail)


def _partial(shares: Credit) -> MetricValue:
    right, total = shares.fields if shares.changes is None else shares.changes
    profile = BY_FIELDS if shares.changes is None else BY_CHANGES
    if not total:
        reason = "Nothing in the database should have changed, and nothing did."
        return missing(PARTIAL, reason, profile=profile, components=shares.to_json())
    return MetricValue(
        metric_id=PARTIAL,
        value=right / total,
        n=total,
        profile=profile,
        components={"right": right, "total": total, **shares.to_json()},
    )


def _differing(diff: dict[str, Any]) -> list[str]:
    return sorted(
        {*diff.get("tables_added", ()), *diff.get("tables_removed", ())}
        | set(diff.get("tables_modified", ()))
    )


def _stored(files: Files) -> dict[str, Any]:
    """What the run itself kept: its score and its hash of the end."""
    result = files.mapping(documents.RESULT) or {}
    return {
        "score": stored_score(files, MAIN),
        "final_hash": result.get("final_scenario_db_hash"),
    }


def _findings(found: Databases, shares: Credit, done: bool) -> tuple[Finding, ...]:
    """Signs that the dataset is of another version than the run."""
    signs = []
    if shares.only_case_differs:
        signs.append("the databases differ in the case of texts alone")
    if SESSION in (found.expected or {}) and SESSION not in (found.final or {}):
        signs.append("the database at the end has no session")
    if found.unresolved:
        signs.append("placeholders of the dataset could not be filled in")
    if done or not signs:
        return ()
    told = "; ".join(signs)
    return (
        Finding(
            code="eva_dataset_version",
            message=(
                "The dataset seems to be of another version than the run, so task completion "
                f"may be 0 without the agent's fault: {told}."
            ),
        ),
    )
