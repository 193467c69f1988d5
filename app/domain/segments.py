"""Segment layers: who spoke when, according to whom.

A layer is immutable: a detector's answer, a platform's log or an imported label file. A person's
corrections are a *human* layer: its parent's segments with an append-only list of edits replayed
over them. `version` of a human layer is the number of edits in force.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.calls import Span, Speaker

LayerKind = Literal["speech", "transcript"]
LayerOrigin = Literal["detector", "platform", "import", "human", "plan"]
EditOp = Literal["move", "split", "merge", "delete", "add", "relabel", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word with its span and, where the source says so, its confidence 0..1."""

    text: str
    span: Span
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A run of one speaker's speech. `text` is empty on pure speech layers."""

    id: str
    speaker: Speaker
    span: Span
    text: str = ""
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    heard: bool = True
    """False for text that was generated but never played to the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Provenance of a list of segments."""

    id: str
    call_id: str
    kind: LayerKind
    origin: LayerOrigin
    name: str
    producer: str
    """Detector or tool with its version, e.g. `silero-6.2/faster-whisper-1.2.1`."""
    version: int
    parent_id: str | None = None
    rater_id: str | None = None
    params: dict[str, Any] = field(default_factory=dict)
    created_at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerEdit:
    """One correction in a human layer.

    Payloads (frames at the call's rate): move {segment_id, start, end}; split {segment_id, at,
    new_id}; merge {segment_id, with_id}; delete {segment_id}; add {segment_id, speaker, start,
    end}; relabel {segment_id, overlap_kind} (see turns.OverlapKind; keyed to that segment);
    text {segment_id, text}.
    """

    id: str
    layer_id: str
    seq: int
    op: EditOp
    payload: dict[str, Any]
    rater_id: str
    created_at: str
