"""A bot for Twilio Media Streams as an `AgentLink`."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from typing import Any, Literal

from app.agents.link import AgentEvent, Int16, Listener, RawMessage
from app.agents.profiles import CallProfile
from app.agents.socket_line import Address, SocketLine
from app.agents.twilio import frames
from app.agents.twilio.packets import Packets
from app.agents.twilio.speaking import Speaking
from app.agents.utterances import Utterances
from app.audio import g711
from app.models import secrets

REFERENCES = ("env:", "keyring:")


class TwilioLink:
    """See `AgentLink`. The bot's stream has no utterances; they are told apart by its pauses."""

    input_rate_hz = output_rate_hz = g711.RATE_HZ
    tells_clear: Literal[True] = True

    def __init__(self, profile: CallProfile) -> None:
        self._profile = profile
        self._stream = frames.Stream()
        self._packets = Packets(frames.PACKET_FRAMES)
        self._speaking = Speaking() if profile.eva_events else None
        self._utterances = Utterances()
        self._lock = threading.Lock()  # messages are queued in the order of their numbers
        self._line: SocketLine | None = None
        self._listener: Listener | None = None

    def connect(self, listener: Listener) -> None:
        """See `AgentLink`."""
        self._listener = listener
        self._line = SocketLine(listener, self._received, self._idle)
        profile = self._profile
        parameters = {k: _resolved(v) for k, v in profile.custom_parameters.items()}
        self._line.open(Address(url=profile.url, key_ref=profile.key_ref, origin=profile.origin))
        with self._lock:
            self._put(self._stream.connected())
            start = self._stream.start(parameters)
            named = {**start["start"], "customParameters": dict(profile.custom_parameters)}
            self._put(start, told={**start, "start": named})

    def send_audio(self, pcm: Int16, until: int) -> None:
        """See `AgentLink`."""
        with self._lock:
            for packet, reached in self._packets.push(pcm, until):
                self._put(self._stream.media(packet), until=reached, told={})
            if self._speaking is not None:
                for event, wall_ms in self._speaking.push(pcm, time.time()):
                    self._put(self._stream.speech(event, wall_ms))

    def send_dtmf(self, digit: str) -> None:
        """See `SendsDtmf`."""
        with self._lock:
            self._put(self._stream.dtmf(digit))

    def interrupted(self, item_id: str, played_ms: int) -> None:
        """See `AgentLink`: what was played, a bot learns from its marks."""

    def send_tool_result(self, call_id: str, result: str) -> None:
        """See `AgentLink`: a bot runs its tools itself."""

    def close(self) -> None:
        """See `AgentLink`."""
        if self._line is not None:
            with self._lock:
                self._put(self._stream.stop())
            self._line.close()

    def _put(
        self, body: Mapping[str, Any], *, until: int = -1, told: Mapping[str, Any] | None = None
    ) -> None:
        """Under the lock; `told` is what the log holds instead, nothing where it is empty."""
        shown = body if told is None else told
        if self._line is not None:
            self._line.put(json.dumps(body), until=until, told=json.dumps(shown) if shown else "")

    # --- the receiving thread

    def _received(self, raw: bytes, at_ns: int) -> None:
        listener = self._told()
        answer = frames.parse(raw)
        if answer.kind == "media" and answer.pcm is not None and len(answer.pcm):
            self._sound(answer.pcm, at_ns)
        elif answer.kind == "mark":
            listener.when_played(lambda: self._echo(answer.text))
        elif answer.kind == "clear":
            self._utterances.end()
            listener.event(AgentEvent(kind="clear", at_ns=at_ns))
        elif answer.kind == "transcript":
            item = self._utterances.current
            text = AgentEvent(kind="agent_text", at_ns=at_ns, item_id=item, text=answer.text + " ")
            listener.event(text)
        told = json.dumps(answer.told, ensure_ascii=False)
        listener.raw(RawMessage(at_ns=at_ns, way="in", text=told))

    def _sound(self, pcm: Int16, at_ns: int) -> None:
        if self._utterances.starts_anew(pcm, at_ns):
            self._ended(at_ns)
        item = self._utterances.sound(pcm, g711.RATE_HZ, at_ns)
        self._told().event(AgentEvent(kind="audio", at_ns=at_ns, item_id=item, pcm=pcm))

    def _idle(self, now_ns: int) -> None:
        if self._utterances.has_ended(now_ns):
            self._ended(now_ns)

    def _ended(self, at_ns: int) -> None:
        item = self._utterances.end()
        self._told().event(AgentEvent(kind="audio_done", at_ns=at_ns, item_id=item))

    def _echo(self, name: str) -> None:
        with self._lock:
            self._put(self._stream.mark(name))

    def _told(self) -> Listener:
        assert self._listener is not None
        return self._listener


def _resolved(value: str) -> str:
    """A parameter as the bot gets it: what a reference to a key names, else itself."""
    return secrets.resolve(value).reveal() if value.startswith(REFERENCES) else value
