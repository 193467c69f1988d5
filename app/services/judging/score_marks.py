"""The marks that count of one source: the newest of a judge, the consensus of people.

Of a judge's verdicts on turns those count that are pinned to the newest timing that it judged; of
people's, those on stretches of speech that the newest form asks about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median_low
from typing import Literal

from app.services.judging.score_parts import PEOPLE, Source
from db.repos.score_sets import FLOWS, MarkRow

MarkStatus = Literal["observed", "not_applicable", "failed"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A score that counts, several of one judge together, or the consensus of several people."""

    value: float | None
    status: MarkStatus
    turn: int | None = None
    """0-based index of the turn; None for the call."""
    start: int = 0
    """Frame where it begins."""
    score_ids: tuple[str, ...] = ()
    count: int = 1
    """Scores that are together; `value` is then their mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartMarks:
    """What counts of one part in one call."""

    rubric_version_id: str
    marks: Mapping[str, tuple[Mark, ...]] = field(default_factory=dict)
    """By criterion key."""


def marks_of(rows: Iterable[MarkRow], source: Source) -> dict[str, PartMarks]:
    """Call → what counts of a part by one source."""
    by_call: dict[str, list[MarkRow]] = defaultdict(list)
    for row in rows:
        if row.rater_id in source.raters:
            by_call[row.call_id].append(row)
    made = _of_people if source.id == PEOPLE else _of_judge
    return {call_id: made(of_call) for call_id, of_call in by_call.items()}


def _of_judge(rows: Sequence[MarkRow]) -> PartMarks:
    rubric = rows[-1].rubric_version_id
    rows = [r for r in rows if r.rubric_version_id == rubric]
    timing = next((_timing(r) for r in reversed(rows) if r.kind == "turn"), None)
    newest: dict[tuple[str, str, str, int, int], MarkRow] = {}
    for at, row in enumerate(rows):
        if row.kind == "turn" and _timing(row) != timing:
            continue
        if row.kind == "call" and timing is not None and _answered_since(row, rows[at + 1 :]):
            continue
        status = row.status if row.n > 1 else ""
        newest[(row.criterion_key, row.kind, status, row.start, row.end)] = row
    return _gathered(rubric, ((row.criterion_key, _mark(row)) for row in newest.values()))


def _answered_since(failed: MarkRow, later: Sequence[MarkRow]) -> bool:
    """Whether turns were judged after a reply about all of them could not be used."""
    return any(r.kind == "turn" and r.criterion_key == failed.criterion_key for r in later)


def _of_people(rows: Sequence[MarkRow]) -> PartMarks:
    rubric = rows[-1].rubric_version_id
    rows = [r for r in rows if r.rubric_version_id == rubric]
    timing = next((_timing(r) for r in reversed(rows) if r.kind == "turn"), None)
    cells = {_cell(r) for r in rows if r.kind == "turn" and _timing(r) == timing}
    given: dict[tuple[str, tuple[str, int, int, str | None]], dict[str, MarkRow]] = {}
    for row in rows:
        if row.kind == "call" or _cell(row) in cells:
            given.setdefault((row.criterion_key, _cell(row)), {})[row.rater_id] = row
    ordinal = rows[-1].rubric_key.startswith(FLOWS)
    agreed = (
        (key, _consensus(list(of_cell.values()), in_levels=ordinal))
        for (key, _), of_cell in given.items()
    )
    return _gathered(rubric, ((key, mark) for key, mark in agreed if mark is not None))


def _consensus(rows: Sequence[MarkRow], *, in_levels: bool) -> Mark | None:
    """Mean of several people's answers; of a flow's steps, which are levels, the lower median.

    It does not apply where more people say so than give a value; None where nobody says either.
    """
    values = [r.value for r in rows if r.status == "observed" and r.value is not None]
    aside = sum(r.status == "not_applicable" for r in rows)
    if not values and not aside:
        return None
    ids, turn = tuple(r.score_id for r in rows), _turn(rows[-1])
    if aside > len(values):
        return Mark(None, "not_applicable", turn, rows[-1].start, ids)
    value = median_low(values) if in_levels else fmean(values)
    return Mark(value, "observed", turn, rows[-1].start, ids)


def _mark(row: MarkRow) -> Mark:
    status: MarkStatus = "failed"
    if row.status in ("observed", "not_applicable"):
        status = row.status  # type: ignore[assignment]
    return Mark(row.value, status, _turn(row), row.start, (row.score_id,), row.n)


def _gathered(rubric: str, found: Iterable[tuple[str, Mark]]) -> PartMarks:
    marks: dict[str, list[Mark]] = defaultdict(list)
    for key, mark in found:
        marks[key].append(mark)
    return PartMarks(
        rubric_version_id=rubric,
        marks={key: tuple(sorted(each, key=lambda m: m.start)) for key, each in marks.items()},
    )


def _timing(row: MarkRow) -> tuple[str | None, int | None, str | None]:
    return (row.layer_id, row.layer_version, row.profile_id)


def _cell(row: MarkRow) -> tuple[str, int, int, str | None]:
    return (row.kind, row.start, row.end, row.speaker)


def _turn(row: MarkRow) -> int | None:
    return None if row.kind == "call" or row.turn_index is None else row.turn_index - 1
