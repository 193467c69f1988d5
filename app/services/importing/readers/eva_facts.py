"""What an EVA run's configuration and a record's results say of a call."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PureWindowsPath
from typing import Any

from app.domain.eva_record import ProcessedRecord
from app.domain.json_shapes import listing, mapping
from app.services.importing.foreign_files import number, words
from app.services.importing.readers.eva_files import Read

RESULT_KEYS = frozenset(
    "record_id completed error error_details llm_latency stt_latency tts_latency "
    "model_response_latency started_at ended_at duration_seconds output_dir audio_assistant_path "
    "audio_user_path audio_mixed_path transcript_path audit_log_path conversation_log_path "
    "pipecat_logs_path user_simulator_logs_path elevenlabs_logs_path num_turns num_tool_calls "
    "tools_called conversation_ended_reason initial_scenario_db_hash final_scenario_db_hash "
    "time_limit_accepted".split()
)
AUDIT_TYPES = frozenset("user assistant tool_call tool_response llm_call turn_fallback".split())
LATENCIES = ("llm_latency", "stt_latency", "tts_latency", "model_response_latency")
SCORE_KEYS = ("score", "normalized_score", "error", "skipped", "version", "prompt_hash")
DOMAINS = ("airline", "itsm", "medical_hr")


def domain(config: Mapping[str, Any]) -> str:
    """`airline`, `itsm`, `medical_hr` or another name; empty if the run does not say."""
    named = words(config.get("domain"), 60)
    if named:
        return named
    for key in ("dataset_path", "agent_config_path"):
        stored = config.get(key)
        stem = PureWindowsPath(stored).stem if isinstance(stored, str) else ""
        stem = stem.removesuffix("_dataset").removesuffix("_agent")
        if stem:
            return words(stem, 60)
    return ""


def agent(config: Mapping[str, Any]) -> tuple[str, str]:
    """(agent's name, its models), from the configuration of either generation."""
    stored = config.get("agent_config_path")
    name = words(PureWindowsPath(stored).stem, 60) if isinstance(stored, str) else ""
    model = mapping(config.get("model")) or mapping(config.get("pipeline"))
    parts = [_model(model, part) for part in ("stt", "llm", "audio_llm", "s2s", "tts")]
    if not any(parts):
        parts = [words(model.get("realtime_model"))]
    return name, " + ".join(p for p in parts if p)


def _model(model: Mapping[str, Any], part: str) -> str:
    """The model of a part; its own name where a provider's parameters tell it."""
    named = words(model.get(part) or model.get(f"{part}_model"), 60)
    inner = words(mapping(model.get(f"{part}_params")).get("model"), 60)
    return f"{named} {inner}" if named and inner and inner != named else named or inner


def conditions(config: Mapping[str, Any]) -> dict[str, Any]:
    """How the caller's sound and manner were changed; empty for a clean run."""
    given = mapping(config.get("perturbation"))
    found: dict[str, Any] = {
        "noise": words(given.get("background_noise")),
        "snr_db": number(given.get("snr_db")) if given.get("background_noise") else None,
        "accent": words(given.get("accent")),
        "behaviour": words(given.get("behavior") or given.get("behaviour")),
        "line": "degraded" if given.get("connection_degradation") is True else "",
    }
    return {name: value for name, value in found.items() if value not in ("", None)}


def reported(read: Read) -> dict[str, Any]:
    """Figures that EVA itself gave: scores with their versions, latencies, counts."""
    found: dict[str, Any] = {}
    metrics = read.json("metrics.json")
    scores = {
        words(name): _score(score)
        for name, score in mapping(metrics.get("metrics")).items()
        if isinstance(score, dict)
    }
    if scores:
        found["metrics"] = scores
    whole = mapping(metrics.get("aggregate_metrics"))
    if whole:
        found["aggregate_metrics"] = {words(k): number(v) for k, v in whole.items()}
    result = read.json("result.json")
    found |= {k: mapping(result[k]) for k in LATENCIES if mapping(result.get(k))}
    for key in ("num_turns", "num_tool_calls", "duration_seconds"):
        if number(result.get(key)) is not None:
            found[key] = number(result[key])
    latencies = read.json("response_latencies.json")
    if latencies:
        figures = {k: number(latencies.get(k)) for k in ("mean", "max", "count")}
        found["response_latencies"] = figures
    return found


def _score(score: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {
        k: (words(score[k], 500) if isinstance(score[k], str) else score[k])
        for k in SCORE_KEYS
        if k in score and not isinstance(score[k], dict | list)
    }
    parts = {
        words(name): number(part.get("score"))
        for name, part in mapping(score.get("sub_metrics")).items()
        if isinstance(part, dict)
    }
    return {**kept, **({"sub_metrics": parts} if parts else {})}


def unknown(read: Read) -> tuple[str, ...]:
    """Fields and kinds of rows that are kept with the documents but not understood."""
    found = [f"result.json: {words(k)}" for k in read.json("result.json") if k not in RESULT_KEYS]
    rows = listing(read.json("audit_log.json").get("transcript"))
    types = {words(r.get("message_type")) for r in rows if isinstance(r, dict)}
    found += [f"audit_log.json: message_type {t}" for t in sorted(types - AUDIT_TYPES) if t]
    return tuple(found)


def summary(record: ProcessedRecord, config: Mapping[str, Any]) -> dict[str, Any]:
    """What the logs come to, in EVA's own turns, for a look without any metric."""
    return {
        "run_id": words(config.get("run_id")),
        "pipeline": record.pipeline,
        "framework": words(config.get("framework")),
        "caller_turns": record.caller_turns,
        "agent_turns": record.agent_turns,
        "tool_calls": len(record.tool_calls),
        "tools": [words(row.tool) for row in record.tool_calls],
        "agent_interrupts": sorted(record.agent_interrupts),
        "caller_interrupts": sorted(record.caller_interrupts),
        "fallback_turns": sorted(record.fallback_turns),
        "ended_reason": words(record.ended_reason),
    }
