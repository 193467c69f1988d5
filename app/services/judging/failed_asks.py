"""Requests of a judge run that have no usable reply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.evaluation import Failure
from app.domain.judging import ASK_FAILURE_WORDS, AskFailure
from app.services.judging import run_notes
from app.services.workspace import Workspace

MOST_NAMED = 2
"""Criteria that are named where a failure is told in a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskFailed:
    """A request of a run that has no usable reply."""

    reply_id: str
    call_id: str
    code: str
    judge: str
    """`gic@1`."""
    model: str
    kind: AskFailure
    reason: str
    is_unscored: bool
    """There is a reply, and it cannot be used."""
    criteria: tuple[str, ...]
    turn: int | None
    """Counted from 1; None where it is about the whole call."""
    attempt: int
    created_at: str

    @property
    def words(self) -> str:
        """The kind in words."""
        return ASK_FAILURE_WORDS[self.kind]

    @property
    def where(self) -> str:
        """What it is about: `Turn 4, wordiness`."""
        about = ", ".join(self.criteria) if len(self.criteria) <= MOST_NAMED else ""
        turn = "" if self.turn is None else f"turn {self.turn}"
        words = ", ".join(part for part in (turn, about) if part)
        return words[:1].upper() + words[1:]

    @property
    def as_failure(self) -> Failure:
        """As failures of every kind of run are listed."""
        return Failure(
            call_id=self.call_id,
            code=self.code,
            evaluator=self.judge,
            kind=self.kind,
            reason=f"{self.where}: {self.reason}" if self.where else self.reason,
            attempt=self.attempt,
            created_at=self.created_at,
        )


def failures(ws: Workspace, run_id: str) -> list[AskFailed]:
    """Requests of a run that have no usable reply to this day.

    Those that an earlier run left so and this one let stand are among them.
    """
    with ws.db.read() as uow:
        rows = uow.replies.bad(run_id, run_notes.standing_of(uow, run_id))
    return [_failed(row) for row in rows]


def _failed(row: Mapping[str, Any]) -> AskFailed:
    return AskFailed(
        reply_id=row["id"],
        call_id=row["call_id"],
        code=row["code"],
        judge=row["judge"],
        model=row["model"],
        kind=row["failure"],
        reason=row["reason"],
        is_unscored=row["status"] == "unscored",
        criteria=tuple(json.loads(row["criteria"])),
        turn=row["turn_index"],
        attempt=row["attempt"],
        created_at=row["created_at"],
    )
