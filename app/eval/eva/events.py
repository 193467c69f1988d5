"""One event of a record's logs, and how a row of each of the three files becomes one.

Values that should be numbers may be text; times may be milliseconds, seconds or ISO 8601. A row
from which no event can be had gives None.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from app.domain.calls import Speaker
from app.eval.eva.framework import Frame

Source = Literal["audit", "framework", "caller"]

SPEAKERS: Mapping[str, Speaker] = {
    "simulated_user": "caller",
    "elevenlabs_user": "caller",
    "user": "caller",
    "assistant": "agent",
    "framework_agent": "agent",
    "pipecat_agent": "agent",
}
"""Names of the parties in both generations of the caller's log."""

NOTHING_SAID = frozenset({"", "...", "......", ".", ",", "?", "!"})
"""Caller text that stands for no speech."""

MS_ABOVE = 1e11
"""No time in seconds is that large (it would be the year 5138): it is in milliseconds."""
LATEST_MS = 1e14


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that one of the logs says happened.

    Attributes:
        at_ms: when it was logged, milliseconds since 1970; events are ordered by it.
        source: which log says so.
        kind: `user`, `assistant`, `tool_call`, `tts_text`, `audio_start`, ...
        text: what was said or heard.
        speaker: whose audio began or ended.
        audio_s: when it did, seconds since 1970.
        tool: a tool's name.
        payload: a tool call's parameters, or what the tool answered.
        state: of the connection; `session_ended` ends the call.
    """

    at_ms: int
    source: Source
    kind: str
    text: str = ""
    speaker: Speaker | None = None
    audio_s: float | None = None
    tool: str = ""
    payload: Any = None
    state: str = ""


def audit_event(row: Mapping[str, Any]) -> Event | None:
    """The event of a row of `audit_log.json`'s transcript."""
    at_ms = millis(row.get("timestamp"))
    if at_ms is None:
        return None
    kind = str(row.get("message_type", "unknown"))
    value = row.get("value")
    if kind in ("tool_call", "tool_response"):
        if not isinstance(value, dict) or not value.get("tool"):
            return None
        field = "parameters" if kind == "tool_call" else "response"
        return Event(
            at_ms=at_ms,
            source="audit",
            kind=kind,
            tool=str(value["tool"]),
            payload=value.get(field),
        )
    return Event(at_ms=at_ms, source="audit", kind=kind, text=words(value))


def framework_frame(row: Mapping[str, Any]) -> Frame | None:
    """The frame of a row of the agent framework's log."""
    at_ms = millis(row.get("timestamp"))
    if at_ms is None:
        return None
    data = row.get("data")
    text = data.get("frame", "") if isinstance(data, dict) else ""
    return Frame(at_ms, str(row.get("type", "unknown")), words(text))


def framework_event(frame: Frame) -> Event:
    """The event of a frame."""
    return Event(at_ms=frame.at_ms, source="framework", kind=frame.kind, text=frame.text)


def caller_event(row: Mapping[str, Any]) -> Event | None:
    """The event of a row of the caller's log; speech of nothing gives a row of kind `nothing`."""
    at_ms = millis(row.get("timestamp"))
    if at_ms is None:
        return None
    kind = str(row.get("type") or row.get("event_type") or "unknown")
    if kind in ("audio_start", "audio_end"):
        return _audio_event(row, at_ms, kind)
    data = row.get("data")
    inner: Mapping[str, Any] = data if isinstance(data, dict) else {}
    text = words(inner.get("text"))
    if kind == "user_speech" and text.strip() in NOTHING_SAID:
        kind = "nothing"
    return Event(
        at_ms=at_ms, source="caller", kind=kind, text=text, state=str(inner.get("state", ""))
    )


def _audio_event(row: Mapping[str, Any], at_ms: int, kind: str) -> Event | None:
    speaker = SPEAKERS.get(str(row.get("user")))
    if speaker is None:
        return None
    audio_s = seconds(row.get("audio_timestamp"))
    return Event(
        at_ms=at_ms,
        source="caller",
        kind=kind,
        speaker=speaker,
        audio_s=at_ms / 1000 if audio_s is None else audio_s,
    )


def seconds(value: object) -> float | None:
    """Seconds since 1970 of a number, its text, or an ISO 8601 time; None of anything else."""
    number = _number(value)
    if number is None or abs(number) > LATEST_MS:
        return None
    return number / 1000 if number > MS_ABOVE else number


def millis(value: object) -> int | None:
    """Whole milliseconds since 1970; a number is taken as milliseconds already."""
    number = _number(value)
    if number is None or abs(number) > LATEST_MS:
        return None
    if isinstance(value, str) and not _is_plain(value):
        number *= 1000
    return int(number)


def words(value: object) -> str:
    """Text of whatever stands where text should."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        number = _iso(value) if isinstance(value, str) else math.nan
    return number if math.isfinite(number) else None


def _is_plain(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _iso(text: str) -> float:
    try:
        return datetime.fromisoformat(text.strip().replace("Z", "+00:00")).timestamp()
    except (ValueError, OverflowError, OSError):
        return math.nan
