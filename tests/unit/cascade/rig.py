"""A link to a cascaded agent without a device: what it tells, and a caller."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from app.agents.cascade.link import CascadeLink
from app.agents.cascade.sound import RATE_HZ
from app.agents.link import AgentEvent, Int16, Listener, RawMessage
from app.agents.practice import voice
from app.agents.profiles import CallProfile
from app.services.assets import asset
from tests.support.voice_server import VoiceServer

WAIT_S = 20.0


def clip(name: str, seconds: float = 1.2) -> Int16:
    """The beginning of a caller's line of the practice agent's, at 24 kHz."""
    found = voice.clip(asset("practice", "clips"), name)
    assert found is not None
    return found[: round(seconds * RATE_HZ)]


def silence(seconds: float) -> Int16:
    return np.zeros(round(seconds * RATE_HZ), np.int16)


def profile(server: VoiceServer, **values: Any) -> CallProfile:
    base = {"name": "cascade", "adapter": "cascade", "url": server.url, "model": "chat"}
    given = {"stt_model": "ears", "tts_model": "mouth", "voice": "v", "timeout_s": 5.0}
    return CallProfile(**base | given | values)


class Rig:
    """Plays the engine: keeps the events, cuts what was queued when the caller begins."""

    def __init__(self, wanted: CallProfile) -> None:
        self.link = CascadeLink(wanted)
        self.events: list[AgentEvent] = []
        self.raw: list[RawMessage] = []
        self.sent: list[int] = []
        self._until = 0
        self.played_ms: dict[str, int] = {}
        """What of an utterance is said to have been played when the caller cuts in."""

    def listener(self) -> Listener:
        return Listener(
            event=self._event, raw=self.raw.append, sent=lambda until, _ns: self.sent.append(until)
        )

    def hear(self, *parts: Int16) -> None:
        """The caller's sound, faster than it would be said."""
        pcm = np.concatenate(parts)
        for first in range(0, len(pcm), 480):
            self._until += 480
            self.link.send_audio(pcm[first : first + 480], self._until)

    def of(self, kind: str) -> list[AgentEvent]:
        return [e for e in list(self.events) if e.kind == kind]

    def wait(self, ready: Callable[[], bool], what: str = "it") -> None:
        until = time.monotonic() + WAIT_S
        while not ready():
            if time.monotonic() > until:
                kinds = [(e.kind, e.text, dict(e.data)) for e in self.events if e.kind != "audio"]
                raise AssertionError(f"{what} did not happen: {kinds}")
            time.sleep(0.005)

    def wait_for(self, kind: str, times: int = 1) -> AgentEvent:
        self.wait(lambda: len(self.of(kind)) >= times, f"{kind} number {times}")
        return self.of(kind)[times - 1]

    def sound(self, item_id: str = "") -> Int16:
        parts = [e.pcm for e in self.of("audio") if not item_id or e.item_id == item_id]
        return np.concatenate([p for p in parts if p is not None]) if parts else silence(0)

    def _event(self, event: AgentEvent) -> None:
        if event.kind == "caller_started":
            for item_id, ms in self.played_ms.items():
                self.link.interrupted(item_id, ms)
        self.events.append(event)


@contextmanager
def talking(wanted: CallProfile) -> Iterator[Rig]:
    """A link that is connected."""
    rig = Rig(wanted)
    try:
        rig.link.connect(rig.listener())
        yield rig
    finally:
        before = time.monotonic()
        rig.link.close()
        assert time.monotonic() - before < 3
