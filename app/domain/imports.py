"""What an import is asked, finds and does: plain values, no files and no audio."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.domain.calls import ChannelMap, Finding, Speaker, TrackRole
from app.domain.text_roles import TextRole
from app.domain.transcript_files import ColumnMap, Transcript


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
