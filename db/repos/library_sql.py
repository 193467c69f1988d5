"""A query as SQL over `call_summary u`. The viewer decides what filters may look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.domain.browsing import HUMAN_STATES
from app.domain.fold import fold
from app.domain.query import Alternative, Query, Term, Words
from app.domain.ratings import Viewer
from db.repos.redactions import REDACTED
from db.repos.visibility import NEWEST, awaits_caller, opened_call, viewer_params, visible_scores
from db.schema.library import FIGURES

NUMBERS = {
    "p50": "u.p50_ms",
    "p95": "u.p95_ms",
    "latency": "u.max_latency_ms",
    "duration": "u.duration_ms",
    "silence": "u.longest_silence_ms",
    "turns": "u.turns",
    "overlap": "u.overlaps",
    "interruptions": "u.interruptions",
    "warnings": "u.warnings",
}
FROM_CALL = {"attempt": "attempt", "persona": "persona"}
DATE = "coalesce(u.recorded_at, u.imported_at)"
TRIGRAM = 3


@dataclass(slots=True)
class Sql:
    """A condition that grows, with its parameters."""

    viewer: Viewer
    where: list[str] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> str:
        """A placeholder for a value."""
        name = f"q{len(self.params)}"
        self.params[name] = value
        return f":{name}"

    def text(self) -> str:
        """The whole condition."""
        return " AND ".join(self.where)


def condition(viewer: Viewer, query: Query) -> Sql:
    """The condition for the calls that a query finds for a viewer.

    For a reviewer, `judge` and `selected` see only calls that they have submitted: whatever the
    filter says, every other call is left out, so that its answer tells nothing about them. That
    holds for the negated filter too, and for figures of a call that the viewer has yet to rate.
    """
    sql = Sql(viewer, params=viewer_params(viewer))
    archived = query.term("archived")
    sql.where.append(_archived(archived))
    for term in query.terms:
        if term.field != "archived":
            sql.where.append(_term(sql, term))
    for words in query.words:
        sql.where.append(_words(sql, words))
    return sql


def _archived(term: Term | None) -> str:
    wanted = {a.value for a in term.alternatives} if term is not None else {"no"}
    if "any" in wanted or wanted == {"yes", "no"}:
        return "u.archived IN (0, 1)"
    return "u.archived = 1" if wanted == {"yes"} else "u.archived = 0"


def _term(sql: Sql, term: Term) -> str:
    if term.field == "judge":
        return _judge(sql, term)
    if term.field == "metric":
        return _told(_metric(sql, term))
    test = "(" + " OR ".join(_one(sql, term.field, a) for a in term.alternatives) + ")"
    # A call without the figure is not “not slow”: a negated comparison leaves it out as well.
    negated = f"NOT {test}" if term.negated else test
    if term.field == "selected":
        return f"({opened_call(sql.viewer, 'u.call_id')} AND {negated})"
    if NUMBERS.get(term.field, "").removeprefix("u.") in FIGURES:
        return _told(negated)
    return negated


def _told(test: str) -> str:
    """A test of a figure, which finds no call whose figures the viewer is not told yet."""
    return f"({test} AND NOT {awaits_caller('u.call_id')})"


def _one(sql: Sql, name: str, a: Alternative) -> str:
    if name in NUMBERS:
        return compare(sql, NUMBERS[name], a)
    if name in FROM_CALL:
        inner = compare(sql, f"k.{FROM_CALL[name]}", a, nocase=name == "persona")
        return f"u.seq IN (SELECT k.seq FROM call k WHERE {inner})"
    if name == "date":
        return _date(sql, a)
    if name == "human":
        return f"u.human_state = {HUMAN_STATES.index(a.value)}"
    if name == "flagged":
        return f"u.flagged = {int(a.value == 'yes')}"
    if name == "redacted":
        return f"u.call_id {'' if a.value == 'yes' else 'NOT '}IN ({REDACTED})"
    return _category(sql, name, str(a.value))


def _category(sql: Sql, name: str, value: str) -> str:
    mark = sql.bind(value)
    if name == "tag":
        return (
            f"u.call_id IN (SELECT g.call_id FROM call_tag g WHERE g.tag = {mark} COLLATE NOCASE)"
        )
    if name == "version":
        return (
            f"(u.agent_version = {mark} COLLATE NOCASE "
            f"OR trim(u.agent || ' ' || u.agent_version) = {mark} COLLATE NOCASE)"
        )
    if name == "scenario":
        prefix = sql.bind(value.lower() + ".")
        return (
            f"(u.scenario_key = {mark} COLLATE NOCASE OR u.scenario_title = {mark} COLLATE NOCASE "
            f"OR substr(u.scenario_key, 1, length({prefix})) = {prefix} COLLATE NOCASE)"
        )
    if name == "run":
        number = value[2:] if value.upper().startswith("R-") else value
        by = sql.bind(int(number)) if number.isdecimal() and len(number) < 10 else "NULL"
        return (
            "u.call_id IN (SELECT rc.call_id FROM run_call rc JOIN run ON run.id = rc.run_id "
            f"WHERE run.seq = {by})"
        )
    if name == "selected":
        return f"coalesce(u.reason, '') = {mark} COLLATE NOCASE"
    return f"u.{name} = {mark} COLLATE NOCASE"


def compare(sql: Sql, column: str, a: Alternative, *, nocase: bool = False) -> str:
    """A comparison of a column with an alternative."""
    collate = " COLLATE NOCASE" if nocase else ""
    if a.op == "..":
        return f"{column} BETWEEN {sql.bind(a.value)} AND {sql.bind(a.high)}"
    return f"{column} {a.op} {sql.bind(a.value)}{collate}"


def _date(sql: Sql, a: Alternative) -> str:
    """Compared over the digits that were typed, so that a month means all of its days."""
    low = str(a.value)
    if a.op == "..":
        high = str(a.high)
        return (
            f"(substr({DATE}, 1, {len(low)}) >= {sql.bind(low)} "
            f"AND substr({DATE}, 1, {len(high)}) <= {sql.bind(high)})"
        )
    return f"substr({DATE}, 1, {len(low)}) {a.op} {sql.bind(low)}"


def _judge(sql: Sql, term: Term) -> str:
    dimension = f"AND c.key = {sql.bind(term.dimension)}" if term.dimension else ""
    tests = " OR ".join(compare(sql, "avg(s.value)", a) for a in term.alternatives)
    having = f"NOT ({tests})" if term.negated else tests
    return (
        "u.call_id IN (SELECT s.call_id FROM score s JOIN rater r ON r.id = s.rater_id "
        "JOIN criterion c ON c.id = s.criterion_id "
        f"WHERE r.kind = 'judge' AND s.status = 'observed' {dimension} AND {NEWEST} "
        f"AND {visible_scores(sql.viewer)} GROUP BY s.call_id HAVING {having})"
    )


def _metric(sql: Sql, term: Term) -> str:
    """A measured figure; without a speaker any speaker's counts. A call without it never does."""
    name = sql.bind(term.dimension)
    keys = name if "@" in term.dimension else f"{name}, {name} || '@caller', {name} || '@agent'"
    tests = " OR ".join(compare(sql, "m.value", a) for a in term.alternatives)
    having = f"u.seq IN (SELECT m.seq FROM call_metric m WHERE m.key IN ({keys})"
    if not term.negated:
        return f"{having} AND ({tests}))"
    return f"({having}) AND NOT {having} AND ({tests})))"


def _words(sql: Sql, words: Words) -> str:
    folded = fold(words.text)
    verb = "NOT IN" if words.negated else "IN"
    if len(folded) >= TRIGRAM:
        match = sql.bind('"' + folded.replace('"', '""') + '"')
        return f"u.seq {verb} (SELECT rowid FROM call_fts WHERE call_fts MATCH {match})"
    escaped = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = sql.bind(f"%{escaped}%")
    return f"u.seq {verb} (SELECT seq FROM call_text WHERE folded LIKE {like} ESCAPE '\\')"
