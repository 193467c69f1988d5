"""EVA's turn-taking score: each turn's, with what it rests on, and the call's.

EVA-Bench 2.1 (arXiv 2605.13841), turn_taking v0.2. Pure functions of a processed record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.eva_record import ProcessedRecord, Stretch
from app.eval.eva import curves

Reason = Literal[
    "latency", "agent_interrupt", "user_interrupt", "dual_interrupt", "turn_end_fallback"
]

TOUCH_S = 0.001
"""Audio that overlaps no longer than this only touches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnScore:
    """One turn's score 0..1 (4 decimals), which rule gave it, and its evidence in EVA's names."""

    turn: int
    score: float
    reason: Reason
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallScore:
    """The call's.

    Attributes:
        value: mean of the turns, 4 decimals; 0 if the call's last turn was left unanswered, or if
            no turn could be scored.
        turns: in order; the fallback turns without audio of both are among them.
        evaluated: turns with audio of both parties.
        num_turns: the highest turn number that has audio.
        missed_turn: the caller spoke last and the session timed out.
    """

    value: float
    turns: tuple[TurnScore, ...]
    evaluated: tuple[int, ...]
    num_turns: int
    missed_turn: bool

    @property
    def by_turn(self) -> dict[int, TurnScore]:
        """The same by turn number."""
        return {t.turn: t for t in self.turns}


def score(record: ProcessedRecord) -> CallScore:
    """Score a record's turn-taking."""
    evaluated = evaluable(record)
    scored = [_score_turn(record, turn) for turn in evaluated]
    lone = sorted(record.fallback_turns - set(evaluated))
    scored += [TurnScore(turn=t, score=0.0, reason="turn_end_fallback") for t in lone]
    scored.sort(key=lambda t: t.turn)
    value = 0.0
    if scored and not record.left_unanswered:
        value = round(sum(t.score for t in scored) / len(scored), 4)
    return CallScore(
        value=value,
        turns=tuple(scored),
        evaluated=evaluated,
        num_turns=max((0, *record.caller_audio, *record.agent_audio)),
        missed_turn=record.left_unanswered,
    )


def evaluable(record: ProcessedRecord) -> tuple[int, ...]:
    """Turns with audio of both parties; the greeting is none."""
    return tuple(
        turn
        for turn in sorted(record.caller_audio)
        if turn != 0 and record.caller_audio[turn] and record.agent_audio.get(turn)
    )


def _score_turn(record: ProcessedRecord, turn: int) -> TurnScore:
    tool = turn in record.tool_turns
    evidence: dict[str, Any] = {"has_tool_call": tool}
    agent = _agent_interrupt(record, turn, evidence) if turn in record.agent_interrupts else None
    caller = _caller_interrupt(record, turn, evidence) if turn in record.caller_interrupts else None
    reason: Reason
    if turn in record.fallback_turns:
        value, reason = 0.0, "turn_end_fallback"
    elif agent is not None and caller is not None:
        value, reason = min(agent, caller), "dual_interrupt"
    elif agent is not None:
        value, reason = agent, "agent_interrupt"
    elif caller is not None:
        value, reason = caller, "user_interrupt"
    else:
        latency_ms = record.latency_s[turn] * 1000
        value, reason = curves.latency_score(latency_ms, tool=tool), "latency"
        evidence["latency_ms"] = round(latency_ms, 3)
        evidence["latency_score"] = round(value, 4)
    return TurnScore(turn=turn, score=round(value, 4), reason=reason, evidence=evidence)


def _agent_interrupt(record: ProcessedRecord, turn: int, evidence: dict[str, Any]) -> float:
    """The least of what overlap, count and the wait after it are worth; notes each."""
    caller, agent = record.caller_audio[turn] or (), record.agent_audio[turn] or ()
    overlap = overlap_ms(caller, agent)
    value = curves.overlap_score(overlap)
    evidence["overlap_ms"] = round(overlap, 3)
    evidence["overlap_score"] = round(value, 4)
    times = sum(any(_shared_s(a, c) > TOUCH_S for c in caller) for a in agent)
    evidence["n_interrupt_segments"] = times
    if times >= 1:
        counted = curves.count_score(times)
        evidence["interrupt_count_score"] = round(counted, 4)
        value = min(value, counted)
    wait_ms = settled_latency_ms(caller, agent)
    if wait_ms is not None:
        settled = curves.latency_score(wait_ms, tool=turn in record.tool_turns)
        evidence["post_interrupt_latency_ms"] = round(wait_ms, 3)
        evidence["post_interrupt_latency_score"] = round(settled, 4)
        value = min(value, settled)
    return value


def _caller_interrupt(record: ProcessedRecord, turn: int, evidence: dict[str, Any]) -> float | None:
    """What the agent's yielding is worth; None if it had no audio in the turn before."""
    caller, before = record.caller_audio[turn], record.agent_audio.get(turn - 1)
    if not caller or not before:
        return None
    yield_ms = max(0.0, before[-1][1] - caller[0][0]) * 1000
    value = curves.yield_score(yield_ms)
    evidence["yield_ms"] = round(yield_ms, 3)
    evidence["yield_score"] = round(value, 4)
    return value


def overlap_ms(caller: Sequence[Stretch], agent: Sequence[Stretch]) -> float:
    """Milliseconds in which both have audio, over all pairs of stretches."""
    return sum(max(0.0, _shared_s(c, a)) for c in caller for a in agent) * 1000


def settled_latency_ms(caller: Sequence[Stretch], agent: Sequence[Stretch]) -> float | None:
    """From the caller's last end to the agent's next start.

    None where the agent spoke through that end, or never again.
    """
    end = caller[-1][1]
    if any(start <= end < stop for start, stop in agent):
        return None
    after = [start for start, _ in agent if start > end]
    return (min(after) - end) * 1000 if after else None


def _shared_s(a: Stretch, b: Stretch) -> float:
    return min(a[1], b[1]) - max(a[0], b[0])
