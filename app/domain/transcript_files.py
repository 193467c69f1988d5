"""What a transcript or label file holds: timed lines, marks, and everything that was odd.

Times are seconds here, because that is what such files hold; they become frames only when the
call that they belong to, and so its rate, is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["rejected", "changed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CueWord:
    """One timed word of a transcript file, in seconds from the start of the recording."""

    text: str
    start_s: float
    end_s: float
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One timed line of a transcript or label file.

    `speaker` is the label as written in the file, `""` where it names none. `row` is where the
    line stands in the file (counted from 1), so that a message can point at it.
    """

    start_s: float
    end_s: float
    speaker: str
    text: str = ""
    confidence: float | None = None
    words: tuple[CueWord, ...] = ()
    row: int = 0
    heard: bool = True
    """False where the file says that the text was generated but never played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierMark:
    """A mark of a tier that holds no speech (overlap, latency, events, comments), in seconds."""

    tier: str
    start_s: float
    end_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """A row that was rejected, or changed on the way in, and why."""

    row: int
    what: str
    severity: Severity = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A parsed transcript or label file: its usable lines and everything that was odd."""

    format: str
    cues: tuple[Cue, ...]
    encoding: str = "utf-8"
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[str, ...] = ()
    marks: tuple[TierMark, ...] = ()
    speech: tuple[Cue, ...] = ()
    """Speech without text from tiers of its own; finer than the cues, which may be whole turns."""
    meta: dict[str, Any] = field(default_factory=dict)
    ends_estimated: bool = False

    @property
    def end_s(self) -> float:
        """The latest end in seconds; 0.0 without cues."""
        return max((cue.end_s for cue in self.cues), default=0.0)

    @property
    def rejected(self) -> int:
        """How many rows could not be used."""
        return sum(1 for p in self.problems if p.severity == "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """Which column (or JSON key) holds what; None where the file has no such column."""

    start: str | None = None
    end: str | None = None
    duration: str | None = None
    speaker: str | None = None
    text: str | None = None
    confidence: str | None = None
    words: str | None = None
    file: str | None = None
    unit: Literal["s", "ms", "frames"] | None = None
    """The unit of the times; None to guess it (and say which guess was made)."""
