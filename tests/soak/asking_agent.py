"""A practice agent that has a tool run before some of its answers, and tells what it got."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from app.agents.practice import server as serving
from app.agents.practice.call import PracticeCall
from app.agents.practice.server import PracticeServer

TOOL, ARGUMENTS = "find_booking", '{"name": "Gareth Penrose"}'
ASKS_AT = (2, 3)
"""Turns of the caller's that it looks something up for: it answers once it is told."""


class AskingCall(PracticeCall):
    """Waits for the tool's result, and for the client's wish to have an answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turns = 0

    def _ended(self) -> None:
        super()._ended()
        self._turns += 1
        if self._item and self._turns in ASKS_AT:
            self._mouth.hush()
            asked = {"name": TOOL, "arguments": ARGUMENTS, "call_id": f"call_{self._turns}"}
            self._truth("asks", at_ns=time.monotonic_ns(), **asked)
            self._send({"type": "response.function_call_arguments.done", "item_id": "", **asked})

    def _create_item(self, event: Mapping[str, Any]) -> None:
        item = event["item"]
        if item.get("type") == "function_call_output":
            told = {"call_id": item["call_id"], "output": item["output"]}
            self._truth("told", at_ns=time.monotonic_ns(), **told)
        super()._create_item(event)


class AskingServer(PracticeServer):
    """Serves such calls."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        serving.PracticeCall = AskingCall  # type: ignore[misc]
        super().__init__(*args, **kwargs)
