"""What an agent's tool calls were worth: their form, and how often it authenticated."""

from __future__ import annotations

from collections import Counter

from app.domain.eva_record import ProcessedRecord, Stretch, TraceRow
from app.domain.metrics import Evidence, MetricValue
from app.eval.eva.diagnostic_specs import CALL_ERRORS, TOOLS, profile
from app.eval.eva.documents import Files
from app.eval.eva.record import stored_context
from app.eval.eva.timeline import Timeline

AUTH_TOOLS = frozenset(
    {
        "get_reservation",
        "verify_employee_auth",
        "verify_provider_auth",
        "verify_manager_auth",
        "initiate_otp_auth",
        "verify_otp_auth",
    }
)
"""Tools of type `auth` in EVA's three agents; a stored context that lists its tools goes first."""
SHOWN_S = 2.0
"""A tool call has no length; as much of the sound after it is shown."""


def values(record: ProcessedRecord, timeline: Timeline) -> tuple[MetricValue, ...]:
    """The share of well-formed calls, their number, and the rate of every kind of error."""
    responses = record.tool_responses
    faulty = [r for r in responses if error_of(r) in CALL_ERRORS]
    counts = Counter(error_of(r) for r in faulty)
    total = len(responses)
    main = MetricValue(
        metric_id=TOOLS,
        value=round((total - len(faulty)) / total, 4) if total else 1.0,
        n=total,
        speaker="agent",
        profile=profile(TOOLS),
        components={
            "valid": total - len(faulty),
            "total": total,
            "errors": dict(counts),
            "faulty_tools": [r.tool for r in faulty],
        },
        evidence=_evidence(faulty, timeline),
    )
    number = MetricValue(
        metric_id=f"{TOOLS}.num_tool_calls",
        value=float(total),
        n=total,
        speaker="agent",
        profile=profile(TOOLS),
    )
    if not total:
        return main, number
    rates = (
        MetricValue(
            metric_id=f"{TOOLS}.{error}_rate",
            value=round(counts[error] / total, 4),
            n=total,
            speaker="agent",
            profile=profile(TOOLS),
            components={"count": counts[error], "total": total},
            evidence=_evidence([r for r in faulty if error_of(r) == error], timeline),
        )
        for error in CALL_ERRORS
    )
    return main, number, *rates


def error_of(row: TraceRow) -> str:
    """The type of error in a tool's answer; empty if it has none."""
    body = row.payload
    return str(body.get("error_type") or "") if isinstance(body, dict) else ""


def auth_calls(record: ProcessedRecord, files: Files) -> Counter[str]:
    """How often each authenticating tool answered."""
    listed = stored_context(files).get("agent_tools")
    known = [t for t in listed if isinstance(t, dict)] if isinstance(listed, list) else []
    names = {str(t.get("name")) for t in known if t.get("tool_type") == "auth"}
    names = names if known else set(AUTH_TOOLS)
    return Counter(r.tool for r in record.tool_responses if r.tool in names)


def _evidence(rows: list[TraceRow], timeline: Timeline) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for row in rows[:200]:
        if row.at_ms is not None:
            stretch: Stretch = (row.at_ms / 1000, row.at_ms / 1000 + SHOWN_S)
            found += timeline.evidence([stretch], "agent", f"{row.tool}: {error_of(row)}")
    return tuple(found)
