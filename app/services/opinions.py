"""Agreeing or not with a judge's score after it was revealed. The rater's own vote stays."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotAllowed
from app.domain.ratings import Viewer
from app.services.workspace import Workspace
from db.repos.opinions import OpinionRepo

REASONS: dict[str, str] = {
    "rubric_unclear": "The rubric is unclear",
    "missed_audio": "The judge missed something in the sound",
    "hallucinated": "The judge made something up",
    "my_error": "My own score was wrong",
    "borderline": "Both are defensible",
}
"""Reason code → words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What a rater says of a judge's score."""

    score_id: str
    rater_id: str
    agrees: bool
    reason_code: str
    note: str
    created_at: str


def give(
    ws: Workspace,
    viewer: Viewer,
    score_id: str,
    *,
    agrees: bool,
    reason_code: str = "",
    note: str = "",
) -> Changes:
    """Append the viewer's opinion of a judge's score; an earlier one stays and is replaced.

    Raises:
        BadInput: disagreement without one of the reasons.
        NotAllowed: it is no judge's score that is open to the viewer.
    """
    if reason_code and reason_code not in REASONS:
        raise BadInput(f"There is no reason {reason_code!r}.", f"One of: {', '.join(REASONS)}.")
    if not agrees and not reason_code:
        raise BadInput("Disagreement needs a reason.", f"One of: {', '.join(REASONS)}.")
    with ws.db.human() as uow:
        repo = OpinionRepo(uow.connection)
        call_id = repo.of_judge(viewer, score_id)
        if call_id is None:
            raise NotAllowed("That is no judge's score that is open to you.", "Submit yours first.")
        repo.add(viewer, score_id, agrees, reason_code, note.strip())
        uow.touch(Changes(scores=frozenset({call_id})))
    return uow.changes


def opinions(ws: Workspace, viewer: Viewer, call_id: str) -> list[Opinion]:
    """The newest opinions on a call: the viewer's own, or everyone's for a lead."""
    with ws.db.read() as uow:
        rows = OpinionRepo(uow.connection).newest(viewer, call_id)
    return [
        Opinion(
            score_id=row["score_id"], rater_id=row["rater_id"], agrees=bool(row["agrees"]),
            reason_code=row["reason_code"], note=row["note"], created_at=row["created_at"],
        )
        for row in rows
    ]  # fmt: skip
