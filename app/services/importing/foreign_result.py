"""What an import from another system would do, or did: for scripts and for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.domain.calls import TrackRole
from app.domain.imports import FailedFile
from app.services.importing.foreign import ForeignCall
from app.services.importing.walk import shown

MAX_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignItem:
    """One call of the import.

    Attributes:
        call: as it was read.
        id: of the call in the workspace; empty in a dry run.
        code: its short id, likewise.
        warnings: what a person should know, those of the reading included.
        missing: audio files that the call names and that are not there or not usable.
        added: speakers whose recording a call that was here already is given; empty for a new one.
    """

    call: ForeignCall
    id: str = ""
    code: str = ""
    warnings: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[TrackRole, ...] = ()

    @property
    def path(self) -> str:
        """Where it was read from."""
        return shown(self.call.path)

    def to_json(self) -> dict[str, Any]:
        """Losses, unknown fields and warnings, for `import` and `import --dry-run`."""
        call = self.call
        return {
            "path": self.path,
            "title": call.title,
            "source": call.source,
            "audio": "missing" if len(self.missing) >= len(call.audio) else "there",
            "losses": list(call.losses),
            "unknown": list(call.unknown),
            "warnings": list(self.warnings),
        }

    def found_json(self) -> dict[str, Any]:
        """What was found of the call, for `import --dry-run`. Times in seconds."""
        call = self.call
        return {
            **self.to_json(),
            "duration_s": call.duration_s,
            "files": [
                {"path": shown(a.path), "channel": a.channel_index, "role": a.role}
                for a in call.audio
            ],
            "missing": list(self.missing),
            "layers": [
                {
                    "kind": layer.kind,
                    "name": layer.name,
                    "text_role": layer.text_role,
                    "lines": len(layer.lines),
                }
                for layer in call.layers
            ],
            "events": len(call.events),
            "documents": sorted(call.documents),
            "conditions": sorted(call.conditions),
            "metrics": sorted(call.metrics),
            "scenario": call.scenario_key,
            "agent": call.agent,
            "outcome": call.outcome,
            "attempt": call.attempt,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignResult:
    """What became of everything that a reader found.

    Attributes:
        source: the reader's key.
        items: calls that are new, and calls that were here and are given their recording.
        duplicates: calls that were here and stay as they are.
        failed: what could not be read or taken in.
        warnings: what is to be said of the whole.
        dry_run: nothing was written.
    """

    source: str
    items: tuple[ForeignItem, ...] = ()
    duplicates: tuple[ForeignItem, ...] = ()
    failed: tuple[FailedFile, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    dry_run: bool = False

    @property
    def new(self) -> tuple[ForeignItem, ...]:
        """The calls that were not here before."""
        return tuple(item for item in self.items if not item.added)

    def to_json(self) -> dict[str, Any]:
        """The document of `import --source` and `import --source --dry-run`."""
        head: dict[str, Any] = {"source": self.source}
        if self.dry_run:
            head |= {"dry_run": True, "imported": []}
            head["found"] = [item.found_json() for item in self.new]
        else:
            head["imported"] = [
                {"id": item.id, "code": item.code, **item.to_json()} for item in self.new
            ]
        return {
            **head,
            "completed": [
                {"id": i.id, "code": i.code, "added": list(i.added), **i.to_json()}
                for i in self.items
                if i.added
            ],
            "duplicates": [{"path": d.path, "id": d.id or None} for d in self.duplicates],
            "failed": [{"path": f.path, "reason": f.reason} for f in self.failed],
            "warnings": [
                *self.warnings,
                *(f"{i.path}: {w}" for i in (*self.items, *self.duplicates) for w in i.warnings),
            ],
            "ignored": 0,
            "unused": [],
        }


def to_lines(result: ForeignResult) -> list[str]:
    """The result as plain lines."""
    lines = [_head(item) for item in result.items]
    count, known = len(result.new), len(result.duplicates)
    verb = "to import" if result.dry_run else "imported"
    late = len(result.items) - count
    given = "to be given their recording" if result.dry_run else "given their recording"
    more = f", {late} already there and {given}" if late else ""
    lines.append(f"{count} {verb}{more}, {known} already there, {len(result.failed)} failed.")
    return [shown(line) for line in lines]


def remarks(result: ForeignResult) -> list[str]:
    """Losses, unknown fields and warnings, one a line; the same words are said once."""
    said: dict[str, list[str]] = {}
    for item in result.items:
        told = [*item.warnings, *(f"not carried over: {loss}" for loss in item.call.losses)]
        if item.call.unknown:
            told.append(f"kept, but not understood: {_some(item.call.unknown)}")
        for words in told:
            said.setdefault(words, []).append(item.code or item.call.title)
    for item in result.duplicates:
        for words in item.warnings:
            said.setdefault(words, []).append(item.call.title)
    return [
        *result.warnings,
        *(f"{_some(tuple(who))}: {words}" for words, who in said.items()),
    ]


def _head(item: ForeignItem) -> str:
    audio = "" if item.call.audio and not item.missing else "  (without its recording)"
    return f"{item.code}  {item.call.title}  {item.path}{audio}".strip()


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - MAX_NAMED
    return ", ".join(names[:MAX_NAMED]) + (f" and {more} more" if more > 0 else "")
