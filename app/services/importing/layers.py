"""The layers that a transcript file becomes: lines as segments, in frames of the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.calls import Span, Speaker
from app.domain.clock import to_frames, utc_now
from app.domain.ids import new_id
from app.domain.imports import FoundTranscript
from app.domain.mono_split import UNKNOWN
from app.domain.segments import Layer, LayerKind, Segment, Word
from app.domain.text_roles import TextRole
from app.domain.transcript_files import Cue, Transcript
from app.services.formats import speakers
from app.services.importing.walk import shown

MAX_LISTED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A layer with its segments, ready to be stored."""

    layer: Layer
    segments: tuple[Segment, ...]


def drafts(
    call_id: str,
    rate_hz: int,
    frame_count: int,
    found: Sequence[FoundTranscript],
    given: Mapping[str, Speaker],
    text_role: TextRole | None = None,
) -> tuple[list[Drafted], list[str]]:
    """Layers for all usable transcripts, the best one last (newest wins), and warnings.

    A file with texts makes a transcript layer; one whose times are its own (not estimated) makes
    a speech layer as well.
    """
    result: list[Drafted] = []
    warnings: list[str] = []
    for item in reversed(found):
        transcript = item.transcript
        if transcript is None or not transcript.cues:
            continue
        segments, notes = to_segments(transcript, rate_hz, frame_count, given)
        warnings += [f"{shown(item.path)}: {note}" for note in notes]
        if not segments:
            continue
        kinds: list[LayerKind] = [] if transcript.ends_estimated else ["speech"]
        if any(s.text or s.words for s in segments):
            kinds.append("transcript")
        for kind in kinds:
            rows = (
                segments if kind == "transcript" else _speech(item, segments, rate_hz, frame_count)
            )
            layer = Layer(
                id=new_id(),
                call_id=call_id,
                kind=kind,
                origin="import",
                name=shown(item.path.name),
                producer=f"import/{transcript.format}",
                version=1,
                params=described(item) | ({"text_role": text_role} if text_role else {}),
                created_at=utc_now(),
            )
            result.append(Drafted(layer=layer, segments=rows))
    return result, warnings


def described(item: FoundTranscript) -> dict[str, Any]:
    """What is kept of how a file was read: encoding, guesses, and rows that were not usable."""
    transcript = item.transcript
    if transcript is None:
        return {"file": shown(item.path), "error": item.error}
    return {
        "file": shown(item.path),
        "format": transcript.format,
        "encoding": transcript.encoding,
        "notes": list(transcript.notes),
        "problems": [f"row {p.row}: {p.what}" for p in transcript.problems[:MAX_LISTED]],
        "rejected_rows": transcript.rejected,
    }


def to_segments(
    transcript: Transcript, rate_hz: int, frame_count: int, given: Mapping[str, Speaker]
) -> tuple[tuple[Segment, ...], list[str]]:
    """Segments within the recording, and what was left out or assumed."""
    sides, notes = speakers.resolve((c.speaker for c in transcript.cues), given)
    warnings = list(notes)
    segments: list[Segment] = []
    unnamed = beyond = 0
    for cue in transcript.cues:
        side = sides.get(cue.speaker)
        if side is None and not cue.speaker.strip():
            unnamed += 1
            side = UNKNOWN
        if side is None:
            continue
        span = _span(cue.start_s, cue.end_s, rate_hz, frame_count)
        if span is None:
            beyond += 1
            continue
        segments.append(_segment(cue, side, span, rate_hz, frame_count))
    if unnamed:
        warnings.append(f"{unnamed} lines name no speaker and are shown as the {UNKNOWN}'s")
    if beyond:
        warnings.append(f"{beyond} lines lie beyond the end of the recording and were left out")
    return tuple(segments), warnings


def _segment(cue: Cue, side: Speaker, span: Span, rate_hz: int, frame_count: int) -> Segment:
    words = []
    for word in cue.words:
        at = _span(word.start_s, word.end_s, rate_hz, frame_count)
        if at is not None:
            words.append(Word(text=word.text, span=at, confidence=word.confidence))
    return Segment(
        id=new_id(),
        speaker=side,
        span=span,
        text=cue.text,
        confidence=cue.confidence,
        words=tuple(words),
        heard=cue.heard,
    )


def _span(start_s: float, end_s: float, rate_hz: int, frame_count: int) -> Span | None:
    """At least one frame, within the recording; None beyond its end."""
    start = to_frames(start_s, rate_hz)
    if start >= frame_count:
        return None
    return Span(start, min(frame_count, max(start + 1, to_frames(end_s, rate_hz))))


def _speech(
    item: FoundTranscript, lines: Sequence[Segment], rate_hz: int, frame_count: int
) -> tuple[Segment, ...]:
    """Pure speech with ids of its own: from tiers of speech where there are, else the lines."""
    cues = item.transcript.speech if item.transcript is not None else ()
    if not cues:
        return tuple(
            Segment(id=new_id(), speaker=s.speaker, span=s.span, confidence=s.confidence)
            for s in lines
            if s.heard
        )
    found = []
    for cue in cues:
        side = speakers.known(cue.speaker)
        span = _span(cue.start_s, cue.end_s, rate_hz, frame_count)
        if span is not None and side is not None:
            found.append(Segment(id=new_id(), speaker=side, span=span))
    return tuple(found)
