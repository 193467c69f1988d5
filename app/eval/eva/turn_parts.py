"""The figures beneath EVA's turn-taking score: latencies, interruptions, nudges, tools.

EVA-Bench 2.1, turn_taking v0.2. Means to 3 decimals, rates and scores to 4. A part that the call
gives no occasion for is absent, so that means over calls rest on calls that had one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from app.domain.eva_record import ProcessedRecord
from app.eval.eva import curves
from app.eval.eva.turn_scores import CallScore


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One figure.

    Attributes:
        value: None where EVA counts nothing (`reason` says what was not there).
        n: on how many turns (or runs of tool calls, or answers) it rests.
        turns: those that it is about, to be shown.
        reason: why there is no value.
    """

    value: float | None
    n: int
    turns: tuple[int, ...] = ()
    reason: str = ""


def parts(
    record: ProcessedRecord,
    call: CallScore,
    audit_rows: Sequence[Mapping[str, Any]],
    usage: Sequence[Mapping[str, Any]],
) -> dict[str, Part]:
    """Every part that the call defines, under EVA's name.

    Args:
        record: the processed record.
        call: its score.
        audit_rows: the audit log's rows as they stand; empty if there are none.
        usage: token counts, one mapping for each answer of the model.
    """
    found = _pretool_speech(audit_rows) | _tokens(usage)
    if call.evaluated:
        found |= _latencies(record, call.evaluated)
        found |= _agent_interruptions(record, call)
        found |= _caller_interruptions(record, call)
        found |= _nudges(record)
    return found


def _latencies(record: ProcessedRecord, turns: Sequence[int]) -> dict[str, Part]:
    by_turn = {t: record.latency_s[t] * 1000 for t in turns if t in record.latency_s}
    if not by_turn:
        return {}
    ordered = sorted(by_turn.items(), key=lambda pair: pair[1])
    n = len(ordered)
    early = tuple(t for t, ms in by_turn.items() if curves.is_early(ms))
    tools = record.tool_turns
    late = tuple(t for t, ms in by_turn.items() if curves.is_late(ms, tool=t in tools))
    in_time = tuple(t for t in by_turn if t not in early and t not in late)
    return {
        "mean_latency_ms": Part(value=round(fmean(by_turn.values()), 3), n=n, turns=tuple(by_turn)),
        "p50_latency_ms": _ranked(ordered, 0.5),
        "p90_latency_ms": _ranked(ordered, 0.9),
        "on_time_rate": _rate(in_time, n),
        "early_rate": _rate(early, n),
        "late_rate": _rate(late, n),
    }


def _ranked(ordered: Sequence[tuple[int, float]], share: float) -> Part:
    """EVA's percentile: the turn at that rank, without interpolation."""
    turn, latency_ms = ordered[min(len(ordered) - 1, int(share * len(ordered)))]
    return Part(value=round(latency_ms, 3), n=len(ordered), turns=(turn,))


def _rate(turns: tuple[int, ...], of: int) -> Part:
    return Part(value=round(len(turns) / of, 4), n=of, turns=turns)


def _agent_interruptions(record: ProcessedRecord, call: CallScore) -> dict[str, Part]:
    turns = tuple(t for t in call.evaluated if t in record.agent_interrupts)
    seen = [(t, call.by_turn[t].evidence) for t in turns]
    seen = [(t, e) for t, e in seen if "overlap_ms" in e]
    times = [e["n_interrupt_segments"] for _, e in seen]
    prefix = "agent_interruption"
    found = {f"{prefix}.rate": _rate(turns, len(call.evaluated))}
    found[f"{prefix}.num_interruptions"] = (
        Part(value=float(sum(times)), n=len(seen), turns=turns)
        if seen
        else Part(value=None, n=0, reason="The agent cut in on no turn.")
    )
    found |= _mean_part(f"{prefix}.mean_overlap_ms", seen, "overlap_ms", 3)
    found |= _mean_part(f"{prefix}.mean_overlap_score", seen, "overlap_score", 4)
    found |= _mean_part(f"{prefix}.mean_count_score", seen, "interrupt_count_score", 4)
    wait = "post_interrupt_latency"
    found |= _mean_part(f"{prefix}.mean_{wait}_ms", seen, f"{wait}_ms", 3)
    found |= _mean_part(f"{prefix}.mean_{wait}_score", seen, f"{wait}_score", 4)
    return found


def _caller_interruptions(record: ProcessedRecord, call: CallScore) -> dict[str, Part]:
    turns = tuple(t for t in call.evaluated if t in record.caller_interrupts)
    seen = [(t, call.by_turn[t].evidence) for t in turns]
    found = {"user_interruption.rate": _rate(turns, len(call.evaluated))}
    found |= _mean_part("user_interruption.mean_yield_ms", seen, "yield_ms", 3)
    found |= _mean_part("user_interruption.mean_yield_score", seen, "yield_score", 4)
    return found


def _mean_part(
    name: str, seen: Iterable[tuple[int, Mapping[str, Any]]], key: str, decimals: int
) -> dict[str, Part]:
    having = [(t, e[key]) for t, e in seen if key in e]
    if not having:
        return {}
    value = round(fmean(v for _, v in having), decimals)
    return {name: Part(value=value, n=len(having), turns=tuple(t for t, _ in having))}


def _nudges(record: ProcessedRecord) -> dict[str, Part]:
    turns = tuple(sorted(record.fallback_turns))
    found = {}
    if record.agent_turns:
        found["fallback_nudge.rate"] = _rate(turns, record.agent_turns)
    found["fallback_nudge.count"] = (
        Part(value=float(len(turns)), n=len(turns), turns=turns)
        if turns
        else Part(value=None, n=0, reason="The agent needed no nudge.")
    )
    return found


def _pretool_speech(rows: Sequence[Mapping[str, Any]]) -> dict[str, Part]:
    """Share of runs of tool calls before which the agent had spoken since the last one.

    What the caller says begins anew.
    """
    runs = spoken_first = 0
    spoke = in_run = False
    for row in rows:
        kind = row.get("message_type")
        if kind == "user":
            spoke = in_run = False
        elif kind == "assistant" and str(row.get("value") or "").strip():
            spoke, in_run = True, False
        elif kind == "tool_call" and not in_run:
            runs += 1
            spoken_first += spoke
            spoke, in_run = False, True
    if not runs:
        return {}
    return {"pretoolspeech_rate": Part(value=round(spoken_first / runs, 4), n=runs)}


def _tokens(usage: Sequence[Mapping[str, Any]]) -> dict[str, Part]:
    found: dict[str, Part] = {}
    for name, key in (
        ("mean_output_tokens", "completion_tokens"),
        ("mean_reasoning_tokens", "reasoning_tokens"),
    ):
        counts = [c for u in usage if (c := _count(u.get(key))) is not None]
        if counts:
            found[name] = Part(value=round(fmean(counts), 3), n=len(counts))
    return found


def _count(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        return None
    return value
