"""Chunks of a streamed chat completion, put together; tolerant of what servers leave out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.ids import new_id
from app.models.chat_reply import storable


@dataclass(slots=True)
class ToolUse:
    """A tool that the agent wants run, and what came of it."""

    call_id: str
    name: str
    arguments: str
    result: str | None = None


@dataclass(slots=True)
class Deltas:
    """One completion as far as it has come."""

    usage: dict[str, int] = field(default_factory=dict)
    """Tokens in, out, and of the former cached; empty where the server does not count."""
    _tools: dict[int, ToolUse] = field(default_factory=dict)

    def push(self, chunk: Mapping[str, Any]) -> str:
        """Take a chunk; the text that it adds."""
        usage = chunk.get("usage")
        if isinstance(usage, Mapping):
            self.usage = _usage(usage)
        choices = chunk.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        delta = first.get("delta") if isinstance(first, Mapping) else None
        if not isinstance(delta, Mapping):
            return ""
        self._take_tools(delta.get("tool_calls"))
        content = delta.get("content")
        return storable(content) if isinstance(content, str) else ""

    @property
    def tools(self) -> tuple[ToolUse, ...]:
        """Those that were asked for, complete once the stream has ended."""
        return tuple(t for _, t in sorted(self._tools.items()) if t.name)

    def _take_tools(self, told: Any) -> None:
        for place, part in enumerate(told if isinstance(told, list) else []):
            if not isinstance(part, Mapping):
                continue
            index = part.get("index")
            number = index if isinstance(index, int) else place
            tool = self._tools.setdefault(number, ToolUse(new_id(), "", ""))
            if isinstance(part.get("id"), str) and part["id"]:
                tool.call_id = part["id"]
            function = part.get("function")
            if isinstance(function, Mapping):
                tool.name = tool.name or str(function.get("name") or "")
                tool.arguments += _text(function.get("arguments"))


def _text(arguments: Any) -> str:
    """A piece of JSON; some servers send the object itself, whole."""
    if arguments is None:
        return ""
    return storable(arguments if isinstance(arguments, str) else json.dumps(arguments))


def _usage(told: Mapping[str, Any]) -> dict[str, int]:
    details = told.get("prompt_tokens_details")
    found = {
        "input_tokens": told.get("prompt_tokens"),
        "output_tokens": told.get("completion_tokens"),
        "cached_tokens": details.get("cached_tokens") if isinstance(details, Mapping) else None,
    }
    return {k: v for k, v in found.items() if isinstance(v, int) and v > 0}
