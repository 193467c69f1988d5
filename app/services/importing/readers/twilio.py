"""Recordings of Twilio: the recording resource, with its call, transcript and sentences.

Of a two-party recording channel 1 is the parent leg and channel 2 the child leg; of a conference
channel 1 is whoever joined first. Which leg is the agent only the transcript's participants say.
Start times are RFC 2822, durations seconds as text, sentences' times seconds. Field names as in the
helper library 9.13.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.calls import ChannelMap, Finding, Speaker
from app.domain.json_shapes import listing, mapping
from app.domain.mono_split import UNKNOWN
from app.domain.work import Work
from app.services.importing.foreign import ForeignCall
from app.services.importing.foreign_files import number, utc_iso, words
from app.services.importing.readers import audio_sides, jsonish, reported
from app.services.importing.readers import known_fields as known
from app.services.importing.readers.audio_sides import Sides, Usual
from app.services.importing.readers.call_files import (
    CallFiles,
    Place,
    audio_of_stem,
    not_fetched,
)
from app.services.importing.readers.jsonish import Notes, Timeline
from app.services.importing.readers.twilio_parts import Parts, gathered, is_recording

WHOLE_S = 1.0
"""What the recording's stated length is rounded to."""
AGENT_WORDS = ("agent", "bot", "assistant")
LEGS: Mapping[str, Speaker] = {"inbound": "caller", "outbound": "agent"}
"""Of a recording of one track: what the leg said, or what was said to it."""
ONE_CHANNEL = Finding(
    code="speakers_on_one_channel",
    message="One channel holds both parties and the sentences do not say who spoke: all are shown "
    "as the caller's.",
    voids=("latency", "overlap", "interruption", "turn"),
)


class ReaderTwilio(CallFiles):
    """Twilio recording JSON with the recording beside it."""

    source = "twilio"
    title = "Twilio"
    marks = (("call_sid", "media_url"), ("call_sid", "channels", "sid"))

    def calls(self, document: Any) -> list[dict[str, Any]]:
        """Recording resources, one or a list, or files that hold a recording with its parts."""
        rows = jsonish.as_list(document, "recordings")
        return [row for row in rows if is_recording(mapping(row.get("recording")) or row)]

    def call(self, ctx: Work, raw: dict[str, Any], place: Place) -> ForeignCall:
        """One recording with the sentences of its transcript."""
        parts = gathered(raw, place)
        notes = _named(parts)
        recording, call = parts.recording, parts.call
        sid = words(recording.get("sid"), 64)
        usual = _usual(parts)
        if usual.confidence < 1 and number(recording.get("channels")) != 1:
            notes.warn(
                "Twilio does not say which leg is the agent; channel 1 was taken as the caller's. "
                "Swap the channels if it is the other way round."
            )
        timeline = _sentences(parts, _speakers(recording, usual.channel_map), notes)
        sides = _audio(ctx, recording, place, timeline, usual)
        lasted_s = jsonish.at_s(recording.get("duration"))
        is_known = not _is_mixed(recording)
        if timeline.rows and not is_known:
            notes.find(ONE_CHANNEL)
        documents = {"call": raw, **parts.documents}
        return ForeignCall(
            source=self.source,
            identity=jsonish.identity(recording, recording.get("sid")),
            title=f"Twilio {sid}",
            path=place.path,
            duration_s=sides.duration_s or max(lasted_s or 0.0, timeline.end_s) or None,
            clock_s=lasted_s,
            clock_slack_s=WHOLE_S,
            audio=sides.audio,
            layers=tuple(
                layer
                for layer in reported.one_text(
                    "twilio", timeline, "heard", "both as heard", {"time_basis": "audio"}
                )
                if is_known or layer.kind == "transcript"
            ),
            events=tuple(timeline.events),
            documents={f"twilio/{k}.json": jsonish.as_document(v) for k, v in documents.items()},
            extra=jsonish.facts(
                {**call, **recording}, ("source", "channels", "track", "direction"), sides.guess
            ),
            metrics=_figures(parts),
            language=words(parts.transcript.get("language_code"), 20),
            outcome=words(call.get("status")) or words(recording.get("status")),
            recorded_at=utc_iso(jsonish.rfc2822_s(recording.get("start_time"))),
            **notes.closed(),
        )


def _named(parts: Parts) -> Notes:
    notes = Notes()
    notes.odd(parts.recording, known.TWILIO_RECORDING)
    notes.odd(parts.call, known.TWILIO_CALL, "call.")
    notes.odd(parts.transcript, known.TWILIO_TRANSCRIPT, "transcript.")
    return notes


# channels and lines ------------------------------------------------------------------------------


def _usual(parts: Parts) -> Usual:
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


def _is_mixed(recording: Mapping[str, Any]) -> bool:
    """Whether its one channel holds both parties."""
    return number(recording.get("channels")) == 1 and recording.get("track") not in LEGS


def _speakers(recording: Mapping[str, Any], channel_map: ChannelMap) -> dict[float, Speaker]:
    """Who speaks on channel 1 and 2; on the only one, the leg's side, or nobody can tell."""
    if number(recording.get("channels")) == 1:
        only = LEGS.get(words(recording.get("track")), UNKNOWN)
        return {0.0: only, 1.0: only}
    if channel_map == "agent,caller":
        return {1.0: "agent", 2.0: "caller"}
    return {1.0: "caller", 2.0: "agent"}


def _sentences(parts: Parts, speakers: Mapping[float, Speaker], notes: Notes) -> Timeline:
    timeline = Timeline(notes)
    for row, item in enumerate(parts.sentences, start=1):
        one = mapping(item)
        notes.odd(one, known.TWILIO_SENTENCE, "sentences[].")
        channel = number(one.get("media_channel"))
        speaker = None if channel is None else speakers.get(channel)
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
    sides = audio_sides.noted(ctx, [found], timeline, usual)
    leg = LEGS.get(words(recording.get("track")))
    if leg is None or [a.role for a in sides.audio] != ["mix"]:
        return sides
    timeline.notes.warn(f"Only one track was recorded, that of the {leg}.")
    guess = {"map": leg, "confidence": 1.0, "reason": "a recording of one track"}
    return replace(sides, audio=(replace(sides.audio[0], role=leg),), guess=guess)


def _figures(parts: Parts) -> dict[str, Any]:
    return {
        name: {k: part[k] for k in ("price", "price_unit") if part.get(k) is not None}
        for name, part in (("recording_price", parts.recording), ("call_price", parts.call))
        if part.get("price") is not None
    }
