"""The conversation as the chat model is told it: of the agent only what the caller has heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.agents.captions import heard_share, shared
from app.agents.cascade.deltas import ToolUse
from app.agents.cascade.sound import RATE_HZ

NO_RESULT = "(There is no result.)"


@dataclass(slots=True)
class Sentence:
    """One of the agent's, and how much of it came and was played; frames at the agent's rate."""

    item_id: str
    text: str
    received: int = 0
    is_whole: bool = False
    """Whether all of its sound came."""
    played: int | None = None
    """Where it was cut short; None where it was not."""

    @property
    def heard(self) -> str:
        """Its words whose sound was played, as the call's transcript shows them."""
        if self.is_whole and self.played is None:
            return self.text
        played = self.received if self.played is None else self.played
        return shared(self.text, heard_share(played, self.received, RATE_HZ, self.text))[0]


@dataclass(slots=True)
class Said:
    """What one completion of the chat model said and asked for."""

    sentences: list[Sentence] = field(default_factory=list)
    tools: list[ToolUse] = field(default_factory=list)


class History:
    """Of one call; written and read in the conversation's thread, but for `played`."""

    def __init__(self, brief: str) -> None:
        self._brief = brief.strip()
        self._entries: list[str | Said] = []

    def caller(self, text: str) -> None:
        """The caller said something."""
        self._entries.append(text)

    def agent(self) -> Said:
        """The agent begins to answer: fill in what it says."""
        said = Said()
        self._entries.append(said)
        return said

    @property
    def is_open(self) -> bool:
        """Whether the caller waits for an answer, of which nothing was heard yet."""
        for entry in reversed(self._entries):
            if isinstance(entry, str):
                return True
            if entry.tools or any(s.received for s in entry.sentences):
                return False
        return False

    def played(self, item_id: str, ms: float) -> bool:
        """So much of a sentence was played when it was cut short; False for no sentence of ours."""
        for entry in reversed(list(self._entries)):
            for sentence in entry.sentences if isinstance(entry, Said) else ():
                if sentence.item_id == item_id:
                    sentence.played = round(ms * RATE_HZ / 1000)
                    return True
        return False

    def tool(self, call_id: str, result: str) -> None:
        """A tool's result, which may come after the agent was interrupted."""
        for entry in self._entries:
            for tool in entry.tools if isinstance(entry, Said) else ():
                if tool.call_id == call_id:
                    tool.result = result

    def messages(self) -> list[dict[str, Any]]:
        """As `chat.completions` takes them."""
        out: list[dict[str, Any]] = []
        if self._brief:
            out.append({"role": "system", "content": self._brief})
        for entry in self._entries:
            if isinstance(entry, str):
                out.append({"role": "user", "content": entry})
            else:
                out += self._of(entry)
        return out

    def _of(self, said: Said) -> Iterator[dict[str, Any]]:
        content = " ".join(filter(None, (s.heard for s in said.sentences)))
        message: dict[str, Any] = {"role": "assistant", "content": content or None}
        if said.tools:
            message["tool_calls"] = [
                {
                    "id": t.call_id,
                    "type": "function",
                    "function": {"name": t.name, "arguments": t.arguments or "{}"},
                }
                for t in said.tools
            ]
        if content or said.tools:
            yield message
        for tool in said.tools:
            # A request for a tool without its answer is refused by most servers.
            result = NO_RESULT if tool.result is None else tool.result
            yield {"role": "tool", "tool_call_id": tool.call_id, "content": result}
