"""Why a judge and people differ, from a fixed list, so that the next prompt mends what costs most.

A tag is of an item, a criterion and a judge version: the next version may err for another reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.changes import Changes
from app.domain.errors import BadInput, NotFound
from app.domain.ratings import Viewer
from app.services.calibrating.leads import lead_only
from app.services.workspace import Workspace
from db.repos.disagreement_causes import CauseRow, DisagreementCauseRepo

TAXONOMY: Mapping[str, str] = {
    "misheard": "misheard audio",
    "context": "missing context",
    "rubric": "rubric unclear",
    "arithmetic": "arithmetic",
    "leniency": "leniency",
    "format": "format",
    "other": "other",
}
"""Cause → words, in the order of its digit key, from 1."""
NEEDS_NOTE = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The tag in force of one item."""

    cause: str
    note: str
    rater_id: str
    created_at: str

    @property
    def words(self) -> str:
        """As shown; a cause of a later version by its key."""
        return TAXONOMY.get(self.cause, self.cause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a tag is of."""

    item_id: str
    criterion_id: str
    judge_version_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pareto:
    """Causes by how often they were given, the most frequent first."""

    counts: tuple[tuple[str, int], ...]
    untagged: int

    @property
    def total(self) -> int:
        """All items, tagged or not."""
        return self.untagged + sum(n for _, n in self.counts)

    @property
    def share_untagged(self) -> float:
        """Of all items; 0 where there are none."""
        return self.untagged / self.total if self.total else 0.0


def tag(ws: Workspace, viewer: Viewer, place: Place, cause: str, note: str = "") -> Changes:
    """Say why the judge and people differ on an item; it takes the place of the tag before.

    Raises:
        NotAllowed: a reviewer. NotFound: nobody scored that item on that criterion.
        BadInput: no such cause, or `other` without a note.
    """
    if cause not in TAXONOMY:
        raise BadInput(f"There is no cause {cause!r}.", f"One of: {', '.join(TAXONOMY)}.")
    if cause == NEEDS_NOTE and not note.strip():
        raise BadInput("Another cause needs a note.", "Say in a few words what it was.")
    return _append(ws, viewer, place, cause, note.strip())


def untag(ws: Workspace, viewer: Viewer, place: Place) -> Changes:
    """Take the tag of an item back; what was tagged before stays on record.

    Raises:
        NotAllowed: a reviewer. NotFound: nobody scored that item on that criterion.
    """
    return _append(ws, viewer, place, "", "")


def tags(
    ws: Workspace, viewer: Viewer, criterion_id: str, judge_version_id: str
) -> dict[str, Cause]:
    """Item → its tag in force, of one judge version on one criterion.

    Raises:
        NotAllowed: a reviewer.
    """
    lead_only(viewer)
    with ws.db.read() as uow:
        rows = DisagreementCauseRepo(uow.connection).newest(criterion_id, judge_version_id)
    return {item_id: _cause(row) for item_id, row in rows.items() if row.cause}


def pareto(given: Iterable[Cause | None]) -> Pareto:
    """Count the tags of items; None is an item without one."""
    counts = Counter("" if one is None else one.cause for one in given)
    untagged = counts.pop("", 0)
    return Pareto(
        counts=tuple(sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))), untagged=untagged
    )


def _append(ws: Workspace, viewer: Viewer, place: Place, cause: str, note: str) -> Changes:
    lead_only(viewer)
    with ws.db.human() as uow:
        repo = DisagreementCauseRepo(uow.connection)
        if not repo.calls_of(place.item_id, place.criterion_id):
            raise NotFound("Nobody scored that item on that dimension.")
        repo.add(
            item_id=place.item_id, criterion_id=place.criterion_id,
            judge_version_id=place.judge_version_id, cause=cause, note=note,
            rater_id=viewer.rater_id,
        )  # fmt: skip
        uow.touch(Changes(judges=True))
    return uow.changes


def _cause(row: CauseRow) -> Cause:
    return Cause(cause=row.cause, note=row.note, rater_id=row.rater_id, created_at=row.created_at)
