"""What a call that goes on was told beside its sound: tools, marks, tokens, switches, warnings."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from app.agents import live_meters
from app.agents.link import AgentEvent
from app.agents.live_view import Mark, ToolCall, Usage

KEPT_MARKS = 2_000
KEPT_WARNINGS = 5
MARKING = ("mark", "note", "step", "dtmf", "clip")

Priced = Callable[[Usage], Usage]
"""Adds money to tokens where there is a price."""


class LiveTold:
    """One call's.

    Args:
        priced: adds what the tokens cost.
    """

    def __init__(self, priced: Priced | None = None) -> None:
        self._priced = priced
        self._tools: dict[str, ToolCall] = {}
        self._marks: deque[Mark] = deque(maxlen=KEPT_MARKS)
        self._usage = Usage()
        self._flags: dict[str, Any] = {"muted": False, "talking": True, "armed": ""}
        self._flags |= {"noise": "", "line": ""}
        self._warnings: tuple[str, ...] = ()

    def event(self, event: AgentEvent, now_s: float) -> None:
        """The agent asked for a tool, finished a response, or reports a fault."""
        if event.kind == "tool":
            self._asked(event, now_s)
        elif event.kind == "response_done" and isinstance(told := event.data.get("usage"), Mapping):
            added = live_meters.added(self._usage, told)
            self._usage = self._priced(added) if self._priced is not None else added
        elif event.kind == "error":
            self.warn(f"The agent reports: {event.text}")

    def note(self, what: str, at_s: float, facts: Mapping[str, Any]) -> None:
        """The session did something."""
        if what in MARKING:
            label = str(facts.get("label") or facts.get("text") or what)
            self._marks.append(Mark(at_s=at_s, label=label, kind=what))  # type: ignore[arg-type]
        elif what in ("muted", "unmuted"):
            self._flags["muted"] = what == "muted"
        elif what in ("talk_began", "talk_ended"):
            self._flags["talking"] = what == "talk_began"
        elif what in ("armed", "noise", "line"):
            self._flags[what] = str(facts.get("label", ""))
        elif what == "tool_result" and (asked := self._tools.get(str(facts["call_id"]))):
            result = str(facts["result"])
            self._tools[asked.id] = replace(asked, result=result, answered=True)
        elif what == "rate_changed":
            self.warn(str(facts.get("words", "")))

    def warn(self, words: str, *, instead_of: str = "") -> None:
        """Something that the person should know; the newest few are kept."""
        kept = tuple(w for w in self._warnings if w != instead_of)
        self._warnings = (*kept[1 - KEPT_WARNINGS :], words)

    def shown(self) -> dict[str, Any]:
        """Fields of a `Snapshot`."""
        return {
            "tools": tuple(self._tools.values()),
            "marks": tuple(self._marks),
            "usage": self._usage,
            "warnings": self._warnings,
            **self._flags,
        }

    def _asked(self, event: AgentEvent, now_s: float) -> None:
        arguments = event.data.get("arguments", "")
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        call_id = str(event.data.get("call_id", "")) or f"tool-{len(self._tools)}"
        self._tools[call_id] = ToolCall(
            id=call_id, name=str(event.data.get("name", "")), arguments=text, at_s=now_s
        )
