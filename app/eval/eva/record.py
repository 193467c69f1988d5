"""From a call's documents to its processed record: by the raw logs, or by a stored context."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from app.domain.errors import BadInput
from app.domain.eva_record import Pipeline, ProcessedRecord, Stretch, TraceRow
from app.eval.base import CallInput
from app.eval.eva import documents, logs, processor
from app.eval.eva.documents import Files
from app.eval.eva.events import millis, seconds, words
from app.eval.eva.finish import latencies

_KINDS = ("intended", "transcribed", "tool_call", "tool_response")
_PIPELINES: Mapping[str, Pipeline] = {"cascade": "cascade", "audio_llm": "audio_llm", "s2s": "s2s"}
_S2S_THAT_ARE_NOT: Mapping[str, Pipeline] = {"elevenlabs": "cascade", "ultravox": "audio_llm"}


def files_of(source: CallInput) -> Files:
    """The call's EVA documents."""
    return Files(source.documents)


NO_LOGS = "No event logs of EVA came along, nor the context of its metrics.json."


def record_of(files: Files) -> ProcessedRecord | None:
    """The processed record; from `metrics.json` where the logs did not come along, else None.

    Raises:
        BadInput: there are logs, but all that is in them is unreadable.
    """
    pipeline = pipeline_of(files)
    if files.has(documents.AUDIT) or files.has(documents.CALLER):
        history = logs.read(files, pipeline)
        if history.events:
            return processor.process(
                history.events,
                pipeline,
                ended_reason=ended_reason(files, history.last_event),
                last_event=history.last_event,
                bad_lines=files.bad,
            )
    context = stored_context(files)
    if context:
        return from_context(context, pipeline, files)
    if any(files.bad.get(name) for name in (*documents.AUDIT, *documents.CALLER)):
        raise BadInput(
            "Nothing in the record's event logs could be read.",
            "Import it again with a whole audit_log.json and the caller's event log.",
        )
    return None


def pipeline_of(files: Files) -> Pipeline:
    """How the agent was built, from `config.json`; a cascade where it does not say."""
    config = files.mapping(documents.CONFIG) or {}
    model = config.get("model")
    model = model if isinstance(model, dict) else config.get("pipeline")
    if not isinstance(model, dict):
        stored = stored_context(files).get("pipeline_type")
        return _PIPELINES.get(str(stored), "cascade")
    s2s = model.get("s2s")
    if s2s:
        return _S2S_THAT_ARE_NOT.get(str(s2s), "s2s")
    if model.get("audio_llm"):
        return "audio_llm"
    return "s2s" if model.get("realtime_model") else "cascade"


def language_of(files: Files) -> str:
    """The run's language, `en` where it does not say."""
    config = files.mapping(documents.CONFIG) or {}
    return str(config.get("language") or stored_context(files).get("language") or "en")


def stored_context(files: Files) -> Mapping[str, Any]:
    """What the metrics runner kept of the record; empty if nothing."""
    context = (files.mapping(documents.METRICS) or {}).get("context")
    return context if isinstance(context, dict) else {}


def stored_score(files: Files, name: str) -> dict[str, Any] | None:
    """What EVA's own run wrote down for that metric, for comparison: score, version, error."""
    metrics = (files.mapping(documents.METRICS) or {}).get("metrics")
    score = metrics.get(name) if isinstance(metrics, dict) else None
    if not isinstance(score, dict):
        return None
    return {k: score.get(k) for k in ("score", "normalized_score", "version", "error")}


def ended_reason(files: Files, last_event: Mapping[str, Any]) -> str:
    """Why the call ended: by its result, else by the last row of the caller's log."""
    result = files.mapping(documents.RESULT) or {}
    said = result.get("conversation_ended_reason")
    said = said or stored_context(files).get("conversation_ended_reason")
    return str(said or closing_reason(last_event))


def closing_reason(last_event: Mapping[str, Any]) -> str:
    """The reason in a closing connection row; empty if the row is none."""
    data = last_event.get("data")
    details = data.get("details") if isinstance(data, dict) else None
    reason = details.get("reason") if isinstance(details, dict) else None
    return str(reason or "")


# ------------------------------------------------------------------------------ stored context
def from_context(context: Mapping[str, Any], pipeline: Pipeline, files: Files) -> ProcessedRecord:
    """The record as `metrics.json` keeps it; turn numbers are text there."""
    texts = {
        key: {t: words(v) for t, v in _turns(context.get(f"{key}_turns")).items()}
        for key in (
            "intended_user",
            "transcribed_user",
            "intended_assistant",
            "transcribed_assistant",
        )
    }
    stored = _turns(context.get("latency_assistant_turns"))
    caller_audio = _audio(context.get("audio_timestamps_user_turns"))
    agent_audio = _audio(context.get("audio_timestamps_assistant_turns"))
    latency_s = latencies(caller_audio, agent_audio)
    latency_s |= {t: s for t, v in stored.items() if (s := seconds(v)) is not None}
    stored_type = _PIPELINES.get(str(context.get("pipeline_type")), pipeline)
    return ProcessedRecord(
        pipeline=stored_type,
        intended_caller=texts["intended_user"],
        heard_caller=texts["transcribed_user"],
        intended_agent=texts["intended_assistant"],
        heard_agent=texts["transcribed_assistant"],
        caller_audio=caller_audio,
        agent_audio=agent_audio,
        agent_interrupts=_turn_set(context.get("assistant_interrupted_turns")),
        caller_interrupts=_turn_set(context.get("user_interrupted_turns")),
        fallback_turns=_turn_set(context.get("fallback_turn_ids")),
        latency_s=latency_s,
        trace=tuple(_rows(context.get("conversation_trace"))),
        caller_turns=_count(context.get("num_user_turns"), len(texts["transcribed_user"])),
        agent_turns=_count(context.get("num_assistant_turns"), len(texts["intended_assistant"])),
        ended_reason=ended_reason(files, {}),
        bad_lines=dict(files.bad),
        from_logs=False,
    )


def _turns(value: object) -> dict[int, Any]:
    """A mapping by turn number; what has no number as its key is left out."""
    if not isinstance(value, dict):
        return {}
    found = {_turn(k): v for k, v in value.items()}
    return dict(sorted((t, v) for t, v in found.items() if t is not None))


def _turn(value: object) -> int | None:
    text = str(value).strip()
    return int(text) if re.fullmatch(r"-?\d{1,6}", text) else None


def _turn_set(value: object) -> frozenset[int]:
    """Turn numbers of a list, or of the text that Python writes for a set."""
    if isinstance(value, str):
        value = re.findall(r"-?\d+", value)
    if not isinstance(value, (list, tuple)):
        return frozenset()
    return frozenset(t for t in map(_turn, value) if t is not None)


def _audio(value: object) -> dict[int, tuple[Stretch, ...] | None]:
    return {t: _stretches(v) for t, v in _turns(value).items()}


def _stretches(value: object) -> tuple[Stretch, ...] | None:
    if not isinstance(value, list):
        return None
    pairs = [(seconds(p[0]), seconds(p[1])) for p in value if isinstance(p, list) and len(p) == 2]
    whole = tuple((start, end) for start, end in pairs if start is not None and end is not None)
    return whole or None


def _rows(value: object) -> list[TraceRow]:
    rows = value if isinstance(value, list) else []
    made = [_row(r) for r in rows if isinstance(r, dict)]
    return [r for r in made if r is not None]


def _row(row: Mapping[str, Any]) -> TraceRow | None:
    turn, kind = _turn(row.get("turn_id")), row.get("type")
    if turn is None or kind not in _KINDS:
        return None
    is_call = kind == "tool_call"
    speaker = {"user": "caller", "assistant": "agent"}.get(str(row.get("role")))
    return TraceRow(
        turn=turn,
        kind=cast("Any", kind),
        speaker=cast("Any", speaker),
        text=words(row.get("content")),
        tool=words(row.get("tool_name")),
        payload=row.get("parameters" if is_call else "tool_response"),
        at_ms=millis(row.get("timestamp")),
    )


def _count(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
