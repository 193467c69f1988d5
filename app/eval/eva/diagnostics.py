"""EVA's diagnostic metrics that need no model: speed, tools, authentication, how the call ended.

EVA-Bench 2.1, diagnostic metrics and validators; none of them is part of EVA-A or EVA-X.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar

from app.domain.errors import BadInput
from app.domain.eva_record import ProcessedRecord
from app.domain.metrics import MetricSpec, MetricValue, missing
from app.eval.base import CallInput, Need, Outcome, Read, Watch
from app.eval.eva import diagnostic_specs as specs
from app.eval.eva import documents, speed, tools
from app.eval.eva.databases import databases_of
from app.eval.eva.db_hash import SESSION, session_mismatches
from app.eval.eva.documents import PREFIX, Files
from app.eval.eva.record import NO_LOGS, closing_reason, files_of, record_of
from app.eval.eva.timeline import timeline_of

DOCUMENTS: frozenset[Read] = frozenset({"documents"})
WITH_TIMES: frozenset[Read] = frozenset({"documents", "conditions"})
NOTHING: frozenset[Need] = frozenset()
OF_EVA = (PREFIX,)

NO_REASON = "Neither result.json nor the caller's log says why the call ended."
NO_LAST_EVENT = "The caller's event log, whose last row tells, did not come along."
NO_LAST_SPEAKER = "The session timed out, but the logs do not say who spoke last."
NO_SESSION = "The scenario expects no session: nobody has to be authenticated."


@dataclass(frozen=True, slots=True)
class ResponseSpeed:
    """Mean reply latency in seconds of the turns where it lies between 0 and 1000 s, v0.2."""

    name: ClassVar[str] = "eva.response_speed"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Response speed (EVA)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = specs.RESPONSE_SPEED
    reads: ClassVar[frozenset[Read]] = WITH_TIMES
    needs: ClassVar[frozenset[Need]] = NOTHING
    documents: ClassVar[tuple[str, ...]] = OF_EVA

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Average the latencies; see `app.eval.base.Evaluator`."""
        files = files_of(source)
        record = record_of(files)
        watch.raise_if_cancelled()
        if record is None:
            return _unknown(specs.SPEED, NO_LOGS)
        timeline = timeline_of(source)
        result = files.mapping(documents.RESULT) or {}
        return Outcome(values=(*speed.values(record, timeline), *speed.stages(result)))


@dataclass(frozen=True, slots=True)
class ToolCallValidity:
    """Share of tool answers that do not blame the form of the call, v0.1."""

    name: ClassVar[str] = "eva.tool_call_validity"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Tool call validity (EVA)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = specs.TOOL_CALL_VALIDITY
    reads: ClassVar[frozenset[Read]] = WITH_TIMES
    needs: ClassVar[frozenset[Need]] = NOTHING
    documents: ClassVar[tuple[str, ...]] = OF_EVA

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Look at every tool answer; see `app.eval.base.Evaluator`."""
        record = record_of(files_of(source))
        watch.raise_if_cancelled()
        if record is None:
            return _unknown(specs.TOOLS, NO_LOGS)
        return Outcome(values=tools.values(record, timeline_of(source)))


@dataclass(frozen=True, slots=True)
class AuthenticationSuccess:
    """Whether the session at the end holds all that it should, v0.1."""

    name: ClassVar[str] = "eva.authentication_success"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Authentication (EVA)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = specs.AUTHENTICATION
    reads: ClassVar[frozenset[Read]] = DOCUMENTS
    needs: ClassVar[frozenset[Need]] = NOTHING
    documents: ClassVar[tuple[str, ...]] = OF_EVA

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Compare the sessions; see `app.eval.base.Evaluator`."""
        files = files_of(source)
        found = databases_of(files)
        watch.raise_if_cancelled()
        if found.expected is None or found.final is None:
            return _unknown(specs.AUTH, found.lacking)
        if not found.expected.get(SESSION):
            return _unknown(specs.AUTH, NO_SESSION)
        mismatches = session_mismatches(found.expected, found.final)
        main = MetricValue(
            metric_id=specs.AUTH,
            value=0.0 if mismatches else 1.0,
            n=len(found.expected[SESSION]),
            profile=specs.profile(specs.AUTH),
            components={
                "session_mismatches": mismatches,
                "final_has_session": SESSION in found.final,
            },
        )
        counts = _auth_calls(files)
        return Outcome(values=(main, *_auth_parts(counts, success=not mismatches)))


def _auth_calls(files: Files) -> Counter[str]:
    """Calls of the tools that authenticate; none where the logs do not tell."""
    try:
        record = record_of(files)
    except BadInput:
        return Counter()
    return tools.auth_calls(record, files) if record else Counter()


def _auth_parts(counts: Counter[str], *, success: bool) -> tuple[MetricValue, ...]:
    """How often the tools that authenticate were called; nothing where none was."""
    total = sum(counts.values())
    if not total:
        return ()
    mean = round(total / len(counts), 4)
    figures = {"num_auth_calls_on_failure": mean}
    if success:
        figures = {
            "auth_first_try_success": float(all(n == 1 for n in counts.values())),
            "num_auth_calls": mean,
            "authentication_success_rate": round(len(counts) / total, 4),
        }
    return tuple(
        MetricValue(
            metric_id=f"{specs.AUTH}.{name}",
            value=value,
            n=len(counts),
            profile=specs.profile(specs.AUTH),
            components={"calls": dict(counts), "tools": len(counts), "total": total},
        )
        for name, value in figures.items()
    )


@dataclass(frozen=True, slots=True)
class ConversationValidEnd:
    """Whether the call came to an end of its own: a goodbye, or silence after the caller, v0.1."""

    name: ClassVar[str] = "eva.conversation_valid_end"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Valid end (EVA)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = specs.VALID_END
    reads: ClassVar[frozenset[Read]] = DOCUMENTS
    needs: ClassVar[frozenset[Need]] = NOTHING
    documents: ClassVar[tuple[str, ...]] = OF_EVA

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Look at the last event; see `app.eval.base.Evaluator`."""
        record = record_of(files_of(source))
        watch.raise_if_cancelled()
        if record is None:
            return _unknown(specs.END, NO_LOGS)
        last = record.last_event
        if not last and not record.left_unanswered:
            return _unknown(specs.END, NO_LAST_EVENT)
        goodbye = last.get("type") == "connection_state" and closing_reason(last) == "goodbye"
        components = {
            "last_event": last.get("type") or last.get("event_type"),
            "last_reason": closing_reason(last),
            "left_unanswered": record.left_unanswered,
        }
        return _of_end(specs.END, goodbye or record.left_unanswered, record, components)


@dataclass(frozen=True, slots=True)
class CorrectlyFinished:
    """0 where the session timed out in silence after the caller had spoken last, v0.1."""

    name: ClassVar[str] = "eva.conversation_correctly_finished"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Correctly finished (EVA)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = specs.FINISHED
    reads: ClassVar[frozenset[Read]] = DOCUMENTS
    needs: ClassVar[frozenset[Need]] = NOTHING
    documents: ClassVar[tuple[str, ...]] = OF_EVA

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Look at the reason of the end; see `app.eval.base.Evaluator`."""
        record = record_of(files_of(source))
        watch.raise_if_cancelled()
        if record is None:
            return _unknown(specs.FINISH, NO_LOGS)
        if record.ended_reason == "inactivity_timeout" and record.spoke_last is None:
            return _unknown(specs.FINISH, NO_LAST_SPEAKER)
        if not record.ended_reason:
            return _unknown(specs.FINISH)
        return _of_end(specs.FINISH, not record.left_unanswered, record, {})


@dataclass(frozen=True, slots=True)
class CompletedOnTime:
    """0 where the call ran into its time limit, v0.1."""

    name: ClassVar[str] = "eva.conversation_completed_on_time"
    version: ClassVar[str] = "1"
    title: ClassVar[str] = "Completed on time (EVA)"
    metrics: ClassVar[tuple[MetricSpec, ...]] = specs.ON_TIME
    reads: ClassVar[frozenset[Read]] = DOCUMENTS
    needs: ClassVar[frozenset[Need]] = NOTHING
    documents: ClassVar[tuple[str, ...]] = OF_EVA

    def evaluate(self, source: CallInput, watch: Watch) -> Outcome:
        """Look at the reason of the end; see `app.eval.base.Evaluator`."""
        record = record_of(files_of(source))
        watch.raise_if_cancelled()
        if record is None or not record.ended_reason:
            return _unknown(specs.TIMELY)
        return _of_end(specs.TIMELY, record.ended_reason != "time_limit_exceeded", record, {})


def _of_end(
    metric_id: str, good: bool, record: ProcessedRecord, components: dict[str, Any]
) -> Outcome:
    """A yes or no about how the call ended."""
    value = MetricValue(
        metric_id=metric_id,
        value=float(good),
        n=1,
        profile=specs.profile(metric_id),
        components={
            **components,
            "ended_reason": record.ended_reason,
            "spoke_last": record.spoke_last,
        },
    )
    return Outcome(values=(value,))


def _unknown(metric_id: str, reason: str = NO_REASON) -> Outcome:
    return Outcome(values=(missing(metric_id, reason, profile=specs.profile(metric_id)),))
