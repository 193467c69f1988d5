"""The three logs of a record as one history, sorted by time.

Audit rows come first among rows of one millisecond, then the framework's, then the caller's: the
order in which EVA's processor lays them together before its stable sort.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from app.domain.eva_record import Pipeline
from app.eval.eva import documents, framework
from app.eval.eva.documents import Files
from app.eval.eva.events import (
    Event,
    audit_event,
    caller_event,
    framework_event,
    framework_frame,
)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class History:
    """Events in order, and the caller's last row as it stands in its log."""

    events: tuple[Event, ...]
    last_event: Mapping[str, Any]


def read(files: Files, pipeline: Pipeline) -> History:
    """The history of a record.

    The framework's log is no part of it where the agent is audio in, audio out: what such an
    agent says is known only by what the caller heard.
    """
    audit = _events(files, documents.AUDIT, audit_rows(files), audit_event)
    files.count_bad(documents.AUDIT, _strays(files))
    frames: list[Event] = []
    if pipeline != "s2s":
        rows = files.rows(documents.FRAMEWORK)
        rows = [r for r in rows if r.get("type") in framework.KINDS]
        found = _events(files, documents.FRAMEWORK, rows, framework_frame)
        frames = [framework_event(f) for f in framework.tidy(found)]
    caller_rows = files.rows(documents.CALLER)
    caller = _events(files, documents.CALLER, caller_rows, caller_event)
    return History(
        events=ordered([*audit, *frames, *caller]),
        last_event=caller_rows[-1] if caller_rows else {},
    )


def audit_rows(files: Files) -> list[dict[str, Any]]:
    """The rows of the audit log's transcript, as they stand."""
    transcript = (files.mapping(documents.AUDIT) or {}).get("transcript")
    return [r for r in transcript if isinstance(r, dict)] if isinstance(transcript, list) else []


def _strays(files: Files) -> int:
    """Rows of the audit log's transcript that are no objects."""
    transcript = (files.mapping(documents.AUDIT) or {}).get("transcript")
    return len(transcript) - len(audit_rows(files)) if isinstance(transcript, list) else 0


def ordered(events: Sequence[Event]) -> tuple[Event, ...]:
    """Events by time; those of one millisecond stay as they stand."""
    return tuple(sorted(events, key=lambda e: e.at_ms))


def _events(
    files: Files,
    names: tuple[str, ...],
    rows: Iterable[Mapping[str, Any]],
    make: Callable[[Mapping[str, Any]], _T | None],
) -> list[_T]:
    made = [make(row) for row in rows]
    kept = [m for m in made if m is not None]
    files.count_bad(names, len(made) - len(kept))
    return kept
