"""The live view of a call: told of everything the session does, asked for a `Snapshot`."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.agents import live_meters
from app.agents.captions import Captions
from app.agents.delay_watch import DelayWatch
from app.agents.lanes import PeakRing
from app.agents.link import AgentEvent
from app.agents.live_health import HealthMeter
from app.agents.live_told import LiveTold, Priced
from app.agents.live_turns import LiveTurns
from app.agents.live_view import CallState, Int16, Lane, Level, Snapshot
from app.agents.recording import Packet
from app.audio.duplex import BlockRow
from app.domain.calls import Span, Speaker

LEVEL_BLOCKS = 10
WORDS: dict[CallState, str] = {
    "idle": "Not in a call.",
    "ringing": "Ringing.",
    "connected": "Connected. Say something, or wait for the agent.",
    "listening": "The agent is listening.",
    "thinking": "The agent is thinking.",
    "speaking": "The agent is speaking.",
    "ended": "The call has ended.",
}


class LiveState:
    """One call's. Written by the call's and the link's threads; read by any, without waiting.

    Args:
        priced: adds what the tokens cost.
        line_is_noisy: the agent's side is captured, not received.
    """

    def __init__(self, priced: Priced | None = None, *, line_is_noisy: bool = False) -> None:
        self._lock = threading.Lock()
        self._noisy = line_is_noisy
        self._told = LiveTold(priced)
        self._turns: LiveTurns | None = None
        self._health: HealthMeter | None = None
        self._lanes: dict[Speaker, PeakRing] = {}
        self._levels: dict[Speaker, deque[Level]] = {}
        self._captions = Captions()
        self._delay, self._delay_words = DelayWatch(), ""
        self._row: BlockRow | None = None
        self._state: CallState = "idle"
        self._since = self._captured = self._rate_hz = self._shift = 0
        self._message = self._error = ""
        self._snapshot, self._is_stale = Snapshot(message=WORDS["idle"]), False

    # --- told by the session

    def ringing(self, words: str) -> None:
        """The line is being opened."""
        with self._lock:
            self._enter("ringing")
            self._message, self._is_stale = words, True

    def connected(self, rate_hz: int, block_frames: int, folder: Path) -> None:
        """The line is up."""
        with self._lock:
            self._rate_hz = self._captions.rate_hz = rate_hz
            self._turns = LiveTurns(rate_hz, block_frames, line_is_noisy=self._noisy)
            self._health = HealthMeter(rate_hz, folder)
            self._lanes = {s: PeakRing(block_frames) for s in ("caller", "agent")}
            self._levels = {s: deque(maxlen=LEVEL_BLOCKS) for s in ("caller", "agent")}
            self._enter("connected")
            self._is_stale = True

    def blocks(
        self, rows: Sequence[BlockRow], said: Int16, sent: Int16, heard: Int16, written: int
    ) -> None:
        """Blocks of the device: what the caller said and what was sent of it, what is heard."""
        with self._lock:
            if self._turns is None or self._health is None or not rows:
                return
            last = self._row = rows[-1]
            self._shift = round((last.adc_s + last.dac_s) * self._rate_hz)
            self._captured = last.index + len(said) // len(rows)
            sides: dict[Speaker, Int16] = {"caller": sent, "agent": heard}
            for side, pcm in sides.items():
                self._lanes[side].push(pcm)
                self._levels[side].append(live_meters.level(pcm))
            self._turns.push(rows[0].index, said, heard, self._shift)
            self._health.blocks(rows)
            for words in filter(None, map(self._delay.push, rows)):
                self._told.warn(words, instead_of=self._delay_words)
                self._delay_words = words
            self._health.written = written
            if self._state not in ("ended", self._turns.state()):
                self._enter(self._turns.state())
            self._is_stale = True

    def event(self, event: AgentEvent) -> None:
        """The agent told something."""
        with self._lock:
            now_s = self._at_s(event.at_ns)
            self._captions.event(event, now_s)
            self._told.event(event, now_s)
            self._is_stale = True

    def packet(self, packet: Packet) -> None:
        """The agent's sound came."""
        with self._lock:
            self._captions.packet(packet, self._at_s(packet.at_ns))
            if self._health is not None:
                self._health.packet(packet)
            self._is_stale = True

    def note(self, what: str, at_ns: int, facts: Mapping[str, Any]) -> None:
        """The session did something."""
        with self._lock:
            self._told.note(what, self._at_s(at_ns), facts)
            if what == "flush":
                self._captions.cut(str(facts["item_id"]), int(facts["position"]))
            elif what == "ran_dry" and self._health is not None:
                self._health.ran_dry()
            elif what in ("lost", "gap") and self._health is not None:
                if what == "lost":
                    self._health.lost(int(facts["blocks"]))
                for ring in self._lanes.values():
                    ring.push_silence(int(facts["blocks"]))
            elif what == "restarted":
                self._told.warn(str(facts["words"]), instead_of=self._delay_words)
                self._delay_words = ""
            self._is_stale = True

    def warn(self, words: str) -> None:
        """Something that the person should know, and that ends nothing."""
        with self._lock:
            self._told.warn(words)
            self._is_stale = True

    def ended(self, words: str, error: str = "") -> None:
        """The call is over."""
        with self._lock:
            self._enter("ended")
            self._message, self._error, self._is_stale = words, error, True

    # --- asked by anyone

    def snapshot(self) -> Snapshot:
        """The call as it stands, or as it stood just before what is being told now."""
        if self._is_stale and self._lock.acquire(blocking=False):
            try:
                self._is_stale, self._snapshot = False, self._made()
            finally:
                self._lock.release()
        return self._snapshot

    def lane(self, side: Speaker, from_frame: int = 0) -> Lane:
        """Peaks of one side from a frame of the call on; the agent's lie where they are heard."""
        ring = self._lanes.get(side)
        if ring is None:
            return Lane(first_frame=0, block_frames=1, peaks=np.zeros((0, 2), np.int16))
        return ring.read(from_frame, self._shift if side == "agent" else 0)

    # --- under the lock

    def _made(self) -> Snapshot:
        turns, rate_hz = self._turns, max(1, self._rate_hz)
        common: dict[str, Any] = {
            "state": self._state,
            "state_since_s": self._since / rate_hz,
            "message": self._message or WORDS[self._state],
            "error": self._error,
            "rate_hz": self._rate_hz,
            "captured_s": self._captured / rate_hz,
            "captured_frames": self._captured,
            "captions": self._captions.shown(),
            **self._told.shown(),
        }
        if turns is None or self._health is None:
            return Snapshot(**common)
        return Snapshot(
            **common,
            latencies=turns.latencies(),
            overlaps=turns.overlaps,
            intervals=turns.intervals,
            caller_speech=_runs(turns.caller.runs, turns.caller.started, self._captured),
            agent_speech=_runs(turns.agent.runs, turns.agent.started, self._captured),
            caller_level=live_meters.loudest(self._levels["caller"]),
            agent_level=live_meters.loudest(self._levels["agent"]),
            health=self._health.shown(),
        )

    def _enter(self, state: CallState) -> None:
        self._state, self._since, self._message = state, self._captured, ""

    def _at_s(self, at_ns: int) -> float:
        """The second of the call at a time of the machine."""
        row = self._row
        if row is None:
            return 0.0
        return max(0.0, row.index / self._rate_hz + (at_ns - row.at_ns) / 1e9 + row.adc_s)


def _runs(ended: tuple[Span, ...], started: int | None, now: int) -> tuple[Span, ...]:
    return ended if started is None else (*ended, Span(started, max(started, now)))
