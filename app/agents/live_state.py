"""The live view of a call: told of everything the session does, asked for a `Snapshot`."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.agents import live_meters
from app.agents.captions import Captions
from app.agents.lanes import PeakRing
from app.agents.link import AgentEvent
from app.agents.live_health import HealthMeter
from app.agents.live_turns import LiveTurns
from app.agents.live_view import (
    CallState,
    Caption,
    Int16,
    Lane,
    Level,
    Mark,
    Snapshot,
    ToolCall,
    Usage,
)
from app.agents.recording import Packet
from app.audio.duplex import BlockRow
from app.domain.calls import Span, Speaker

LEVEL_BLOCKS = 10
KEPT_MARKS = 2_000
KEPT_WARNINGS = 5
MARKING = ("mark", "note", "step", "dtmf", "clip")
WORDS: dict[CallState, str] = {
    "idle": "Not in a call.",
    "ringing": "Ringing.",
    "connected": "Connected. Say something, or wait for the agent.",
    "listening": "The agent is listening.",
    "thinking": "The agent is thinking.",
    "speaking": "The agent is speaking.",
    "ended": "The call has ended.",
}

Priced = Callable[[Usage], Usage]
"""Adds money to tokens where there is a price."""


class LiveState:
    """One call's. Written by the call's and the link's threads, read by any.

    Args:
        priced: adds what the tokens cost.
        line_is_noisy: the agent's side is captured, not received.
    """

    def __init__(self, priced: Priced | None = None, *, line_is_noisy: bool = False) -> None:
        self._lock = threading.Lock()
        self._priced, self._noisy = priced, line_is_noisy
        self._turns: LiveTurns | None = None
        self._health: HealthMeter | None = None
        self._lanes: dict[Speaker, PeakRing] = {}
        self._levels: dict[Speaker, deque[Level]] = {}
        self._captions = Captions()
        self._shown: tuple[Caption, ...] | None = None
        self._tools: dict[str, ToolCall] = {}
        self._marks: deque[Mark] = deque(maxlen=KEPT_MARKS)
        self._usage = Usage()
        self._row: BlockRow | None = None
        self._state: CallState = "idle"
        self._since = self._captured = self._rate_hz = self._shift = 0
        self._message = self._error = ""
        self._flags: dict[str, Any] = {"muted": False, "talking": True, "armed": ""}
        self._flags |= {"noise": "", "line": ""}
        self._warnings: tuple[str, ...] = ()

    # --- told by the session

    def ringing(self, words: str) -> None:
        """The line is being opened."""
        with self._lock:
            self._enter("ringing")
            self._message = words

    def connected(self, rate_hz: int, block_frames: int, folder: Path) -> None:
        """The line is up."""
        with self._lock:
            self._rate_hz = self._captions.rate_hz = rate_hz
            self._turns = LiveTurns(rate_hz, block_frames, line_is_noisy=self._noisy)
            self._health = HealthMeter(rate_hz, folder)
            self._lanes = {s: PeakRing(block_frames) for s in ("caller", "agent")}
            self._levels = {s: deque(maxlen=LEVEL_BLOCKS) for s in ("caller", "agent")}
            self._enter("connected")

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
            self._turns.push(rows[0].index, said, heard, self._shift)
            self._health.blocks(rows)
            self._health.written = written
            sides: dict[Speaker, Int16] = {"caller": sent, "agent": heard}
            for side, pcm in sides.items():
                self._lanes[side].push(pcm)
                self._levels[side].append(live_meters.level(pcm))
            if self._state not in ("ended", self._turns.state()):
                self._enter(self._turns.state())

    def event(self, event: AgentEvent) -> None:
        """The agent told something."""
        with self._lock:
            now_s = self._at_s(event.at_ns)
            if event.kind in ("agent_text", "caller_text", "caller_started"):
                self._captions.event(event, now_s)
                self._shown = None
            elif event.kind == "tool":
                self._tool(event, now_s)
            elif event.kind == "response_done":
                self._use(event.data.get("usage"))
            elif event.kind == "error":
                self._warn(f"The agent reports: {event.text}")

    def packet(self, packet: Packet) -> None:
        """The agent's sound came."""
        with self._lock:
            self._captions.packet(packet, self._at_s(packet.at_ns))
            self._shown = None
            if self._health is not None:
                self._health.packet(packet)

    def note(self, what: str, at_ns: int, facts: Mapping[str, Any]) -> None:
        """The session did something."""
        with self._lock:
            if what == "flush":
                self._captions.cut(str(facts["item_id"]), int(facts["position"]))
                self._shown = None
            elif what in MARKING:
                label = str(facts.get("label") or facts.get("text") or what)
                self._marks.append(Mark(at_s=self._at_s(at_ns), label=label, kind=what))  # type: ignore[arg-type]
            elif what in ("muted", "unmuted"):
                self._flags["muted"] = what == "muted"
            elif what in ("talk_began", "talk_ended"):
                self._flags["talking"] = what == "talk_began"
            elif what in ("armed", "noise", "line"):
                self._flags[what] = str(facts.get("label", ""))
            elif what == "tool_result":
                self._answered(str(facts["call_id"]), str(facts["result"]))
            elif what == "ran_dry" and self._health is not None:
                self._health.ran_dry()
            elif what == "lost" and self._health is not None:
                self._lost(int(facts["blocks"]))
            elif what in ("restarted", "rate_changed"):
                self._warn(str(facts.get("words", "")))

    def warn(self, words: str) -> None:
        """Something that the person should know, and that ends nothing."""
        with self._lock:
            self._warn(words)

    def ended(self, words: str, error: str = "") -> None:
        """The call is over."""
        with self._lock:
            self._enter("ended")
            self._message, self._error = words, error

    # --- asked by anyone

    def snapshot(self) -> Snapshot:
        """The call as it stands; cheap."""
        with self._lock:
            if self._shown is None:
                self._shown = self._captions.shown()
            turns, rate_hz = self._turns, max(1, self._rate_hz)
            common: dict[str, Any] = {
                "state": self._state,
                "state_since_s": self._since / rate_hz,
                "message": self._message or WORDS[self._state],
                "error": self._error,
                "rate_hz": self._rate_hz,
                "captured_s": self._captured / rate_hz,
                "captured_frames": self._captured,
                "captions": self._shown,
                "tools": tuple(self._tools.values()),
                "marks": tuple(self._marks),
                "usage": self._usage,
                "warnings": self._warnings,
                **self._flags,
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

    def lane(self, side: Speaker, from_frame: int = 0) -> Lane:
        """Peaks of one side from a frame of the call on; the agent's lie where they are heard."""
        with self._lock:
            ring = self._lanes.get(side)
            if ring is None:
                return Lane(first_frame=0, block_frames=1, peaks=np.zeros((0, 2), np.int16))
            return ring.read(from_frame, self._shift if side == "agent" else 0)

    # --- under the lock

    def _enter(self, state: CallState) -> None:
        self._state, self._since, self._message = state, self._captured, ""

    def _warn(self, words: str) -> None:
        self._warnings = (*self._warnings[1 - KEPT_WARNINGS :], words)

    def _lost(self, blocks: int) -> None:
        if self._health is not None:
            self._health.lost(blocks)
        for ring in self._lanes.values():
            ring.push_silence(blocks)

    def _at_s(self, at_ns: int) -> float:
        """The second of the call at a time of the machine."""
        row = self._row
        if row is None:
            return 0.0
        return max(0.0, row.index / self._rate_hz + (at_ns - row.at_ns) / 1e9 + row.adc_s)

    def _tool(self, event: AgentEvent, now_s: float) -> None:
        arguments = event.data.get("arguments", "")
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        call_id = str(event.data.get("call_id", "")) or f"tool-{len(self._tools)}"
        self._tools[call_id] = ToolCall(
            id=call_id, name=str(event.data.get("name", "")), arguments=text, at_s=now_s
        )

    def _answered(self, call_id: str, result: str) -> None:
        asked = self._tools.get(call_id)
        if asked is not None:
            self._tools[call_id] = ToolCall(
                id=asked.id,
                name=asked.name,
                arguments=asked.arguments,
                at_s=asked.at_s,
                result=result,
                answered=True,
            )

    def _use(self, told: Any) -> None:
        if isinstance(told, Mapping):
            added = live_meters.added(self._usage, told)
            self._usage = self._priced(added) if self._priced is not None else added


def _runs(ended: tuple[Span, ...], started: int | None, now: int) -> tuple[Span, ...]:
    return ended if started is None else (*ended, Span(started, max(started, now)))
