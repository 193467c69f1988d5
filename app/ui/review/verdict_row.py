"""A row of the judge tab: a judge, a turn or criterion, or a verdict. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.domain.calls import Span, Speaker
from app.domain.ratings import Evidence, ItemRef

if TYPE_CHECKING:
    pass

RowKind = Literal["judge", "group", "verdict"]
By = Literal["turn", "criterion"]
TurnKey = tuple[int, int, str]
"""Start, end and speaker of a turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRow:
    """One row. A head's `key` names its judge or group; a verdict's is the id of its score."""

    kind: RowKind
    judge_id: str
    key: str
    title: str
    small: str = ""
    speaker: Speaker | None = None
    chip: str = ""
    chip_token: str = "t1"
    text: str = ""
    """The rationale, or why there is no value."""
    anchor: str = ""
    notes: tuple[str, ...] = ()
    """What must be known before it is believed."""
    made_of: str = ""
    evidence: tuple[Evidence, ...] = ()
    item: ItemRef | None = None
    partner: str = ""
    """Of a pair: the code of the other call."""
    has_reply: bool = False
    is_by_rules: bool = False
    """A baseline's: nothing was asked."""
    is_notable: bool = False

    @property
    def span(self) -> Span | None:
        """What is heard where nothing is pointed at: the turn; nothing for a whole call."""
        return self.item.span if self.item is not None and self.item.kind == "turn" else None

    @property
    def turn_key(self) -> TurnKey | None:
        """The turn that it is pinned to."""
        if self.item is None or self.item.kind != "turn":
            return None
        return (self.item.span.start, self.item.span.end, self.item.speaker or "")

    @property
    def spoken(self) -> str:
        """The whole row for a screen reader."""
        who = self.speaker or ""
        parts = (self.title, who, self.chip, *self.notes, self.text, self.small)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows in both orders, made once on a worker."""

    turn: tuple[JudgeRow, ...] = ()
    criterion: tuple[JudgeRow, ...] = ()
    verdicts: int = 0
    notable: int = 0

    def of(self, by: By) -> tuple[JudgeRow, ...]:
        """In one of the orders."""
        return self.turn if by == "turn" else self.criterion
