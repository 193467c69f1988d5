"""The figures of one call, from where its speech lies. See `measures` for the definitions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.agents.clock import CallClock
from app.agents.recorded import Recorded
from app.agents.speech_found import AgentSpeech
from app.domain.calls import Span

TERMINAL_MS = 300.0
YIELD_MS = 2_000.0
HAND_NS = 100_000_000
"""What was cut so soon after a key of the person's was cut by it."""
BEFORE_MS, AFTER_MS = 200.0, 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnMeasure:
    """One response. None where the recording does not tell."""

    caller_end: int
    agent_onset: int
    mouth_to_ear_ms: float
    wire_ms: float | None
    server_ms: float | None
    """From the server's own end of speech to its first sound, by arrival; beside, not the truth."""
    degraded: bool
    stages: Mapping[str, float] = field(default_factory=dict)
    """Where the agent tells: ms from the end of the caller's speech until each of its stages was
    done, as it says itself, and until its first sound was played. Beside, not the truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BargeIn:
    """The caller spoke into the agent. `stop_ms` is None where it did not stop within 2 s."""

    onset: int
    detect_ms: float | None
    flush_ms: float | None
    stop_ms: float | None
    degraded: bool


class Meter:
    """The figures of one call, from where its speech lies."""

    def __init__(
        self,
        call: Recorded,
        clock: CallClock,
        caller: tuple[Span, ...],
        agent: tuple[AgentSpeech, ...],
        flaws: list[int],
    ) -> None:
        self._call, self._clock = call, clock
        self._caller, self._agent, self._flaws = caller, agent, flaws
        self._samples_ms = call.rate_hz / 1000
        self._flushes = list(call.noted("flush"))
        self._sends = [s.until for s in call.sends]

    def turns(self) -> tuple[list[TurnMeasure], list[int]]:
        """Responses, and where the agent began while the caller was speaking."""
        found: list[TurnMeasure] = []
        overs: list[int] = []
        answered = -1
        for number, speech in enumerate(self._agent):
            before = [c for c in self._caller if c.start < speech.onset]
            if not before or before[-1].end <= answered:
                continue
            said = before[-1]
            answered = said.end
            if said.end - speech.onset > TERMINAL_MS * self._samples_ms:
                overs.append(speech.onset)
                continue
            if any(b.end > said.end for b in self._agent[:number]):
                continue  # the agent before it went on: nobody waited for this one
            found.append(self._turn(said, speech))
        return found, overs

    def _turn(self, said: Span, speech: AgentSpeech) -> TurnMeasure:
        return TurnMeasure(
            caller_end=said.end,
            agent_onset=speech.onset,
            mouth_to_ear_ms=(speech.onset - said.end) / self._samples_ms,
            wire_ms=self._wire_ms(said.end, speech),
            server_ms=self._server_ms(said, speech),
            degraded=self._is_degraded(said.end, speech.onset),
            stages=self._stages(said.end, speech.item_id),
        )

    def _stages(self, caller_end: int, item_id: str) -> dict[str, float]:
        told = next((n for n in self._call.noted("stages") if n.get("item_id") == item_id), None)
        if told is None:
            return {}
        ends = {
            name: self._clock.index_at(at_ns)
            for name, at_ns in told.items()
            if isinstance(at_ns, int) and name != "at_ns"
        }
        first = next((p.position for p in self._call.packets if p.item_id == item_id), -1)
        played = self._clock.heard_at(first)
        if played is not None:
            ends["first_played"] = played
        return {name: (end - caller_end) / self._samples_ms for name, end in ends.items()}

    def _wire_ms(self, caller_end: int, speech: AgentSpeech) -> float | None:
        at = bisect_left(self._sends, caller_end)
        arrived = self._arrival_ns(speech)
        if at == len(self._sends) or arrived is None:
            return None
        return (arrived - self._call.sends[at].at_ns) / 1e6

    def _arrival_ns(self, speech: AgentSpeech) -> int | None:
        """When the packet came whose sound is the first that was heard of an utterance."""
        mine = (p for p in self._call.packets if p.item_id == speech.item_id and p.position >= 0)
        for packet in mine:
            last = self._clock.heard_at(packet.position + packet.frames - 1)
            if last is not None and last >= speech.onset:
                return packet.at_ns
        return None

    def _server_ms(self, said: Span, speech: AgentSpeech) -> float | None:
        arrived = self._arrival_ns(speech)
        told = [n["at_ns"] for n in self._call.noted("caller_stopped")]
        told = [t for t in told if arrived is not None and t <= arrived]
        if arrived is None or not told or self._clock.index_at(told[-1]) < said.start:
            return None
        return (arrived - float(told[-1])) / 1e6

    def barge_ins(self) -> list[BargeIn]:
        """Each time the caller began while the agent was heard, but at its very end."""
        found: list[BargeIn] = []
        for said in self._caller:
            over = next((a for a in self._agent if a.onset < said.start < a.end), None)
            if over is None:
                continue
            flush = self._flush_of(over, said)
            stop_ms = (over.end - said.start) / self._samples_ms
            if flush is None and stop_ms <= TERMINAL_MS:
                continue
            found.append(self._barge_in(said, over, flush, stop_ms))
        return found

    def _barge_in(
        self, said: Span, over: AgentSpeech, flush: int | None, stop_ms: float
    ) -> BargeIn:
        noticed = flush if flush is not None else self._noticed(said, over)
        yielded = stop_ms <= YIELD_MS
        return BargeIn(
            onset=said.start,
            detect_ms=None if noticed is None else (noticed - said.start) / self._samples_ms,
            flush_ms=None
            if noticed is None or not yielded
            else (over.end - noticed) / self._samples_ms,
            stop_ms=stop_ms if yielded else None,
            degraded=self._is_degraded(said.start, over.end),
        )

    def _flush_of(self, over: AgentSpeech, said: Span) -> int | None:
        """The index of the signal that cut an utterance short while the caller spoke."""
        for flush in self._flushes:
            index = self._clock.index_at(flush["event_ns"])
            if flush["item_id"] == over.item_id and index >= said.start:
                return index
        return None

    def _noticed(self, said: Span, over: AgentSpeech) -> int | None:
        """The index of the agent's signal that it heard, where nothing was left to cut."""
        for note in self._call.noted("caller_started"):
            index = self._clock.index_at(note["at_ns"])
            if said.start <= index <= over.end:
                return index
        return None

    def false_stops(self) -> list[int]:
        """Where an utterance was cut and no speech of the caller's lies before, nor their hand."""
        found = []
        reach = round(YIELD_MS * self._samples_ms)
        by_hand = [n["at_ns"] for n in self._call.noted("typed", "talk_began")]
        for flush in self._flushes:
            if any(0 <= flush["event_ns"] - at_ns < HAND_NS for at_ns in by_hand):
                continue
            index = self._clock.index_at(flush["event_ns"])
            if not any(c.start <= index and c.end > index - reach for c in self._caller):
                found.append(index)
        return list(dict.fromkeys(found))  # one stop may cut several utterances

    def _is_degraded(self, first: int, last: int) -> bool:
        low = min(first, last) - BEFORE_MS * self._samples_ms
        at = bisect_left(self._flaws, low)
        high = max(first, last) + AFTER_MS * self._samples_ms
        return at < len(self._flaws) and self._flaws[at] <= high
