"""Histories, documents and call inputs for the tests of EVA's metrics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from app.domain.calls import Call
from app.domain.eva_record import ProcessedRecord, TraceRow
from app.eval.base import CallInput, LayerInput
from app.eval.eva import events, logs
from app.eval.eva.events import Event

RATE_HZ = 24_000
T0_S = 1_772_403_723.0


@cache
def loaded(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def event_of(row: Mapping[str, Any]) -> Event:
    """An event of a history as EVA's own tests keep it, by way of the file's row."""
    at, kind, data = row["timestamp_ms"], row["event_type"], row["data"]
    if row["source"] == "audit_log":
        found = events.audit_event({"timestamp": str(at), "message_type": kind, "value": data})
    elif row["source"] == "pipecat":
        frame = events.framework_frame({"timestamp": at, "type": kind, "data": data})
        assert frame is not None
        found = events.framework_event(frame)
    else:
        name = "event_type" if kind.startswith("audio_") else "type"
        found = events.caller_event({"timestamp": at, name: kind, **data})
    assert found is not None
    return found


def history(rows: list[dict[str, Any]]) -> tuple[Event, ...]:
    return logs.ordered([event_of(r) for r in rows])


def as_eva(record: ProcessedRecord) -> dict[str, Any]:
    """A record under EVA's names, as its `metrics.json` would keep it."""
    calls, responses = record.tool_calls, record.tool_responses
    return {
        "transcribed_assistant_turns": texts(record.heard_agent),
        "transcribed_user_turns": texts(record.heard_caller),
        "intended_assistant_turns": texts(record.intended_agent),
        "intended_user_turns": texts(record.intended_caller),
        "audio_timestamps_assistant_turns": audio(record.agent_audio),
        "audio_timestamps_user_turns": audio(record.caller_audio),
        "num_assistant_turns": record.agent_turns,
        "num_user_turns": record.caller_turns,
        "num_tool_calls": len(calls),
        "tool_called": [r.tool.lower() for r in calls],
        "tool_params": [{"tool_name": r.tool, "tool_parameters": r.payload} for r in calls],
        "tool_responses": [{"tool_name": r.tool, "tool_response": r.payload} for r in responses],
        "conversation_trace": [row.to_json() for row in record.trace],
        "conversation_ended_reason": record.ended_reason,
        "is_audio_native": record.pipeline != "cascade",
        "assistant_interrupted_turns": sorted(record.agent_interrupts),
        "user_interrupted_turns": sorted(record.caller_interrupts),
        "latency_assistant_turns": {str(t): v for t, v in record.latency_s.items()},
    }


def texts(turns: Mapping[int, str]) -> dict[str, str]:
    return {str(t): text for t, text in turns.items()}


def audio(turns: Mapping[int, Any]) -> dict[str, Any]:
    return {str(t): None if s is None else [list(x) for x in s] for t, s in turns.items()}


def record_of(
    caller: Mapping[int, list[tuple[float, float]]],
    agent: Mapping[int, list[tuple[float, float]]],
    *,
    agent_interrupts: set[int] | None = None,
    caller_interrupts: set[int] | None = None,
    fallback: set[int] | None = None,
    tool_turns: set[int] | None = None,
    ended_reason: str = "goodbye",
    **more: Any,
) -> ProcessedRecord:
    """A record of audio stretches alone."""
    latency = {t: round(agent[t][0][0] - caller[t][-1][1], 6) for t in caller if t in agent}
    return ProcessedRecord(
        pipeline=more.pop("pipeline", "cascade"),
        intended_caller=dict.fromkeys(caller, "x"),
        heard_caller=dict.fromkeys(caller, "x"),
        intended_agent=dict.fromkeys(agent, "y"),
        heard_agent=dict.fromkeys(agent, "y"),
        caller_audio={t: tuple(s) for t, s in caller.items()},
        agent_audio={t: tuple(s) for t, s in agent.items()},
        agent_interrupts=frozenset(agent_interrupts or ()),
        caller_interrupts=frozenset(caller_interrupts or ()),
        fallback_turns=frozenset(fallback or ()),
        latency_s=latency,
        trace=tuple(
            TraceRow(turn=t, kind="tool_call", tool="get", payload={}) for t in tool_turns or ()
        ),
        caller_turns=len(caller),
        agent_turns=len(agent),
        ended_reason=ended_reason,
        **more,
    )


def call(frame_count: int = 400 * RATE_HZ) -> Call:
    return Call(
        id="c1",
        code="CB-00001",
        title="",
        rate_hz=RATE_HZ,
        frame_count=frame_count,
        channel_map="caller,agent",
        tracks=(),
        source_path="",
        content_sha256="",
        imported_at="",
    )


def call_input(
    documents: Mapping[str, bytes],
    *,
    t0_s: float | None = T0_S,
    speech: LayerInput | None = None,
) -> CallInput:
    conditions = {} if t0_s is None else {"eva_timeline": {"t0_epoch_s": t0_s}}
    return CallInput(call=call(), documents=documents, conditions=conditions, speech=speech)


def sample_documents(shared_data: Path) -> dict[str, bytes]:
    """The finished record as the importer would keep it."""
    run = shared_data / "eva" / "sample_run"
    folder = run / "records" / "1.1.2"
    names = [p.name for p in folder.iterdir() if not p.name.startswith("expected_")]
    found = {f"eva/{name}": (folder / name).read_bytes() for name in names}
    return {**found, "eva/config.json": (run / "config.json").read_bytes()}
