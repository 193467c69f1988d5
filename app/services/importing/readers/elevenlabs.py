"""Conversations of ElevenLabs Agents: the conversation object of its API, or the webhook.

A turn's time is a whole number of seconds and it has no end, so no latency and no overlap can be
measured from these times: they only give the order. Ends are estimated and marked as such, and no
layer of speech is made. `original_message` is what the agent meant to say before it was cut short.
Field names as in the Python SDK 2.78.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.calls import Speaker
from app.domain.json_shapes import listing, mapping
from app.domain.work import Work
from app.services.importing.foreign import ForeignCall, ForeignLine
from app.services.importing.foreign_files import epoch_s, number, utc_iso, words
from app.services.importing.readers import audio_sides, jsonish, reported
from app.services.importing.readers import known_fields as known
from app.services.importing.readers.audio_sides import Sides, Usual
from app.services.importing.readers.call_files import CallFiles, Place, audio_of_stem
from app.services.importing.readers.jsonish import Notes, Timeline

SPEAKERS: Mapping[str, Speaker] = {"user": "caller", "agent": "agent"}
USUAL = Usual(
    by="the usual order, the user left and the agent right; ElevenLabs gives one mixed channel",
    confidence=0.5,
)
CHARS_PER_S = 15.0
"""Ordinary speech; only for the estimated end of a turn."""
LEAST_S = 1.0
WHOLE_S = 1.0
"""What the times are rounded to."""
WHOLE_SECONDS = (
    "Its times are whole seconds and turns have no end: no latency, overlap or interruption can be "
    "measured from them. Ends are estimates."
)
NONE_KEPT = "The platform kept no recording."
SEPARATE = (
    "The recording is a separate download: put it beside the JSON file, named as it is or by the "
    "conversation's id."
)
HANDOVERS = frozenset({"transfer_to_number", "transfer_to_agent"})


class ReaderElevenlabs(CallFiles):
    """ElevenLabs conversation JSON with its recording beside it."""

    source = "elevenlabs"
    title = "ElevenLabs"
    marks = (("time_in_call_secs", "role"), ("conversation_id", "call_duration_secs"))

    def calls(self, document: Any) -> list[dict[str, Any]]:
        """Conversations, one or a list, or the one within a webhook."""
        rows = jsonish.as_list(document, "conversations")
        return [call for row in rows if _is_call(call := mapping(row.get("data")) or row)]

    def call(self, ctx: Work, raw: dict[str, Any], place: Place) -> ForeignCall:
        """One conversation with its lines, tool calls and the platform's figures."""
        notes = Notes()
        notes.odd(raw, known.ELEVENLABS_CALL)
        meta = mapping(raw.get("metadata"))
        length = jsonish.at_s(meta.get("call_duration_secs"))
        timeline = _timeline(listing(raw.get("transcript")), length, notes)
        sides = _audio(ctx, raw, place, timeline)
        identity = jsonish.identity(raw, raw.get("conversation_id"))
        params = {"time_basis": "estimated", "resolution_s": WHOLE_S}
        return ForeignCall(
            source=self.source,
            identity=identity,
            title=f"ElevenLabs {identity[:40]}",
            path=place.path,
            duration_s=sides.duration_s or max(length or 0.0, timeline.end_s) or None,
            clock_s=length,
            clock_slack_s=WHOLE_S + jsonish.EDGES_S,
            audio=sides.audio,
            layers=reported.layers_of("elevenlabs", timeline, speech=False, params=params),
            events=tuple(timeline.events),
            documents={"elevenlabs/call.json": jsonish.as_document(raw)},
            extra=jsonish.facts(raw, ("status", "user_id", "analysis"), sides.guess),
            metrics=_figures(raw, meta),
            agent=words(raw.get("agent_name")) or words(raw.get("agent_id")),
            agent_version=words(raw.get("version_id")),
            language=words(meta.get("main_language"), 20),
            outcome=words(meta.get("termination_reason")) or words(raw.get("status")),
            recorded_at=utc_iso(epoch_s(meta.get("start_time_unix_secs"))),
            **notes.closed(),
        )


def _is_call(row: Mapping[str, Any]) -> bool:
    turns = listing(row.get("transcript"))
    timed = any(isinstance(t, dict) and "time_in_call_secs" in t for t in turns)
    return timed or (
        "conversation_id" in row and "call_duration_secs" in mapping(row.get("metadata"))
    )


def _timeline(turns: Sequence[Any], length: float | None, notes: Notes) -> Timeline:
    timeline = Timeline(notes)
    starts = [number(t.get("time_in_call_secs")) if isinstance(t, dict) else None for t in turns]
    for row, turn in enumerate(turns, start=1):
        if not isinstance(turn, dict):
            notes.count("are no objects", row)
            continue
        notes.odd(turn, known.ELEVENLABS_TURN, "transcript[].")
        role = words(turn.get("role"))
        after = next((s for s in starts[row:] if s is not None), length)
        if role in SPEAKERS:
            _turn(row, SPEAKERS[role], turn, after, timeline)
        else:
            notes.count("have a role that is not known", row)
    _tools(turns, timeline)
    if timeline.rows:
        notes.warn(WHOLE_SECONDS)
    return timeline


def _turn(
    row: int, speaker: Speaker, turn: Mapping[str, Any], after: float | None, timeline: Timeline
) -> None:
    """One turn; its end is where its text would take it, or where the next turn begins."""
    said = words(turn.get("message"), jsonish.MAX_TEXT)
    meant = words(turn.get("original_message"), jsonish.MAX_TEXT)
    start = number(turn.get("time_in_call_secs"))
    if not said and not meant:
        return
    end = None
    if start is not None:
        spoken = start + max(LEAST_S, len(said) / CHARS_PER_S)
        end = min(spoken, after) if after is not None and after > start else spoken
    made = timeline.add(row, speaker, start, end, said)
    if made is None:
        return
    if meant and meant != said:
        rest = meant.removeprefix(said.rstrip(" .…-")).strip()
        timeline.rows.append(replace(made, start_s=made.end_s, text=rest, heard=False))
    if turn.get("interrupted") is True:
        timeline.mark(row, "barge_in", made.end_s, f"{speaker} cut short (about)")


def _tools(turns: Sequence[Any], timeline: Timeline) -> None:
    """Tool calls with their results, which stand in the same turn or in a later one."""
    waiting: list[tuple[int, float | None, dict[str, Any]]] = []
    for row, turn in enumerate(turns, start=1):
        start = number(mapping(turn).get("time_in_call_secs"))
        waiting += [(row, start, mapping(t)) for t in listing(mapping(turn).get("tool_calls"))]
        for item in listing(mapping(turn).get("tool_results")):
            result = mapping(item)
            mine = next((w for w in waiting if _belongs(w[2], result)), (row, start, result))
            waiting = [w for w in waiting if w is not mine]
            _tool(mine[0], mine[1], mine[2].get("tool_name"), result, timeline)
    for row, start, tool in waiting:
        _tool(row, start, tool.get("tool_name"), {}, timeline)


def _belongs(tool: Mapping[str, Any], result: Mapping[str, Any]) -> bool:
    ids = words(tool.get("request_id")), words(result.get("request_id"))
    return ids[0] == ids[1] if all(ids) else tool.get("tool_name") == result.get("tool_name")


def _tool(
    row: int, start: float | None, name: object, result: Mapping[str, Any], timeline: Timeline
) -> None:
    failed, took_s = result.get("is_error") is True, result.get("tool_latency_secs")
    timeline.tool(row, name, start, failed=failed, took_s=took_s)
    if words(name) in HANDOVERS:
        timeline.mark(row, "transfer", start, words(name).replace("_", " "))


def _audio(ctx: Work, raw: Mapping[str, Any], place: Place, timeline: Timeline) -> Sides:
    found = audio_of_stem(place, raw.get("conversation_id"))
    if found is None:
        timeline.notes.lose(NONE_KEPT if raw.get("has_audio") is False else SEPARATE)
        return Sides()
    inner = Timeline(timeline.notes, [line for x in timeline.rows if (line := _inner(x))])
    return audio_sides.noted(ctx, [found], inner, USUAL, look_for_shift=False)


def _inner(line: ForeignLine) -> ForeignLine | None:
    """The part of a turn in which the speaker surely spoke, whole seconds being what they are."""
    start = line.start_s + WHOLE_S
    return replace(line, start_s=start) if line.heard and line.end_s > start else None


def _figures(raw: Mapping[str, Any], meta: Mapping[str, Any]) -> dict[str, Any]:
    """The platform's own figures by turn. They are no responses: turns have no exact place."""
    turns = [
        {"turn": n, **timed}
        for n, turn in enumerate(listing(raw.get("transcript")), start=1)
        if (timed := _elapsed(mapping(turn)))
    ]
    found: dict[str, Any] = {"turns_s": turns} if turns else {}
    for name in ("cost", "charging"):
        if meta.get(name) is not None:
            found[name] = meta[name]
    return found


def _elapsed(turn: Mapping[str, Any]) -> dict[str, float]:
    given = mapping(turn.get("conversation_turn_metrics"))
    given = mapping(given.get("metrics")) or given
    return {
        words(name, 80): value
        for name, item in given.items()
        if (value := number(mapping(item).get("elapsed_time"))) is not None
    }
