"""The parts of a Twilio call: recording, call, transcript and sentences find each other by sids.

They stand together in one file under `recording`, `call`, `transcript` and `sentences`, or each in
a JSON file of its own in one folder. What each file of a folder is about is looked up once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.domain.errors import UserError
from app.domain.json_shapes import listing, mapping
from app.services.importing.foreign_files import read_json, words
from app.services.importing.readers.call_files import Place, json_files

MAX_NEIGHBOURS = 500
"""JSON files of the folder in which the parts of a call are looked for."""
NAMES = ("recording", "call", "transcript")
SID = 64


@dataclass(slots=True)
class Parts:
    """What there is of one call. Objects of Twilio's API; empty where there is none."""

    recording: dict[str, Any] = field(default_factory=dict)
    call: dict[str, Any] = field(default_factory=dict)
    transcript: dict[str, Any] = field(default_factory=dict)
    sentences: list[Any] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    """Those that were in files of their own."""


@dataclass(frozen=True, slots=True)
class _About:
    """What a file is about: its own sid, and those that it belongs to."""

    path: Path
    sid: str
    of_recording: str
    sentences_of: frozenset[str]


def is_recording(row: Mapping[str, Any]) -> bool:
    """Whether it is a recording resource."""
    return "call_sid" in row and "sid" in row and ("channels" in row or "media_url" in row)


def gathered(raw: dict[str, Any], place: Place) -> Parts:
    """The parts of the call of a recording, or of a file that holds them together."""
    if isinstance(raw.get("recording"), dict):
        whole = {name: mapping(raw.get(name)) for name in NAMES}
        return Parts(**whole, sentences=listing(raw.get("sentences")))
    parts = Parts(recording=raw)
    around = [x for x in _around(place.folder) if x.path != place.path]
    ours = {words(raw.get("sid"), SID)} - {""}
    for one in around:
        if one.sid and one.sid == raw.get("call_sid"):
            parts.call = parts.documents["call_resource"] = _read(one.path)
        elif one.of_recording in ours:
            parts.transcript = parts.documents["transcript"] = _read(one.path)
            ours |= {one.sid} - {""}
    for one in around:
        if not parts.sentences and one.sentences_of & ours:
            parts.sentences = listing(_read(one.path).get("sentences"))
            parts.documents["sentences"] = parts.sentences
    return parts


def _around(folder: Path) -> tuple[_About, ...]:
    signature = []
    for path in json_files(folder)[:MAX_NEIGHBOURS]:
        try:
            status = path.stat()
        except OSError:
            continue  # gone since it was listed
        signature.append((path, status.st_mtime_ns, status.st_size))
    return _index(tuple(signature))


@lru_cache(maxsize=2)
def _index(files: tuple[tuple[Path, int, int], ...]) -> tuple[_About, ...]:
    """What the files of a folder are about; a file that changed makes it looked up anew."""
    return tuple(_about(path) for path, _, _ in files)


def _about(path: Path) -> _About:
    one = _read(path)
    media = mapping(mapping(one.get("channel")).get("media_properties"))
    sentences = listing(one.get("sentences"))
    named = {words(one.get(k), SID) for k in ("recording_sid", "source_sid", "transcript_sid")}
    named |= {words(mapping(s).get("transcript_sid"), SID) for s in sentences[:1]}
    named |= set(words(mapping(one.get("meta")).get("url"), 500).split("/"))
    return _About(
        path=path,
        sid="" if "call_sid" in one else words(one.get("sid"), SID),
        of_recording=words(media.get("source_sid"), SID),
        sentences_of=frozenset(named - {""}) if sentences else frozenset(),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return mapping(read_json(path))
    except UserError:
        return {}  # no part of a call; the file's own import says what is wrong with it
