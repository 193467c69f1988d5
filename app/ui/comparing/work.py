"""What the screen of comparisons asks of the services. Runs on lanes; no widgets here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.comparing import Comparison
from app.domain.errors import BadInput
from app.domain.metrics import MetricSpec

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.set_figures import SetFigure
    from app.services.workspace import Workspace

Key = tuple[str, str, str]
"""Metric, speaker (empty for the call's), profile."""
MOST_CODES = 8
"""Up to so many calls a side is written out as a query; more are kept as they are."""


@dataclass(frozen=True, slots=True)
class Side:
    """One set: a query of the library, or calls that were chosen one by one."""

    query: str = ""
    ids: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said of it."""
        return not self.ids and not self.query.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A comparison with what is needed to show it."""

    comparison: Comparison
    codes: Mapping[str, str]
    """Call → its code."""
    specs: Mapping[str, MetricSpec]
    figures: Sequence[SetFigure]
    """Of both sets together, by their conditions."""
    a_ids: tuple[str, ...]
    b_ids: tuple[str, ...]
    loose: Mapping[Key, tuple[tuple[str, ...], tuple[str, ...]]]
    """Of each figure of sets that are not paired, the calls of its values in A and in B."""


def compare(ctx: Work, ws: Workspace, viewer: Viewer, a: Side, b: Side) -> Compared:
    """Find both sets and hold B against A.

    Raises:
        BadInput: a set is not told, or finds no call. QueryError: a query cannot be read.
    """
    from app.services import adaptation_figures, calls, comparing, evaluating, set_figures

    a_ids, b_ids = (_found(ws, viewer, side, name) for side, name in ((a, "A"), (b, "B")))
    ctx.raise_if_cancelled()
    found = comparing.compare(ws, a_ids, b_ids, viewer=viewer)
    ctx.raise_if_cancelled()
    both = list(dict.fromkeys((*a_ids, *b_ids)))
    figures = set_figures.condition_figures(ws, viewer, both)
    figures += adaptation_figures.adaptation_figures(ws, both, viewer)
    ctx.raise_if_cancelled()
    return Compared(
        comparison=found,
        codes={call.id: call.code for call in calls.get_calls(ws, both)},
        specs={spec.id: spec for spec in evaluating.metrics()},
        figures=figures,
        a_ids=a_ids,
        b_ids=b_ids,
        loose=_loose(ws, viewer, a_ids, b_ids) if found.pairing == "none" else {},
    )


def _loose(
    ws: Workspace, viewer: Viewer, a_ids: Sequence[str], b_ids: Sequence[str]
) -> dict[Key, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Whose the values are, in the order in which they are compared."""
    from app.services import evaluating

    names = [spec.id for spec in evaluating.metrics()]
    sides: list[dict[Key, dict[str, None]]] = []
    for ids in (a_ids, b_ids):
        held: dict[Key, dict[str, None]] = {}
        for stored in evaluating.values_of(ws, ids, names, viewer=viewer):
            value = stored.value
            if value.value is not None:
                key = (value.metric_id, value.speaker or "", value.profile)
                held.setdefault(key, {})[stored.call_id] = None
        sides.append(held)
    a, b = sides
    return {key: (tuple(a[key]), tuple(b[key])) for key in a if key in b}


def _found(ws: Workspace, viewer: Viewer, side: Side, name: str) -> tuple[str, ...]:
    from app.services import browsing

    if side.ids:
        return side.ids
    if side.is_empty:
        raise BadInput(f"Set {name} is not told yet.", "Type a query, as in the library.")
    seqs = browsing.call_ids(ws, viewer, browsing.parse_query(side.query))
    if not len(seqs):
        raise BadInput(f"Set {name} is empty: no call fits “{side.query}”.", "Change its query.")
    return tuple(browsing.uuids(ws, [int(n) for n in seqs]))


def sides_of(ws: Workspace, query: str, seqs: Sequence[int]) -> tuple[Side, Side]:
    """The sides that a selection in the library suggests.

    Copies and replays are held against their originals where both were selected; else the
    selection, or the query in force, is A.
    """
    from app.services import browsing, calls, comparing

    if not seqs:
        return Side(query.strip()), Side()
    chosen = browsing.uuids(ws, list(seqs))
    made_of = {c.id: comparing.made_of(c) for c in calls.get_calls(ws, chosen)}
    copies = [i for i in chosen if made_of.get(i) in made_of]
    return sides_from(ws, [i for i in chosen if i not in copies], copies)


def sides_from(ws: Workspace, a: Sequence[str], b: Sequence[str]) -> tuple[Side, Side]:
    """Sides of calls by id; few of them as a query that can be read and changed."""
    return _named(ws, a), _named(ws, b)


def _named(ws: Workspace, ids: Sequence[str]) -> Side:
    from app.services import calls

    if not ids or len(ids) > MOST_CODES:
        return Side(ids=tuple(ids))
    return Side("code:" + ",".join(call.code for call in calls.get_calls(ws, ids)))
