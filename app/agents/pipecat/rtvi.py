"""RTVI messages, which ride in Pipecat's frames: what the bot tells of itself and of the caller.

Source: pipecat-ai 1.14.0, processors/frameworks/rtvi (protocol 2.2.0). A message of a type that is
not known is logged, and of no consequence.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from app import __version__
from app.agents.link import AgentEvent
from app.agents.utterances import Utterances

LABEL = "rtvi-ai"
VERSION = "2.2.0"
KEYS = "0123456789*#"


def client_ready() -> str:
    """The message without which a bot says nothing in RTVI."""
    about = {"library": "callbench", "library_version": __version__}
    return _message("client-ready", {"version": VERSION, "about": about})


def dtmf(digit: str) -> str:
    """A key that was pressed; `KEYS` are all that there are."""
    return _message("dtmf", {"buttons": [digit]})


def tool_result(asked: Mapping[str, Any], result: str) -> str:
    """The answer to a tool call.

    Args:
        asked: the data of the bot's `llm-function-call`.
        result: JSON, or words.
    """
    try:
        value = json.loads(result)
    except ValueError:
        value = result
    return _message(
        "llm-function-call-result",
        {
            "function_name": asked.get("function_name", ""),
            "tool_call_id": asked.get("tool_call_id", ""),
            "arguments": asked.get("args", {}),
            "result": value if isinstance(value, dict) else result,
        },
    )


def _message(kind: str, data: Mapping[str, Any]) -> str:
    return json.dumps({"label": LABEL, "type": kind, "id": uuid.uuid4().hex[:8], "data": data})


class Rtvi:
    """What a bot's messages tell, as events. One call's, in the receiving thread.

    Args:
        utterances: names those of the agent.
    """

    def __init__(self, utterances: Utterances) -> None:
        self._utterances = utterances
        self._turn = 0
        self._finals: list[str] = []
        self._segments: set[Any] = set()
        self._has_output = False
        self.is_ready = False
        self.asked: dict[str, Mapping[str, Any]] = {}
        """Tool calls that the bot wants answered, by id."""

    def events(self, text: str, at_ns: int) -> list[AgentEvent]:
        """What a message's JSON tells."""
        try:
            body = json.loads(text)
        except ValueError:
            return []
        if not isinstance(body, dict) or body.get("label") != LABEL:
            return []
        data = body.get("data")
        kind, facts = str(body.get("type", "")), data if isinstance(data, dict) else {}
        event = self._event(kind, facts, at_ns)
        return [] if event is None else [event]

    def _event(self, kind: str, data: Mapping[str, Any], at_ns: int) -> AgentEvent | None:
        match kind:
            case "bot-ready":
                self.is_ready = True
                return AgentEvent(kind="ready", at_ns=at_ns)
            case "user-started-speaking":
                self._turn += 1
                self._finals.clear()
                return AgentEvent(kind="caller_started", at_ns=at_ns, item_id=self._caller)
            case "user-stopped-speaking":
                return AgentEvent(kind="caller_stopped", at_ns=at_ns, item_id=self._caller)
            case "user-transcription":
                return self._caller_text(data, at_ns)
            case "bot-started-speaking":
                item = self._utterances.current
                return AgentEvent(kind="response_started", at_ns=at_ns, item_id=item)
            case "bot-output" | "bot-tts-text":
                return self._agent_text(kind, data, at_ns)
            case "llm-function-call" | "llm-function-call-in-progress":
                return self._tool(kind, data, at_ns)
            case "error" | "error-response":
                return AgentEvent(kind="error", at_ns=at_ns, text=str(data.get("error", "")))
        return None

    @property
    def _caller(self) -> str:
        return f"caller-{self._turn}"

    def _caller_text(self, data: Mapping[str, Any], at_ns: int) -> AgentEvent | None:
        """A turn may come in several pieces, each final; interim ones are only logged."""
        if not data.get("final"):
            return None
        self._finals.append(str(data.get("text") or "").strip())
        text = " ".join(self._finals)
        item = self._caller
        return AgentEvent(kind="caller_text", at_ns=at_ns, item_id=item, text=text, whole=True)

    def _agent_text(self, kind: str, data: Mapping[str, Any], at_ns: int) -> AgentEvent | None:
        """What the agent speaks: each segment once, in whichever of two messages tells it."""
        if kind == "bot-output":
            self._has_output = True
            segment = data.get("segment_id")
            is_known = segment is not None and segment in self._segments
            is_spoken = data.get("will_be_spoken", data.get("spoken"))
            if is_known or not is_spoken:
                return None
            self._segments.add(segment)
        elif self._has_output:
            return None
        text = str(data.get("text") or "")
        item = self._utterances.current
        return AgentEvent(kind="agent_text", at_ns=at_ns, item_id=item, text=f"{text} ")

    def _tool(self, kind: str, data: Mapping[str, Any], at_ns: int) -> AgentEvent:
        """A tool; one in progress is the bot's own affair: shown, with no id to answer by."""
        call_id = str(data.get("tool_call_id") or "") if kind == "llm-function-call" else ""
        if call_id:
            self.asked[call_id] = data
        arguments = data.get("args", data.get("arguments"))
        facts = {
            "name": str(data.get("function_name") or ""),
            "call_id": call_id,
            "arguments": json.dumps(arguments or {}, ensure_ascii=False),
        }
        return AgentEvent(kind="tool", at_ns=at_ns, data=facts)
