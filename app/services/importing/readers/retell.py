"""Calls of Retell: the call object of its API, or the webhook that carries it.

Words have seconds of the audio, which Retell calls an approximation. Tool calls, key presses and
changes of node stand between the utterances of the list: their place in it is their time, unless
they carry one (`time_sec`). `start_timestamp` and `end_timestamp` are epoch milliseconds. Field
names and roles as in Retell's Python SDK 6.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.calls import Speaker
from app.domain.json_shapes import listing, mapping
from app.domain.work import Work
from app.services.importing.foreign import ForeignCall
from app.services.importing.foreign_files import epoch_s, number, utc_iso, words
from app.services.importing.readers import audio_sides, jsonish, reported
from app.services.importing.readers import known_fields as known
from app.services.importing.readers.audio_sides import Sides, Usual
from app.services.importing.readers.call_files import (
    CallFiles,
    Place,
    audio_of_stem,
    local_audio,
    not_fetched,
)
from app.services.importing.readers.jsonish import Notes, Timeline

SPEAKERS: Mapping[str, Speaker] = {"user": "caller", "agent": "agent"}
LISTS = (
    "transcript_with_tool_calls",
    "scrubbed_transcript_with_tool_calls",
    "transcript_object",
)
USUAL = Usual(
    by="the usual order, the user left and the agent right; Retell documents none",
    confidence=0.5,
)
CLOCKS_APART_S = 0.5
FIGURES = ("latency", "call_cost", "llm_token_usage")
FACTS = (
    "call_type", "call_status", "direction", "call_analysis", "metadata",
    "retell_llm_dynamic_variables", "collected_dynamic_variables",
)  # fmt: skip


class ReaderRetell(CallFiles):
    """Retell call JSON with its recording beside it."""

    source = "retell"
    title = "Retell"
    marks = (("call_id", "transcript_object"), ("call_id", "call_status", "agent_id"))

    def calls(self, document: Any) -> list[dict[str, Any]]:
        """Call objects, one or a list, or the call within a webhook."""
        rows = jsonish.as_list(document, "items")
        return [call for row in rows if _is_call(call := mapping(row.get("call")) or row)]

    def call(self, ctx: Work, raw: dict[str, Any], place: Place) -> ForeignCall:
        """One call with lines, words, tool calls and the platform's figures."""
        notes = Notes()
        notes.odd(raw, known.RETELL_CALL)
        timeline = _Reading(notes).all(raw)
        if words(raw.get("disconnection_reason")) == "call_transfer":
            timeline.mark(0, "transfer", timeline.end_s, "transferred")
        sides = _audio(ctx, raw, place, timeline)
        lasted_s = _lasted_s(raw, notes)
        identity = jsonish.identity(raw, raw.get("call_id"))
        params = {"time_basis": "audio", "approximate": "word times of the platform's recogniser"}
        return ForeignCall(
            source=self.source,
            identity=identity,
            title=f"Retell {identity[:40]}",
            path=place.path,
            duration_s=sides.duration_s or max(lasted_s or 0.0, timeline.end_s) or None,
            clock_s=lasted_s,
            clock_slack_s=jsonish.EDGES_S,
            audio=sides.audio,
            layers=reported.layers_of("retell", timeline, speech=True, params=params),
            events=tuple(timeline.events),
            documents={"retell/call.json": jsonish.as_document(raw)},
            extra=jsonish.facts(raw, FACTS, sides.guess),
            metrics={k: raw[k] for k in FIGURES if isinstance(raw.get(k), dict)},
            agent=words(raw.get("agent_name")) or words(raw.get("agent_id")),
            agent_version=words(raw.get("agent_version")),
            outcome=words(raw.get("disconnection_reason")) or words(raw.get("call_status")),
            recorded_at=utc_iso(epoch_s(raw.get("start_timestamp"))),
            **notes.closed(),
        )


def _is_call(row: Mapping[str, Any]) -> bool:
    return "call_id" in row and (
        any(name in row for name in LISTS) or ("call_status" in row and "agent_id" in row)
    )


class _Reading:
    """Goes through the list of utterances and what stands between them."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.timeline = Timeline(notes)
        self._at: float | None = 0.0
        """Where the list has come to: the end of the last utterance that has words."""
        self._transferred = False
        self._open: dict[str, tuple[int, str, float | None, bool]] = {}

    def all(self, raw: Mapping[str, Any]) -> Timeline:
        """Lines and events of a call."""
        rows = next((found for name in LISTS if (found := listing(raw.get(name)))), [])
        for row, item in enumerate(rows, start=1):
            if not isinstance(item, dict):
                self.notes.count("are no objects", row)
                continue
            self.notes.odd(item, known.RETELL_ENTRY, "transcript[].")
            self._one(row, item, words(item.get("role")))
        for row, name, at, _ in self._open.values():
            self.timeline.tool(row, name, at)
        return self.timeline

    def _one(self, row: int, item: Mapping[str, Any], role: str) -> None:
        if role in SPEAKERS:
            self._line(row, SPEAKERS[role], item)
        elif role == "transfer_target":
            self._third(row)
        elif role == "tool_call_invocation":
            told = number(item.get("time_sec"))
            at = self._at if told is None else told
            key = words(item.get("tool_call_id")) or f"#{row}"
            self._open[key] = (row, words(item.get("name")) or "tool", at, told is not None)
        elif role == "tool_call_result":
            self._result(row, item)
        elif role == "dtmf":
            self.timeline.mark(row, "dtmf", self._time(item), words(item.get("digit")) or "key")
        elif role == "node_transition":
            target = words(item.get("new_node_name"), 80) or words(item.get("new_node_id"), 80)
            self.timeline.mark(row, "other", self._time(item), f"node: {target}")
        elif role == "sms":
            self.timeline.mark(row, "other", self._time(item), "text message")
        elif role == "injected":
            self.timeline.mark(row, "other", self._time(item), "text put in")
        else:
            self.notes.count("have a role that is not known", row)

    def _time(self, item: Mapping[str, Any]) -> float | None:
        told = number(item.get("time_sec"))
        return self._at if told is None else told

    def _line(self, row: int, speaker: Speaker, item: Mapping[str, Any]) -> None:
        timed = jsonish.word_times(item.get("words"))
        if not timed:
            self.notes.count("have no timed words and are no lines", row)
            return
        start, end = min(w[1] for w in timed), max(w[2] for w in timed)
        self._at = max(self._at or 0.0, end)
        self.timeline.add(row, speaker, start, end, item.get("content"), words=timed)

    def _third(self, row: int) -> None:
        self.notes.count("are of the party that the call was transferred to and are no lines", row)
        if not self._transferred:
            self._transferred = True
            self.timeline.mark(row, "transfer", self._at, "third party on the line")

    def _result(self, row: int, item: Mapping[str, Any]) -> None:
        key = words(item.get("tool_call_id"))
        made = self._open.pop(key, None)
        if made is None:
            self.notes.count("are results of no tool call", row)
            return
        first, name, at, timed = made
        told = number(item.get("time_sec"))
        end = told if timed and told is not None else None
        self.timeline.tool(first, name, at, end, failed=item.get("successful") is False)


def _audio(ctx: Work, raw: Mapping[str, Any], place: Place, timeline: Timeline) -> Sides:
    several = (raw.get("recording_multi_channel_url"),
               raw.get("scrubbed_recording_multi_channel_url"))  # fmt: skip
    mixed = (raw.get("recording_url"), raw.get("scrubbed_recording_url"))
    found = (
        local_audio(place, *several)
        or audio_of_stem(place, raw.get("call_id"), endings=("_multichannel", "-multichannel", ""))
        or local_audio(place, *mixed)
    )
    if found is None:
        named = [
            name
            for name in ("recording_multi_channel_url", "recording_url")
            if isinstance(raw.get(name), str)
        ]
        timeline.notes.lose(not_fetched(*named) if named else "It names no recording.")
        return Sides()
    return audio_sides.noted(ctx, [found], timeline, USUAL)


def _lasted_s(raw: Mapping[str, Any], notes: Notes) -> float | None:
    """How long the call lasted: as told, else by its stamps; says so where the two differ."""
    given = number(raw.get("duration_ms"))
    told = None if given is None else jsonish.at_s(given / 1000)
    stamps = (epoch_s(raw.get(k)) for k in ("start_timestamp", "end_timestamp"))
    wall = jsonish.between_s(*stamps)
    if told is not None and wall is not None and abs(told - wall) > CLOCKS_APART_S:
        notes.warn(
            f"`duration_ms` says {told:.1f} s, its time stamps {wall:.1f} s; the former was used."
        )
    return told or wall
