"""What an agent called during a call: arguments and results of its log, placed between turns.

Platforms' logs say what was asked and answered; when, the call's own events say, which are on its
clock. The two are matched by name and order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.calls import Call, Span
from app.domain.events import CallEvent, reported
from app.domain.json_shapes import listing, mapping
from app.domain.redaction import MARK
from app.domain.turns import Turn
from app.eval.eva import documents as eva
from app.eval.eva import logs
from app.eval.eva.documents import Files
from app.eval.eva.record import stored_context
from app.eval.judging.call import ToolUse
from app.eval.turns import tau2
from app.services.outgoing import Outgoing

VAPI, RETELL = "vapi/call.json", "retell/call.json"
DOCUMENTS = (
    *(f"{eva.PREFIX}{name}" for name in (*eva.AUDIT, *eva.METRICS, *eva.SCENARIO)),
    tau2.SIMULATION,
    tau2.RUN,
    VAPI,
    RETELL,
)
"""Documents that say something of tools, instructions or goals."""

_TOOK = re.compile(r"\s+\d+\s*ms$")
"""How long it took, which a label may end with."""
_RETELL_LISTS = ("transcript_with_tool_calls", "scrubbed_transcript_with_tool_calls")


@dataclass(frozen=True, slots=True)
class _Told:
    """A tool call of a log; no time."""

    name: str
    arguments: Any
    result: Any = None


def tools_of(
    call: Call, documents: Mapping[str, bytes], turns: Sequence[Turn]
) -> tuple[ToolUse, ...]:
    """The tool calls of a call, in order.

    Args:
        call: its events name tools and when they were called.
        documents: those of its documents that are in `DOCUMENTS`.
        turns: of the timing that is judged by.
    """
    raw = call.extra.get("events")
    marks = [
        event
        for event in reported(raw if isinstance(raw, list) else (), call.frame_count)
        if event.kind == "tool"
    ]
    told = list(_told(documents))
    if not told:
        return tuple(_of_mark(mark, call, turns) for mark in marks)
    found: list[ToolUse] = []
    place = -1
    for one in told:
        at = next((n for n, mark in enumerate(marks) if mark.label.startswith(one.name)), None)
        mark = marks.pop(at) if at is not None else None
        if mark is not None:
            place = max(place, _after(turns, mark.span.start))
        found.append(
            ToolUse(
                after_turn=place,
                name=one.name,
                arguments=_json(one.arguments),
                result=_json(one.result),
                at_s=_answered_s(mark, call) if mark is not None else None,
            )
        )
    return tuple(found)


def _of_mark(mark: CallEvent, call: Call, turns: Sequence[Turn]) -> ToolUse:
    """A tool call of which only the event is known."""
    return ToolUse(
        after_turn=_after(turns, mark.span.start),
        name=_TOOK.sub("", mark.label),
        arguments="",
        result="",
        at_s=_answered_s(mark, call),
    )


def _answered_s(mark: CallEvent, call: Call) -> float | None:
    """When the result was there; None where only the beginning is known."""
    return mark.span.end / call.rate_hz if mark.span.frames else None


def masked_tool(hide: Outgoing, tool: ToolUse, turns: Sequence[Turn], call: Call) -> ToolUse:
    """A tool call as it goes out: nothing of it where it may have been made in a redacted span.

    Of its time only the turns around it are sure.
    """
    if not hide.mask:
        return tool
    spans = [turns[n].span for n in (tool.after_turn, tool.after_turn + 1) if 0 <= n < len(turns)]
    start = min((s.start for s in spans), default=0)
    end = max((s.end for s in spans), default=call.frame_count)
    if hide.mask.touches(Span(start, end)):
        return replace(
            tool,
            arguments=MARK if tool.arguments else "",
            result=MARK if tool.result else "",
        )
    return replace(tool, arguments=hide.scrubbed(tool.arguments), result=hide.scrubbed(tool.result))


def document(documents: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """The JSON object in a document; empty where it is absent or none."""
    try:
        return mapping(json.loads(documents.get(name, b"{}")))
    except (ValueError, RecursionError):
        return {}


def _told(documents: Mapping[str, bytes]) -> Iterator[_Told]:
    yield from _of_eva(Files(documents))
    yield from _of_tau2(document(documents, tau2.SIMULATION))
    yield from _of_vapi(document(documents, VAPI))
    yield from _of_retell(document(documents, RETELL))


def _of_eva(files: Files) -> Iterator[_Told]:
    rows = [
        {"kind": r.get("message_type"), **mapping(r.get("value"))} for r in logs.audit_rows(files)
    ]
    rows = rows or [
        {"kind": r.get("type"), "tool": r.get("tool_name"), "parameters": r.get("parameters"),
         "response": r.get("tool_response")}
        for r in map(mapping, listing(stored_context(files).get("conversation_trace")))
    ]  # fmt: skip
    for at, row in enumerate(rows):
        if row["kind"] == "tool_call" and row.get("tool"):
            later = (
                r["response"]
                for r in rows[at + 1 :]
                if r["kind"] == "tool_response" and r.get("tool") == row["tool"]
            )
            yield _Told(str(row["tool"]), row.get("parameters"), next(later, None))


def _of_tau2(body: Mapping[str, Any]) -> Iterator[_Told]:
    """The agent's calls of a simulation with ticks, or of one made of messages."""
    calls: list[Any] = []
    answers: dict[str, Any] = {}
    for tick in map(mapping, listing(body.get("ticks"))):
        calls += listing(tick.get("agent_tool_calls"))
        for answer in map(mapping, listing(tick.get("agent_tool_results"))):
            answers.setdefault(str(answer.get("id")), answer.get("content"))
    if not calls:
        for message in map(mapping, listing(body.get("messages"))):
            if message.get("role") == "assistant":
                calls += listing(message.get("tool_calls"))
            elif message.get("role") == "tool":
                answers.setdefault(str(message.get("id")), message.get("content"))
    for one in map(mapping, calls):
        if one.get("name"):
            yield _Told(str(one["name"]), one.get("arguments"), answers.get(str(one.get("id"))))


def _of_vapi(body: Mapping[str, Any]) -> Iterator[_Told]:
    rows = [mapping(m) for m in vapi_messages(body)]
    answers = {
        str(m.get("toolCallId")): m.get("result")
        for m in rows
        if m.get("role") == "tool_call_result"
    }
    for one in (mapping(t) for m in rows for t in listing(m.get("toolCalls"))):
        function = mapping(one.get("function")) or one
        if function.get("name"):
            result = answers.get(str(one.get("id")))
            yield _Told(str(function["name"]), function.get("arguments"), result)


def vapi_messages(body: Mapping[str, Any]) -> list[Any]:
    """The messages of a Vapi call, wherever its payload keeps them."""
    return listing(body.get("messages")) or listing(mapping(body.get("artifact")).get("messages"))


def _of_retell(body: Mapping[str, Any]) -> Iterator[_Told]:
    lists = (listing(body.get(name)) for name in _RETELL_LISTS)
    rows = [mapping(r) for r in next((found for found in lists if found), [])]
    answers = {
        str(r.get("tool_call_id")): r.get("content")
        for r in rows
        if r.get("role") == "tool_call_result"
    }
    for row in rows:
        if row.get("role") == "tool_call_invocation":
            result = answers.get(str(row.get("tool_call_id")))
            yield _Told(str(row.get("name") or "tool"), row.get("arguments"), result)


def _after(turns: Sequence[Turn], frame: int) -> int:
    """The last turn that had begun by then; −1 before the first."""
    return sum(1 for turn in turns if turn.span.start <= frame) - 1


def _json(value: Any) -> str:
    """A log's value as JSON text; what is text already stays as it is."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
