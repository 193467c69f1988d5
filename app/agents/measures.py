"""What a call's recording says of its timing. Everything is measured by our own detection.

Definitions: a turn's *mouth-to-ear* response is from the end of the caller's speech as sent to the
first audible sample of the agent at the time it was heard. *Wire* is the part of it from the last
packet with speech handed to the network to the first audible packet that arrived; the rest is
device and jitter buffer. A barge-in's *stop* is from the caller's onset to the last agent sample
heard: *detect* up to the agent's own signal, *flush* from there to silence. What the server says
of times is kept beside, never taken for the truth.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.agents.clock import CallClock
from app.agents.onsets import AUDIBLE
from app.agents.recording import Recorded
from app.audio import envelope, speech_edges
from app.audio.duplex import INPUT_OVERFLOW, OUTPUT_UNDERFLOW
from app.domain.calls import Span
from app.models import vad

Int16 = NDArray[np.int16]

EDGE_SHARE = 0.02
"""Of a stretch's peak: -34 dB, below which it is not heard as part of it."""
PAUSE_MS = 300.0
LEAST_MS = 100.0
TERMINAL_MS = 300.0
YIELD_MS = 2_000.0
ITEMLESS_PAUSE_MS = 700.0
LATE_BLOCK_NS = 100_000_000
BEFORE_MS, AFTER_MS = 200.0, 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSpeech:
    """An utterance of the agent as it was heard. Indexes of the caller's clock."""

    item_id: str
    onset: int
    end: int


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


@dataclass(frozen=True, slots=True, kw_only=True)
class BargeIn:
    """The caller spoke into the agent. `stop_ms` is None where it did not stop within 2 s."""

    onset: int
    detect_ms: float | None
    flush_ms: float | None
    stop_ms: float | None
    degraded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamHealth:
    """How well the sound flowed. Gaps are between packets of one utterance."""

    underruns: int
    overruns: int
    inserted_ms: float
    gap_p50_ms: float | None
    gap_p95_ms: float | None
    gap_max_ms: float | None
    delay_ms: float
    """The way through the device, in and out, in the middle of the call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMeasures:
    """All of one call."""

    turns: tuple[TurnMeasure, ...]
    barge_ins: tuple[BargeIn, ...]
    talk_overs: tuple[int, ...]
    """Indexes at which the agent began while the caller was speaking."""
    false_stops: tuple[int, ...]
    """Indexes at which the agent stopped although the caller said nothing."""
    stream: StreamHealth
    agent: tuple[AgentSpeech, ...]
    caller: tuple[Span, ...]
    detail: dict[str, Any] = field(default_factory=dict)


def measure(call: Recorded) -> CallMeasures:
    """Measure a recorded call. Some seconds of work for an hour of sound."""
    clock = CallClock(call)
    heard = clock.as_heard(call.heard)
    caller = caller_speech(call.sent, call.rate_hz)
    agent = agent_speech(call, clock, heard)
    flaws = _flaws(call, clock)
    meter = _Meter(call, clock, caller, agent, flaws)
    turns, overs = meter.turns()
    return CallMeasures(
        turns=tuple(turns),
        barge_ins=tuple(meter.barge_ins()),
        talk_overs=tuple(overs),
        false_stops=tuple(meter.false_stops()),
        stream=_health(call, clock),
        agent=agent,
        caller=caller,
    )


def caller_speech(sent: Int16, rate_hz: int) -> tuple[Span, ...]:
    """Where the caller speaks, to the sample; pauses under 300 ms are closed."""
    spans = speech_edges.snap(
        vad.detect(sent, rate_hz).spans, envelope.compute(sent, rate_hz), rate_hz
    )
    least, gap = LEAST_MS * rate_hz / 1000, PAUSE_MS * rate_hz / 1000
    exact = [s for s in (_edges(sent, span) for span in spans) if s is not None]
    out: list[Span] = []
    for span in exact:
        if out and span.start - out[-1].end < gap:
            out[-1] = Span(out[-1].start, span.end)
        else:
            out.append(span)
    return tuple(s for s in out if s.frames >= least)


def _edges(pcm: Int16, span: Span) -> Span | None:
    """The first and the last sample of a stretch that are heard as part of it."""
    level = np.abs(pcm[span.start : span.end].astype(np.int32))
    if not len(level):
        return None
    loud = np.flatnonzero(level >= max(2.0, EDGE_SHARE * float(level.max())))
    return Span(span.start + int(loud[0]), span.start + int(loud[-1]) + 1) if len(loud) else None


def agent_speech(call: Recorded, clock: CallClock, heard: Int16) -> tuple[AgentSpeech, ...]:
    """The agent's utterances as heard, by the items of its protocol where it has such."""
    bounds: dict[str, list[int]] = {}
    for packet in call.packets:
        if packet.position < 0:
            continue
        first = bounds.setdefault(packet.item_id, [packet.position, packet.position])
        first[1] = max(first[1], packet.position + packet.frames)
    loud = np.flatnonzero(np.abs(heard.astype(np.int32)) >= AUDIBLE)
    pause = ITEMLESS_PAUSE_MS * call.rate_hz / 1000
    out: list[AgentSpeech] = []
    for item_id, (start, end) in bounds.items():
        began = clock.heard_at(start)
        if began is None:
            continue
        played = _last_heard(clock, start, end)
        inside = loud[(loud >= began) & (loud <= played)]
        if not len(inside):
            continue
        cuts = np.flatnonzero(np.diff(inside) > (np.inf if item_id else pause))
        for part in np.split(inside, cuts + 1):
            speech = AgentSpeech(item_id=item_id, onset=int(part[0]), end=int(part[-1]) + 1)
            out.append(speech)
    return tuple(sorted(out, key=lambda s: s.onset))


def _last_heard(clock: CallClock, start: int, end: int) -> int:
    """When the last frame of `[start, end)` that was heard at all was heard."""
    low, high = start, end - 1
    while low < high:  # heard frames come first: what was flushed lies behind them
        middle = (low + high + 1) // 2
        if clock.heard_at(middle) is None:
            high = middle - 1
        else:
            low = middle
    return clock.heard_at(low) or 0


def _flaws(call: Recorded, clock: CallClock) -> list[int]:
    """Indexes at which times are not to be trusted."""
    found = [b.index for b in call.blocks if b.flags]
    found += clock.jumps().tolist()
    for before, after in zip(call.blocks, call.blocks[1:]):
        if after.at_ns - before.at_ns > LATE_BLOCK_NS:
            found.append(after.index)
    found += [clock.index_at(n["at_ns"]) for n in call.noted("ran_dry", "lost")]
    return sorted(found)


class _Meter:
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
        )

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
        """Where an utterance was cut and no speech of the caller's lies before."""
        found = []
        reach = round(YIELD_MS * self._samples_ms)
        for flush in self._flushes:
            index = self._clock.index_at(flush["event_ns"])
            if not any(c.start <= index and c.end > index - reach for c in self._caller):
                found.append(index)
        return found

    def _is_degraded(self, first: int, last: int) -> bool:
        low = min(first, last) - BEFORE_MS * self._samples_ms
        at = bisect_left(self._flaws, low)
        high = max(first, last) + AFTER_MS * self._samples_ms
        return at < len(self._flaws) and self._flaws[at] <= high


def _health(call: Recorded, clock: CallClock) -> StreamHealth:
    dry = list(call.noted("ran_dry"))
    inserted = 0.0
    for note in dry:
        after, before = clock.heard_at(note["position"]), clock.heard_at(note["position"] - 1)
        if after is not None and before is not None:
            inserted += (after - before - 1) * 1000 / call.rate_hz
    gaps = [
        (b.at_ns - a.at_ns) / 1e6
        for a, b in zip(call.packets, call.packets[1:])
        if a.item_id == b.item_id
    ]
    p50, p95, most = np.percentile(gaps, [50, 95, 100]).tolist() if gaps else (None, None, None)
    lost = sum(int(n["blocks"]) for n in call.noted("lost"))
    middle = float(np.median(clock.shift)) if len(clock.shift) else 0.0
    return StreamHealth(
        underruns=sum(bool(b.flags & OUTPUT_UNDERFLOW) for b in call.blocks) + len(dry),
        overruns=sum(bool(b.flags & INPUT_OVERFLOW) for b in call.blocks) + lost,
        inserted_ms=inserted,
        gap_p50_ms=p50,
        gap_p95_ms=p95,
        gap_max_ms=most,
        delay_ms=middle * 1000 / call.rate_hz,
    )
