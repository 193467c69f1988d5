"""What a rule saw in one reply. Frozen values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.eval.judging.call import JudgeTurn


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule's verdict on one of the agent's turns.

    Attributes:
        turn: the reply.
        value: on the criterion's scale; None where there is nothing to look at.
        rationale: exactly what was seen.
        evidence: 0-based indices of other turns that it points at.
        details: counts, for whoever wants to compute with them.
    """

    turn: JudgeTurn
    value: int | None
    rationale: str
    evidence: tuple[int, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


NO_TEXT = "There is no text of this reply."


def silent(turn: JudgeTurn) -> Finding:
    """The finding on a reply without text."""
    return Finding(turn=turn, value=None, rationale=NO_TEXT)


def counted(n: int, one: str, many: str = "") -> str:
    """`1 question`, `3 questions`."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def quoted(text: str, most: int = 80) -> str:
    """A text in quotes, cut where it is long."""
    flat = " ".join(text.split())
    return f"“{flat if len(flat) <= most else flat[: most - 1].rstrip() + '…'}”"
