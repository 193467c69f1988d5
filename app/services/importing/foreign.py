"""What a reader of another system's files hands over: a call with its own evidence.

Readers know the other format, `foreign_commit` knows the workspace; this is all that lies between
them. Times are seconds from the call's start. Readers write nothing and open no network; they read
files with the bounds of `foreign_files`. Secrets are taken out when the call is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from app.domain.calls import Finding, Speaker, TrackRole
from app.domain.events import EventKind
from app.domain.segments import LayerKind
from app.domain.text_roles import TextRole
from app.domain.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignAudio:
    """One channel of one local file that holds a speaker (or, as `mix`, both).

    The file need not exist: the call then comes in with its other evidence and a finding.
    """

    path: Path
    channel_index: int
    role: TrackRole
    offset_s: float = 0.0
    """Where the file's first sample lies in the call; negative if the file began before it."""
    made: bool = False
    """The reader made the file for this import and will delete it: it is always copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignLine:
    """One stretch of speech, with or without text. Seconds from the call's start.

    Attributes:
        speaker: who spoke.
        start_s: onset.
        end_s: offset; not before `start_s`.
        text: what was said; empty in speech layers.
        confidence: 0..1 where the source gives one.
        words: (text, start_s, end_s, confidence or None) each.
        heard: False for text that was generated but never played.
    """

    speaker: Speaker
    start_s: float
    end_s: float
    text: str = ""
    confidence: float | None = None
    words: tuple[tuple[str, float, float, float | None], ...] = ()
    heard: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignLayer:
    """A layer as the other system reports it; stored with origin `platform`.

    Attributes:
        kind: `speech` or `transcript`.
        name: as shown, e.g. `EVA: caller as heard`.
        producer: system and version, e.g. `eva-2.1.0`.
        lines: in any order.
        text_role: of a transcript: `intended` (what was meant) or `heard` (a recogniser's).
        params: how it was made; `time_basis` (`audio`, `wall`, `estimated`, `none`) belongs here.
    """

    kind: LayerKind
    name: str
    producer: str
    lines: tuple[ForeignLine, ...]
    text_role: TextRole | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignEvent:
    """Something that happened besides speech; a point event has no end. Seconds."""

    kind: EventKind
    start_s: float
    end_s: float | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCall:
    """One call of another system. Seconds from the call's start.

    Attributes:
        source: the reader's key: `eva`, `tau2`, ...
        identity: stable text that says which call this is, without the place where the files
            happen to lie; with `source` it is hashed, so that importing again adds nothing.
        title: as shown in the library.
        path: the file or folder that it was read from.
        duration_s: None to take the last time that is known.
        clock_s: how long the call, or its recording, lasted as the platform states it: what the
            recording's length is held against, never the length itself.
        clock_slack_s: how far the two may be apart with nothing wrong: what the platform rounds
            to, and a recorder that opens after the call.
        audio: channels that hold speakers; empty for a call without audio.
        layers: oldest first; of those of one kind and role the last is in force.
        events: tool calls, transfers, dial tones, ...
        documents: name with the source as folder (`eva/audit_log.json`) to bytes; keys and tokens
            already taken out (`readers.redact`).
        conditions: how the call was made (`noise`, `snr_db`, `accent`, `perturbed_from`, ...).
        extra: other facts of the call, plain JSON values. `responses` may hold where the time of
            each response went: `[{start_s, stages: {llm_first_token_ms, ...}}]`, see
            `app.domain.stages`.
        metrics: figures that the platform gave, kept apart from ours.
        agent: name of the agent under test.
        agent_version: its version or models.
        scenario_key: key of its scenario.
        persona: the other party.
        language: BCP 47.
        outcome: how it ended, as the platform has it.
        attempt: repetition of the same scenario, from 1.
        recorded_at: UTC, ISO 8601.
        tags: labels.
        unknown: fields that were kept but not understood.
        losses: what could not be carried over, in words.
        warnings: what else a person should know about the import.
        findings: what is shown with the call for good, such as a log that cannot be right, and
            which figures that voids. Missing recordings and estimated times are found without.
    """

    source: str
    identity: str
    title: str
    path: Path
    duration_s: float | None
    audio: tuple[ForeignAudio, ...] = ()
    layers: tuple[ForeignLayer, ...] = ()
    events: tuple[ForeignEvent, ...] = ()
    documents: Mapping[str, bytes] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    clock_s: float | None = None
    clock_slack_s: float = 0.0
    agent: str = ""
    agent_version: str = ""
    scenario_key: str = ""
    persona: str = ""
    language: str = ""
    outcome: str = ""
    attempt: int = 1
    recorded_at: str | None = None
    tags: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class Reader(Protocol):
    """Reads one system's files. Built without arguments.

    Attributes:
        source: key, as in `--source`.
        title: as shown, e.g. `EVA`.
    """

    source: str
    title: str

    def sniff(self, path: Path) -> bool:
        """Whether the file or folder looks like this system's. Cheap; never raises."""
        ...

    def read(self, ctx: Work, path: Path) -> Iterator[ForeignCall | ForeignFailure]:
        """The calls found at a path, one by one, with a failure for each that cannot be read.

        Raises:
            BadInput: nothing there can be read. NotFound. Cancelled.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignFailure:
    """One call of several that cannot be read: where, and why in words for a person."""

    path: Path
    reason: str
