"""What an import reads, reports and does: plain values, no files and no audio.

Times from foreign files are seconds here, because that is what such files hold; they become
frames only when the call that they belong to, and so its rate, is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from app.domain.calls import ChannelMap, Finding, Speaker, TrackRole
from app.domain.text_roles import TextRole

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two mono files that are one call, as the caller asked for it; offset is the agent's."""

    caller: Path
    agent: Path
    offset_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How to import. `channels` None means: guess, and use what was confirmed for the source."""

    channels: ChannelMap | None = None
    transcript: Path | None = None
    columns: ColumnMap | None = None
    speakers: dict[str, Speaker] = field(default_factory=dict)
    """Labels of the transcript that name neither side by themselves."""
    pairs: tuple[Pair, ...] = ()
    pair_by_name: bool = True
    pair_offset_s: float = 0.0
    in_place: bool = False
    """Reference the originals where they are instead of copying them into the workspace."""
    recursive: bool = True
    source: str = ""
    """Name of where the recordings come from; empty: the folder that holds them."""
    fields: dict[str, Any] = field(default_factory=dict)
    """Call fields (agent, scenario_key, ...) set on every call of this import."""
    text_role: TextRole | None = None
    """What the transcripts are: what was meant, what a recogniser wrote, what a person says was
    said. None: what the file says, else what the platform heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelGuess:
    """Who is probably on which channel, how sure (0..1) and why."""

    channel_map: ChannelMap
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFile:
    """One probed audio file. `frame_count` is at `rate_hz`."""

    path: Path
    sha256: str
    codec: str
    rate_hz: int
    channels: int
    frame_count: int
    size_bytes: int
    role: TrackRole | None = None
    """Set for the files of a pair; None where the channels of one file hold the speakers."""

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frame_count / self.rate_hz


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTranscript:
    """A transcript file found for a call, parsed; `error` says why it could not be."""

    path: Path
    transcript: Transcript | None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateOf:
    """What a recording repeats: a call of the workspace, or another file of the same scan."""

    path: Path
    call_id: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRunEntry:
    """One call that would be imported, and all that was noticed about it."""

    key: str
    """Content hash of the call; unique among the entries that are no duplicates."""
    audio: tuple[AudioFile, ...]
    offset_s: float
    title: str
    source: str
    guess: ChannelGuess
    confirmed: bool
    """True where the map was given, or confirmed for this source before."""
    findings: tuple[Finding, ...] = ()
    transcripts: tuple[FoundTranscript, ...] = ()
    meta: dict[str, Any] = field(default_factory=dict)
    duplicate: DuplicateOf | None = None
    warnings: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """The first (or only) audio file."""
        return self.audio[0].path

    @property
    def rate_hz(self) -> int:
        """The call's rate: the highest of its files'."""
        return max(a.rate_hz for a in self.audio)

    @property
    def duration_s(self) -> float:
        """Length of the call in seconds, with the offset of a second file."""
        ends = [a.duration_s + (self.offset_s if i else 0.0) for i, a in enumerate(self.audio)]
        return max(ends) - min(0.0, self.offset_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedFile:
    """A file that could not be imported: the reason, with its remedy, in plain words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What an import would do. Nothing has been written."""

    entries: tuple[DryRunEntry, ...]
    failed: tuple[FailedFile, ...] = ()
    ignored: int = 0
    """Hidden and system files, and files that are neither audio nor transcript."""
    unused: tuple[str, ...] = ()
    """Transcript-like files that belong to no recording."""
    warnings: tuple[str, ...] = ()
    options: ImportOptions = field(default_factory=ImportOptions)

    @property
    def fresh(self) -> tuple[DryRunEntry, ...]:
        """Entries that are no duplicates."""
        return tuple(e for e in self.entries if e.duplicate is None)

    @property
    def duplicates(self) -> tuple[DryRunEntry, ...]:
        """Entries that repeat a call of the workspace or of this scan."""
        return tuple(e for e in self.entries if e.duplicate is not None)

    @property
    def sources(self) -> dict[str, ChannelGuess]:
        """For each source that needs a confirmation: the guess that most of its files share."""
        open_sources: dict[str, list[ChannelGuess]] = {}
        for entry in self.fresh:
            if not entry.confirmed and entry.guess.channel_map != "mono":
                open_sources.setdefault(entry.source, []).append(entry.guess)
        return {
            source: max(
                guesses,
                key=lambda g: (sum(o.channel_map == g.channel_map for o in guesses), g.confidence),
            )
            for source, guesses in open_sources.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportChoices:
    """What the person decided on the dry run."""

    channel_maps: dict[str, ChannelMap] = field(default_factory=dict)
    """Confirmed map by source; a source that is not named keeps each file's own guess."""
    skip: frozenset[str] = frozenset()
    """Keys of entries not to import."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A call that was imported."""

    id: str
    code: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A file that was already a call: its id."""

    path: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import did."""

    imported: tuple[Imported, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    failed: tuple[FailedFile, ...] = ()
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The shape that scripts rely on."""
        return {
            "imported": [{"id": i.id, "path": i.path} for i in self.imported],
            "duplicates": [{"path": d.path, "id": d.id} for d in self.duplicates],
            "failed": [{"path": f.path, "reason": f.reason} for f in self.failed],
            "warnings": list(self.warnings),
        }
