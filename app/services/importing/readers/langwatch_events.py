"""The events of a LangWatch voice run: tool calls, interruptions, reported latencies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.json_shapes import listing, mapping
from app.services.importing.foreign_files import number, words
from app.services.importing.readers import known_fields as known
from app.services.importing.readers.jsonish import Timeline

STATES = frozenset(
    {"user_start_speaking", "user_stop_speaking", "agent_start_speaking", "agent_stop_speaking"}
)
"""They only say again what the segments say."""


def add_events(rows: list[Any], timeline: Timeline) -> None:
    """Tool calls with their results, interruptions, and events that are not known."""
    open_: list[tuple[int, dict[str, Any]]] = []
    for row, item in enumerate(rows, start=1):
        one = mapping(item)
        timeline.notes.odd(one, known.LANGWATCH_EVENT, "events[].")
        kind = words(one.get("type"), 60)
        if kind == "tool_call":
            open_.append((row, one))
        elif kind == "tool_result":
            mine = next((o for o in open_ if _belongs(o[1], one)), None)
            if mine is None:
                timeline.tool(row, one.get("name"), one.get("time"))
            else:
                open_.remove(mine)
                timeline.tool(mine[0], mine[1].get("name"), mine[1].get("time"), one.get("time"))
        elif kind == "user_interrupt":
            by = words(mapping(one.get("metadata")).get("adapter"), 60)
            timeline.mark(row, "barge_in", one.get("time"), f"caller interrupts {by}".strip())
        elif kind == "dtmf":
            timeline.mark(row, "dtmf", one.get("time"), words(one.get("name")) or "key")
        elif kind and kind not in STATES:
            timeline.mark(row, "other", one.get("time"), kind)
    for row, one in open_:
        timeline.tool(row, one.get("name"), one.get("time"))


def _belongs(call: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
    ids = [words(mapping(x.get("metadata")).get("call_id")) for x in (call, result)]
    return ids[0] == ids[1] if all(ids) else call.get("name") == result.get("name")


def figures(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Response latencies as the scenario measured them, in seconds."""
    found = [
        value
        for item in listing(raw.get("events"))
        if (value := number(mapping(item).get("latency"))) is not None
    ]
    return {"response_latency_s": found} if found else {}
