"""A call as a judge is shown it. Frozen values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.calls import Speaker
from app.domain.flows import FlowVersion
from app.domain.ratings import ItemRef


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeTurn:
    """One turn of a call; times in seconds from its start."""

    index: int
    """0-based, of the call's turn set."""
    speaker: Speaker
    start_s: float
    end_s: float
    text: str
    item: ItemRef
    """The turn as it is scored, pinned to its layer."""
    interrupted_by_other: bool = False
    intended: str = ""
    """What the speaker's own log says was meant; empty where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """One tool that the agent called, and what came back."""

    after_turn: int
    """0-based index of the turn that it follows; −1 before the first."""
    name: str
    arguments: str
    """JSON."""
    result: str
    at_s: float | None = None
    """When the result was there; None where only the order is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeCall:
    """Everything about a call that a judge may see."""

    call_id: str
    code: str
    language: str
    """BCP 47, such as `en` or `fr-CA`; empty where it is not known."""
    rate_hz: int
    item: ItemRef
    brief: str = ""
    """The agent's instructions."""
    goal: str = ""
    """What the caller wants."""
    turns: tuple[JudgeTurn, ...] = ()
    tools: tuple[ToolUse, ...] = ()
    flow: FlowVersion | None = None
    ended_by: str = ""
    """`agent`, `caller`, or empty where it is not known."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """`pipeline`: `cascade`, `audio_llm` or `s2s`. `texts`: by text role, what transcripts other
    than the shown one say, by index of turn. Anything else."""

    @property
    def agent_turns(self) -> tuple[JudgeTurn, ...]:
        """The agent's turns in order."""
        return tuple(t for t in self.turns if t.speaker == "agent")

    def meant(self, turn: JudgeTurn) -> str:
        """What a turn was meant to say, by its speaker's own log; empty where not known."""
        return turn.intended or self.text_of("intended", turn)

    def heard(self, turn: JudgeTurn) -> str:
        """What the platform's recogniser made of a turn; empty where not known."""
        return self.text_of("heard", turn)

    def text_of(self, role: str, turn: JudgeTurn) -> str:
        """What the transcript of that text role says at a turn; empty where there is none."""
        texts: Mapping[int, str] = self.extra.get("texts", {}).get(role, {})
        return texts.get(turn.index, "")
