"""EVA's response speed v0.2: mean reply latency in seconds, with and without tools."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import fmean
from typing import Any

from app.domain.eva_record import ProcessedRecord
from app.domain.metrics import Evidence, MetricValue, missing
from app.eval.eva.diagnostic_specs import SPEED, profile
from app.eval.eva.timeline import Timeline

LONGEST_S = 1000.0
"""A latency as long as this, or not above 0, is left out."""
STAGES = ("llm_latency", "stt_latency", "tts_latency")
MOST_SPANS = 200


def values(record: ProcessedRecord, timeline: Timeline) -> tuple[MetricValue, ...]:
    """The mean, the slowest, and the means with and without tools; seconds, 3 decimals."""
    kept = {t: v for t, v in record.latency_s.items() if 0 < v < LONGEST_S}
    if not kept:
        reason = "No turn has a reply that began after the caller had ended."
        if not record.has_audio_events:
            reason = "The logs do not say when anyone spoke."
        return (missing(SPEED, reason, unit="s", profile=profile(SPEED)),)
    with_tools = {t: v for t, v in kept.items() if t in record.tool_turns}
    without = {t: v for t, v in kept.items() if t not in record.tool_turns}
    slowest = max(kept, key=lambda t: kept[t])
    found = [
        _value(record, timeline, SPEED, kept, dropped=len(record.latency_s) - len(kept)),
        _value(record, timeline, f"{SPEED}.max", {slowest: kept[slowest]}),
    ]
    for name, part in (("with_tool_calls", with_tools), ("no_tool_calls", without)):
        if part:
            found.append(_value(record, timeline, f"{SPEED}.{name}", part))
    return tuple(found)


def _value(
    record: ProcessedRecord,
    timeline: Timeline,
    metric_id: str,
    latencies: Mapping[int, float],
    **more: Any,
) -> MetricValue:
    return MetricValue(
        metric_id=metric_id,
        value=round(fmean(latencies.values()), 3),
        n=len(latencies),
        unit="s",
        speaker="agent",
        profile=profile(SPEED),
        components={
            "sum_s": round(sum(latencies.values()), 3),
            "n": len(latencies),
            "max_s": round(max(latencies.values()), 3),
            "per_turn_s": {str(t): round(v, 3) for t, v in latencies.items()},
            **more,
        },
        evidence=_evidence(record, timeline, latencies),
    )


def _evidence(
    record: ProcessedRecord, timeline: Timeline, latencies: Mapping[int, float]
) -> tuple[Evidence, ...]:
    """The waits themselves, the longest first."""
    slowest = sorted(latencies, key=lambda t: -latencies[t])[:MOST_SPANS]
    found: list[Evidence] = []
    for turn in slowest:
        caller, agent = record.caller_audio.get(turn), record.agent_audio.get(turn)
        if caller and agent:
            wait = (caller[-1][1], agent[0][0])
            found += timeline.evidence([wait], "agent", f"Turn {turn}, wait", latencies[turn])
    return tuple(found)


def stages(result: Mapping[str, Any]) -> tuple[MetricValue, ...]:
    """The pipeline's own means in seconds, of `result.json`; those that it has."""
    found = []
    for name in STAGES:
        stage = result.get(name)
        figures = stage if isinstance(stage, dict) else {}
        mean_ms, calls = (_number(figures.get(key)) for key in ("mean_ms", "total_calls"))
        if mean_ms is not None and calls:
            found.append(
                MetricValue(
                    metric_id=f"{SPEED}.{name}",
                    value=round(mean_ms / 1000, 3),
                    n=int(calls),
                    unit="s",
                    speaker="agent",
                    profile=profile(SPEED),
                    components={k: v for k, v in figures.items() if _number(v) is not None},
                )
            )
    return tuple(found)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if math.isfinite(value) else None
