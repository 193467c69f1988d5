"""Recordings of Twilio: the recording resource, with its call, transcript and sentences.

Each is a document of its own; they find each other by their sids (call, transcript source) among
the JSON files of the folder, or stand together in one file under `recording`, `call`, `transcript`
and `sentences`. Of a two-party recording channel 1 is the parent leg and channel 2 the child leg;
of a conference channel 1 is whoever joined first. Which leg is the agent only the transcript's
participants say. Start times are RFC 2822, durations seconds as text, sentences' times seconds.
Field names as in the helper library 9.13.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.calls import ChannelMap, Speaker
from app.domain.errors import UserError
from app.domain.work import Work
from app.services.importing.foreign import ForeignCall
from app.services.importing.foreign_files import listing, mapping, number, read_json, utc_iso, words
from app.services.importing.readers import audio_sides, jsonish, reported
from app.services.importing.readers import known_fields as known
from app.services.importing.readers.audio_sides import Sides, Usual
from app.services.importing.readers.call_files import (
    CallFiles,
    Place,
    audio_of_stem,
    json_files,
    not_fetched,
)
from app.services.importing.readers.jsonish import Notes, Timeline

MAX_NEIGHBOURS = 300
"""JSON files of the folder in which the parts of a call are looked for."""
AGENT_WORDS = ("agent", "bot", "assistant")
PARTS = ("recording", "call", "transcript")


@dataclass(slots=True)
class _Parts:
    """What there is of one call. Objects of Twilio's API; empty where there is none."""

    recording: dict[str, Any] = field(default_factory=dict)
    call: dict[str, Any] = field(default_factory=dict)
    transcript: dict[str, Any] = field(default_factory=dict)
    sentences: list[Any] = field(default_factory=list)


class ReaderTwilio(CallFiles):
    """Twilio recording JSON with the recording beside it."""

    source = "twilio"
    title = "Twilio"
    marks = (("call_sid", "media_url"), ("call_sid", "channels", "sid"))

    def calls(self, document: Any) -> list[dict[str, Any]]:
        """Recording resources, one or a list, or files that hold a recording with its parts."""
        rows = jsonish.as_list(document, "recordings")
        return [row for row in rows if _is_recording(mapping(row.get("recording")) or row)]

    def call(self, ctx: Work, raw: dict[str, Any], place: Place) -> ForeignCall:
        """One recording with the sentences of its transcript."""
        parts = _gathered(raw, place)
        notes = _named(parts)
        recording, call = parts.recording, parts.call
        sid = words(recording.get("sid"), 64)
        usual = _usual(parts)
        if usual.confidence < 1:
            notes.warn(
                "Twilio does not say which leg is the agent; channel 1 was taken as the caller's. "
                "Swap the channels if it is the other way round."
            )
        timeline = _sentences(parts, usual.channel_map, notes)
        sides = _audio(ctx, recording, place, timeline, usual)
        documents = {"twilio/call.json": jsonish.as_document(raw)}
        for name, value in (("call_resource", call), ("transcript", parts.transcript)):
            if value and value is not raw.get("call") and value is not raw.get("transcript"):
                documents[f"twilio/{name}.json"] = jsonish.as_document(value)
        if parts.sentences and "sentences" not in raw:
            documents["twilio/sentences.json"] = jsonish.as_document(parts.sentences)
        return ForeignCall(
            source=self.source,
            identity=jsonish.identity(recording, recording.get("sid")),
            title=f"Twilio {sid}",
            path=place.path,
            duration_s=sides.duration_s or _duration_s(recording, timeline),
            audio=sides.audio,
            layers=reported.one_text(
                "twilio", timeline, "heard", "both as heard", {"time_basis": "audio"}
            ),
            events=tuple(timeline.events),
            documents=documents,
            extra=jsonish.facts(
                {**call, **recording}, ("source", "channels", "track", "direction"), sides.guess
            ),
            metrics=_figures(parts),
            language=words(parts.transcript.get("language_code"), 20),
            outcome=words(call.get("status")) or words(recording.get("status")),
            recorded_at=utc_iso(jsonish.rfc2822_s(recording.get("start_time"))),
            **notes.closed(),
        )


def _is_recording(row: Mapping[str, Any]) -> bool:
    return "call_sid" in row and "sid" in row and ("channels" in row or "media_url" in row)


# parts -------------------------------------------------------------------------------------------


def _gathered(raw: dict[str, Any], place: Place) -> _Parts:
    """The call's parts: in its own file, or by their sids in the folder's other JSON files."""
    if isinstance(raw.get("recording"), dict):
        whole = {name: mapping(raw.get(name)) for name in PARTS}
        return _Parts(**whole, sentences=listing(raw.get("sentences")))
    parts = _Parts(recording=raw)
    around = list(_neighbours(place))
    for one in around:
        _take(parts, one)
    for one in around:
        found = listing(one.get("sentences"))
        if found and not parts.sentences and _are_ours(one, found, parts):
            parts.sentences = found
    return parts


def _neighbours(place: Place) -> Iterable[dict[str, Any]]:
    for path in json_files(place.folder)[:MAX_NEIGHBOURS]:
        if path == place.path:
            continue
        try:
            document = read_json(path)
        except UserError:
            continue  # no part of a call; the file's own import says what is wrong with it
        if isinstance(document, dict):
            yield document


def _take(parts: _Parts, one: dict[str, Any]) -> None:
    sid = words(one.get("sid"), 64)
    source = mapping(mapping(one.get("channel")).get("media_properties")).get("source_sid")
    if sid and sid == parts.recording.get("call_sid") and "call_sid" not in one:
        parts.call = one
    elif source and source == parts.recording.get("sid"):
        parts.transcript = one


def _are_ours(one: Mapping[str, Any], sentences: list[Any], parts: _Parts) -> bool:
    """Whether sentences belong to the call: by the recording's sid or the transcript's."""
    ours = {words(parts.recording.get("sid"), 64), words(parts.transcript.get("sid"), 64)} - {""}
    named = {words(one.get(k), 64) for k in ("recording_sid", "source_sid", "transcript_sid")}
    named |= {words(mapping(s).get("transcript_sid"), 64) for s in sentences[:1]}
    address = words(mapping(one.get("meta")).get("url"), 500)
    return bool(ours & named) or any(f"/{sid}/" in address for sid in ours)


def _named(parts: _Parts) -> Notes:
    notes = Notes()
    notes.odd(parts.recording, known.TWILIO_RECORDING)
    notes.odd(parts.call, known.TWILIO_CALL, "call.")
    notes.odd(parts.transcript, known.TWILIO_TRANSCRIPT, "transcript.")
    return notes


# channels and lines ------------------------------------------------------------------------------


def _usual(parts: _Parts) -> Usual:
    """Who is on channel 1 and 2: by the transcript's participants, else by Twilio's custom."""
    people = listing(mapping(parts.transcript.get("channel")).get("participants"))
    for person in map(mapping, people):
        role = f"{words(person.get('role'))} {words(person.get('type'))}".lower()
        channel = number(person.get("channel_participant"))
        if channel in (1, 2) and role.strip():
            is_agent = any(word in role for word in AGENT_WORDS)
            first: Speaker = "agent" if is_agent == (channel == 1) else "caller"
            return Usual(
                channel_map="agent,caller" if first == "agent" else "caller,agent",
                by="the participants that its transcript names",
                confidence=1.0,
            )
    if parts.recording.get("conference_sid"):
        by = "channel 1 is who joined the conference first, taken as the caller"
        return Usual(by=by, confidence=0.5)
    return Usual(by="channel 1 is the parent leg, taken as the caller's", confidence=0.6)


def _sentences(parts: _Parts, channel_map: ChannelMap, notes: Notes) -> Timeline:
    timeline = Timeline(notes)
    sides: dict[float, Speaker] = {1.0: "caller", 2.0: "agent"}
    if channel_map == "agent,caller":
        sides = {1.0: "agent", 2.0: "caller"}
    for row, item in enumerate(parts.sentences, start=1):
        one = mapping(item)
        notes.odd(one, known.TWILIO_SENTENCE, "sentences[].")
        speaker = sides.get(number(one.get("media_channel")) or 0.0)
        if speaker is None:
            notes.count("are on no channel of the recording and are no lines", row)
            continue
        timeline.add(
            row,
            speaker,
            one.get("start_time"),
            one.get("end_time"),
            one.get("transcript"),
            confidence=jsonish.share(one.get("confidence")),
            words=jsonish.word_times(one.get("words"), "word", "start_time", "end_time"),
        )
    if not parts.sentences:
        notes.lose("It came without sentences of a transcript.")
    return timeline


def _audio(
    ctx: Work, recording: Mapping[str, Any], place: Place, timeline: Timeline, usual: Usual
) -> Sides:
    found = audio_of_stem(place, recording.get("sid"), recording.get("call_sid"))
    if found is None:
        timeline.notes.lose(not_fetched("media_url"))
        return Sides()
    return audio_sides.noted(ctx, [found], timeline, usual)


def _duration_s(recording: Mapping[str, Any], timeline: Timeline) -> float | None:
    given = jsonish.at_s(recording.get("duration"))
    return max(given or 0.0, timeline.end_s) or None


def _figures(parts: _Parts) -> dict[str, Any]:
    return {
        name: {k: part[k] for k in ("price", "price_unit") if part.get(k) is not None}
        for name, part in (("recording_price", parts.recording), ("call_price", parts.call))
        if part.get("price") is not None
    }
