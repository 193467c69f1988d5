"""The library's facets. Each counts under the current filter, less its own choice."""

from __future__ import annotations

from collections.abc import Callable

from app.domain.browsing import HUMAN_STATES, LATENCY_BANDS_MS, Facet, FacetValue
from app.domain.query import Alternative, Query, Term, part_text
from app.domain.ratings import Viewer
from db.unit_of_work import Reader

MOST = 12
"""Values shown in a facet; the rest is a filter to type."""


def build_facets(uow: Reader, viewer: Viewer, query: Query) -> list[Facet]:
    """Every facet that has something to choose."""
    slow, very_slow = uow.settings.get("latency_bands_ms", list(LATENCY_BANDS_MS))
    found = [
        _category(uow, viewer, query, "version", "Agent version", "u.agent, u.agent_version"),
        _bands(uow, viewer, query, int(slow), int(very_slow)),
        _human(uow, viewer, query),
        _category(uow, viewer, query, "outcome", "Outcome", "u.outcome"),
        _scenario(uow, viewer, query),
        _category(uow, viewer, query, "language", "Language", "u.language"),
        _flagged(uow, viewer, query),
        _tags(uow, viewer, query),
        _months(uow, viewer, query),
    ]
    return [facet for facet in found if facet.values]


def _value(
    query: Query, field: str, alternative: Alternative, label: str, count: int
) -> FacetValue:
    term = query.term(field)
    return FacetValue(
        value=str(alternative.value),
        label=label,
        count=count,
        token=part_text(Term(field, (alternative,))),
        selected=term is not None and alternative in term.alternatives,
    )


def _chosen_first(values: list[FacetValue]) -> tuple[FacetValue, ...]:
    """The most frequent, and whatever is ticked even if it is rare."""
    ranked = sorted(values, key=lambda v: (-v.count, v.label))
    return tuple(v for at, v in enumerate(ranked) if at < MOST or v.selected)


def _category(
    uow: Reader, viewer: Viewer, query: Query, field: str, title: str, columns: str
) -> Facet:
    rows = uow.library.grouped(viewer, query.without(field), columns)
    values = []
    for *parts, count in rows:
        name = " ".join(str(p) for p in parts if p)
        if name:
            values.append(_value(query, field, Alternative("=", name), name, count))
    return Facet(key=field, title=title, values=_chosen_first(values))


def _scenario(uow: Reader, viewer: Viewer, query: Query) -> Facet:
    rows = uow.library.grouped(
        viewer, query.without("scenario"), "u.scenario_key, u.scenario_title"
    )
    values = [
        _value(query, "scenario", Alternative("=", key), title or key, count)
        for key, title, count in rows
        if key
    ]
    return Facet(key="scenario", title="Scenario", values=_chosen_first(values))


def _bands(uow: Reader, viewer: Viewer, query: Query, slow: int, very_slow: int) -> Facet:
    band = (
        f"CASE WHEN u.p95_ms < {slow} THEN 0 WHEN u.p95_ms <= {very_slow} THEN 1 "
        "WHEN u.p95_ms IS NOT NULL THEN 2 END"
    )
    counts = dict(uow.library.grouped(viewer, query.without("p95"), band))
    shown = (
        (Alternative("<", float(slow)), f"under {slow} ms"),
        (Alternative("..", float(slow), float(very_slow)), f"{slow} – {very_slow} ms"),
        (Alternative(">", float(very_slow)), f"over {very_slow} ms"),
    )
    values = tuple(
        _value(query, "p95", alternative, label, counts.get(at, 0))
        for at, (alternative, label) in enumerate(shown)
    )
    return Facet(key="p95", title="p95 response latency", values=values)


def _human(uow: Reader, viewer: Viewer, query: Query) -> Facet:
    counts = dict(uow.library.grouped(viewer, query.without("human"), "u.human_state"))
    labels = ("None yet", "Partly done", "Complete")
    values = tuple(
        _value(query, "human", Alternative("=", state), labels[at], counts.get(at, 0))
        for at, state in enumerate(HUMAN_STATES)
    )
    return Facet(key="human", title="Human scores", values=values)


def _flagged(uow: Reader, viewer: Viewer, query: Query) -> Facet:
    counts = dict(uow.library.grouped(viewer, query.without("flagged"), "u.flagged"))
    values = tuple(
        _value(query, "flagged", Alternative("=", word), label, counts.get(stored, 0))
        for stored, word, label in ((1, "yes", "Flagged"), (0, "no", "Not flagged"))
    )
    return Facet(key="flagged", title="Flag", values=values)


def _tags(uow: Reader, viewer: Viewer, query: Query) -> Facet:
    values = [
        _value(query, "tag", Alternative("=", tag), tag, count)
        for tag, count in uow.library.tags(viewer, query.without("tag"))
    ]
    return Facet(key="tag", title="Tags", values=_chosen_first(values))


def _months(uow: Reader, viewer: Viewer, query: Query) -> Facet:
    rows = uow.library.grouped(
        viewer, query.without("date"), "substr(coalesce(u.recorded_at, u.imported_at), 1, 7)"
    )
    newest: Callable[[tuple[str, int]], str] = lambda row: row[0]  # noqa: E731
    values = [
        _value(query, "date", Alternative("=", month), month, count)
        for month, count in sorted(((r[0], r[1]) for r in rows), key=newest, reverse=True)
    ]
    return Facet(key="date", title="Date recorded", values=tuple(values[:MOST]))
