"""Gathered values as rows of the exported tables. Every figure names its layer and profile."""

from __future__ import annotations

from typing import Any

from app.domain.calls import Call
from app.domain.clock import to_seconds
from app.domain.ratings import Answer, Score
from app.services.exporting.gather import CallData, Gathered, pseudonym, source_name


def turn_rows(data: Gathered) -> list[dict[str, Any]]:
    """One row for each turn of each call."""
    return [row for call in data.calls for row in _turns(call)]


def _turns(data: CallData) -> list[dict[str, Any]]:
    found = data.turn_set
    if found is None:
        return []
    latencies = {x.turn_id: x for x in found.latencies}
    rows = []
    for turn in found.turns:
        latency = latencies.get(turn.id)
        rows.append(
            {
                **_call(data.call),
                "turn_id": turn.id,
                "turn_index": turn.index,
                "speaker": turn.speaker,
                "start_s": to_seconds(turn.span.start, found.rate_hz),
                "end_s": to_seconds(turn.span.end, found.rate_hz),
                "text": turn.text,
                "latency_s": None if latency is None else to_seconds(latency.frames, found.rate_hz),
                "previous_turn_id": "" if latency is None else latency.previous_turn_id,
                "start_frame": turn.span.start,
                "end_frame": turn.span.end,
                "latency_frames": None if latency is None else latency.frames,
                "rate_hz": found.rate_hz,
                "layer_id": found.layer_id,
                "layer_name": found.layer_name,
                "layer_version": found.layer_version,
                "profile": found.profile.id,
                "segment_ids": list(turn.segment_ids),
                "voids": list(found.voids),
            }
        )
    return rows


def score_rows(data: Gathered) -> list[dict[str, Any]]:
    """One row for each submitted score that the viewer may see, earlier versions too."""
    return [_score(score, data) for score in data.scores]


def _score(score: Score, data: Gathered) -> dict[str, Any]:
    source = data.by_id[score.item.call_id]
    call = source.call
    rubric, facts, item = data.rubrics[score.rubric_version_id], data.facts[score.id], score.item
    layer = data.layers.get(item.layer_id or "")
    return {
        "score_id": score.id,
        **_call(call),
        "rubric": rubric.key,
        "rubric_version": rubric.version,
        "rubric_sha256": rubric.sha256,
        "criterion": score.criterion_key,
        "item_id": score.item_id,
        "item_kind": item.kind,
        "turn_index": item.turn_index,
        "speaker": item.speaker or "",
        "start_s": to_seconds(item.span.start, call.rate_hz),
        "end_s": to_seconds(item.span.end, call.rate_hz),
        "start_frame": item.span.start,
        "end_frame": item.span.end,
        "rate_hz": call.rate_hz,
        "layer_id": item.layer_id,
        "layer_name": layer.name if layer is not None else "",
        "layer_version": item.layer_version,
        "profile": item.profile_id or "",
        "rater": pseudonym(score.rater_id),
        "rater_id": score.rater_id,
        "rater_kind": score.rater_kind,
        "judge_version": facts.judge_version,
        **_answer(score.answer, call),
        "na_reason": source.outgoing.text(score.answer.na_reason),
        "rationale": source.outgoing.rationale(score.answer, score.item),
        "blind": score.blind,
        "phase": score.phase,
        "current": score.id in data.current_ids,
        "duration_ms": score.duration_ms,
        "created_at": score.created_at,
        "supersedes": facts.replaces_id,
        "submission_id": score.submission_id,
        "submission_version": facts.submission_version,
        "inclusion_probability": facts.inclusion_prob,
    }


def _answer(answer: Answer, call: Call) -> dict[str, Any]:
    return {
        "status": answer.status,
        "value": answer.value,
        "confidence": answer.confidence,
        "evidence": [
            {
                "turn_id": e.turn_id,
                "start_frame": e.span.start,
                "end_frame": e.span.end,
                "start_s": to_seconds(e.span.start, call.rate_hz),
                "end_s": to_seconds(e.span.end, call.rate_hz),
            }
            for e in answer.evidence
        ],
        "flagged": answer.flagged,
    }


def comment_rows(data: Gathered) -> list[dict[str, Any]]:
    """One row for each comment that the viewer may see."""
    return [
        {
            "comment_id": c.id,
            **_call(call.call),
            "rater": pseudonym(c.rater_id, c.rater_name),
            "start_s": to_seconds(c.start, call.call.rate_hz),
            "end_s": None if c.end is None else to_seconds(c.end, call.call.rate_hz),
            "start_frame": c.start,
            "end_frame": c.end,
            "rate_hz": call.call.rate_hz,
            "body": c.body,
            "severity": c.severity,
            "tags": list(c.tags),
            "turn_index": c.turn_index,
            "is_marker": c.is_marker,
            "created_at": c.created_at,
        }
        for call in data.calls
        for c in call.comments
    ]


def call_rows(data: Gathered) -> list[dict[str, Any]]:
    """One row for each call."""
    return [
        {
            **_call(c),
            "title": c.title,
            "duration_s": to_seconds(c.frame_count, c.rate_hz),
            "frame_count": c.frame_count,
            "rate_hz": c.rate_hz,
            "channel_map": c.channel_map,
            "agent": c.agent,
            "agent_version": c.agent_version,
            "scenario": c.scenario_key,
            "persona": c.persona,
            "attempt": c.attempt,
            "outcome": c.outcome,
            "language": c.language,
            "recorded_at": c.recorded_at,
            "imported_at": c.imported_at,
            "tags": list(c.tags),
            "findings": [
                {"code": f.code, "message": f.message, "voids": list(f.voids)} for f in c.warnings
            ],
        }
        for c in (d.call for d in data.calls)
    ]


def _call(call: Call) -> dict[str, Any]:
    return {
        "call_id": call.id,
        "call_code": call.code,
        "content_sha256": call.content_sha256,
        "file": source_name(call),
    }
