"""What a call that goes on shows: values that the window reads 20 to 30 times a second.

Figures in here are *live*: made from blocks as they come, by a detector that is cheap. The true
ones are measured from the recording when the call has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.domain.calls import Span, Speaker

Int16 = NDArray[np.int16]

CallState = Literal["idle", "ringing", "connected", "listening", "thinking", "speaking", "ended"]
"""`listening`: to the caller. `thinking`: the caller has finished, the agent is not heard yet."""
STATES: tuple[CallState, ...] = (
    "idle", "ringing", "connected", "listening", "thinking", "speaking", "ended",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """A line as the platform tells it. `heard_text` and `unheard_text` make up `text`."""

    speaker: Speaker
    at_s: float
    text: str
    is_final: bool
    heard_text: str
    unheard_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """Something that the agent asked for. `answered` once a result was sent."""

    id: str
    name: str
    arguments: str
    at_s: float
    result: str = ""
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A moment that the person marked, or a note on one."""

    at_s: float
    label: str
    kind: Literal["mark", "note", "step", "dtmf", "clip"] = "mark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latencies:
    """Responses so far in ms, live: end of the caller's speech to the agent heard."""

    last_ms: float | None = None
    p50_ms: float | None = None
    p95_ms: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Of the last fifth of a second, in dBFS (0 is full scale; silence is -120)."""

    rms_dbfs: float = -120.0
    peak_dbfs: float = -120.0
    clipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the agent's server counts them, and money by the owner's prices."""

    input_tokens: int = 0
    output_tokens: int = 0
    input_audio_tokens: int = 0
    output_audio_tokens: int = 0
    cached_tokens: int = 0
    cost: float | None = None
    """None where there is no price: unknown is not nought."""
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the recorder fares."""

    underruns: int = 0
    overruns: int = 0
    lost_blocks: int = 0
    drift_ppm: float | None = None
    """The device's clock against the machine's; None for the first seconds."""
    disk_free_bytes: int | None = None
    bytes_written: int = 0
    gap_p50_ms: float | None = None
    gap_p95_ms: float | None = None
    """Between packets of one utterance: the network's jitter."""
    delay_ms: float | None = None
    """The way through the device, in and out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """From the end of the caller's speech to the agent's: frames. `ms` below 0 is an overlap."""

    span: Span
    ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Peaks of one side: (n, 2) int16, least and greatest of each block.

    Row `i` covers `[first_frame + i * block_frames, ... + block_frames)` of the call.
    """

    first_frame: int
    block_frames: int
    peaks: Int16


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The call at one moment."""

    state: CallState = "idle"
    state_since_s: float = 0.0
    """On the call's clock."""
    message: str = ""
    """The state in words."""
    error: str = ""
    """What went wrong, with what to do; empty where nothing did."""
    rate_hz: int = 0
    captured_s: float = 0.0
    captured_frames: int = 0
    captions: tuple[Caption, ...] = ()
    latencies: Latencies = Latencies()
    overlaps: int = 0
    tools: tuple[ToolCall, ...] = ()
    marks: tuple[Mark, ...] = ()
    caller_level: Level = Level()
    agent_level: Level = Level()
    caller_speech: tuple[Span, ...] = ()
    """The last runs of speech, in frames; one that goes on ends at `captured_frames`."""
    agent_speech: tuple[Span, ...] = ()
    intervals: tuple[Interval, ...] = ()
    usage: Usage = Usage()
    health: Health = Health()
    muted: bool = False
    talking: bool = True
    """With push-to-talk: whether the key is held."""
    armed: str = ""
    """The clip that waits for the agent to speak."""
    noise: str = ""
    line: str = ""
    warnings: tuple[str, ...] = field(default=())
