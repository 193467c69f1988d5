"""Voice runs of LangWatch's scenario: `manifest.json`, its segments and events.

`full.wav` is the segments one after the other, without the silence between them and without
overlap, so it is on no clock and is never used. The conversation is rebuilt from the segments: a
stereo WAV in a folder of this process, which the importer copies. The file of a call lives until
the next call of the same reading is asked for. Times are seconds from the start of the run.
Source: langwatch/scenario, `VoiceRecording.save_segments` (2026).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.audio.sniff import reading
from app.domain.calls import Speaker
from app.domain.errors import BadInput, NotFound, UserError
from app.domain.json_shapes import listing, mapping
from app.domain.work import Work
from app.services.importing.foreign import ForeignAudio, ForeignCall, ForeignFailure
from app.services.importing.foreign_files import (
    beside,
    epoch_s,
    folders,
    number,
    parse_json,
    read_json,
    utc_iso,
    within,
    words,
)
from app.services.importing.readers import jsonish, reported, segment_wav
from app.services.importing.readers import known_fields as known
from app.services.importing.readers.jsonish import Notes, Timeline
from app.services.importing.readers.langwatch_events import add_events, figures
from app.services.importing.readers.segment_wav import Piece
from app.services.importing.walk import shown

MANIFEST = "manifest.json"
SPEAKERS: Mapping[str, Speaker] = {"user": "caller", "agent": "agent", "assistant": "agent"}
SNIFF_BYTES = 1 << 20
APART_S = 0.05
"""A segment's length may differ by this from what the manifest says."""
REACH_S = 1.0
"""How near a caller's segment must begin to an interruption that the manifest reports."""


@dataclass(slots=True)
class _Heard:
    """The segments of a run that can be heard, and what odd there was."""

    pieces: list[Piece] = field(default_factory=list)
    missing: int = 0
    apart: int = 0


class ReaderLangwatch:
    """A folder that `save_segments` wrote, a folder of such folders, or the manifest itself."""

    source = "langwatch"
    title = "LangWatch scenario"

    def sniff(self, path: Path) -> bool:
        """Whether there is a manifest with segments."""
        try:
            return any(_is_manifest_file(found) for found in _manifests(path))
        except (OSError, ValueError):  # a path that the system does not take
            return False

    def read(self, ctx: Work, path: Path) -> Iterator[ForeignCall | ForeignFailure]:
        """One call for each manifest.

        Raises:
            BadInput: no manifest there, or the only one cannot be used. NotFound. Cancelled.
        """
        with reading(path):
            there = path.exists()
        if not there:
            raise NotFound(f"{shown(path.name)} is not there: {shown(path)}.", "Check the path.")
        found = _manifests(path)
        if not found:
            raise BadInput(
                f"{shown(path.name)} holds no {MANIFEST}.",
                "Name the folder that the scenario's recording was saved to.",
            )
        for manifest in found:
            ctx.raise_if_cancelled()
            target = segment_wav.scratch() / f"{_key(manifest)}.wav"
            try:
                yield _call(ctx, manifest, target)
            except UserError as error:
                if len(found) == 1:
                    raise
                yield ForeignFailure(path=manifest, reason=str(error))
            if manifest != found[-1]:
                target.unlink(missing_ok=True)


def _key(manifest: Path) -> str:
    return hashlib.sha256(str(manifest.absolute()).encode("utf-8", "replace")).hexdigest()[:24]


def _manifests(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() == ".json" else []
    own = within(path, MANIFEST)
    if own is not None:
        return [own]
    return [found for one in folders(path) if (found := within(one, MANIFEST)) is not None]


def _is_manifest_file(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(SNIFF_BYTES)
    try:
        return _is_manifest(parse_json(head))
    except BadInput:
        return all(f'"{k}"'.encode() in head for k in ("segments", "segment_count", "start_time"))


def _is_manifest(value: object) -> bool:
    rows = listing(mapping(value).get("segments"))
    if not rows:
        return "segment_count" in mapping(value) and "generated_at" in mapping(value)
    first = mapping(rows[0])
    return "start_time" in first and "role" in first


def _call(ctx: Work, manifest: Path, target: Path) -> ForeignCall:
    raw = mapping(read_json(manifest))
    if not _is_manifest(raw):
        raise BadInput(f"{shown(manifest.name)} lists no segments of a voice run.")
    notes = Notes()
    notes.odd(raw, known.LANGWATCH_MANIFEST)
    timeline, heard = Timeline(notes), _Heard()
    for row, item in enumerate(listing(raw.get("segments")), start=1):
        _segment(row, mapping(item), manifest.parent, timeline, heard)
    add_events(listing(raw.get("events")), timeline)
    _remarks(heard, timeline, notes)
    audio = _audio(ctx, heard, target, notes)
    length = jsonish.at_s(raw.get("duration"))
    ends = [p.end_s for p in heard.pieces]
    return ForeignCall(
        source="langwatch",
        identity=jsonish.identity(raw),
        title=f"LangWatch {words(manifest.parent.name, 200)}",
        path=manifest,
        duration_s=max([length or 0.0, timeline.end_s, *ends]) or None,
        audio=audio,
        layers=reported.one_text(
            "langwatch", timeline, "intended", "both as intended", {"time_basis": "audio"}
        ),
        events=tuple(timeline.events),
        documents={"langwatch/call.json": jsonish.as_document(raw)},
        extra={"channel_guess": _GUESS} if audio else {},
        metrics=figures(raw),
        recorded_at=utc_iso(epoch_s(raw.get("generated_at"))),
        **notes.closed(),
    )


_GUESS = {
    "map": "caller,agent",
    "confidence": 1.0,
    "reason": "put together from segments that name their speaker",
}


# segments ----------------------------------------------------------------------------------------


def _segment(
    row: int, item: Mapping[str, Any], folder: Path, timeline: Timeline, heard: _Heard
) -> None:
    """One segment: its line, and its recording if that is there."""
    timeline.notes.odd(item, known.LANGWATCH_SEGMENT, "segments[].")
    speaker = SPEAKERS.get(words(item.get("role")))
    if speaker is None:
        timeline.notes.count("have a role that is not known", row)
        return
    start, end = item.get("start_time"), item.get("end_time")
    piece = _piece(item, speaker, jsonish.at_s(start), folder, heard)
    if piece is not None:
        said = (number(end) or 0.0) - piece.start_s
        heard.apart += abs(said - piece.length_s) > APART_S
        end = piece.end_s  # the samples are what was played
    timeline.add(row, speaker, start, end, item.get("transcript"))
    if item.get("transcript_truncated") is True:
        timeline.notes.count("were cut short: their text may hold more than was played", row)


def _piece(
    item: Mapping[str, Any], speaker: Speaker, start: float | None, folder: Path, heard: _Heard
) -> Piece | None:
    stored = item.get("file")
    path = beside(folder / "segments", stored) or beside(folder, stored)
    if path is None or start is None:
        heard.missing += path is None
        return None
    try:
        piece = segment_wav.probed(path, speaker, start)
    except UserError:
        heard.missing += 1
        return None
    heard.pieces.append(piece)
    return piece


def _remarks(heard: _Heard, timeline: Timeline, notes: Notes) -> None:
    if heard.missing:
        notes.lose(f"{heard.missing} segments have no usable recording; they are silent.")
    if heard.apart:
        notes.warn(
            f"{heard.apart} segments are not as long as the manifest says; their own length counts."
        )
    for speaker in ("caller", "agent"):
        mine = sorted((p for p in heard.pieces if p.speaker == speaker), key=lambda p: p.start_s)
        over = sum(a.end_s > b.start_s + APART_S for a, b in pairwise(mine))
        if over:
            notes.warn(
                f"{over} segments of the {speaker} begin before the one before has ended: the "
                "reported times cannot be those of play-out."
            )
    for event in timeline.events:
        if event.kind != "barge_in":
            continue
        starts = (x.start_s for x in timeline.of("caller"))
        if not any(abs(s - event.start_s) <= REACH_S for s in starts):
            notes.warn(
                f"An interruption is reported at {event.start_s:.2f} s, but the caller says "
                "nothing there."
            )


def _audio(ctx: Work, heard: _Heard, target: Path, notes: Notes) -> tuple[ForeignAudio, ...]:
    if not heard.pieces:
        notes.lose("None of its segments has a usable recording.")
        return ()
    notes.lose("full.wav was not used: it is the segments one after the other, on no clock.")
    try:
        segment_wav.render(ctx, heard.pieces, target)
    except BadInput as error:
        notes.lose(f"Its recording could not be put together: {error}")
        return ()
    return (
        ForeignAudio(path=target, channel_index=0, role="caller", made=True),
        ForeignAudio(path=target, channel_index=1, role="agent", made=True),
    )
