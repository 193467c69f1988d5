"""What the event-log processor remembers while it goes through a history once.

Turns are counted by the caller's audio: it is a new turn when the caller begins (or the agent's
recogniser hears them) after the agent has spoken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.domain.calls import Speaker
from app.domain.eva_record import Pipeline, RowKind, Stretch, TraceRow
from app.eval.eva import labels
from app.eval.eva.events import Event


@dataclass(slots=True, kw_only=True)
class Row:
    """A trace row while it may still change."""

    turn: int
    kind: RowKind
    speaker: Speaker | None = None
    text: str = ""
    tool: str = ""
    payload: Any = None
    at_ms: int | None = None
    planned: bool = False
    """The model's whole answer, of which perhaps only a part was spoken."""
    keep: bool = False
    """A reprompt that was made to be said: never dropped as unspoken."""

    def frozen(self) -> TraceRow:
        """The row as it is handed over."""
        return TraceRow(
            turn=self.turn,
            kind=self.kind,
            speaker=self.speaker,
            text=self.text,
            tool=self.tool,
            payload=self.payload,
            at_ms=self.at_ms,
        )


@dataclass(slots=True)
class Texts:
    """Turn to text, by what the text is."""

    intended_caller: dict[int, str] = field(default_factory=dict)
    heard_caller: dict[int, str] = field(default_factory=dict)
    intended_agent: dict[int, str] = field(default_factory=dict)
    heard_agent: dict[int, str] = field(default_factory=dict)
    spoken_pieces: dict[int, list[str]] = field(default_factory=dict)
    """What the synthesiser was given, piece by piece; decides how much was really spoken."""


class AudioLog:
    """Starts and ends of one party's audio by turn.

    An end belongs to the turn of the latest start, whatever turn it is by then.
    """

    def __init__(self) -> None:
        self.open = False
        self.turn = 0
        """Where this party's audio last began."""
        self._began = False
        self._starts: dict[int, list[float]] = {}
        self._ends: dict[int, list[float]] = {}

    def start(self, turn: int, at_s: float) -> None:
        """Audio begins in that turn."""
        self.open, self.turn, self._began = True, turn, True
        self._starts.setdefault(turn, []).append(at_s)

    def end(self, at_s: float) -> None:
        """Audio ends; without a start before it there is nothing to end."""
        self.open = False
        if self._began:
            self._ends.setdefault(self.turn, []).append(at_s)

    def stretches(self, session_end_s: float) -> dict[int, tuple[Stretch, ...]]:
        """Starts and ends paired by their order in each turn; the last may end with the session."""
        return {
            turn: tuple(
                (start, ends[i] if i < len(ends) else session_end_s)
                for i, start in enumerate(starts)
            )
            for turn, starts in self._starts.items()
            for ends in (self._ends.get(turn, []),)
        }

    @property
    def unended(self) -> frozenset[int]:
        """Turns with more starts than ends."""
        return frozenset(
            turn
            for turn, starts in self._starts.items()
            if len(starts) > len(self._ends.get(turn, []))
        )


@dataclass(slots=True, kw_only=True)
class State:
    """See the module.

    Attributes:
        pipeline: how the agent was built.
        turn: the count; 0 is the greeting.
        agent_spoke: since the last time the caller did; the next caller event is a new turn.
        caller_began: the caller's audio began in this turn.
        tool_used: in this turn.
        hold: the agent cut in, so that text of the caller's which is still to be recognised
            belongs to this turn.
        cutting_in: the caller cut in; their next text is marked.
        answered: the agent's audio began after the caller's ended, so that caller text belongs
            to audio yet to come.
        said_something: caller text came for the caller's present audio.
        owed_advance: an empty burst of caller audio was taken back; the next real one is a turn.
        advance_paid_by_text: that turn was begun by recognised text, before its audio.
        reprompt_next: the agent was made to speak; its next text is that.
        waiting: caller text whose audio is yet to begin.
        waited_texts: the same, to recognise it when it is logged twice.
    """

    pipeline: Pipeline
    turn: int = 0
    agent_spoke: bool = False
    caller_began: bool = False
    tool_used: bool = False
    hold: bool = False
    cutting_in: bool = False
    answered: bool = False
    said_something: bool = False
    owed_advance: bool = False
    advance_paid_by_text: bool = False
    reprompt_next: bool = False
    waiting: list[Event] = field(default_factory=list)
    waited_texts: set[str] = field(default_factory=set)
    caller_audio: AudioLog = field(default_factory=AudioLog)
    agent_audio: AudioLog = field(default_factory=AudioLog)
    agent_interrupts: set[int] = field(default_factory=set)
    caller_interrupts: set[int] = field(default_factory=set)
    fallback_turns: set[int] = field(default_factory=set)
    texts: Texts = field(default_factory=Texts)
    trace: list[Row] = field(default_factory=list)
    session_end_s: float | None = None

    def advance(self) -> None:
        """Begin a new turn if the agent has spoken since the caller last did."""
        if self.agent_spoke:
            self.turn += 1
            self.agent_spoke = self.caller_began = self.tool_used = False

    def add_row(
        self, kind: RowKind, event: Event, text: str, *, turn: int, speaker: Speaker = "agent"
    ) -> Row:
        """Put something said at the end of the trace."""
        row = Row(turn=turn, kind=kind, speaker=speaker, text=text, at_ms=event.at_ms)
        self.trace.append(row)
        return row

    def mark_last(self, turn: int, speaker: Speaker, kind: RowKind, label: str) -> None:
        """Put a mark behind the last such row of the turn, if the trace still stands in it."""
        for row in reversed(self.trace):
            if row.turn != turn:
                return
            if row.speaker == speaker and row.kind == kind:
                row.text = f"{row.text} {label}"
                return

    def marked_as_cut_in(self, text: str) -> str:
        """Text with the mark of a caller who cut in; the mark is used up."""
        self.cutting_in = False
        return f"{labels.CALLER_INTERRUPTS} {text}"
