"""Transcripts in JSON and JSONL: Whisper segments, platform logs, our own `show` output.

A document is searched for its list of lines: the largest list of objects that have a text and a
time. Keys beside it that name fields of a call become the call's meta data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.domain.errors import BadInput
from app.domain.transcript_files import ColumnMap, Transcript
from app.services.formats import columns as cols
from app.services.formats.build import Builder
from app.services.formats.text import read_lines

META_KEYS = (
    "title", "agent", "agent_version", "scenario", "scenario_key", "persona", "attempt",
    "recorded_at", "outcome", "language", "tags", "channel_map", "extra",
    "text_role",
)  # fmt: skip
_MAX_DEPTH = 12
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_FAVOURED = ("segments", "turns", "utterances", "transcript", "messages")


def read(
    text: str,
    *,
    columns: ColumnMap | None = None,
    duration_s: float | None = None,
    rate_hz: int | None = None,
) -> Transcript:
    """Lines of a JSON document.

    Raises:
        BadInput: it is no JSON.
    """
    document = load(text)
    builder = Builder("json")
    builder.meta = meta_of(document)
    rows = _best_rows(document)
    if not rows:
        builder.notes.append("no list of lines with a text and a time was found")
        return builder.finish()
    numbered = [(i, r) for i, r in enumerate(rows, start=1)]
    chosen = cols.merged(columns, _names([r for _, r in numbered]))
    return cols.read_rows(builder, numbered, chosen, duration_s=duration_s, rate_hz=rate_hz)


def read_lines_json(
    text: str,
    *,
    columns: ColumnMap | None = None,
    duration_s: float | None = None,
    rate_hz: int | None = None,
) -> Transcript:
    """One object a line; lines that are none are rejected one by one."""
    builder = Builder("jsonl")
    rows: list[tuple[int, Mapping[str, Any]]] = []
    for number, line in enumerate(read_lines(text), start=1):
        if not line.strip():
            continue
        try:
            value = load(line)
        except BadInput as error:
            builder.reject(number, error.what)
            continue
        if isinstance(value, dict):
            rows.append((number, value))
        else:
            builder.reject(number, "not an object")
    if not rows:
        return builder.finish()
    chosen = cols.merged(columns, _names([r for _, r in rows]))
    return cols.read_rows(builder, rows, chosen, duration_s=duration_s, rate_hz=rate_hz)


def load(text: str) -> Any:
    """A JSON document whose texts can all be stored: no halves of a surrogate pair, no NUL.

    Raises:
        BadInput: it is no JSON, or nested or sized beyond reason.
    """
    try:
        return _storable(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise BadInput(f"This is not valid JSON: {error}.", "Check the end of the file.") from error


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_storable(v) for v in value]
    if isinstance(value, dict):
        return {_storable(k): _storable(v) for k, v in value.items()}
    return value


def meta_of(document: Any) -> dict[str, Any]:
    """Call fields named at the top of a document, or under its `call` or `metadata` key."""
    if not isinstance(document, dict):
        return {}
    found: dict[str, Any] = {}
    for place in (document, document.get("metadata"), document.get("call")):
        if isinstance(place, dict):
            found.update({k: place[k] for k in META_KEYS if _usable(k, place.get(k))})
    return found


def _usable(key: str, value: Any) -> bool:
    if key == "tags":
        return isinstance(value, list) and all(isinstance(v, str) for v in value)
    if key == "extra":
        return isinstance(value, dict)
    if key == "attempt":
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    if key == "recorded_at":
        return isinstance(value, str) and _is_date(value)
    return isinstance(value, str) and bool(value)


def _is_date(value: str) -> bool:
    """Whether it is an ISO 8601 date, with or without a time."""
    try:
        datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


def _names(rows: list[Mapping[str, Any]]) -> list[str]:
    names: dict[str, None] = {}
    for row in rows[:200]:
        names.update(dict.fromkeys(str(k) for k in row))
    return list(names)


def _best_rows(document: Any) -> list[Mapping[str, Any]]:
    best: list[Mapping[str, Any]] = []
    best_score = (-1, -1)
    for key, rows in _row_lists(document, "", 0):
        guessed = cols.guess(_names(rows))
        if guessed.start is None or guessed.text is None:
            continue
        score = (int(key in _FAVOURED), len(rows))
        if score > best_score:
            best, best_score = rows, score
    return best


def _row_lists(value: Any, key: str, depth: int) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Every list of objects in the document, with the key that it stands under."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        rows: list[Mapping[str, Any]] = [v for v in value if isinstance(v, dict)]
        if rows and len(rows) == len(value):
            yield key, rows
        if depth == 0 or not rows:
            return
        for row in rows[:50]:
            yield from _row_lists(row, key, depth + 1)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _row_lists(inner, str(name), depth + 1)
