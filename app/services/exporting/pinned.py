"""What the rows of a score table point at: rubric versions in full, and the layers of items."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from app.domain.calls import Span
from app.domain.rubrics import Criterion, Level, RubricVersion
from app.domain.segments import Layer, Segment, Word
from app.services.exporting.gather import Gathered
from app.services.workspace import Workspace

RUBRICS, LAYERS = "rubrics.json", "layers.jsonl"


def files(ws: Workspace, data: Gathered) -> dict[str, bytes]:
    """`rubrics.json` and `layers.jsonl`, for what the exported scores use."""
    used = {s.rubric_version_id for s in data.scores}
    rubrics = sorted((data.rubrics[i] for i in used), key=lambda r: (r.key, r.version))
    text = json.dumps([asdict(r) for r in rubrics], ensure_ascii=False, indent=1, sort_keys=True)
    return {RUBRICS: f"{text}\n".encode(), LAYERS: _layers(ws, data)}


def _layers(ws: Workspace, data: Gathered) -> bytes:
    """A line for each version of a layer that an item is pinned to, with its segments."""
    pins = sorted(
        {
            (s.item.layer_id, s.item.layer_version or 0)
            for s in data.scores
            if s.item.layer_id in data.layers
        },
        key=str,
    )
    lines = []
    with ws.db.read() as uow:
        for layer_id, version in pins:
            layer = data.layers[str(layer_id)]
            segments = uow.layers.segments(layer, version if layer.origin == "human" else None)
            segments = data.by_id[layer.call_id].outgoing.segments(segments)
            body = _layer_out(layer, version, segments, data)
            lines.append(json.dumps(body, ensure_ascii=False, sort_keys=True) + "\n")
    return "".join(lines).encode("utf-8")


def _layer_out(
    layer: Layer, version: int, segments: tuple[Segment, ...], data: Gathered
) -> dict[str, Any]:
    params = dict(layer.params)
    came_from = params.pop("exported", {})
    return {
        "id": layer.id,
        "content_sha256": data.by_id[layer.call_id].call.content_sha256,
        "kind": layer.kind,
        "origin": came_from.get("origin", layer.origin),
        "name": layer.name,
        "producer": layer.producer,
        "version": version,
        "params": params,
        "created_at": layer.created_at,
        "segments": [_segment_out(s) for s in segments],
    }


def _segment_out(segment: Segment) -> dict[str, Any]:
    return {
        "id": segment.id,
        "speaker": segment.speaker,
        "start": segment.span.start,
        "end": segment.span.end,
        "text": segment.text,
        "confidence": segment.confidence,
        "words": [[w.text, w.span.start, w.span.end, w.confidence] for w in segment.words],
        "heard": segment.heard,
    }


def layer_in(body: dict[str, Any], call_id: str) -> tuple[Layer, tuple[Segment, ...]]:
    """A layer for another workspace.

    It is stored as a platform's log, which never displaces what that workspace detected or
    corrected itself; what it was is kept in its parameters.
    """
    layer = Layer(
        id=body["id"],
        call_id=call_id,
        kind=body["kind"],
        origin="platform",
        name=body["name"],
        producer=body["producer"],
        version=body["version"],
        params={**body["params"], "exported": {"origin": body["origin"]}},
        created_at=body["created_at"],
    )
    segments = tuple(
        Segment(
            id=s["id"],
            speaker=s["speaker"],
            span=Span(s["start"], s["end"]),
            text=s["text"],
            confidence=s["confidence"],
            words=tuple(
                Word(text=w[0], span=Span(w[1], w[2]), confidence=w[3]) for w in s["words"]
            ),
            heard=s["heard"],
        )
        for s in body["segments"]
    )
    return layer, segments


def rubric_in(body: dict[str, Any]) -> RubricVersion:
    """A rubric version from `rubrics.json`."""
    criteria = tuple(
        Criterion(
            **{
                **c,
                "levels": tuple(Level(**level) for level in c["levels"]),
                "rationale_required_at": tuple(c["rationale_required_at"]),
                "examples": tuple(c["examples"]),
            }
        )
        for c in body["criteria"]
    )
    return RubricVersion(**{**body, "criteria": criteria})
