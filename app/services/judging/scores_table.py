"""Scores of a set: every call's figures, and a table of agents with n and 95 % intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.ratings import Viewer
from app.eval.outbound.interaction import NaMode
from app.services import browsing
from app.services.judging.call_scoring import CallScores, score_call
from app.services.judging.score_columns import COLUMNS, Column
from app.services.judging.score_parts import OURS, PARTS, REPORTED, PartId, Source
from app.services.judging.score_rows import AgentRow, Cell, agent_row, attempts_of_most
from app.services.judging.score_settings import ScoreSettings, stored_settings
from app.services.judging.set_scores import ScoreSet, load
from app.services.workspace import Workspace

ALL = "All calls"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreTable:
    """Agents and their figures, and the calls behind them."""

    settings: ScoreSettings
    rows: tuple[AgentRow, ...]
    whole: AgentRow
    """All calls together."""
    calls: tuple[CallScores, ...]
    sources: Mapping[PartId, Source | None]
    na_mode: NaMode
    k: int

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns that any row has a value in, and the heads of their groups."""
        used = {c for row in (*self.rows, self.whole) for c, cell in row.cells.items() if cell.n}
        groups = {c.group for c in COLUMNS if c.id in used}
        return tuple(c for c in COLUMNS if c.id in used or (c.is_head and c.group in groups))

    def ranks(self, column: str) -> tuple[str, ...]:
        """Rank of each row by a column; `1–3` where neighbours' intervals overlap: a tie."""
        order = sorted(
            (at for at, row in enumerate(self.rows) if row.cells[column].value is not None),
            key=lambda at: -(self.rows[at].cells[column].value or 0.0),
        )
        groups: list[list[int]] = []
        for at in order:
            if groups and _overlap(
                self.rows[groups[-1][-1]].cells[column], self.rows[at].cells[column]
            ):
                groups[-1].append(at)
            else:
                groups.append([at])
        found = [""] * len(self.rows)
        first = 1
        for group in groups:
            last = first + len(group) - 1
            for at in group:
                found[at] = str(first) if first == last else f"{first}–{last}"
            first = last + 1
        return tuple(found)


def call_scores(
    ws: Workspace,
    viewer: Viewer,
    call_ids: Sequence[str],
    settings: ScoreSettings | None = None,
) -> tuple[CallScores, ...]:
    """TFC, GIC, Final, EVA-A and EVA-X of each call, with what is missing and why."""
    return _scored(load(ws, viewer, call_ids), settings or stored_settings(ws))[0]


def agent_table(
    ws: Workspace,
    viewer: Viewer,
    calls: str | Sequence[str],
    settings: ScoreSettings | None = None,
) -> ScoreTable:
    """The table of a set of calls.

    Args:
        ws: the workspace.
        viewer: only scores that they may see count.
        calls: a query as in the library, or ids.
        settings: weights, gates, sources; the stored ones by default.

    Raises:
        QueryError: the query cannot be read.
    """
    ids = _found(ws, viewer, calls) if isinstance(calls, str) else calls
    return table_of(load(ws, viewer, ids), settings or stored_settings(ws))


def _found(ws: Workspace, viewer: Viewer, query: str) -> list[str]:
    return browsing.uuids(ws, browsing.call_ids(ws, viewer, browsing.parse_query(query)))


def table_of(found: ScoreSet, settings: ScoreSettings) -> ScoreTable:
    """The table of what was read; other settings need no other reading."""
    scored, chosen, na_mode = _scored(found, settings)
    k = settings.k or attempts_of_most(found.calls)
    groups: dict[tuple[str, str], list[CallScores]] = {}
    for one in scored:
        version = one.call.agent_version if settings.group_by == "version" else ""
        groups.setdefault((one.call.agent, version), []).append(one)
    rows = (agent_row(agent, version, calls, k) for (agent, version), calls in groups.items())
    return ScoreTable(
        settings=settings,
        rows=tuple(sorted(rows, key=_by_final)),
        whole=agent_row(ALL, "", scored, k),
        calls=scored,
        sources=chosen,
        na_mode=na_mode,
        k=k,
    )


def _by_final(row: AgentRow) -> tuple[bool, float, str]:
    value = row.cells["final"].value
    return (value is None, -(value or 0.0), row.name.casefold())


def _scored(
    found: ScoreSet, settings: ScoreSettings
) -> tuple[tuple[CallScores, ...], dict[PartId, Source | None], NaMode]:
    chosen = {part: found.source(part, settings.sources) for part in PARTS}
    marks = {part: found.marks(part, source) for part, source in chosen.items()}
    told = {
        part: found.reported if source.id == REPORTED else found.measured
        for part, source in chosen.items()
        if source is not None and source.id in (REPORTED, OURS)
    }
    judge = chosen["gic"]
    na_mode: NaMode = settings.na_mode or (
        "full" if judge is not None and judge.na_mode == "full" else "exclude"
    )
    scored = tuple(
        score_call(
            call,
            {part: given[call.id] for part, given in marks.items() if call.id in given},
            {
                part: component
                for part, of_calls in told.items()
                if (component := of_calls.get(call.id, {}).get(part)) is not None
            },
            settings,
            rubrics=found.rubrics,
            flows=found.flows,
            details=found.details,
            na_mode=na_mode,
        )
        for call in found.calls
    )
    return scored, chosen, na_mode


def _overlap(a: Cell, b: Cell) -> bool:
    if a.interval is None or b.interval is None:
        return a.value == b.value
    return a.interval.low <= b.interval.high and b.interval.low <= a.interval.high
