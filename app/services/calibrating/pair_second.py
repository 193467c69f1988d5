"""The second call of a pair: where a judge's verdict points in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.calls import Span
from app.domain.errors import NotFound
from app.services import timing
from app.services.workspace import Workspace


def turns_of(ws: Workspace, call_id: str) -> Sequence[Span]:
    """The turns of a call as it is timed now; none where it has no timing or there is no call."""
    try:
        return [turn.span for turn in timing.turn_set(ws, call_id).turns] if call_id else []
    except NotFound:
        return []


def pointed_at(presentation: Mapping[str, Any], turns: Sequence[Span]) -> tuple[Span, ...]:
    """Turns of the second call that a verdict stands on.

    Args:
        presentation: that goes with the verdict; `other_evidence` has 0-based turns.
        turns: of the second call.
    """
    told = presentation.get("other_evidence", ())
    return tuple(turns[n] for n in told if 0 <= n < len(turns))
