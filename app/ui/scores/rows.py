"""Rows and columns as they are shown: folds, order, tints, what-if values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.services.judging.score_columns import COLUMNS, Column, Group
from app.services.judging.score_rows import AgentRow, Cell
from app.services.judging.scores_table import ScoreTable
from app.ui.scores.words import basis, ends, interval_words, share, signed
from app.ui.scores.work import Scored

WEIGHTED = frozenset({"final", "tfc", "tfc.cov", "gic"})
"""Columns that weights change."""
GROUPS: tuple[Group, ...] = tuple(dict.fromkeys(c.group for c in COLUMNS))


@dataclass(frozen=True, slots=True)
class Sorting:
    """By which column; empty for the first main figure that there is."""

    column: str = ""
    falling: bool = True

    def turned(self, column: str) -> Sorting:
        """Another column, the highest first; the same one the other way round."""
        return Sorting(column, not self.falling if column == self.column else True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A table as it is shown.

    Attributes:
        columns: those that are unfolded.
        rows: agents in order, then all calls together where there are several.
        others: the same rows by what-if weights, or nothing.
        ranks: rank of each agent by the column that it is sorted by.
        tints: (row, column) → 0..1 between the lowest and the highest agent of the column.
    """

    columns: tuple[Column, ...] = ()
    rows: tuple[AgentRow, ...] = ()
    others: tuple[AgentRow, ...] = ()
    ranks: tuple[str, ...] = ()
    tints: dict[tuple[int, int], float]
    has_whole: bool = False
    k: int = 1

    def cell(self, row: int, column: int) -> Cell:
        """One figure."""
        return self.rows[row].cells[self.columns[column].id]

    def other(self, row: int, column: int) -> Cell | None:
        """The figure by what-if weights, where they change it."""
        key = self.columns[column].id
        if not self.others or key not in WEIGHTED:
            return None
        return self.others[row].cells[key]

    def title(self, column: int) -> str:
        """The column's title; pass@k with its k."""
        return self.columns[column].title.replace("@k", f"@{self.k}").replace("^k", f"^{self.k}")

    def is_whole(self, row: int) -> bool:
        """Whether the row is all calls together."""
        return self.has_whole and row == len(self.rows) - 1

    def words(self, row: int, column: int) -> str:
        """A cell as a sentence, for tooltips and for those who cannot see."""
        cell, about = self.cell(row, column), self.columns[column]
        told = f"{self.rows[row].name}, {self.title(column)}: {share(cell.value)}"
        lines = [f"{told} ({basis(cell, by_scenario=about.by_scenario)})"]
        if cell.value is not None:
            lines.append(interval_words(cell))
        other = self.other(row, column)
        if other is not None and other.value is not None and cell.value is not None:
            lines.append(f"what if {share(other.value)} ({signed(other.value - cell.value)})")
        lines += [f"{n} without: {why}" for why, n in cell.missing]
        return "\n".join(lines)


EMPTY = Shown(tints={})


def shown(scored: Scored, folded: Collection[str], sorting: Sorting) -> Shown:
    """The table of what was scored, as it is to be shown."""
    table = scored.paper
    columns = tuple(c for c in table.columns if c.is_head or c.group not in folded)
    order = _order(table, sorting)
    rows = [table.rows[at] for at in order]
    others = [] if scored.what_if is None else _same(scored.what_if, rows)
    has_whole = len(rows) > 1
    ranks = table.ranks(sorting.column) if sorting.column else ()
    tints = _tints(rows, columns)
    if has_whole:
        rows.append(table.whole)
        others += [scored.what_if.whole] if scored.what_if is not None else []
    return Shown(
        columns=columns,
        rows=tuple(rows),
        others=tuple(others),
        ranks=tuple(ranks[at] for at in order) if ranks else (),
        tints=tints,
        has_whole=has_whole,
        k=table.k,
    )


def in_force(table: ScoreTable, sorting: Sorting) -> Sorting:
    """The sorting with its column; of agents' names where there is no main figure."""
    if sorting.column:
        return sorting
    heads = (c.id for c in table.columns if c.is_head and table.whole.cells[c.id].n)
    return Sorting(next(heads, ""), sorting.falling)


def first_folds(table: ScoreTable) -> frozenset[str]:
    """What is folded at first: groups whose head says it all, unless there is little else."""
    used = {c.group for c in table.columns if c.is_head and table.whole.cells[c.id].n}
    return (foldable(table) & used) - (frozenset({"GIC"}) if len(used) < 3 else frozenset())


def foldable(table: ScoreTable) -> frozenset[str]:
    """Groups that have more than their heads."""
    return frozenset(c.group for c in table.columns if not c.is_head)


def _order(table: ScoreTable, sorting: Sorting) -> list[int]:
    def key(at: int) -> tuple[bool, float, str]:
        row = table.rows[at]
        cell = row.cells.get(sorting.column)
        value = None if cell is None else cell.value
        sign = -1.0 if sorting.falling else 1.0
        return (value is None, sign * (value or 0.0), row.name.casefold())

    return sorted(range(len(table.rows)), key=key)


def _same(table: ScoreTable, rows: Sequence[AgentRow]) -> list[AgentRow]:
    by_name = {(r.agent, r.version): r for r in table.rows}
    return [by_name[(r.agent, r.version)] for r in rows]


def _tints(rows: Sequence[AgentRow], columns: Sequence[Column]) -> dict[tuple[int, int], float]:
    found: dict[tuple[int, int], float] = {}
    for at, column in enumerate(columns):
        values = [row.cells[column.id].value for row in rows]
        known = [v for v in values if v is not None]
        if len(known) < 2 or max(known) == min(known):
            continue
        low, high = min(known), max(known)
        for row, value in enumerate(values):
            if value is not None:
                found[(row, at)] = (value - low) / (high - low)
    return found


def cell_words(cell: Cell) -> tuple[str, str]:
    """Both lines of a cell: the figure; n and the interval."""
    if cell.value is None:
        return share(None), ""
    told = ends(cell.interval)
    return share(cell.value), f"n {cell.n}  {told}".rstrip()
