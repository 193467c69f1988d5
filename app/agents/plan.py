"""What a call is to be, besides its agent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.agents.caller_script import CallerScript
from app.agents.line_effects import LineEffects
from app.agents.live_state import LiveState
from app.agents.noise import NoiseBed
from app.audio.duplex import DuplexOpener


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a call is to be, besides its agent.

    Attributes:
        folder: where it is recorded.
        head: what call it is.
        open_device: opens the sound device.
        script: given the call's rate, who speaks instead of the microphone.
        seconds: hang up then.
        tool_results: by the tool's name.
        tools_by_hand: no tool is answered by itself.
        push_to_talk: silence is sent unless `push_to_talk` is held.
        noise: given the call's rate, the bed under the caller.
        line: what it is sent through.
        live: the live view; one that nobody looks at by default.
    """

    folder: Path
    head: Mapping[str, Any]
    open_device: DuplexOpener
    script: Callable[[int], CallerScript] | None = None
    seconds: float | None = None
    tool_results: Mapping[str, str] | None = None
    tools_by_hand: bool = False
    push_to_talk: bool = False
    noise: Callable[[int], NoiseBed] | None = None
    line: LineEffects | None = None
    live: LiveState = field(default_factory=LiveState)
