"""What the call engine needs of a voice agent, whatever protocol it speaks.

Events carry the time at which their bytes arrived, taken before anything was parsed. An event
whose type is not known is an event of kind `other`: it is logged, and never ends a call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Int16 = NDArray[np.int16]

EventKind = Literal[
    "ready", "audio", "audio_done", "caller_started", "caller_stopped", "caller_text",
    "agent_text", "response_started", "response_done", "stages", "clear", "tool", "error", "closed",
    "other",
]  # fmt: skip
"""`clear`: drop what was not played, the agent asks for it. `closed`: the line is gone. `stages`:
when each stage of an answer was done (`data`, by `time.monotonic_ns`), where the agent tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEvent:
    """Something that the agent told.

    Attributes:
        kind: see `EventKind`.
        at_ns: when its bytes arrived, `time.monotonic_ns`.
        item_id: what it belongs to: an utterance of the agent, or the caller's.
        pcm: the sound of an `audio` event, (frames,) at the link's output rate.
        text: a piece of transcript, an error's words.
        whole: the text is all of the item's, not a piece.
        data: whatever else is of use: a tool's name and arguments, usage, times of the server;
            `unheard` of a text that was written and will not be spoken.
    """

    kind: EventKind
    at_ns: int
    item_id: str = ""
    pcm: Int16 | None = None
    text: str = ""
    whole: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """A message as it went over the line; sound in it is left out and kept in the tracks."""

    at_ns: int
    way: Literal["in", "out"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Who is told. All are called from the link's threads and must return at once."""

    event: Callable[[AgentEvent], None]
    raw: Callable[[RawMessage], None]
    sent: Callable[[int, int], None]
    """(caller index after the last sample of a packet, when it was handed to the network)"""
    when_played: Callable[[Callable[[], None]], None] = lambda done: done()
    """Calls back once all of the agent's sound so far has been heard, or was dropped."""


@runtime_checkable
class SendsDtmf(Protocol):
    """A link that has an event for keys; without it they are tones in the caller's sound."""

    def send_dtmf(self, digit: str) -> None:
        """Press a key: 0-9, *, #, A-D."""


@runtime_checkable
class CommitsInput(Protocol):
    """A link whose agent can be told that the caller has finished: push-to-talk."""

    def commit_input(self) -> None:
        """What was sent so far is a turn; nothing where the agent finds turns itself."""


@runtime_checkable
class TellsClear(Protocol):
    """A link whose agent says itself when to drop what was not played.

    That it hears the caller cuts nothing then.
    """

    tells_clear: Literal[True]


@runtime_checkable
class TakesText(Protocol):
    """A link to whose agent a caller may type instead of speaking."""

    def send_text(self, text: str) -> None:
        """A turn of the caller's in words; an answer that is going on is cut short."""


class AgentLink(Protocol):
    """A connection to an agent. `connect` once, `close` once."""

    @property
    def input_rate_hz(self) -> int:
        """Rate of the caller's sound as it goes out."""

    @property
    def output_rate_hz(self) -> int:
        """Rate of the agent's sound as it comes in."""

    def connect(self, listener: Listener) -> None:
        """Open the line and set the session up.

        Raises:
            EnvironmentFault: nobody answers there, or the agent refuses.
        """

    def send_audio(self, pcm: Int16, until: int) -> None:
        """Queue the caller's sound, (frames,) at `input_rate_hz`; never waits.

        `until` is the caller index after its last sample.
        """

    def interrupted(self, item_id: str, played_ms: int) -> None:
        """The caller spoke into an utterance, of which so much was really played."""

    def send_tool_result(self, call_id: str, result: str) -> None:
        """Answer a tool call."""

    def close(self) -> None:
        """Hang up; never raises."""
