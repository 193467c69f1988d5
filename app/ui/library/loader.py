"""Fetches what the library shows, on lanes; answers to older questions are dropped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.domain.browsing import CallPreview, CallRow, Facet, Hit, SavedView, Sort, Totals
from app.domain.errors import UserError
from app.tasks.runner import Lane, Task
from app.ui.library.model import PAGE, CallTableModel

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.services.workspace import Workspace
    from app.ui.context import UiContext
    from app.ui.library.fetch_overview import Opened


NEIGHBOURS = 2000
"""How far, either way, one can go on from call to call without coming back to the list."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer to a query: numbers in order, the first page, how long it took in ms."""

    seqs: np.ndarray
    first: Sequence[CallRow]
    elapsed_ms: int


@dataclass(frozen=True, slots=True)
class Sides:
    """What stands round the table."""

    totals: Totals
    everything: int
    facets: list[Facet]
    views: list[SavedView]


@dataclass(frozen=True, slots=True)
class PreviewAnswer:
    """A call's preview and the hits of the searched words."""

    preview: CallPreview
    hits: list[Hit]
    words: str


class LibraryLoader(QObject):
    """The library's questions. Signals arrive on the main thread."""

    listed = Signal(object)
    sides = Signal(object)
    previewed = Signal(object)
    opened = Signal(object)
    open_failed = Signal(object)
    failed = Signal(object)

    def __init__(self, ctx: UiContext, model: CallTableModel) -> None:
        super().__init__()
        self._ctx, self._model = ctx, model
        self._latest: dict[str, int] = {}
        self._opening: Task | None = None
        self.figures: tuple[str, ...] = ()
        """Keys of the measured figures that are shown, and so fetched with every page."""
        model.wanted.connect(self._fetch_page)

    def _ask(
        self,
        about: str,
        fn: Callable[..., Any],
        *args: object,
        done: Callable[[Any], None],
        failed: Callable[[Any], None] | None = None,
    ) -> None:
        mine = self._latest[about] = self._latest.get(about, 0) + 1

        def only_latest(take: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda value: take(value) if self._latest[about] == mine else None

        self._ctx.runner.run(
            Lane.READ,
            fn,
            self._ctx.ws,
            self._ctx.viewer,
            *args,
            done=only_latest(done),
            failed=only_latest(failed or self.failed.emit),
        )

    def fetch_list(self, query_text: str, sort: Sort) -> None:
        """Ask for the calls of a query; `listed` answers, or `failed` with a UserError."""
        self._ask("list", _list, query_text, sort, self.figures, done=self.listed.emit)

    def fetch_sides(self, query_text: str) -> None:
        """Ask for totals, facets and views under a query; `sides` answers."""
        self._ask("sides", _sides, query_text, done=self.sides.emit)

    def fetch_preview(self, call_id: str, query_text: str) -> None:
        """Ask for a call's preview; `previewed` answers."""
        self._ask("preview", _preview, call_id, query_text, done=self.previewed.emit)

    def drop_preview(self) -> None:
        """Forget the question for a preview and stop opening its sound."""
        self._latest["preview"] = self._latest.get("preview", 0) + 1
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None

    def drop_all(self) -> None:
        """Nobody waits for answers any more."""
        self.drop_preview()
        for about in self._latest:
            self._latest[about] += 1

    def open_sound(self, preview: CallPreview) -> None:
        """Decode a call for picture and playing; `opened` or `open_failed` answers."""
        from app.ui.library.fetch_overview import open_overview

        if self._opening is not None:
            self._opening.cancel()
        ctx = self._ctx
        task = ctx.runner.task(Lane.CPU, open_overview, ctx.ws, ctx.viewer, preview.call)
        task.succeeded.connect(self._on_opened)
        task.failed.connect(self.open_failed)
        self._opening = task.start()

    def _on_opened(self, opened: Opened) -> None:
        self._opening = None
        self.opened.emit(opened)

    def fetch_neighbours(self, position: int, done: Callable[[Sequence[str]], None]) -> None:
        """Ids of the calls round a place in the list, for going on from call to call."""
        first = max(0, position - NEIGHBOURS)
        seqs = [int(n) for n in self._model.seqs[first : position + NEIGHBOURS + 1]]
        self._ask("neighbours", _ids, seqs, done=done)

    def _fetch_page(self, page: int) -> None:
        model, generation = self._model, self._model.generation
        seqs = model.page_seqs(page)
        self._ctx.runner.run(
            Lane.READ,
            _rows,
            self._ctx.ws,
            self._ctx.viewer,
            seqs,
            self.figures,
            done=lambda rows: model.take_page(generation, page, rows),
            failed=lambda error: self._page_failed(generation, page, error),
        )

    def _page_failed(self, generation: int, page: int, error: BaseException) -> None:
        self._model.page_failed(generation, page)
        if isinstance(error, UserError):
            self.failed.emit(error)


def _list(
    ws: Workspace, viewer: Viewer, query_text: str, sort: Sort, figures: Sequence[str]
) -> Listing:
    from app.services import browsing

    began = time.perf_counter()
    seqs = browsing.call_ids(ws, viewer, browsing.parse_query(query_text), sort)
    first = _rows(ws, viewer, [int(n) for n in seqs[:PAGE]], figures)
    return Listing(seqs, first, round((time.perf_counter() - began) * 1000))


def _rows(
    ws: Workspace, viewer: Viewer, seqs: Sequence[int], figures: Sequence[str]
) -> Sequence[CallRow]:
    from app.services import browsing

    return browsing.call_rows(ws, viewer, seqs, figures)


def _ids(ws: Workspace, _viewer: Viewer, seqs: Sequence[int]) -> list[str]:
    from app.services import browsing

    return browsing.uuids(ws, seqs)


def _sides(ws: Workspace, viewer: Viewer, query_text: str) -> Sides:
    from app.services import browsing, views

    query = browsing.parse_query(query_text)
    totals = browsing.count_and_duration(ws, viewer, query)
    all_calls = browsing.count_and_duration(ws, viewer, browsing.parse_query("")).count
    facets = browsing.facets(ws, viewer, query)
    return Sides(totals, all_calls, facets, views.saved_views(ws, viewer, counts=True))


def _preview(ws: Workspace, viewer: Viewer, call_id: str, query_text: str) -> PreviewAnswer:
    from app.services import browsing

    found = browsing.preview(ws, viewer, call_id)
    words = browsing.parse_query(query_text).found_words
    hits = browsing.transcript_hits(ws, viewer, call_id, words) if words else []
    return PreviewAnswer(found, hits, " ".join(words))
