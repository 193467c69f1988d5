"""Ids, pages, counts and facets of the library, for a viewer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection

from app.domain.browsing import HUMAN_STATES, CallRow, Sort, Totals
from app.domain.query import Query
from app.domain.ratings import Viewer
from db.library_cache import SEPARATOR, Array, LibraryCache, parse_numbers
from db.repos.base import Repo
from db.repos.library_sql import condition
from db.repos.visibility import AWAITING, awaits_caller, opened_call, viewer_params
from db.schema.library import FIGURES, SORTS

MEASURED = "metric:"
"""A sort by a measured figure: `metric:wer@caller`."""
_MASKED = frozenset({"judge", "reason"})

# The numbers come as one parameter, so that SQLite prepares the statement once for all pages.
_PAGE = """SELECT u.seq, u.call_id, u.code, u.title, u.scenario_key, u.scenario_title, u.agent,
    u.agent_version, u.outcome, u.language, u.duration_ms, u.turns, u.p50_ms, u.p95_ms,
    u.max_latency_ms, u.interruptions, u.overlaps, u.raters_done, u.raters_assigned,
    u.human_state, u.flagged, u.archived, u.recorded_at, u.imported_at, k.bars, k.ticks,
    u.warnings, u.tags, u.judge, u.reason, {opened}, {awaits}
FROM json_each(:seqs) j JOIN call_summary u ON u.seq = j.value
LEFT JOIN call_sparkline k ON k.seq = u.seq"""


_FIRST_FIGURE, _AFTER_FIGURES = 12, 17
"""Where a row of the page has p50 to overlaps."""

_FIGURES = """SELECT m.key, m.seq, m.value FROM json_each(:seqs) s, json_each(:keys) k
JOIN call_metric m ON m.key = k.value AND m.seq = s.value"""


class LibraryRepo(Repo):
    """Reads of the library. All take the viewer."""

    def __init__(self, connection: Connection, cache: LibraryCache) -> None:
        super().__init__(connection)
        self._cache = cache

    def seqs(self, viewer: Viewer, query: Query, sort: Sort = Sort()) -> Array:  # noqa: B008
        """The numbers of the calls that the query finds, in order; int64, shape (calls,).

        The order of all calls comes from the sort's index and is kept; a filter is one scan of
        the summary, laid over that order. Sorting what was found would take several times longer.
        """
        found = self._in_order(viewer, query, sort)
        if not (sort.key.startswith(MEASURED) or SORTS[sort.key] in FIGURES):
            return found
        untold = np.isin(found, self.awaiting(viewer))
        return np.concatenate([found[~untold], found[untold]]) if untold.any() else found

    def awaiting(self, viewer: Viewer) -> Array:
        """The numbers of the calls whose figures are not told before the viewer rates them."""
        sql = f"SELECT group_concat(seq) FROM call WHERE id IN {AWAITING}"
        return parse_numbers(self._value(sql, viewer_params(viewer)))

    def _in_order(self, viewer: Viewer, query: Query, sort: Sort) -> Array:
        if query.term("archived") is not None and not sort.key.startswith(MEASURED):
            return self._sorted(viewer, query, sort)
        if sort.key.startswith(MEASURED):
            order = self._cache.order(
                f"{sort.key} {sort.descending}", self.revision(), lambda: self._measured(sort)
            )
        elif SORTS[sort.key] in _MASKED and not viewer.is_lead:
            order = self._sorted(viewer, Query(), sort)
        else:
            order = self._cache.order(
                f"{sort.key} {sort.descending}",
                self.revision(),
                lambda: self._sorted(viewer, Query(), sort),
            )
        if (not query.parts and not sort.key.startswith(MEASURED)) or not len(order):
            return order
        found = self._found(viewer, query)
        if not len(found):
            return found
        chosen = np.zeros(max(int(order.max()), int(found.max())) + 1, np.bool_)
        chosen[found] = True
        kept: Array = order[chosen[order]]
        return kept

    def revision(self) -> int:
        """The number of the newest change of any summary in this snapshot."""
        return int(self._value("SELECT revision FROM workspace"))

    def totals(self, viewer: Viewer, query: Query) -> Totals:
        """How many calls the query finds, and how long they are together."""
        sql = condition(viewer, query)
        row = self._row(
            "SELECT count(*), coalesce(sum(u.duration_ms), 0) FROM call_summary u NOT INDEXED "
            f"WHERE {sql.text()}",
            sql.params,
        )
        count, duration = row if row is not None else (0, 0)
        return Totals(count=int(count), duration_ms=int(duration))

    def rows(
        self, viewer: Viewer, seqs: Sequence[int] | Array, figures: Sequence[str] = ()
    ) -> list[CallRow]:
        """One page: the rows of those calls, in the order asked for, with figures by their keys."""
        numbers = [int(s) for s in seqs]
        if not numbers:
            return []
        # Straight from the driver: a page is made while someone scrolls, and SQLAlchemy's row
        # objects would double its cost.
        driver: sqlite3.Connection = self._connection.connection.driver_connection  # type: ignore[assignment]
        cursor = driver.execute(
            _PAGE.format(
                opened=opened_call(viewer, "u.call_id"), awaits=awaits_caller("u.call_id")
            ),
            {"seqs": json.dumps(numbers), **viewer_params(viewer)},
        )
        found = {row[0]: _call_row(row) for row in cursor}
        if figures:
            asked = {"seqs": json.dumps(numbers), "keys": json.dumps(list(figures))}
            measured: dict[int, dict[str, float]] = {}
            for key, seq, value in driver.execute(_FIGURES, asked):
                measured.setdefault(seq, {})[key] = value
            found = {
                n: row if row.awaits_caller else row._replace(figures=measured.get(n, {}))
                for n, row in found.items()
            }
        return [found[n] for n in numbers if n in found]

    def figures(self, viewer: Viewer, call_id: str) -> tuple[int | None, int | None, int | None]:
        """(silence, longest silence, median yield to an interruption) of a call in ms."""
        row = self._row(
            "SELECT silence_ms, longest_silence_ms, reaction_p50_ms FROM call_summary "
            f"WHERE call_id = :c AND NOT {awaits_caller('call_id')}",
            {"c": call_id, **viewer_params(viewer)},
        )
        return (None, None, None) if row is None else (row[0], row[1], row[2])

    def columns(self) -> LibraryCache:
        """The columns for facets, up to date with this snapshot."""
        self._cache.refresh(self._rows, self.revision())
        return self._cache

    def _measured(self, sort: Sort) -> Array:
        """Every call by a measured figure; those without it last, newest first."""
        key, way = sort.key.removeprefix(MEASURED), "DESC" if sort.descending else "ASC"
        valued = parse_numbers(
            self._value(
                "SELECT group_concat(seq) FROM (SELECT seq FROM call_metric WHERE key = :k "
                f"ORDER BY value {way}, seq {way})",
                {"k": key},
            )
        )
        without = parse_numbers(
            self._value(
                "SELECT group_concat(seq) FROM (SELECT seq FROM call_summary u WHERE NOT EXISTS "
                "(SELECT 1 FROM call_metric m WHERE m.key = :k AND m.seq = u.seq) "
                "ORDER BY seq DESC)",
                {"k": key},
            )
        )
        return np.concatenate([valued, without])

    def _found(self, viewer: Viewer, query: Query) -> Array:
        """The calls that a query finds, in no order: one scan, whatever the filters."""
        sql = condition(viewer, query)
        return parse_numbers(
            self._value(
                f"SELECT group_concat(u.seq) FROM call_summary u NOT INDEXED WHERE {sql.text()}",
                sql.params,
            )
        )

    def _sorted(self, viewer: Viewer, query: Query, sort: Sort) -> Array:
        column, way = SORTS[sort.key], "DESC" if sort.descending else "ASC"
        if column == "seq":
            return self._ordered(viewer, query, f"u.seq {way}", "1")
        shown = f"u.{column}"
        if column in _MASKED and not viewer.is_lead:
            shown = f"CASE WHEN {opened_call(viewer, 'u.call_id')} THEN u.{column} END"
        # Calls without a value come last either way; each half keeps the index's order.
        valued = self._ordered(viewer, query, f"{shown} {way}, u.seq {way}", f"{shown} IS NOT NULL")
        without = self._ordered(viewer, query, f"u.seq {way}", f"{shown} IS NULL")
        return np.concatenate([valued, without]) if len(without) else valued

    def _ordered(self, viewer: Viewer, query: Query, order: str, extra: str) -> Array:
        sql = condition(viewer, query)
        # One text of all numbers, not a row object each: three times as fast at 100,000 calls.
        return parse_numbers(
            self._value(
                "SELECT group_concat(seq) FROM (SELECT u.seq AS seq FROM call_summary u "
                f"WHERE {sql.text()} AND {extra} ORDER BY {order})",
                sql.params,
            )
        )


def _call_row(row: tuple[Any, ...]) -> CallRow:
    *plain, bars, ticks, warnings, tags, judge, reason, opened, awaits = row
    plain[19] = HUMAN_STATES[plain[19]]
    plain[20], plain[21] = bool(plain[20]), bool(plain[21])
    if not opened:
        judge = reason = None
    if awaits:
        plain[_FIRST_FIGURE:_AFTER_FIGURES] = [None] * (_AFTER_FIGURES - _FIRST_FIGURE)
        ticks = b""
    words = tuple(tags.split(SEPARATOR)) if tags else ()
    shown: tuple[Any, ...] = (
        bars or b"",
        ticks or b"",
        warnings,
        words,
        judge,
        reason,
        not opened,
        {},
    )
    return CallRow._make((*plain, *shown, bool(awaits)))
