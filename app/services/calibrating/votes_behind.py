"""From any figure of a cell to what it was made of: items, votes, verdicts, and where to listen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.domain.calls import Span
from app.domain.errors import NotAllowed
from app.domain.ratings import ADJUDICATION, Viewer
from app.eval.agreement.ratings import Ints
from app.eval.calibration.clauses import minus
from app.services.calibrating.detail_confusion import ConfusionView
from app.services.calibrating.detail_source import Source
from app.services.calibrating.pair_second import pointed_at, turns_of
from app.services.workspace import Workspace
from db.repos.calibration_facts import CalibrationFacts, CallFact, FactRow

MOST_ROWS = 2000
"""So many are listed, those with the largest residuals."""
STATUS_WORDS: Mapping[str, str] = {
    "observed": "", "abstained": "abstained", "not_applicable": "not applicable",
    "parse_error": "reply could not be used", "provider_error": "no reply",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which items of a cell; nothing named: all."""

    row: int | None = None
    """Of the confusion table: what people said."""
    column: int | None = None
    """Of the confusion table: what the judge said."""
    stratum: tuple[str, str] | None = None
    """Division and class; of the set's divisions."""
    rater: str | None = None
    """A person who rated them."""
    places: tuple[int, ...] | None = None
    """These alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A stretch of a call, in its frames."""

    call_id: str
    code: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """One item with what everybody gave it."""

    place: int
    """In the source."""
    spot: Spot
    """Of a pair: its first call."""
    second: Spot | None
    """Of a pair: its second call."""
    turn: int | None
    judge: float | None
    people: float | None
    """Their mean."""
    residual: float | None
    """The judge less people's common value, or less their mean where they have none."""
    votes: tuple[float, ...]
    """In the order of the raters."""
    status: str
    """Why the judge gave no value; empty where it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Items, the largest residuals first, and how many there are in all."""

    rows: tuple[ItemRow, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteLine:
    """One score of an item by a person or a judge."""

    who: str
    kind: str
    """`person`, `judge`, `other judge` or `final`."""
    value: str
    rationale: str
    blind: bool
    is_newest: bool
    at: str
    evidence: tuple[tuple[int, int], ...]
    """Stretches that it points at, in frames."""
    other_evidence: tuple[tuple[int, int], ...] = ()
    """Of a pair: the same in its second call."""


def matching(source: Source, table: ConfusionView, wanted: Wanted) -> Ints:
    """Places in the source of the items that are wanted."""
    inside = np.ones(len(source.numbers), bool)
    if wanted.places is not None:
        inside &= np.isin(np.arange(len(inside)), wanted.places)
    if wanted.row is not None:
        inside &= table.row == wanted.row
    if wanted.column is not None:
        inside &= table.column == wanted.column
    if wanted.stratum is not None:
        division, name = wanted.stratum
        classes = source.found.strata.get(division)
        inside &= False if classes is None else classes[source.numbers] == name
    if wanted.rater is not None:
        at = source.people.raters.index(wanted.rater)
        inside &= ~np.isnan(source.people.values[:, at])
    return np.flatnonzero(inside)


def rows_of(source: Source, places: Ints) -> Listed:
    """The items at some places, by the size of the residual; those without one last."""
    base = np.where(np.isnan(source.gold), source.mean, source.gold)
    residual = source.judge - base
    size = np.abs(residual[places])
    order = places[np.lexsort((places, -np.where(np.isnan(size), -1.0, size)))]
    statuses = _statuses(source)
    rows = tuple(_row(source, int(p), float(residual[p]), statuses) for p in order[:MOST_ROWS])
    return Listed(rows=rows, total=len(places))


def _row(source: Source, place: int, residual: float, statuses: Mapping[int, str]) -> ItemRow:
    found, number = source.found, int(source.numbers[place])
    item = found.items[number]
    given = source.people.values[place]
    second = found.calls.get(item.other_call_id)
    return ItemRow(
        place=place, spot=_spot(found.calls[item.call_id], item.start, item.end),
        second=None if second is None else _spot(second), turn=found.turn_indices[number],
        judge=_or_none(source.judge[place]), people=_or_none(source.mean[place]),
        residual=_or_none(residual), votes=tuple(given[~np.isnan(given)].tolist()),
        status="" if not np.isnan(source.judge[place]) else statuses.get(number, "not scored"),
    )  # fmt: skip


def _spot(call: CallFact, start: int = 0, end: int = 0) -> Spot:
    """What is no part of a call is all of it."""
    return Spot(call_id=call.id, code=call.code, start=start, end=end or call.frame_count)


def _or_none(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)


def _statuses(source: Source) -> dict[int, str]:
    """Item → why the judge gave it no value."""
    found = source.found
    none = _of_criterion(source) & _of_judge(source) & found.newest & np.isnan(found.value)
    return {
        int(found.item[n]): STATUS_WORDS.get(found.rows[n].status, found.rows[n].status)
        for n in np.flatnonzero(none).tolist()
    }


def votes_of(ws: Workspace, viewer: Viewer, source: Source, place: int) -> tuple[VoteLine, ...]:
    """Every score of an item on the cell's dimension: people first, then the judge's, newest first.

    Raises:
        NotAllowed: a reviewer.
    """
    if not viewer.is_lead:
        raise NotAllowed("Calibration shows everybody's scores.", "Sign in as a lead.")
    found, number = source.found, int(source.numbers[place])
    at = np.flatnonzero((found.item == number) & _of_criterion(source)).tolist()
    with ws.db.read() as uow:
        told = CalibrationFacts(uow.connection).details([found.rows[n].score_id for n in at])
    turns = turns_of(ws, found.items[number].other_call_id)
    lines = [_line(source, found.rows[n], told.get(found.rows[n].score_id, {}), turns) for n in at]
    order = ("person", "final", "judge", "other judge")
    lines.sort(key=lambda v: v.at, reverse=True)
    return tuple(sorted(lines, key=lambda v: (order.index(v.kind), not v.is_newest)))


def spot_of(row: ItemRow, votes: Sequence[VoteLine], *, second: bool = False) -> Spot | None:
    """Where to listen: what the judge points at; the item's own stretch where it does not.

    Args:
        row: the item.
        votes: on it.
        second: in the second call of a pair; None where there is none.
    """
    spot = row.second if second else row.spot
    if spot is None:
        return None
    for vote in votes:
        pointed = vote.other_evidence if second else vote.evidence
        if vote.kind == "judge" and vote.is_newest and pointed:
            return replace(spot, start=pointed[0][0], end=pointed[0][1])
    return spot


def _line(source: Source, row: FactRow, told: Mapping[str, Any], turns: Sequence[Span]) -> VoteLine:
    found, own = source.found, source.cell.judge.rater_id
    kind = "other judge" if row.rater_kind == "judge" else "person"
    kind = "final" if row.rater_id == ADJUDICATION else "judge" if row.rater_id == own else kind
    judge = found.judges.get(row.rater_id)
    who = judge.label if judge is not None else found.names.get(row.rater_id, ("", "", ""))[1]
    spans = tuple((int(start), int(end)) for _, start, end in told.get("evidence", ()))
    other = tuple((s.start, s.end) for s in pointed_at(told.get("presentation", {}), turns))
    return VoteLine(
        who=who or row.rater_id, kind=kind, value=_value(source, row),
        rationale=str(told.get("rationale", "")), blind=bool(row.blind),
        is_newest=bool(row.is_newest), at=row.created_at, evidence=spans,
        other_evidence=other,
    )  # fmt: skip


def _value(source: Source, row: FactRow) -> str:
    if row.value is None:
        return STATUS_WORDS.get(row.status, row.status) or "no value"
    level = source.cell.criterion.level(int(row.value)) if row.value.is_integer() else None
    return f"{minus(row.value)} {level.label if level is not None else ''}".strip()


def _of_criterion(source: Source) -> Any:
    found = source.found
    return found.criterion == found.rubric.criteria.index(source.cell.criterion)


def _of_judge(source: Source) -> Any:
    found = source.found
    return found.rater == found.raters.index(source.cell.judge.rater_id)
