"""Messages of Twilio Media Streams: what Twilio says, and what a bot answers.

Source: Twilio's documentation of Media Streams, "WebSocket messages"; for the two messages that
EVA-Bench's caller adds, ServiceNow's `eva` (user_simulator/audio_bridge.py).
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from app.agents.link import Int16
from app.audio import g711

PACKET_MS = 20
PACKET_FRAMES = g711.RATE_HZ * PACKET_MS // 1000
TRACK = "inbound"
LONG = 512

SpeechEvent = Literal["user_speech_start", "user_speech_stop"]


def _sid(kind: str) -> str:
    return kind + secrets.token_hex(16)


@dataclass(slots=True, kw_only=True)
class Stream:
    """One stream's messages in the order in which they are made: they are numbered.

    Attributes:
        stream_sid, call_sid, account_sid: made up; no call of Twilio's stands behind them.
    """

    stream_sid: str = field(default_factory=lambda: _sid("MZ"))
    call_sid: str = field(default_factory=lambda: _sid("CA"))
    account_sid: str = field(default_factory=lambda: _sid("AC"))
    sequence: int = 0
    packets: int = 0

    def connected(self) -> dict[str, Any]:
        """The first message, which has no number."""
        return {"event": "connected", "protocol": "Call", "version": "1.0.0"}

    def start(self, parameters: Mapping[str, str]) -> dict[str, Any]:
        """The second one: what stream it is.

        Args:
            parameters: the bot's own, by name.
        """
        sound = {"encoding": "audio/x-mulaw", "sampleRate": g711.RATE_HZ, "channels": 1}
        return self._numbered(
            "start",
            {
                "streamSid": self.stream_sid,
                "accountSid": self.account_sid,
                "callSid": self.call_sid,
                "tracks": [TRACK],
                "customParameters": dict(parameters),
                "mediaFormat": sound,
            },
        )

    def media(self, pcm: Int16) -> dict[str, Any]:
        """20 ms of the caller, (160,) at 8 kHz."""
        timestamp_ms = self.packets * PACKET_MS
        self.packets += 1
        return self._numbered(
            "media",
            {
                "track": TRACK,
                "chunk": str(self.packets),
                "timestamp": str(timestamp_ms),
                "payload": base64.b64encode(g711.encode(pcm).tobytes()).decode(),
            },
        )

    def dtmf(self, digit: str) -> dict[str, Any]:
        """A key was pressed."""
        return self._numbered("dtmf", {"track": "inbound_track", "digit": digit})

    def mark(self, name: str) -> dict[str, Any]:
        """All sound before the bot's mark of that name was played."""
        return self._numbered("mark", {"name": name})

    def stop(self) -> dict[str, Any]:
        """The caller hung up."""
        return self._numbered("stop", {"accountSid": self.account_sid, "callSid": self.call_sid})

    def speech(self, event: SpeechEvent, wall_ms: int) -> dict[str, Any]:
        """EVA-Bench's addition: when the caller began or stopped, ms of the wall clock."""
        return {"event": event, "streamSid": self.stream_sid, "timestamp_ms": str(wall_ms)}

    def _numbered(self, event: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.sequence += 1
        number = {"event": event, "sequenceNumber": str(self.sequence)}
        return {**number, event: dict(body), "streamSid": self.stream_sid}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a bot sent.

    Attributes:
        kind: `transcript` is EVA-Bench's: what the bot said.
        pcm: of `media`, (frames,) at 8 kHz.
        text: a mark's name, a transcript.
        told: the message for the log, without its sound.
    """

    kind: Literal["media", "mark", "clear", "transcript", "other"]
    told: Mapping[str, Any]
    pcm: Int16 | None = None
    text: str = ""


def parse(raw: bytes) -> Answer:
    """A bot's message. What is not known, or cannot be read, is of no consequence."""
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return Answer(kind="other", told={"unreadable": raw[:LONG].decode("utf-8", "replace")})
    event = body.get("event")
    if event == "media":
        return _media(body)
    if event == "mark" and isinstance(body.get("mark"), dict):
        return Answer(kind="mark", told=body, text=str(body["mark"].get("name", "")))
    if event == "clear":
        return Answer(kind="clear", told=body)
    if event == "transcript":
        return Answer(kind="transcript", told=body, text=str(body.get("text") or ""))
    return Answer(kind="other", told=body)


def _media(body: Mapping[str, Any]) -> Answer:
    media = body.get("media")
    payload = media.get("payload") if isinstance(media, dict) else None
    try:
        data = base64.b64decode(str(payload or ""), validate=True)
    except (binascii.Error, ValueError):
        return Answer(kind="other", told={"event": "media", "unreadable": str(payload)[:LONG]})
    told = {"event": "media", "media": f"[{len(data)} bytes of sound]"}
    return Answer(kind="media", told=told, pcm=g711.decode(np.frombuffer(data, np.uint8)))
