"""What a call's recording says of its timing. Everything is measured by our own detection.

Definitions: a turn's *mouth-to-ear* response is from the end of the caller's speech as sent to the
first audible sample of the agent at the time it was heard. *Wire* is the part of it from the last
packet with speech handed to the network to the first audible packet that arrived; the rest is
device and jitter buffer. A barge-in's *stop* is from the caller's onset to the last agent sample
heard: *detect* up to the agent's own signal, *flush* from there to silence. What the server says
of times is kept beside, never taken for the truth. Where the agent hears itself, its echo is not
taken for the caller; what it cut of itself then is a false stop.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.agents import echo_heard
from app.agents.clock import CallClock
from app.agents.meter import BargeIn, Meter, TurnMeasure
from app.agents.missing_sound import UNKNOWN, MissingSound, missing_sound
from app.agents.recorded import Recorded
from app.agents.speech_found import AgentSpeech, agent_speech, caller_of
from app.agents.stream_health import StreamHealth, flaws, health
from app.domain.calls import Span


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
    missing: MissingSound = UNKNOWN


def measure(call: Recorded) -> CallMeasures:
    """Measure a recorded call. Some seconds of work for an hour of sound."""
    clock = CallClock(call)
    agent = agent_speech(call, clock)
    echo = echo_heard.find(call, clock, agent)
    caller = caller_of(call) if echo is None else caller_of(call, echo.is_all)
    meter = Meter(call, clock, caller, agent, flaws(call, clock))
    turns, overs = meter.turns()
    return CallMeasures(
        turns=tuple(turns),
        barge_ins=tuple(meter.barge_ins()),
        talk_overs=tuple(overs),
        false_stops=tuple(meter.false_stops()),
        stream=replace(health(call, clock), echo_db=None if echo is None else echo.return_db),
        agent=agent,
        caller=caller,
        missing=missing_sound(call),
    )
