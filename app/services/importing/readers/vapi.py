"""Calls of Vapi: the call object of its API, or the end-of-call report that it posts.

`secondsFromStart` counts from the start of the conversation, `time` and `endTime` are epoch
milliseconds, `duration` is documented in seconds and has been seen in milliseconds: it is used
only where `endTime` is missing, in the unit that fits the entries that have both. Field names and
roles as in Vapi's server SDK 3.0.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
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

SPEAKERS: Mapping[str, Speaker] = {"user": "caller", "bot": "agent", "assistant": "agent"}
SILENT_ROLES = frozenset({"system", "tool_call_result", "tool", "function"})
USUAL = Usual(
    by="the usual order, the customer left and the assistant right; Vapi documents none",
    confidence=0.5,
)
LONG_S = 120.0
"""A message that is longer than this in seconds is more likely given in milliseconds."""
MS_FROM = 30.0
"""So many times the span of its stamps a duration is at least if it counts milliseconds."""


class ReaderVapi(CallFiles):
    """Vapi call JSON with its recording beside it."""

    source = "vapi"
    title = "Vapi"
    marks = (("secondsFromStart", "role"), ("endedReason", "assistantId", "orgId"))

    def calls(self, document: Any) -> list[dict[str, Any]]:
        """Call objects, one or a list, or the call within a posted report."""
        rows = jsonish.as_list(document, "results")
        return [call for row in rows if _is_call(call := _unwrapped(row))]

    def call(self, ctx: Work, raw: dict[str, Any], place: Place) -> ForeignCall:
        """One call with lines, tool calls and the platform's figures."""
        notes = Notes()
        notes.odd(raw, known.VAPI_CALL)
        notes.odd(mapping(raw.get("artifact")), known.VAPI_ARTIFACT, "artifact.")
        timeline = _timeline(_messages(raw), notes)
        _transfer(raw, timeline)
        sides = _audio(ctx, raw, place, timeline)
        lasted_s = jsonish.between_s(epoch_s(raw.get("startedAt")), epoch_s(raw.get("endedAt")))
        assistant = mapping(raw.get("assistant"))
        identity = jsonish.identity(raw, raw.get("id"))
        params = {"time_basis": "audio", "approximate": "message times of the platform"}
        return ForeignCall(
            source=self.source,
            identity=identity,
            title=words(raw.get("name")) or f"Vapi {identity[:40]}",
            path=place.path,
            duration_s=sides.duration_s or max(lasted_s or 0.0, timeline.end_s) or None,
            clock_s=lasted_s,
            clock_slack_s=jsonish.EDGES_S,
            audio=sides.audio,
            layers=reported.layers_of("vapi", timeline, speech=True, params=params),
            events=tuple(timeline.events),
            documents={"vapi/call.json": jsonish.as_document(raw)},
            extra=jsonish.facts(
                raw, ("type", "status", "endedMessage", "analysis", "summary"), sides.guess
            ),
            metrics=_figures(raw),
            agent=words(assistant.get("name")) or words(raw.get("assistantId")),
            agent_version=words(mapping(assistant.get("model")).get("model")),
            language=words(mapping(assistant.get("transcriber")).get("language")),
            outcome=words(raw.get("endedReason")),
            recorded_at=utc_iso(epoch_s(raw.get("startedAt")) or epoch_s(raw.get("createdAt"))),
            **notes.closed(),
        )


def _unwrapped(row: dict[str, Any]) -> dict[str, Any]:
    """A posted report as one call: what the report says goes before what its `call` says."""
    message = mapping(row.get("message")) or row
    if "call" not in message or "artifact" not in message:
        return row
    outer = {k: v for k, v in message.items() if k not in ("type", "call")}
    return {**mapping(message.get("call")), **outer}


def _is_call(row: Mapping[str, Any]) -> bool:
    rows = _messages(row)
    timed = any(isinstance(m, dict) and "secondsFromStart" in m for m in rows)
    named = "endedReason" in row and ("orgId" in row or "assistantId" in row or "artifact" in row)
    return timed or named


def _messages(raw: Mapping[str, Any]) -> list[Any]:
    return listing(mapping(raw.get("artifact")).get("messages")) or listing(raw.get("messages"))


# times -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Clock:
    """How this call's numbers are seconds: units of a duration, and the start of its stamps."""

    per_second: float
    began_s: float | None

    def start(self, message: Mapping[str, Any]) -> float | None:
        """Seconds from the start of the call."""
        told = number(message.get("secondsFromStart"))
        if told is not None or self.began_s is None:
            return told
        at = epoch_s(message.get("time"))
        return None if at is None else at - self.began_s

    def end(self, message: Mapping[str, Any]) -> float | None:
        """By the stamps; by the duration where there are none."""
        start, span = self.start(message), _span_s(message)
        duration = number(message.get("duration"))
        if span is None and duration is not None and duration >= 0:
            span = duration / self.per_second
        return None if start is None or span is None else start + span


def _span_s(message: Mapping[str, Any]) -> float | None:
    first, last = epoch_s(message.get("time")), epoch_s(message.get("endTime"))
    return last - first if first is not None and last is not None and last >= first else None


def _clock(messages: list[dict[str, Any]], notes: Notes) -> _Clock:
    starts = [
        at - told
        for m in messages
        if (at := epoch_s(m.get("time"))) is not None
        and (told := number(m.get("secondsFromStart"))) is not None
    ]
    given = [
        (duration, _span_s(m))
        for m in messages
        if (duration := number(m.get("duration"))) is not None and duration > 0
    ]
    ratios = [duration / span for duration, span in given if span]
    if ratios:
        in_ms = statistics.median(ratios) > MS_FROM
    else:
        in_ms = any(duration > LONG_S for duration, _ in given)
        unit = "milliseconds" if in_ms else "seconds"
        notes.warn(f"No message has an end; `duration` was taken as {unit}." if given else "")
    return _Clock(1000.0 if in_ms else 1.0, statistics.median(starts) if starts else None)


def _timeline(messages: list[Any], notes: Notes) -> Timeline:
    rows = [(n, m) for n, m in enumerate(messages, start=1) if isinstance(m, dict)]
    clock = _clock([m for _, m in rows], notes)
    timeline = Timeline(notes)
    results = {str(m.get("toolCallId")): m for _, m in rows if m.get("role") == "tool_call_result"}
    for row, message in rows:
        role = words(message.get("role"))
        notes.odd(message, known.VAPI_MESSAGE, "messages[].")
        if role in SPEAKERS:
            timeline.add(
                row,
                SPEAKERS[role],
                clock.start(message),
                clock.end(message),
                message.get("message"),
                confidence=jsonish.share(message.get("confidence")),
                words=jsonish.word_times(
                    mapping(message.get("metadata")).get("wordLevelConfidence")
                ),
            )
        elif role == "tool_calls":
            _tools(row, message, results, clock, timeline)
        elif role not in SILENT_ROLES:
            notes.count("have a role that is not known", row)
    return timeline


def _tools(
    row: int,
    message: Mapping[str, Any],
    results: Mapping[str, Mapping[str, Any]],
    clock: _Clock,
    timeline: Timeline,
) -> None:
    for item in listing(message.get("toolCalls")):
        tool = mapping(item)
        result = results.get(str(tool.get("id")), {})
        name = mapping(tool.get("function")).get("name") or tool.get("name") or result.get("name")
        timeline.tool(row, name, clock.start(message), clock.start(result) if result else None)


def _transfer(raw: Mapping[str, Any], timeline: Timeline) -> None:
    target = mapping(raw.get("destination"))
    if target:
        kind = words(target.get("type")) or "another party"
        timeline.mark(0, "transfer", timeline.end_s, f"transferred to {kind}")


# the rest ----------------------------------------------------------------------------------------


def _audio(ctx: Work, raw: Mapping[str, Any], place: Place, timeline: Timeline) -> Sides:
    artifact = mapping(raw.get("artifact"))
    record = mapping(artifact.get("recording"))
    mono = mapping(record.get("mono"))
    stereo = (record.get("stereoUrl"), artifact.get("stereoRecordingUrl"),
              raw.get("stereoRecordingUrl"), artifact.get("presignedStereoUrl"))  # fmt: skip
    mixed = (mono.get("combinedUrl"), artifact.get("recordingUrl"), raw.get("recordingUrl"),
             artifact.get("presignedMonoUrl"))  # fmt: skip
    halves = (
        local_audio(place, mono.get("customerUrl"), artifact.get("presignedCustomerUrl")),
        local_audio(place, mono.get("assistantUrl"), artifact.get("presignedAssistantUrl")),
    )
    by_name = audio_of_stem(place, raw.get("id"), endings=("-stereo", "_stereo", ""))
    files: list[Path | None] = [local_audio(place, *stereo)]
    if files == [None]:
        files = list(halves) if None not in halves else [local_audio(place, *mixed) or by_name]
    there = [f for f in files if f is not None]
    if not there:
        named = any(isinstance(u, str) for u in (*stereo, *mixed))
        timeline.notes.lose(not_fetched("recordingUrl") if named else "It names no recording.")
        return Sides()
    timeline.notes.warn(
        "Vapi does not say when the recording began; its times are taken to count from the "
        "recording's start."
    )
    return audio_sides.noted(ctx, there, timeline, USUAL)


def _figures(raw: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(mapping(mapping(raw.get("artifact")).get("performanceMetrics")))
    return found | {k: raw[k] for k in ("cost", "costBreakdown") if raw.get(k) is not None}
