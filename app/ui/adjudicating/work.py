"""What adjudication reads, on a lane: the calls of a study that wait, and one call's table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.adjudication import Line, Table
from app.domain.errors import NotFound
from app.domain.ratings import Viewer
from app.domain.rubrics import RubricVersion
from app.domain.studies import Study
from app.services import adjudicating
from app.services.calls import get_calls
from app.services.rating_forms import find_rubric
from app.services.studies import making
from app.services.workspace import Workspace

MOST_CALLS = 500
"""So many calls are counted line by line; what lies behind them comes up as they are settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingCall:
    """A call with lines that have no final value."""

    call_id: str
    code: str
    open_lines: int
    differing: int
    """Of these, how many differ."""
    flagged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits in a study, or of a rubric that was asked for by itself."""

    study: Study | None
    rubric: RubricVersion
    calls: tuple[WaitingCall, ...]


def waiting(ws: Workspace, viewer: Viewer, study_ref: str) -> Waiting:
    """The calls of a rubric study that wait; of the newest such study without a reference.

    Raises:
        NotFound: there is no rubric study. NotAllowed: a reviewer.
    """
    study = making.get(ws, study_ref) if study_ref else _newest(ws)
    rubric = making.rubric_of(ws, study)
    wanted = set(adjudicating.waiting(ws, viewer, rubric.id))
    ids = [s.call_id for s in making.stimuli(ws, viewer, study.id) if s.call_id in wanted]
    return Waiting(study=study, rubric=rubric, calls=_counted(ws, viewer, rubric, ids))


def waiting_of(ws: Workspace, viewer: Viewer, rubric_version_id: str, call_id: str) -> Waiting:
    """A call that was asked for, waiting or not, and all that waits of a rubric, in any study.

    Raises:
        NotFound: no such rubric version. NotAllowed: a reviewer.
    """
    ids = [call_id, *(i for i in adjudicating.waiting(ws, viewer, rubric_version_id)
                      if i != call_id)]  # fmt: skip
    with ws.db.read() as uow:
        rubric = find_rubric(uow, rubric_version_id)
    return Waiting(study=None, rubric=rubric, calls=_counted(ws, viewer, rubric, ids))


def _counted(
    ws: Workspace, viewer: Viewer, rubric: RubricVersion, ids: Sequence[str]
) -> tuple[WaitingCall, ...]:
    """Calls with how much of each is open, those with most to decide first."""
    codes = {c.id: c.code for c in get_calls(ws, ids)} if ids else {}
    found = []
    for call_id in ids[:MOST_CALLS]:
        lines = open_lines(adjudicating.table(ws, viewer, call_id, rubric.id))
        found.append(
            WaitingCall(
                call_id=call_id,
                code=codes.get(call_id, ""),
                open_lines=len(lines),
                differing=sum(not line.is_unanimous for line in lines),
                flagged=sum(line.is_flagged for line in lines),
            )
        )
    found.sort(key=lambda c: (-c.flagged, -c.differing, c.code))
    return tuple(found)


def open_lines(table: Table) -> list[Line]:
    """Lines that two or more people answered, without a final value."""
    return [line for line in table.lines if len(line.given) > 1 and line.final is None]


def next_open(table: Table, after: int) -> int | None:
    """Place of the next line that differs and has no final value; else of any without one."""
    count = len(table.lines)
    order = [(after + 1 + n) % count for n in range(count)] if count else []
    free = [n for n in order if table.lines[n].final is None and len(table.lines[n].given) > 1]
    differing = [n for n in free if not table.lines[n].is_unanimous]
    return next(iter(differing or free), None)


def _newest(ws: Workspace) -> Study:
    for study in making.studies(ws):
        if study.instrument == "rubric" and study.state != "draft":
            return study
    raise NotFound("There is no rubric study.", "Make one under Studies.")
