"""What a LiveKit session report says of a conversation, on the recording's clock.

Times in the report are epoch seconds, the recording's zero is `audio_recording_started_at`: the
session begins earlier than the recording. Messages carry when their speaker began and stopped;
where they do not, the changes of state in the report's events say it, and where those are missing
too, only the time at which the message was written down, which is marked as an estimate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.calls import Speaker
from app.domain.json_shapes import listing, mapping
from app.services.importing.foreign_files import epoch_s, number, words
from app.services.importing.readers import jsonish
from app.services.importing.readers import known_fields as known
from app.services.importing.readers.jsonish import Notes, Timeline

SPEAKERS: Mapping[str, Speaker] = {"user": "caller", "assistant": "agent"}
CHARS_PER_S = 15.0
"""Ordinary speech; only for messages without a time of speaking."""
REACH_S = 3.0
"""How far a change of state may lie from a message that it belongs to."""
MAX_DELAY_S = 3600.0
STAGES: tuple[tuple[str, str], ...] = (
    ("llm_first_token_ms", "llm_node_ttft"),
    ("tts_first_byte_ms", "tts_node_ttfb"),
    ("play_out_ms", "playback_latency"),
)


@dataclass(slots=True)
class Session:
    """The conversation of a report.

    Attributes:
        timeline: lines and events, seconds of the recording.
        responses: `{start_s, stages}` for each agent's turn with figures.
        e2e_s: the reported latencies from end of speech to the agent's start.
        estimated: how many lines have estimated times.
    """

    timeline: Timeline
    responses: list[dict[str, Any]] = field(default_factory=list)
    e2e_s: list[float] = field(default_factory=list)
    estimated: int = 0


def session(report: Mapping[str, Any], zero_s: float, notes: Notes) -> Session:
    """Lines, events and figures of a report (keys in snake_case)."""
    return _Reading(zero_s, notes).all(report)


def first_s(report: Mapping[str, Any]) -> float | None:
    """The earliest time in the report's items, epoch seconds; None where there is none."""
    found: list[float] = []
    for item in items(report):
        metrics = metrics_of(item)
        for value in (item.get("created_at"), metrics.get("started_speaking_at")):
            at = epoch_s(value)
            if at is not None:
                found.append(at)
    return min(found, default=None)


def items(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The items of the chat history, keys in snake_case."""
    history = report.get("chat_history")
    rows = history if isinstance(history, list) else listing(mapping(history).get("items"))
    return [jsonish.snaked(row) if isinstance(row, dict) else {} for row in rows]


def metrics_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """A message's metrics, keys in snake_case."""
    return jsonish.snaked(mapping(item.get("metrics")))


def text_of(item: Mapping[str, Any]) -> str:
    """A message's text."""
    content = item.get("content")
    parts = content if isinstance(content, list) else [content]
    return words(" ".join(p for p in parts if isinstance(p, str)), jsonish.MAX_TEXT)


class _Reading:
    def __init__(self, zero_s: float, notes: Notes) -> None:
        self._zero_s, self._notes = zero_s, notes
        self._found = Session(Timeline(notes))
        self._states: dict[Speaker, list[tuple[float, float]]] = {}
        self._user: dict[str, Any] = {}
        """Metrics of the user's message before."""

    def all(self, report: Mapping[str, Any]) -> Session:
        rows = items(report)
        events = [jsonish.snaked(e) for e in listing(report.get("events")) if isinstance(e, dict)]
        self._states = {
            "caller": _speaking(events, "user_state_changed"),
            "agent": _speaking(events, "agent_state_changed"),
        }
        outputs = {
            words(r.get("call_id")): r for r in rows if r.get("type") == "function_call_output"
        }
        for row, item in enumerate(rows, start=1):
            self._notes.odd(item, known.LIVEKIT_ITEM, "items[].")
            self._one(row, item, outputs)
        for row, event in enumerate(events, start=1):
            self._event(row, event)
        return self._found

    def _at(self, value: object) -> float | None:
        at = epoch_s(value)
        return None if at is None else at - self._zero_s

    def _one(self, row: int, item: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
        kind, timeline = item.get("type", "message"), self._found.timeline
        if kind == "message":
            role = words(item.get("role"))
            if role in SPEAKERS:
                self._message(row, SPEAKERS[role], item)
            elif role not in ("system", "developer"):
                self._notes.count("have a role that is not known", row)
        elif kind == "function_call":
            output = mapping(outputs.get(words(item.get("call_id"))))
            timeline.tool(
                row,
                item.get("name"),
                self._at(item.get("created_at")),
                self._at(output.get("created_at")),
                failed=output.get("is_error") is True,
            )
        elif kind == "agent_handoff":
            label = f"handed over to {words(item.get('new_agent_id'), 80)}"
            timeline.mark(row, "transfer", self._at(item.get("created_at")), label)
        elif kind not in ("function_call_output", "agent_config_update"):
            self._notes.count("are of a type that is not known", row)

    def _message(self, row: int, speaker: Speaker, item: Mapping[str, Any]) -> None:
        metrics, said = metrics_of(item), text_of(item)
        self._notes.odd(metrics, known.LIVEKIT_METRICS, "metrics.")
        span = self._span(speaker, item, metrics, said)
        line = self._found.timeline.add(
            row,
            speaker,
            span[0] if span else None,
            span[1] if span else None,
            said,
            confidence=jsonish.share(item.get("transcript_confidence")),
        )
        if speaker == "caller":
            self._user = metrics
        else:
            self._response(line.start_s if line else None, metrics)
        if line is not None and item.get("interrupted") is True:
            self._found.timeline.mark(row, "barge_in", line.end_s, f"{speaker} interrupted")

    def _span(
        self, speaker: Speaker, item: Mapping[str, Any], metrics: Mapping[str, Any], said: str
    ) -> tuple[float, float] | None:
        """When a message was spoken: told, by changes of state, or estimated."""
        start = self._at(metrics.get("started_speaking_at"))
        end = self._at(metrics.get("stopped_speaking_at"))
        if start is not None and end is not None:
            return start, end
        written = start if start is not None else self._at(item.get("created_at"))
        if written is None:
            return None
        near = [s for s in self._spans(speaker) if s[0] - REACH_S <= written <= s[1] + REACH_S]
        if near:
            return min(near, key=lambda s: min(abs(s[0] - written), abs(s[1] - written)))
        self._found.estimated += 1
        length = max(0.5, len(said) / CHARS_PER_S)
        if speaker == "caller" and start is None:
            return max(0.0, written - length), written
        return written, written + length

    def _spans(self, speaker: Speaker) -> list[tuple[float, float]]:
        return [(a - self._zero_s, b - self._zero_s) for a, b in self._states[speaker]]

    def _response(self, start: float | None, metrics: Mapping[str, Any]) -> None:
        e2e, stages = number(metrics.get("e2e_latency")), _stages(self._user, metrics)
        self._user = {}
        if e2e is not None:
            self._found.e2e_s.append(e2e)
        if start is not None and stages:
            self._found.responses.append({"start_s": start, "stages": stages})

    def _event(self, row: int, event: Mapping[str, Any]) -> None:
        kind, at = words(event.get("type")), self._at(event.get("created_at"))
        timeline = self._found.timeline
        if kind == "close":
            timeline.mark(row, "other", at, f"closed: {words(event.get('reason'), 80)}")
        elif kind == "error":
            timeline.mark(row, "other", at, "error")
        elif kind in ("dtmf", "sip_dtmf_received", "dtmf_received"):
            timeline.mark(row, "dtmf", at, words(event.get("digit")) or "key")


def _speaking(events: Sequence[Mapping[str, Any]], kind: str) -> list[tuple[float, float]]:
    """Spans (epoch seconds) of the state `speaking` in the changes of state of one side."""
    out: list[tuple[float, float]] = []
    since: float | None = None
    for event in events:
        at = epoch_s(event.get("created_at"))
        if event.get("type") != kind or at is None:
            continue
        if event.get("new_state") == "speaking":
            since = at if since is None else since
        elif since is not None:
            out += [(since, at)] if at >= since else []
            since = None
    return out


def _stages(user: Mapping[str, Any], agent: Mapping[str, Any]) -> dict[str, float]:
    """Where a response's time went, in ms.

    The wait for the transcript lies within the end-of-turn delay and is taken off it.
    """
    found: dict[str, float] = {}
    whole, text = _delay_s(user.get("end_of_turn_delay")), _delay_s(user.get("transcription_delay"))
    if whole is not None:
        of_text = min(text or 0.0, whole)
        found["endpointing_ms"] = round((whole - of_text) * 1000, 3)
        if text is not None:
            found["asr_final_ms"] = round(of_text * 1000, 3)
    for key, name in STAGES:
        value = _delay_s(agent.get(name))
        if value is not None:
            found[key] = round(value * 1000, 3)
    return found


def _delay_s(value: object) -> float | None:
    """A delay in seconds; None for what is none, is negative or takes longer than an hour."""
    found = number(value)
    return found if found is not None and 0 <= found <= MAX_DELAY_S else None
