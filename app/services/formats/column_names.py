"""Which column of a table, or key of an object, holds what: guessed from its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.domain.transcript_files import ColumnMap

_NAMES: dict[str, tuple[str, ...]] = {
    "start": (
        "start_s", "start", "start_ms", "start_time", "starttime", "begin", "start_seconds",
        "start_sec", "from", "onset", "onset_s", "begin_time", "xmin", "offset_ms", "start_frame",
        "start_sample", "starttimestamp", "start_timestamp", "timestamp", "time", "ts", "offset",
    ),
    "end": (
        "end_s", "end", "end_ms", "end_time", "endtime", "stop", "end_seconds", "end_sec", "to",
        "offset_s", "xmax", "stop_time", "end_frame", "end_sample", "endtimestamp",
        "end_timestamp", "finish",
    ),
    "duration": ("duration_s", "duration", "dur", "duration_ms", "length", "length_s"),
    "speaker": (
        "speaker", "role", "who", "speaker_label", "speaker_id", "speaker_name", "party",
        "participant", "channel", "user", "name", "side",
    ),
    "text": (
        "text", "transcript", "content", "utterance", "sentence", "message", "words_text", "label",
        "punctuated_word", "word", "body", "transcription",
    ),
    "confidence": ("confidence", "conf", "probability", "score"),
    "words": ("words", "tokens", "items"),
    "file": ("file", "file_name", "filename", "audio", "call", "call_code", "recording"),
}  # fmt: skip


def plain(name: str) -> str:
    """A column's name as names are compared: `Start (ms)` and `startMs` are `start_ms`."""
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name.strip())
    return re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")


def guess(names: Sequence[str]) -> ColumnMap:
    """Which of `names` holds what; fields that no name fits stay None."""
    by_plain: dict[str, str] = {}
    for name in names:
        by_plain.setdefault(plain(name), name)
    found: dict[str, str] = {}
    for purpose, candidates in _NAMES.items():
        for candidate in candidates:
            if candidate in by_plain and by_plain[candidate] not in found.values():
                found[purpose] = by_plain[candidate]
                break
    return replace(ColumnMap(), **found)  # type: ignore[arg-type]


def merged(given: ColumnMap | None, names: Sequence[str]) -> ColumnMap:
    """The given columns, the rest guessed."""
    guessed = guess(names)
    if given is None:
        return guessed
    chosen = {
        slot: getattr(given, slot) or getattr(guessed, slot)
        for slot in ("start", "end", "duration", "speaker", "text", "confidence", "words", "file")
    }
    return replace(guessed, **chosen, unit=given.unit)
