"""Reads what goes with a recording: transcripts, label tracks and the side car with call fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.audio.sniff import reading
from app.domain.errors import UserError
from app.domain.imports import FoundTranscript, ImportOptions
from app.domain.transcript_files import Transcript
from app.services.formats import audacity, json_rows, parse
from app.services.formats.text import MAX_BYTES, decode
from app.services.importing.pairing import Companions
from app.services.importing.walk import shown


def read_all(
    found: Companions, options: ImportOptions, *, stem: str, duration_s: float, rate_hz: int
) -> tuple[list[FoundTranscript], dict[str, Any], list[str]]:
    """(transcripts, call fields, warnings) of a recording's companions.

    A companion that cannot be read is a warning; the recording is imported without it.
    """
    transcripts: list[FoundTranscript] = []
    warnings: list[str] = []
    if options.transcript is not None:
        transcripts.append(_one(options.transcript, options, stem, duration_s, rate_hz))
    for path in found.transcripts:
        if options.transcript is None or path != options.transcript:
            transcripts.append(_one(path, options, stem, duration_s, rate_hz))
    if found.tiers:
        transcripts.append(_tiers(found.tiers))
    # Notes beside a recording are often plain text; they are no broken transcript.
    transcripts = [t for t in transcripts if not _is_prose(t)]
    meta: dict[str, Any] = {}
    for item in transcripts:
        if item.error:
            warnings.append(f"{shown(item.path)}: {item.error}")
        elif item.transcript is not None:
            meta = {**item.transcript.meta, **meta}
            warnings += _unusable(item.path, item.transcript)
    if found.sidecar is not None:
        try:
            meta |= sidecar(found.sidecar)
        except UserError as error:
            warnings.append(f"{shown(found.sidecar)}: {error}")
    return transcripts, meta, warnings


def _unusable(path: Path, transcript: Transcript) -> list[str]:
    """One warning on the lines that were left out, with the reason of the first."""
    count = transcript.rejected
    if not count:
        return []
    first = next(p for p in transcript.problems if p.severity == "rejected")
    where = f"line {first.row}: " if first.row else ""
    what = "1 line was" if count == 1 else f"{count} lines were"
    return [f"{shown(path)}: {what} not usable and left out ({where}{first.what})."]


def sidecar(path: Path) -> dict[str, Any]:
    """Call fields of `call.meta.json`: the known keys, `events`, and all else under `extra`.

    Raises:
        UserError: it cannot be read or is no JSON object.
    """
    from app.domain.errors import BadInput

    text, _ = decode(_bytes(path), name=path.name)
    document = json_rows.load(text)
    if not isinstance(document, dict):
        raise BadInput("It is not a JSON object.", "Mend it, or import without it.")
    fields = json_rows.meta_of(document)
    known = {*json_rows.META_KEYS, "events", "offset_s", "metadata", "call"}
    # What a call field cannot hold (a date that is none, an attempt that is a word) is kept too.
    rest = {
        str(k): v
        for k, v in document.items()
        if k not in known or (k in json_rows.META_KEYS and k not in fields)
    }
    if rest:
        fields["extra"] = {**rest, **fields.get("extra", {})}
    if isinstance(document.get("events"), list):
        fields["events"] = document["events"]
    offset = document.get("offset_s")
    if isinstance(offset, int | float) and not isinstance(offset, bool) and abs(offset) < 86_400:
        fields["offset_s"] = float(offset)
    return fields


def _bytes(path: Path) -> bytes:
    with reading(path), path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _one(
    path: Path, options: ImportOptions, stem: str, duration_s: float, rate_hz: int
) -> FoundTranscript:
    try:
        transcript = parse(
            _bytes(path),
            path.name,
            columns=options.columns,
            duration_s=duration_s,
            rate_hz=rate_hz,
            stem=stem,
        )
    except UserError as error:
        return FoundTranscript(path=path, transcript=None, error=str(error))
    if not transcript.cues and not transcript.meta and path.suffix.lower() != ".txt":
        why = transcript.problems[0].what if transcript.problems else ""
        why = why or (transcript.notes[-1] if transcript.notes else "it holds no timed lines")
        return FoundTranscript(path=path, transcript=transcript, error=f"No line is usable: {why}.")
    return FoundTranscript(path=path, transcript=transcript)


def _tiers(tiers: dict[str, Path]) -> FoundTranscript:
    first = next(iter(tiers.values()))
    try:
        texts = {}
        encodings: set[str] = set()
        for tier, path in sorted(tiers.items()):
            texts[tier], encoding = decode(_bytes(path), name=path.name)
            encodings.add(encoding)
        found = audacity.read_tiers(texts)
    except UserError as error:
        return FoundTranscript(path=first, transcript=None, error=str(error))
    return FoundTranscript(
        path=first, transcript=replace(found, encoding=", ".join(sorted(encodings)))
    )


_DERIVED = ("barge_in: barge-in", "dead_air: dead air")
"""Labels of events that follow from the turns: they are derived anew, not imported."""


def marked_events(found: Sequence[FoundTranscript]) -> list[dict[str, Any]]:
    """The marks of `events` tiers as call events, in seconds; a label is `kind: words`."""
    told: list[dict[str, Any]] = []
    for item in found:
        for mark in item.transcript.marks if item.transcript is not None else ():
            for label in mark.text.split("; ") if mark.tier == "events" else ():
                if label in _DERIVED:
                    continue
                kind, _, words = label.partition(": ")
                told.append({"kind": kind, "start_s": mark.start_s, "label": words})
    return told


def _is_prose(item: FoundTranscript) -> bool:
    if item.path.suffix.lower() != ".txt" or item.error:
        return False
    return item.transcript is None or not item.transcript.cues


def usable(found: list[FoundTranscript]) -> list[Transcript]:
    """The transcripts that have lines."""
    return [f.transcript for f in found if f.transcript is not None and f.transcript.cues]
