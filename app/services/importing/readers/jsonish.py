"""What readers of calls in JSON share: times that hold, lines, events, and what was left out.

Payloads are written by others and by any version of their software. Nothing here trusts a type:
what cannot be used is counted and named, and the payload itself is kept as a document.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

from app.domain.calls import Finding, Speaker
from app.domain.events import EventKind
from app.services.importing.foreign import ForeignEvent, ForeignLine
from app.services.importing.foreign_files import clean, epoch_s, number, words
from app.services.importing.foreign_layers import MAX_S
from app.services.importing.readers.redact import redact

MAX_TEXT = 20_000
"""Characters of one line; more is no utterance."""
MAX_UNKNOWN = 200
SLACK_S = 0.25
"""A start this little before the recording is rounding, and becomes its start."""
EDGES_S = 1.0
"""A platform opens a call before its recorder and closes it after: so much is no lost sound."""


class Notes:
    """Collects what a person should know about one call, each sentence once."""

    def __init__(self) -> None:
        self.warnings: dict[str, None] = {}
        self.losses: dict[str, None] = {}
        self.unknown: dict[str, None] = {}
        self.findings: dict[Finding, None] = {}
        self._counts: dict[str, list[int]] = {}

    def warn(self, *sentences: str) -> None:
        """Something to know."""
        self.warnings.update(dict.fromkeys(s for s in sentences if s))

    def lose(self, *sentences: str) -> None:
        """Something that could not be carried over."""
        self.losses.update(dict.fromkeys(s for s in sentences if s))

    def find(self, *findings: Finding) -> None:
        """Something that is to be shown with the call for good."""
        self.findings.update(dict.fromkeys(findings))

    def count(self, what: str, row: int) -> None:
        """One of several entries (numbered from 1) of which the same is to be said."""
        self._counts.setdefault(what, []).append(row)

    def odd(self, value: Mapping[str, Any], known: Collection[str], under: str = "") -> None:
        """Name the fields of an object that are not among the known ones."""
        names = (f"{under}{words(k, 80)}" for k in value if k not in known)
        self.unknown.update(dict.fromkeys(names))

    def closed(self) -> dict[str, Any]:
        """`warnings`, `losses`, `unknown` and `findings` as a call takes them."""
        counted = [
            f"{len(rows)} of its entries {what} (first: {rows[0]})."
            for what, rows in self._counts.items()
        ]
        return {
            "warnings": tuple(self.warnings),
            "losses": (*self.losses, *counted),
            "unknown": tuple(self.unknown)[:MAX_UNKNOWN],
            "findings": tuple(self.findings),
        }


def as_list(value: Any, key: str) -> list[dict[str, Any]]:
    """The objects of a list, or of the list under `key` (`items`, ...) of an object, or itself."""
    if isinstance(value, dict):
        inner = value.get(key)
        value = inner if isinstance(inner, list) else [value]
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def snaked(value: Mapping[str, Any]) -> dict[str, Any]:
    """An object with its own keys in snake_case, as one of two SDKs of a system writes them."""
    return {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", str(k)).lower(): v for k, v in value.items()}


# times and lines ---------------------------------------------------------------------------------


def at_s(value: object) -> float | None:
    """A time in a call: seconds, not before its start (but for rounding), not beyond a day."""
    found = number(value)
    if found is None or not -SLACK_S <= found <= MAX_S:
        return None
    return max(0.0, found)


@dataclass(slots=True)
class Timeline:
    """Lines and events of one call, in the order of its payload.

    Entries whose times cannot be used are counted in the notes.
    """

    notes: Notes
    rows: list[ForeignLine] = field(default_factory=list)
    events: list[ForeignEvent] = field(default_factory=list)

    def add(
        self,
        row: int,
        speaker: Speaker,
        start: object,
        end: object,
        text: object,
        **more: Any,
    ) -> ForeignLine | None:
        """Add a line, if its times can be used; `row` is its number from 1 in the payload."""
        start_s, end_s = at_s(start), at_s(end)
        if start_s is None or end_s is None:
            self.notes.count("have no usable time and are no lines", row)
            return None
        if end_s < start_s:
            self.notes.count("end before they start and are no lines", row)
            return None
        said = words(text, MAX_TEXT)
        line = ForeignLine(speaker=speaker, start_s=start_s, end_s=end_s, text=said, **more)
        self.rows.append(line)
        return line

    def mark(
        self, row: int, kind: EventKind, start: object, label: object, end: object = None
    ) -> None:
        """Add an event, if its time can be used; an end before the start is dropped."""
        start_s, end_s = at_s(start), at_s(end)
        if start_s is None:
            self.notes.count("have no usable time and are no events", row)
            return
        if end_s is not None and end_s < start_s:
            end_s = None
        self.events.append(
            ForeignEvent(kind=kind, start_s=start_s, end_s=end_s, label=words(label, 200))
        )

    def tool(
        self,
        row: int,
        name: object,
        start: object,
        end: object = None,
        *,
        failed: bool = False,
        took_s: object = None,
    ) -> None:
        """Add a tool's call and, where it is known, its result: labelled `name 343 ms`."""
        start_s, end_s, took = at_s(start), at_s(end), at_s(took_s)
        if took is None and start_s is not None and end_s is not None and end_s >= start_s:
            took = end_s - start_s
        label = words(name, 120) or "tool"
        label += f" {took * 1000:.0f} ms" if took is not None else ""
        self.mark(row, "tool", start_s, f"{label}, failed" if failed else label, end_s)

    def of(self, speaker: Speaker) -> tuple[ForeignLine, ...]:
        """One speaker's lines."""
        return tuple(line for line in self.rows if line.speaker == speaker)

    @property
    def end_s(self) -> float:
        """The latest end; 0.0 without lines."""
        return max((line.end_s for line in self.rows), default=0.0)


def word_times(
    rows: object, text: str = "word", start: str = "start", end: str = "end"
) -> tuple[tuple[str, float, float, float | None], ...]:
    """Timed words `[{word, start, end, confidence?}]` in seconds; those without times left out."""
    out = []
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict):
            continue
        said, first, last = words(row.get(text), 200), at_s(row.get(start)), at_s(row.get(end))
        if said and first is not None and last is not None and first <= last:
            out.append((said, first, last, share(row.get("confidence"))))
    return tuple(out)


def between_s(first: float | None, last: float | None) -> float | None:
    """Seconds from one stamp to another, as a time in a call."""
    return None if first is None or last is None else at_s(last - first)


def share(value: object) -> float | None:
    """A confidence 0..1, or None."""
    found = number(value)
    return found if found is not None and 0 <= found <= 1 else None


def rfc2822_s(value: object) -> float | None:
    """Epoch seconds of a date as mail has it (`Tue, 25 Nov 2025 10:00:00 +0000`), or None."""
    if not isinstance(value, str):
        return None
    try:
        at = parsedate_to_datetime(value)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return epoch_s(value)


# documents ---------------------------------------------------------------------------------------


def as_document(raw: Any) -> bytes:
    """A payload as it is kept: without keys and tokens, in UTF-8."""
    return json.dumps(redact(clean(raw))[0], ensure_ascii=False, indent=1).encode()


def identity(raw: Mapping[str, Any], *ids: object) -> str:
    """The platform's id of a call; a hash of the payload where it names none."""
    for value in ids:
        if isinstance(value, str) and value.strip():
            return words(value, 200)
    body = json.dumps(clean(dict(raw)), ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(body).hexdigest()


def facts(
    raw: Mapping[str, Any], names: Collection[str], guess: Mapping[str, Any]
) -> dict[str, Any]:
    """Facts of a payload that no call field holds, under `platform`, and the channel guess."""
    kept = {name: raw[name] for name in names if raw.get(name) not in (None, "", [], {})}
    found: dict[str, Any] = {"platform": kept} if kept else {}
    return found | ({"channel_guess": dict(guess)} if guess else {})
