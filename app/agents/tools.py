"""Answers to the tools that the agent asks the client to run: canned, and editable in the call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from app.agents.link import AgentEvent, AgentLink


class ToolDesk:
    """Of one call; any thread.

    Args:
        link: takes the results.
        results: by the tool's name.
        note: told of every answer.
        by_hand: answer nothing by itself.
    """

    def __init__(
        self,
        link: AgentLink,
        results: Mapping[str, str],
        note: Callable[..., None],
        *,
        by_hand: bool = False,
    ) -> None:
        self._link, self._note = link, note
        self._lock = threading.Lock()
        self._results = dict(results)
        self._open: set[str] = set()
        self.by_hand = by_hand

    def edit(self, name: str, result: str | None) -> None:
        """What a tool answers from now on; None lets it wait for the person."""
        with self._lock:
            if result is None:
                self._results.pop(name, None)
            else:
                self._results[name] = result

    def asked(self, event: AgentEvent) -> None:
        """The agent wants a tool run."""
        name, call_id = str(event.data.get("name", "")), str(event.data.get("call_id", ""))
        with self._lock:
            canned = None if self.by_hand else self._results.get(name)
            self._open.add(call_id)
        if call_id and canned is not None:
            self.answer(call_id, canned)

    def answer(self, call_id: str, result: str) -> bool:
        """Send a result; False where nobody waits for it."""
        with self._lock:
            if call_id not in self._open:
                return False
            self._open.discard(call_id)
        self._link.send_tool_result(call_id, result)
        self._note("tool_result", time.monotonic_ns(), call_id=call_id, result=result)
        return True
