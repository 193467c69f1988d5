"""Row ↔ domain value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.domain.calls import Call, Finding, Span, Track
from app.domain.ratings import Answer, Comment, Evidence, ItemRef, Score, Viewer, score_value
from app.domain.rubrics import Criterion, Level
from app.domain.segments import Layer, LayerEdit, Segment, Word
from db.repos.base import dump

Values = Mapping[str, Any]


def finding_out(found: Finding) -> dict[str, Any]:
    """As stored in a call's list of warnings."""
    return {
        "code": found.code,
        "message": found.message,
        "voids": list(found.voids),
        "track_role": found.track_role,
    }


def findings_in(stored: str) -> tuple[Finding, ...]:
    """The list of warnings of a call."""
    return tuple(
        Finding(
            code=f["code"],
            message=f["message"],
            voids=tuple(f["voids"]),
            track_role=f["track_role"],
        )
        for f in json.loads(stored)
    )


def track_in(row: Values) -> Track:
    """A track's row."""
    return Track(
        id=row["id"],
        role=row["role"],
        audio_sha256=row["audio_sha256"],
        channel_index=row["channel_index"],
        rate_hz=row["rate_hz"],
        frame_count=row["frame_count"],
        offset_frames=row["offset_frames"],
        drift_ppm=row["drift_ppm"],
        trim_db=row["trim_db"],
    )


def call_in(row: Values, tracks: tuple[Track, ...], tags: tuple[str, ...]) -> Call:
    """A call's row with its tracks and tags."""
    return Call(
        id=row["id"],
        code=row["code"],
        title=row["title"],
        rate_hz=row["rate_hz"],
        frame_count=row["frame_count"],
        channel_map=row["channel_map"],
        tracks=tracks,
        source_path=row["source_path"],
        content_sha256=row["content_sha256"],
        imported_at=row["imported_at"],
        recorded_at=row["recorded_at"],
        agent=row["agent"],
        agent_version=row["agent_version"],
        scenario_key=row["scenario_key"],
        persona=row["persona"],
        attempt=row["attempt"],
        language=row["language"],
        outcome=row["outcome"],
        flagged=bool(row["flagged"]),
        archived=bool(row["archived"]),
        tags=tags,
        warnings=findings_in(row["warnings"]),
        extra=json.loads(row["extra"]),
    )


def layer_in(row: Values, version: int) -> Layer:
    """A layer's row; the version of a human layer is counted by the caller."""
    return Layer(
        id=row["id"],
        call_id=row["call_id"],
        kind=row["kind"],
        origin=row["origin"],
        name=row["name"],
        producer=row["producer"],
        version=version,
        parent_id=row["parent_id"],
        rater_id=row["rater_id"],
        params=json.loads(row["params"]),
        created_at=row["created_at"],
    )


def segment_out(segment: Segment, layer_id: str) -> dict[str, Any]:
    """A segment as stored; words are compact lists."""
    words = [[w.text, w.span.start, w.span.end, w.confidence] for w in segment.words]
    return {
        "id": segment.id,
        "layer_id": layer_id,
        "speaker": segment.speaker,
        "start": segment.span.start,
        "end": segment.span.end,
        "text": segment.text,
        "confidence": segment.confidence,
        "words": dump(words) if words else None,
        "heard": int(segment.heard),
    }


def segment_in(row: Values) -> Segment:
    """A segment's row."""
    words = json.loads(row["words"]) if row["words"] else ()
    return Segment(
        id=row["id"],
        speaker=row["speaker"],
        span=Span(row["start"], row["end"]),
        text=row["text"],
        confidence=row["confidence"],
        words=tuple(Word(text=w[0], span=Span(w[1], w[2]), confidence=w[3]) for w in words),
        heard=bool(row["heard"]),
    )


def edit_in(row: Values) -> LayerEdit:
    """A layer edit's row."""
    return LayerEdit(
        id=row["id"],
        layer_id=row["layer_id"],
        seq=row["number"],
        op=row["op"],
        payload=json.loads(row["payload"]),
        rater_id=row["rater_id"],
        created_at=row["created_at"],
    )


def viewer_in(row: Values) -> Viewer:
    """A human rater's row."""
    return Viewer(rater_id=row["id"], name=row["name"], role=row["role"])


def criterion_in(row: Values) -> Criterion:
    """A criterion's row; levels, examples and thresholds are in its body."""
    body = json.loads(row["body"])
    return Criterion(
        id=row["id"],
        key=row["key"],
        title=row["title"],
        question=row["question"],
        scope=row["scope"],
        scale=row["scale"],
        levels=tuple(Level(**level) for level in body["levels"]),
        na_allowed=bool(row["na_allowed"]),
        higher_is_better=bool(row["higher_is_better"]),
        weight=row["weight"],
        rationale_required_at=tuple(body["rationale_required_at"]),
        examples=tuple(body["examples"]),
    )


def answer_out(answer: Answer) -> dict[str, Any]:
    """An answer's columns."""
    evidence = [[e.turn_id, e.span.start, e.span.end] for e in answer.evidence]
    return {
        "status": answer.status,
        "value": answer.value,
        "na_reason": answer.na_reason,
        "confidence": answer.confidence,
        "rationale": answer.rationale,
        "evidence": dump(evidence),
        "flagged": int(answer.flagged),
    }


def answer_in(row: Values) -> Answer:
    """The answer in a score's row."""
    value = row["value"]
    return Answer(
        status=row["status"],
        value=None if value is None else score_value(value),
        na_reason=row["na_reason"],
        confidence=row["confidence"],
        rationale=row["rationale"],
        evidence=tuple(
            Evidence(turn_id=t, span=Span(start, end))
            for t, start, end in json.loads(row["evidence"])
        ),
        flagged=bool(row["flagged"]),
    )


def item_in(row: Values) -> ItemRef:
    """The item that a score's row was joined with."""
    return ItemRef(
        kind=row["item_kind"],
        call_id=row["call_id"],
        span=Span(row["item_start"], row["item_end"]),
        layer_id=row["layer_id"],
        layer_version=row["layer_version"],
        profile_id=row["profile_id"],
        turn_index=row["turn_index"],
        speaker=row["speaker"],
        other_item_id=row["other_item_id"],
    )


def score_in(row: Values) -> Score:
    """A score's row joined with its item, criterion and rater."""
    return Score(
        id=row["id"],
        item_id=row["item_id"],
        item=item_in(row),
        criterion_id=row["criterion_id"],
        criterion_key=row["criterion_key"],
        rubric_version_id=row["rubric_version_id"],
        rater_id=row["rater_id"],
        rater_kind=row["rater_kind"],
        answer=answer_in(row),
        phase=row["phase"],
        blind=bool(row["blind"]),
        duration_ms=row["duration_ms"],
        created_at=row["created_at"],
        supersedes_id=row["supersedes_id"],
        submission_id=row["submission_id"],
        details=json.loads(row["presentation"]) if row["presentation"] else {},
        run_id=row["run_id"],
    )


def comment_in(row: Values) -> Comment:
    """A comment's row joined with its rater."""
    return Comment(
        id=row["id"],
        thread_id=row["thread_id"],
        call_id=row["call_id"],
        rater_id=row["rater_id"],
        rater_name=row["rater_name"],
        start=row["start"],
        end=row["end"],
        body=row["body"],
        severity=row["severity"],
        tags=tuple(json.loads(row["tags"])),
        turn_index=row["turn_index"],
        created_at=row["created_at"],
        is_marker=bool(row["is_marker"]),
    )
