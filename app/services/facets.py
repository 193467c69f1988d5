"""The library's facets. Each counts under the current filter, less its own choice."""

from __future__ import annotations

import numpy as np

from app.domain.browsing import HUMAN_STATES, LATENCY_BANDS_MS, Facet, FacetValue
from app.domain.figure_columns import FIGURES, FigureColumn
from app.domain.query import Alternative, Part, Query, Term
from app.domain.query_writing import part_text
from app.domain.ratings import Viewer
from db.library_cache import SEPARATOR, Array, LibraryCache
from db.unit_of_work import Reader

MOST = 12
"""Values shown in a facet; the rest is a filter to type."""


class _Counter:
    """Calls that a query finds, less a facet's own choice; looked for once where they agree."""

    def __init__(self, uow: Reader, viewer: Viewer, query: Query) -> None:
        self.query = query
        self.columns: LibraryCache = uow.library.columns()
        self._uow = uow
        self._viewer = viewer
        self._known: dict[Query, Array] = {}
        self._awaiting = uow.library.awaiting(viewer)

    def seqs(self, field: str) -> Array:
        """The calls to count for that facet."""
        query = self.query.without(field)
        if query not in self._known:
            self._known[query] = self._uow.library.seqs(self._viewer, query)
        return self._known[query]

    def categories(self, field: str) -> list[tuple[str, int]]:
        """(value, count) of a category."""
        return self.columns.counts(field, self.seqs(field))

    def numbers(self, field: str) -> Array:
        """A numeric column of the calls to count."""
        return self.columns.numbers(field, self.seqs(field))

    def measured(self, field: str) -> Array:
        """The calls to count by a figure: those whose figures the viewer is told."""
        seqs = self.seqs(field)
        return seqs[~np.isin(seqs, self._awaiting)] if len(self._awaiting) else seqs

    def value(self, field: str, wanted: Alternative, label: str, count: int) -> FacetValue:
        """A box, ticked if the query has it."""
        term = self.query.term(field)
        return FacetValue(
            value=str(wanted.value),
            label=label,
            count=count,
            token=part_text(Term(field, (wanted,))),
            selected=term is not None and wanted in term.alternatives,
        )

    def with_ticked(self, field: str, values: list[FacetValue]) -> list[FacetValue]:
        """The boxes, and one for each ticked value that no call (or a typed spelling) has."""
        term = self.query.term(field)
        known = {v.token for v in values}
        for wanted in term.alternatives if term is not None else ():
            one = Term(field, (wanted,))
            if part_text(one) not in known:
                wanted_query = Query((*self.query.without(field).parts, one))
                found = self._uow.library.seqs(self._viewer, wanted_query)
                values.append(self.value(field, wanted, str(wanted.value), len(found)))
        return values


def build_facets(uow: Reader, viewer: Viewer, query: Query) -> list[Facet]:
    """Every facet that has something to choose."""
    slow, very_slow = uow.settings.get("latency_bands_ms", list(LATENCY_BANDS_MS))
    counter = _Counter(uow, viewer, query)
    found = [
        _named(counter, "version", "Agent version"),
        _bands(counter, int(slow), int(very_slow)),
        _human(counter),
        _named(counter, "outcome", "Outcome"),
        _scenario(counter),
        _named(counter, "language", "Language"),
        _flagged(counter),
        _tags(counter),
        _months(counter),
        *_measured(uow, counter),
    ]
    return [facet for facet in found if facet.values]


def _ranked(values: list[FacetValue]) -> tuple[FacetValue, ...]:
    """The most frequent, and whatever is ticked even if it is rare."""
    ordered = sorted(values, key=lambda v: (-v.count, v.label))
    return tuple(v for at, v in enumerate(ordered) if at < MOST or v.selected)


def _named(counter: _Counter, field: str, title: str) -> Facet:
    values = []
    for value, count in counter.categories(field):
        name = " ".join(part for part in value.split(SEPARATOR) if part)
        if name:
            values.append(counter.value(field, Alternative("=", name), name, count))
    return Facet(key=field, title=title, values=_ranked(counter.with_ticked(field, values)))


def _scenario(counter: _Counter) -> Facet:
    values = []
    for value, count in counter.categories("scenario"):
        key, _, title = value.partition(SEPARATOR)
        if key:
            values.append(counter.value("scenario", Alternative("=", key), title or key, count))
    values = counter.with_ticked("scenario", values)
    return Facet(key="scenario", title="Scenario", values=_ranked(values))


def _bands(counter: _Counter, slow: int, very_slow: int) -> Facet:
    p95 = counter.columns.numbers("p95", counter.measured("p95"))
    under = int(np.count_nonzero((p95 >= 0) & (p95 < slow)))
    over = int(np.count_nonzero(p95 > very_slow))
    between = int(np.count_nonzero(p95 >= 0)) - under - over
    values = (
        counter.value("p95", Alternative("<", float(slow)), f"under {slow} ms", under),
        counter.value(
            "p95",
            Alternative("..", float(slow), float(very_slow)),
            f"{slow} – {very_slow} ms",
            between,
        ),
        counter.value("p95", Alternative(">", float(very_slow)), f"over {very_slow} ms", over),
    )
    return Facet(key="p95", title="p95 response latency", values=values)


def _human(counter: _Counter) -> Facet:
    counts = np.bincount(counter.numbers("human"), minlength=len(HUMAN_STATES))
    labels = ("None yet", "Partly done", "Complete")
    values = tuple(
        counter.value("human", Alternative("=", state), label, int(n))
        for state, label, n in zip(HUMAN_STATES, labels, counts)
    )
    return Facet(key="human", title="Human scores", values=values)


def _flagged(counter: _Counter) -> Facet:
    counts = np.bincount(counter.numbers("flagged"), minlength=2)
    values = tuple(
        counter.value("flagged", Alternative("=", word), label, int(counts[stored]))
        for stored, word, label in ((1, "yes", "Flagged"), (0, "no", "Not flagged"))
    )
    return Facet(key="flagged", title="Flag", values=values)


def _tags(counter: _Counter) -> Facet:
    counts: dict[str, int] = {}
    for combined, count in counter.categories("tag"):
        for tag in combined.split(SEPARATOR) if combined else ():
            counts[tag] = counts.get(tag, 0) + count
    values = [counter.value("tag", Alternative("=", t), t, n) for t, n in counts.items()]
    values = counter.with_ticked("tag", values)
    return Facet(key="tag", title="Tags", values=_ranked(values))


def _measured(uow: Reader, counter: _Counter) -> list[Facet]:
    """Bands of the measured figures that have some and that any call was measured by."""
    known = {key for key, _ in uow.evaluations.shown_keys()}
    return [_figure_bands(uow, counter, f) for f in FIGURES if f.bands and f.key in known]


def _figure_bands(uow: Reader, counter: _Counter, figure: FigureColumn) -> Facet:
    seqs = counter.measured("metric")
    measured, values = uow.evaluations.column(figure.key)
    inside = values[np.isin(measured, seqs)]
    low, high = figure.bands[0], figure.bands[-1]
    term = next(
        (p for p in counter.query.parts if _is_figure(p, figure.key)),
        None,
    )
    made = []
    for wanted, label, count in (
        (Alternative("<", low), f"under {low:g}", np.count_nonzero(inside < low)),
        (
            Alternative("..", low, high),
            f"{low:g} – {high:g}",
            np.count_nonzero((inside >= low) & (inside <= high)),
        ),
        (Alternative(">", high), f"over {high:g}", np.count_nonzero(inside > high)),
    ):
        made.append(
            FacetValue(
                value=label,
                label=label,
                count=int(count),
                token=part_text(Term("metric", (wanted,), dimension=figure.key)),
                selected=isinstance(term, Term) and wanted in term.alternatives,
            )
        )
    return Facet(key=figure.column, title=figure.tip, values=tuple(made))


def _is_figure(part: Part, key: str) -> bool:
    return isinstance(part, Term) and part.field == "metric" and part.dimension == key


def _months(counter: _Counter) -> Facet:
    newest = sorted(counter.categories("date"), reverse=True)
    values = [counter.value("date", Alternative("=", m), m, n) for m, n in newest]
    return Facet(key="date", title="Date recorded", values=tuple(values[:MOST]))
