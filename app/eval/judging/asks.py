"""What is to be asked about a call, and what can be wrong with a reply. Frozen values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from app.domain.calls import Span, Speaker
from app.domain.ratings import ItemRef

ProblemKind = Literal["parse", "off_scale", "refused", "truncated", "empty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioPart:
    """A stretch of one speaker's sound that goes with a request."""

    speaker: Speaker
    span: Span
    """Frames at the call's rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One request, ready to be sent."""

    messages: tuple[Mapping[str, str], ...]
    """`role` and `content` of each."""
    schema: Mapping[str, Any]
    """JSON schema of the reply, in the strict subset: closed objects, all fields required."""
    schema_name: str
    audio: tuple[AudioPart, ...] = ()
    """Put at the end of the last user message, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One thing that is judged, and the requests that it takes."""

    item: ItemRef
    criteria: tuple[str, ...]
    """Keys of the criteria that the replies answer."""
    requests: tuple[Rendered, ...] = ()
    """Two for a pair, one for each order; otherwise one. None where no model is needed: reading
    the ask with no objects gives its verdicts."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """What reading the replies needs; made anew by planning, never stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All asks about a call."""

    asks: tuple[Ask, ...] = ()
    skipped: str = ""
    """Why the judge does not apply to the call, in words; there are no asks then."""
    notes: tuple[str, ...] = ()
    """What was left out of the asks, and why, in words."""


class ReplyProblem(ValueError):
    """A reply that cannot be used.

    Args:
        kind: why, as the run counts it.
        reason: why, in words.
    """

    def __init__(self, kind: ProblemKind, reason: str) -> None:
        super().__init__(reason)
        self.kind: ProblemKind = kind
        self.reason = reason
