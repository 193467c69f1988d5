"""A finished EVA-Bench record: what its logs say was meant, heard, spoken and done, turn by turn.

EVA's turn 0 is the agent's greeting; turn t holds what the caller said and the agent's reply to
it. Times are seconds since 1970, as the logs write them; they become frames only where a metric
points at the recording.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.calls import Speaker

Pipeline = Literal["cascade", "audio_llm", "s2s"]
"""`cascade`: recogniser, language model, synthesiser. `audio_llm`: audio in, text out,
synthesiser. `s2s`: audio in, audio out."""

RowKind = Literal["intended", "transcribed", "tool_call", "tool_response"]

Stretch = tuple[float, float]
"""Start and end of a run of one party's audio, seconds since 1970."""

ROLE_NAMES: Mapping[Speaker, str] = {"caller": "user", "agent": "assistant"}
"""How EVA calls the two parties in its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRow:
    """One row of the conversation as EVA's metrics read it.

    Attributes:
        turn: EVA's turn number.
        kind: what the text is, or that the row is a tool's.
        speaker: None for tool rows.
        text: what was said; empty for tool rows.
        tool: the tool's name.
        payload: a call's parameters or a response's body, as logged.
        at_ms: when it was logged, milliseconds since 1970; None for rows that were put together.
    """

    turn: int
    kind: RowKind
    speaker: Speaker | None = None
    text: str = ""
    tool: str = ""
    payload: Any = None
    at_ms: int | None = None

    def to_json(self) -> dict[str, Any]:
        """In EVA's own shape, without the time."""
        if self.speaker is not None:
            body: dict[str, Any] = {"role": ROLE_NAMES[self.speaker], "content": self.text}
        elif self.kind == "tool_call":
            body = {"tool_name": self.tool, "parameters": self.payload}
        else:
            body = {"tool_name": self.tool, "tool_response": self.payload}
        return {**body, "type": self.kind, "turn_id": self.turn}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessedRecord:
    """What the event-log processor makes of a record's logs. Mappings go from turn to value.

    Attributes:
        pipeline: how the agent was built; some rules depend on it.
        intended_caller: what the caller's script or model said.
        heard_caller: what the agent's recogniser made of it.
        intended_agent: what was given to the agent's synthesiser.
        heard_agent: what the caller's recogniser made of the agent.
        caller_audio: stretches of the caller's audio; None where a turn has text but no audio.
        agent_audio: the same of the agent.
        unended: (speaker, turn) whose last stretch had no logged end and was closed at the end of
            the session.
        agent_interrupts: turns in which the agent began while the caller spoke.
        caller_interrupts: turns in which the caller began while the agent spoke.
        fallback_turns: turns in which the agent was made to say something because none came.
        latency_s: start of the agent's first stretch minus end of the caller's last; signed.
        trace: the conversation, in order.
        caller_turns: turns that the agent's recogniser heard.
        agent_turns: turns in which the agent spoke.
        ended_reason: `goodbye`, `inactivity_timeout`, ...; empty if unknown.
        last_event: what the caller's log ends with.
        filled_in: turns of the caller that the agent's recogniser did not finish, so that EVA
            takes what was meant for what was heard.
        session_end_s: end of the session, or of the log.
        bad_lines: lines that could not be read, by file.
        from_logs: False if taken over from a stored `metrics.json`.
    """

    pipeline: Pipeline
    intended_caller: Mapping[int, str]
    heard_caller: Mapping[int, str]
    intended_agent: Mapping[int, str]
    heard_agent: Mapping[int, str]
    caller_audio: Mapping[int, tuple[Stretch, ...] | None]
    agent_audio: Mapping[int, tuple[Stretch, ...] | None]
    agent_interrupts: frozenset[int]
    caller_interrupts: frozenset[int]
    latency_s: Mapping[int, float]
    trace: tuple[TraceRow, ...]
    caller_turns: int
    agent_turns: int
    unended: frozenset[tuple[Speaker, int]] = frozenset()
    fallback_turns: frozenset[int] = frozenset()
    filled_in: frozenset[int] = frozenset()
    ended_reason: str = ""
    last_event: Mapping[str, Any] = field(default_factory=dict)
    session_end_s: float | None = None
    bad_lines: Mapping[str, int] = field(default_factory=dict)
    from_logs: bool = True

    @property
    def tool_calls(self) -> tuple[TraceRow, ...]:
        """Rows in which the agent called a tool with parameters."""
        return tuple(
            r for r in self.trace if r.kind == "tool_call" and r.tool and r.payload is not None
        )

    @property
    def tool_responses(self) -> tuple[TraceRow, ...]:
        """Rows in which a tool answered something."""
        return tuple(r for r in self.trace if r.kind == "tool_response" and r.payload is not None)

    @property
    def tool_turns(self) -> frozenset[int]:
        """Turns in which a tool was called."""
        return frozenset(r.turn for r in self.trace if r.kind == "tool_call")

    @property
    def spoke_last(self) -> Speaker | None:
        """Whose audio ended last; the agent's where both ended at once; None without audio."""
        caller_s, agent_s = (_latest_end(a) for a in (self.caller_audio, self.agent_audio))
        if caller_s is None and agent_s is None:
            return None
        if caller_s is None or agent_s is None:
            return "agent" if caller_s is None else "caller"
        return "caller" if caller_s > agent_s else "agent"

    @property
    def left_unanswered(self) -> bool:
        """Whether the session timed out in silence after the caller had spoken last."""
        return self.ended_reason == "inactivity_timeout" and self.spoke_last == "caller"

    @property
    def has_audio_events(self) -> bool:
        """Whether the logs say of anyone when they spoke."""
        return any(self.caller_audio.values()) or any(self.agent_audio.values())


def _latest_end(audio: Mapping[int, tuple[Stretch, ...] | None]) -> float | None:
    return max((end for stretches in audio.values() for _, end in stretches or ()), default=None)
