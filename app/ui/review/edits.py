"""Boundaries of segments as values, and what an edit makes of a review. Pure, knows no Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.domain import layer_edits
from app.domain.calls import Speaker
from app.domain.segments import EditOp, Segment
from app.domain.turns import Utterance
from app.services.reviewing import Review

Edge = Literal["start", "end"]


@dataclass(frozen=True, slots=True)
class Boundary:
    """The start or end of a segment."""

    segment_id: str
    speaker: Speaker
    edge: Edge
    frame: int


def boundaries(segments: Sequence[Segment]) -> list[Boundary]:
    """All boundaries in order of time."""
    found = [
        Boundary(s.id, s.speaker, edge, s.span.start if edge == "start" else s.span.end)
        for s in segments
        for edge in ("start", "end")
    ]
    return sorted(found, key=lambda b: (b.frame, b.edge == "start", b.speaker))


def outer_boundaries(
    utterances: Iterable[Utterance], segments: Sequence[Segment]
) -> list[Boundary]:
    """Those boundaries that the lanes draw: where utterances begin and end, in order of time.

    Pauses that the rules close have boundaries too, which are inside an utterance.
    """
    by_id = {s.id: s for s in segments}
    found = []
    for utterance in utterances:
        parts = [by_id[i] for i in utterance.segment_ids if i in by_id]
        if parts:
            first, last = min(parts, key=lambda s: s.span), max(parts, key=lambda s: s.span.end)
            found.append(Boundary(first.id, first.speaker, "start", first.span.start))
            found.append(Boundary(last.id, last.speaker, "end", last.span.end))
    return sorted(found, key=lambda b: (b.frame, b.edge == "start", b.speaker))


def same(one: Boundary, two: Boundary) -> bool:
    """Whether both are the same edge of the same segment, wherever it is."""
    return (one.segment_id, one.edge) == (two.segment_id, two.edge)


def edited(review: Review, op: EditOp, payload: dict[str, Any]) -> Review:
    """`review` with the edit in its segments; its turns are still those from before.

    Raises:
        EditError: the edit breaks a rule.
    """
    layer = review.layer
    assert layer is not None
    segments = {s.id: s for s in review.segments}
    layer_edits.apply(segments, op, payload)
    overrides = dict(review.overrides)
    if op == "relabel":
        overrides[payload["segment_id"]] = payload["overlap_kind"]
    is_human = layer.origin == "human"
    human = replace(
        layer,
        origin="human",
        version=layer.version + 1 if is_human else 1,
        parent_id=layer.parent_id if is_human else layer.id,
        name=layer.name if is_human else f"corrected {layer.name}",
    )
    return replace(
        review,
        machine=review.machine if is_human else review.segments,
        layer=human,
        segments=layer_edits.ordered(segments.values()),
        overrides=overrides,
    )
