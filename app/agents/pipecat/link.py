"""A Pipecat bot over WebSocket as an `AgentLink`."""

from __future__ import annotations

import json
from typing import Literal

import numpy as np

from app.agents.link import AgentEvent, Int16, Listener, RawMessage
from app.agents.pipecat import frames, rtvi
from app.agents.profiles import CallProfile
from app.agents.socket_line import Address, SocketLine
from app.agents.utterances import Utterances
from app.audio.polyphase import Float32, Resampler

INPUT_HZ, OUTPUT_HZ = 16_000, 24_000
"""Pipecat's own; every frame names its rate, and sound at another is converted."""


class PipecatLink:
    """See `AgentLink`.

    Bots send `interruption` at every turn of the caller, also while they are silent: it cuts what
    is being played, and nothing where nothing is.
    """

    output_rate_hz = OUTPUT_HZ
    tells_clear: Literal[True] = True

    def __init__(self, profile: CallProfile) -> None:
        self._profile = profile
        self.input_rate_hz = profile.input_rate_hz or INPUT_HZ
        self._utterances = Utterances()
        self._rtvi = rtvi.Rtvi(self._utterances)
        self._resampler: Resampler | None = None
        self._rate_hz = 0
        self._line: SocketLine | None = None
        self._listener: Listener | None = None

    def connect(self, listener: Listener) -> None:
        """See `AgentLink`."""
        self._listener = listener
        self._line = SocketLine(listener, self._received, self._idle)
        profile = self._profile
        self._line.open(Address(url=profile.url, key_ref=profile.key_ref, origin=profile.origin))
        self._say(rtvi.client_ready())

    def send_audio(self, pcm: Int16, until: int) -> None:
        """See `AgentLink`."""
        if len(pcm) and self._line is not None:
            self._line.put(frames.audio(pcm, self.input_rate_hz), until=until)

    def send_dtmf(self, digit: str) -> None:
        """See `SendsDtmf`; RTVI has no A to D."""
        if digit in rtvi.KEYS:
            self._say(rtvi.dtmf(digit))

    def interrupted(self, item_id: str, played_ms: int) -> None:
        """See `AgentLink`: a bot plays in real time and knows how far it was."""

    def send_tool_result(self, call_id: str, result: str) -> None:
        """See `AgentLink`: only where the bot has asked for it."""
        asked = self._rtvi.asked.pop(call_id, None)
        if asked is not None:
            self._say(rtvi.tool_result(asked, result))

    def close(self) -> None:
        """See `AgentLink`."""
        if self._line is not None:
            self._line.close()

    def _say(self, text: str) -> None:
        if self._line is not None:
            self._line.put(frames.message(text), told=text)

    # --- the receiving thread

    def _received(self, raw: bytes, at_ns: int) -> None:
        listener = self._told()
        frame = frames.parse(raw)
        told = json.dumps({"frame": frame.kind, "text": frame.text}, ensure_ascii=False)
        if frame.kind == "audio" and frame.pcm is not None and len(frame.pcm):
            self._sound(frame.pcm, frame.rate_hz, at_ns)
            told = f'{{"frame": "audio", "rate_hz": {frame.rate_hz}, "frames": {len(frame.pcm)}}}'
        elif frame.kind == "interruption":
            self._utterances.end()
            self._resampler = None
            listener.event(AgentEvent(kind="clear", at_ns=at_ns))
        elif frame.kind == "message":
            for event in self._rtvi.events(frame.text, at_ns):
                listener.event(event)
        listener.raw(RawMessage(at_ns=at_ns, way="in", text=told))

    def _sound(self, pcm: Int16, rate_hz: int, at_ns: int) -> None:
        if self._utterances.starts_anew(pcm, at_ns):
            self._ended(at_ns)
        item = self._utterances.sound(pcm, rate_hz, at_ns)
        if rate_hz != self._rate_hz:
            self._finish(item, at_ns)
            self._rate_hz = rate_hz
        if rate_hz == OUTPUT_HZ:
            self._play(item, pcm, at_ns)
            return
        if self._resampler is None:
            self._resampler = Resampler(rate_hz, OUTPUT_HZ)
        self._play(item, _rounded(self._resampler.push(pcm.astype(np.float32))), at_ns)

    def _idle(self, now_ns: int) -> None:
        if self._utterances.has_ended(now_ns):
            self._ended(now_ns)

    def _ended(self, at_ns: int) -> None:
        self._finish(self._utterances.current, at_ns)
        item = self._utterances.end()
        self._told().event(AgentEvent(kind="audio_done", at_ns=at_ns, item_id=item))

    def _finish(self, item: str, at_ns: int) -> None:
        """What the conversion of a rate still holds back."""
        resampler, self._resampler = self._resampler, None
        if resampler is not None:
            self._play(item, _rounded(resampler.finish()), at_ns)

    def _play(self, item: str, pcm: Int16, at_ns: int) -> None:
        if len(pcm):
            self._told().event(AgentEvent(kind="audio", at_ns=at_ns, item_id=item, pcm=pcm))

    def _told(self) -> Listener:
        assert self._listener is not None
        return self._listener


def _rounded(samples: Float32) -> Int16:
    pcm: Int16 = np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
    return pcm
