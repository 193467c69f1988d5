"""Calls that wait and the criterion × rater table as rows, and words for values. No widgets."""

from __future__ import annotations

from app.domain.adjudication import Given, Line, Table
from app.ui.adjudicating.work import WaitingCall
from app.ui.judges.line_list import LineRow
from app.ui.studies.grid import Cell, Column, Row

UNSET = "–"
RATER_PX = 76


def value_text(value: float | None) -> str:
    """A value; `n/a` for not applicable."""
    return "n/a" if value is None else str(value)


def call_row(call: WaitingCall) -> LineRow:
    """A call that waits, with how much of it is open."""
    below = f"{call.differing} of {call.open_lines} open lines differ"
    flagged = f"{call.flagged} flagged" if call.flagged else ""
    return LineRow(
        key=call.call_id, title=call.code, words=f"{call.code}, {below} {flagged}".strip(),
        below=below, right=flagged, marked=bool(call.flagged),
        tip="A rater asked for adjudication" if call.flagged else "",
    )  # fmt: skip


def columns(table: Table) -> tuple[Column, ...]:
    """Criterion, a column for each rater, spread, final value and where it comes from."""
    raters = [Column(title=name, px=RATER_PX) for name in table.raters.values()]
    return (
        Column(title="Criterion", px=220, right=False, stretch=True),
        *raters,
        Column(title="Spread", px=60, tip="Highest less lowest value"),
        Column(title="Final", px=56),
        Column(title="By", px=92, right=False, tip="Unanimous, majority or adjudicated"),
    )


def title_of(line: Line) -> str:
    """The criterion; of a turn's or a clip's, with which one."""
    item = line.item
    names = {"turn": f"Turn {item.turn_index}: ", "clip": f"{item.profile_id}: "}
    return f"{names.get(item.kind, '')}{line.criterion.title}"


def row_of(at: int, line: Line, table: Table) -> Row:
    """A line of the table."""
    by_rater = {given.rater_id: given for given in line.given}
    final = line.final
    differs = not line.is_unanimous and len(line.given) > 1
    cells = [Cell(text=title_of(line), weight=600 if differs and final is None else 500)]
    cells += [_given(by_rater.get(rater), line) for rater in table.raters]
    spread = UNSET if line.spread is None else str(line.spread)
    cells.append(
        Cell(text=spread, token="t1" if line.spread else "t3", weight=600 if line.spread else None)
    )
    cells.append(
        Cell(
            text=UNSET if final is None else value_text(final.value),
            token="t3" if final is None else "t1",
            weight=None if final is None else 600,
        )
    )
    cells.append(Cell(text="" if final is None else final.provenance, token="t2"))
    return Row(key=str(at), cells=tuple(cells), tip=line.criterion.question)


def _given(given: Given | None, line: Line) -> Cell:
    if given is None:
        return Cell(text="", token="t3")
    alone = line.majority is not None and given.value != line.majority
    mark = " ⚑" if given.flagged else ""
    token = "warn" if alone or (line.majority is None and not line.is_unanimous) else "t2"
    return Cell(text=f"{value_text(given.value)}{mark}", token=token, weight=600 if alone else None)


def choice_words(line: Line, value: float) -> str:
    """What stands beside a value that can be chosen: the level's anchor, or where it comes from."""
    level = line.criterion.level(value)
    if level is not None:
        return f"{level.label}. {level.anchor}" if level.label else level.anchor
    count = sum(given.value == value for given in line.given)
    parts = (f"given by {count}" if count else "", "median" if value == line.median else "")
    words = ", ".join(part for part in parts if part)
    return f"{words[:1].upper()}{words[1:]}"
