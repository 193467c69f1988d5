"""The library: find, sort, page, count, preview. Everything is for a viewer."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np

from app.domain import unrated
from app.domain.browsing import CallPreview, CallRow, Facet, Hit, Sort, SummaryFigures, Totals
from app.domain.calls import SPEAKERS
from app.domain.errors import NotFound
from app.domain.fold import fold, marks
from app.domain.query import Query, QueryError, Term, parse
from app.domain.query_writing import part_text
from app.domain.ratings import Viewer
from app.domain.summary_figures import figures_of
from app.domain.turns import TurnSet
from app.services.current_layer import pick
from app.services.facets import build_facets
from app.services.views import delete_view, rename_view, save_view, saved_views
from app.services.workspace import Workspace
from db.unit_of_work import UnitOfWork

Seqs = np.ndarray[Any, np.dtype[np.int64]]

__all__ = [
    "call_ids",
    "call_rows",
    "count_and_duration",
    "delete_view",
    "facets",
    "parse_query",
    "preview",
    "rename_view",
    "save_view",
    "saved_views",
    "transcript_hits",
    "update_summary",
    "uuids",
]


def parse_query(text: str) -> Query:
    """Read what was typed in the search box.

    Raises:
        QueryError: says which token is wrong and what would do.
    """
    query = parse(text.encode("utf-8", "replace").decode("utf-8"))
    for part in query.parts:
        if isinstance(part, Term) and part.field == "metric":
            _check_metric(part)
    return query


def _check_metric(term: Term) -> None:
    """A figure that nothing measures would silently find no call."""
    from app.services import evaluating

    name, _, speaker = term.dimension.partition("@")
    known = {m.id for m in evaluating.metrics()}
    if name in known and speaker in ("", *SPEAKERS):
        return
    token = part_text(term)
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    if name in known:
        what, remedy = f"There is no speaker “{speaker}”.", "Write @caller or @agent."
    else:
        what = f"There is no metric “{name}”."
        remedy = f"Did you mean {near[0]}?" if near else "See `callbench metrics`."
    raise QueryError(what, remedy, token=token, at=0)


def call_ids(ws: Workspace, viewer: Viewer, query: Query, sort: Sort = Sort()) -> Seqs:  # noqa: B008
    """The numbers of the calls that the query finds, in order; int64, shape (calls,)."""
    with ws.db.read() as uow:
        return uow.library.seqs(viewer, query, sort)


def uuids(ws: Workspace, seqs: Sequence[int] | Seqs) -> list[str]:
    """The ids of calls by number, in the order asked for."""
    with ws.db.read() as uow:
        return uow.calls.ids_of(seqs)


def call_rows(
    ws: Workspace,
    viewer: Viewer,
    seqs: Sequence[int] | Seqs,
    figures: Sequence[str] = (),
) -> list[CallRow]:
    """One page of rows, in the order asked for; numbers that are gone are left out.

    `figures` are keys of measured figures (`wer@caller`) that the rows shall carry.
    """
    with ws.db.read() as uow:
        return uow.library.rows(viewer, seqs, figures)


def count_and_duration(ws: Workspace, viewer: Viewer, query: Query) -> Totals:
    """How many calls the query finds, and how long they are together."""
    with ws.db.read() as uow:
        return uow.library.totals(viewer, query)


def facets(ws: Workspace, viewer: Viewer, query: Query) -> list[Facet]:
    """The boxes to tick with their counts; each facet leaves out its own choice."""
    with ws.db.read() as uow:
        return build_facets(uow, viewer, query)


def preview(ws: Workspace, viewer: Viewer, call_id: str) -> CallPreview:
    """What the right-hand panel shows of a call.

    Raises:
        NotFound: there is no such call.
    """
    with ws.db.read() as uow:
        call, seq = uow.calls.get(call_id), uow.calls.seq(call_id)
        if call is None or seq is None:
            raise NotFound(f"There is no call {call_id}.")
        row = uow.library.rows(viewer, [seq])[0]
        silence, longest, reaction = uow.library.figures(viewer, call_id)
        return CallPreview(
            call=unrated.call(call) if row.awaits_caller else call,
            row=row,
            comments=tuple(uow.comments.of_call(viewer, call_id)),
            comments_hidden=uow.comments.any_hidden(viewer, call_id),
            silence_ms=silence,
            longest_silence_ms=longest,
            reaction_p50_ms=reaction,
        )


def transcript_hits(
    ws: Workspace,
    viewer: Viewer,  # noqa: ARG001  (every read path has one; a transcript hides nothing today)
    call_id: str,
    words: Sequence[str],
) -> list[Hit]:
    """The transcript's segments that have one of the words, in order of time."""
    needles = tuple(fold(w) for w in words if w.strip())
    if not needles:
        return []
    with ws.db.read() as uow:
        layer = pick(uow.layers.of_call(call_id), "transcript")
        found = uow.layers.segments(layer) if layer is not None else ()
    hits: list[Hit] = []
    for segment in found:
        folded = fold(segment.text)
        if any(needle in folded for needle in needles):
            hits.append(
                Hit(
                    segment_id=segment.id,
                    speaker=segment.speaker,
                    start=segment.span.start,
                    end=segment.span.end,
                    text=segment.text,
                    marks=marks(segment.text, needles),
                )
            )
    return hits


def update_summary(
    uow: UnitOfWork,
    call_id: str,
    figures: TurnSet | SummaryFigures | None = None,
    *,
    sparkline: bytes | None = None,
) -> None:
    """Keep the derived row of a call, in the transaction of what it is derived from.

    Args:
        uow: the transaction.
        call_id: the call.
        figures: the newest timing, or its figures; None leaves them.
        sparkline: 53 bytes of the caller then 53 of the agent (or 53 of the mix); None leaves it.
    """
    uow.summaries.refresh_call(call_id)
    if isinstance(figures, TurnSet):
        figures = figures_of(figures)
    if figures is not None:
        uow.summaries.set_figures(call_id, figures)
    if sparkline is not None:
        uow.summaries.set_sparkline(call_id, sparkline)
