"""The agent's sound on its way to the ear: which utterance lies where, and what a barge-in cuts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.agents.link import AgentEvent, AgentLink, Int16
from app.agents.played import PlayedWatch
from app.agents.recording import Packet
from app.audio.play_queue import PlayQueue
from app.audio.polyphase import Resampler

Float32 = NDArray[np.float32]


@dataclass(slots=True)
class Utterance:
    """An item of the agent's, by positions of the play queue."""

    item_id: str
    start: int
    end: int
    resampler: Resampler
    complete: bool = False
    came_ns: int = 0
    """When its last packet did."""


class Playing:
    """Queues what comes, and drops it at a barge-in. Called from the link's thread.

    Args:
        play: what the device takes from.
        link: is told how much of an utterance was really played.
        note: told of flushes and of gaps.
        packet: told of every packet.
    """

    def __init__(
        self,
        play: PlayQueue,
        link: AgentLink,
        note: Callable[..., None],
        packet: Callable[[Packet], None],
    ) -> None:
        self._play, self._link, self._note, self._packet = play, link, note, packet
        self._lock = threading.Lock()  # never taken by the device's callback
        self._utterances: list[Utterance] = []
        self._cut: set[str] = set()
        self.watch = PlayedWatch(play.rate_hz)

    def queue(self, event: AgentEvent, pcm: Int16) -> None:
        """Sound of an utterance; what comes for one that was cut is not played."""
        with self._lock:
            if event.item_id in self._cut:
                frames = len(pcm) * self._play.rate_hz // self._link.output_rate_hz
                self._packet(Packet(event.at_ns, -1, frames, event.item_id))
                return
            utterance = self._utterance(event.item_id)
            samples = utterance.resampler.push(pcm.astype(np.float32))
            self._write(utterance, samples, event.at_ns)

    def _utterance(self, item_id: str) -> Utterance:
        if not self._utterances or self._utterances[-1].item_id != item_id:
            self._finish()
            at = self._play.written
            rates = self._link.output_rate_hz, self._play.rate_hz
            self._utterances.append(Utterance(item_id, at, at, Resampler(*rates)))
        return self._utterances[-1]

    def _write(self, utterance: Utterance, samples: Float32, at_ns: int) -> None:
        if not len(samples):
            return
        pcm = np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
        position = self._play.written
        if self._play.write(pcm):
            self._note("ran_dry", at_ns, item_id=utterance.item_id, position=position)
        utterance.end, utterance.came_ns = self._play.written, at_ns
        self._packet(Packet(at_ns, position, len(pcm), utterance.item_id))

    def when_played(self, done: Callable[[], None]) -> None:
        """See `Listener.when_played`."""
        with self._lock:
            self.watch.wait(self._play.written, done)

    def end(self) -> None:
        """The utterance has all of its sound."""
        with self._lock:
            self._finish()

    def _finish(self) -> None:
        last = self._utterances[-1] if self._utterances else None
        if last is not None and not last.complete:
            last.complete = True
            tail = last.resampler.finish()
            if self._play.read < self._play.written:  # else it would be a click in silence
                self._write(last, tail, last.came_ns)
        self._play.end()

    def flush(self, event: AgentEvent) -> None:
        """Silence at once; the agent is told what was heard, and nothing is waited for."""
        with self._lock:
            at = self._play.flush()
            now_ns = time.monotonic_ns()
            for utterance in self._utterances:
                if utterance.end <= at:
                    continue
                self._cut.add(utterance.item_id)
                played = max(0, at - utterance.start)
                played_ms = played * 1000 // self._play.rate_hz
                self._note(
                    "flush",
                    now_ns,
                    item_id=utterance.item_id,
                    event_ns=event.at_ns,
                    cause=event.kind,
                    position=at,
                    played_ms=played_ms,
                )
                self._link.interrupted(utterance.item_id, played_ms)
            self._utterances.clear()
        self.watch.drop()
