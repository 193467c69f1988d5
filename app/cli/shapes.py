"""The JSON shapes that scripts rely on. Times are seconds from the start of the recording.

Keys may be added in later versions; those named here keep their names and meanings.
"""

from __future__ import annotations

from typing import Any

from app.domain.browsing import CallRow
from app.domain.calls import Call, Finding
from app.domain.clock import to_seconds
from app.domain.imports import DryRun, DryRunEntry, ImportResult
from app.domain.segments import Layer
from app.domain.turns import TurnSet


def imported(result: ImportResult, found: DryRun | None) -> dict[str, Any]:
    """The document of `import` and `demo`."""
    document = result.to_json()
    for row, call in zip(document["imported"], result.imported, strict=True):
        row["code"] = call.code
    if found is not None:
        document["ignored"] = found.ignored
        document["unused"] = list(found.unused)
    return document


def dry_run(found: DryRun) -> dict[str, Any]:
    """The document of `import --dry-run`: nothing has been imported."""
    return {
        "dry_run": True,
        "imported": [],
        "found": [_entry(entry) for entry in found.fresh],
        "duplicates": [
            {"path": str(e.path), "id": e.duplicate.call_id if e.duplicate else None}
            for e in found.duplicates
        ],
        "failed": [{"path": f.path, "reason": f.reason} for f in found.failed],
        "warnings": list(found.warnings),
        "ignored": found.ignored,
        "unused": list(found.unused),
    }


def _entry(entry: DryRunEntry) -> dict[str, Any]:
    return {
        "path": str(entry.path),
        "paths": [str(audio.path) for audio in entry.audio],
        "title": entry.title,
        "duration_s": round(entry.duration_s, 6),
        "rate_hz": entry.rate_hz,
        "channels": entry.guess.channel_map,
        "channels_confidence": entry.guess.confidence,
        "channels_reason": entry.guess.reason,
        "channels_confirmed": entry.confirmed,
        "transcripts": [str(t.path) for t in entry.transcripts],
        "findings": [finding(f) for f in entry.findings],
        "warnings": list(entry.warnings),
    }


def call_row(row: CallRow) -> dict[str, Any]:
    """One element of `calls`."""
    return {
        "id": row.id,
        "code": row.code,
        "title": row.title,
        "scenario": row.scenario,
        "agent": row.agent,
        "agent_version": row.agent_version,
        "outcome": row.outcome,
        "language": row.language,
        "duration_s": row.duration_ms / 1000,
        "turns": row.turns,
        "latency_p50_s": _ms(row.p50_ms),
        "latency_p95_s": _ms(row.p95_ms),
        "interruptions": row.interruptions,
        "overlaps": row.overlaps,
        "human": row.human_state,
        "flagged": row.flagged,
        "warnings": row.warnings,
        "recorded_at": row.recorded_at,
        "imported_at": row.imported_at,
    }


def shown_call(call: Call, layer: Layer | None, turn_set: TurnSet | None) -> dict[str, Any]:
    """The document of `show`."""
    rate = call.rate_hz
    found = turn_set
    return {
        "id": call.id,
        "code": call.code,
        "title": call.title,
        "duration_s": to_seconds(call.frame_count, rate),
        "rate_hz": rate,
        "channels": call.channel_map,
        "layer": layer.name if layer else None,
        "layer_detail": _layer(layer),
        "profile": found.profile.id if found else None,
        "turns": _turns(found) if found else [],
        "latencies": _latencies(found) if found else [],
        "overlaps": _overlaps(found) if found else [],
        "interruptions": _interruptions(found) if found else [],
        "dead_air": [
            {"start_s": to_seconds(s.start, rate), "end_s": to_seconds(s.end, rate)}
            for s in (found.dead_air if found else ())
        ],
        "voids": list(found.voids) if found else [],
        "warnings": [warning(f) for f in call.warnings],
        "findings": [finding(f) for f in call.warnings],
    }


def warning(found: Finding) -> str:
    """A finding as one line of text."""
    voids = f" Not to be trusted: {', '.join(found.voids)}." if found.voids else ""
    return f"{found.code}: {found.message}{voids}"


def finding(found: Finding) -> dict[str, Any]:
    """A finding with its stable code."""
    return {
        "code": found.code,
        "message": found.message,
        "voids": list(found.voids),
        "track": found.track_role,
    }


def _layer(layer: Layer | None) -> dict[str, Any] | None:
    if layer is None:
        return None
    return {
        "id": layer.id,
        "name": layer.name,
        "origin": layer.origin,
        "producer": layer.producer,
        "version": layer.version,
    }


def _turns(found: TurnSet) -> list[dict[str, Any]]:
    return [
        {
            "id": turn.id,
            "speaker": turn.speaker,
            "start_s": to_seconds(turn.span.start, found.rate_hz),
            "end_s": to_seconds(turn.span.end, found.rate_hz),
            "text": turn.text,
        }
        for turn in found.turns
    ]


def _latencies(found: TurnSet) -> list[dict[str, Any]]:
    speakers = {turn.id: turn.speaker for turn in found.turns}
    return [
        {
            "turn_id": latency.turn_id,
            "previous_turn_id": latency.previous_turn_id,
            "speaker": speakers[latency.turn_id],
            "value_s": to_seconds(latency.frames, found.rate_hz),
        }
        for latency in found.latencies
    ]


def _overlaps(found: TurnSet) -> list[dict[str, Any]]:
    return [
        {
            "start_s": to_seconds(overlap.span.start, found.rate_hz),
            "end_s": to_seconds(overlap.span.end, found.rate_hz),
            "by": overlap.by,
            "kind": overlap.kind,
        }
        for overlap in found.overlaps
    ]


def _interruptions(found: TurnSet) -> list[dict[str, Any]]:
    return [
        {
            "by": each.by,
            "onset_s": to_seconds(each.onset, found.rate_hz),
            "yield_s": (
                None if each.yield_frames is None else to_seconds(each.yield_frames, found.rate_hz)
            ),
        }
        for each in found.interruptions
    ]


def _ms(value: int | None) -> float | None:
    return None if value is None else value / 1000
