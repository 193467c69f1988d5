"""The calls that the query in force finds: asked for, shown in order, and which are selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.browsing import SavedView, Sort
from app.ui.library.loader import LibraryLoader, Listing, Sides
from app.ui.library.query_text import same, toggle
from app.ui.library.side_panel import ALL

if TYPE_CHECKING:
    from app.domain.changes import Changes
    from app.ui.library.model import CallTableModel
    from app.ui.library.parts import LibraryParts
    from app.ui.library.preview_flow import PreviewFlow

MOST_KEPT = 500
"""Of more selected calls than these, so many stay selected in another order."""


class FoundCalls(QObject):
    """Query, order and answers. The rows come first, and alone; what stands round them after."""

    changed = Signal()
    """Other rows, or other counts, are shown."""

    def __init__(
        self,
        parts: LibraryParts,
        model: CallTableModel,
        loader: LibraryLoader,
        flow: PreviewFlow,
    ) -> None:
        super().__init__(parts)
        self._parts, self._model, self._flow = parts, model, flow
        self._loader, self._table = loader, parts.table
        self.query = ""
        self.sort = Sort()
        self.sides: Sides | None = None
        self.elapsed_ms: int | None = None
        """How long the newest answer took."""
        self.columns_chosen = False
        """Whether the person has chosen columns; until then they follow what there is."""
        self.wanted: list[int] = []
        """Numbers of the calls to be selected as soon as they are listed."""
        self._sides_due = self._any_reason = False
        loader.listed.connect(self._on_listed)
        loader.sides.connect(self._on_sides)
        parts.side.toggled.connect(self._on_toggled)
        parts.side.view_chosen.connect(self._on_view)
        parts.table.head.sort_chosen.connect(self.sort_by)
        parts.table.head.columns_changed.connect(self._on_columns)
        parts.table.selection_changed.connect(self._on_selection)
        parts.table.resized.connect(self._show_reasons)

    @property
    def everything(self) -> int | None:
        """How many calls there are in all; None before the first answer."""
        return None if self.sides is None else self.sides.everything

    @property
    def name(self) -> str:
        """What the list is called: its view's name, or the query."""
        view = next((v for v in self._views if same(v.query_text, self.query)), None)
        if view is not None:
            return view.name
        return self.query if self.query.strip() else "All calls"

    @property
    def _views(self) -> list[SavedView]:
        return self.sides.views if self.sides is not None else []

    # asking -------------------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """Show the calls that a query finds."""
        self.set_query(text)
        self.reload()

    def set_query(self, text: str) -> None:
        """Take a query, which is asked with the next `reload`."""
        self.query = self._flow.query = text

    def reload(self) -> None:
        """Ask again for everything shown."""
        self._sides_due = True
        self._loader.fetch_list(self.query, self.sort)

    def sort_by(self, sort: Sort) -> None:
        """Show the same calls in another order."""
        self.set_sort(sort)
        self._loader.fetch_list(self.query, sort)

    def set_sort(self, sort: Sort) -> None:
        """Take an order, which is asked with the next `reload`."""
        self.sort = sort
        self._table.head.set_sort(sort)

    def view(self, view_id: str) -> SavedView | None:
        """One of the saved views."""
        return next((v for v in self._views if v.id == view_id), None)

    def touched_by(self, changes: Changes) -> bool:
        """Whether a change may show here."""
        return bool(
            changes.calls
            or changes.segments
            or changes.scores
            or changes.comments
            or changes.views
            or changes.everything
            or changes.settings
            or (changes.metrics and self._looks_at_figures)
        )

    @property
    def _looks_at_figures(self) -> bool:
        """Whether measured figures decide what is shown here."""
        sorted_by = self.sort.key.startswith("metric:")
        return bool(self._loader.figures) or sorted_by or "metric." in self.query

    def _on_toggled(self, token: str) -> None:
        box = self._parts.head.search
        box.set_filters(toggle(box.search, token))

    def _on_view(self, view_id: str) -> None:
        view, box = self.view(view_id), self._parts.head.search
        if view is not None:
            self.set_sort(view.sort)
        box.set_text(view.query_text if view is not None else "")
        self.search(box.search.text)

    def _on_columns(self) -> None:
        self.columns_chosen = True
        if self.fetch_figures():
            self.reload()

    def fetch_figures(self) -> bool:
        """Have pages bring the measured figures that are shown; whether there is one more."""
        before, self._loader.figures = self._loader.figures, self._table.head.shown_figures()
        return not set(self._loader.figures) <= set(before)

    # answers ------------------------------------------------------------------------------------

    def _on_listed(self, listing: Listing) -> None:
        if self._sides_due:
            self._sides_due = False
            # After the rows are painted: counting facets would share the interpreter with it.
            QTimer.singleShot(0, self, lambda: self._loader.fetch_sides(self.query))
        self.elapsed_ms = listing.elapsed_ms
        self._any_reason = any(row.reason for row in listing.first)
        self._show_reasons()
        self._table.fit_columns()
        if np.array_equal(listing.seqs, self._model.seqs) and len(listing.seqs):
            self._model.refresh()
            self._model.take_page(self._model.generation, 0, listing.first)
        else:
            self._swap_rows(listing, self.wanted or self.selected_seqs(), self.current_seq())
        self._show_state()
        self._flow.touch()
        self.changed.emit()

    def _show_reasons(self) -> None:
        """Why a call was selected has a column where it fits, until columns are chosen."""
        if not self.columns_chosen:
            shown = self._any_reason and self._table.has_room_for("reason")
            self._table.head.show_column("reason", shown)

    def _swap_rows(self, listing: Listing, chosen: list[int], current: int | None) -> None:
        bar = self._table.verticalScrollBar()
        offset = bar.value()
        self._model.set_seqs(listing.seqs)
        self._model.take_page(self._model.generation, 0, listing.first)
        places = (self._model.position(seq) for seq in chosen[:MOST_KEPT])
        rows = [row for row in places if row is not None]
        if current is not None and (first := self._model.position(current)) is not None:
            rows = [first, *(row for row in rows if row != first)]
        if not rows and len(listing.seqs):
            rows, offset = [0], 0
        self._table.choose_rows(rows)
        if not self.wanted:
            bar.setValue(min(offset, bar.maximum()))
        if rows:
            self._table.scrollTo(self._model.index(rows[0], 0))
        self.wanted = []

    def _on_sides(self, sides: Sides) -> None:
        self.sides = sides
        head, side, totals = self._parts.head, self._parts.side, sides.totals
        head.show_found(totals.count, sides.everything, totals.duration_ms)
        side.show_views(sides.views, sides.everything)
        side.show_facets(sides.facets, any_calls=sides.everything > 0)
        views = (v.id for v in sides.views if same(v.query_text, self.query))
        side.set_chosen(next(views, None) if self.query.strip() else ALL)
        self._show_state()
        self.changed.emit()

    def _show_state(self) -> None:
        """Which of the three: first run, nothing found, rows."""
        if self.everything is None and not self._model.rowCount():
            return
        found = self._model.rowCount() > 0
        self._parts.show_state(any_calls=self.everything != 0, found=found)
        self._show_counts()

    # selection ----------------------------------------------------------------------------------

    def selected_seqs(self) -> list[int]:
        """Numbers of the selected calls, in the order shown."""
        seqs = self._model.seqs
        return [int(seqs[row]) for row in self._table.selected_rows if row < len(seqs)]

    def current_seq(self) -> int | None:
        """Number of the current call."""
        row, seqs = self._table.current_row, self._model.seqs
        return int(seqs[row]) if row is not None and row < len(seqs) else None

    def first_is_archived(self) -> bool:
        """Whether the first of the selected calls is in the archive."""
        return any(r.archived for r in self._model.known_rows(self._table.selected_rows[:1]))

    def _on_selection(self) -> None:
        self._show_counts()
        self._flow.touch()

    def _show_counts(self) -> None:
        self._parts.bulk.show_counts(
            self._table.selected_count, self._model.rowCount(), archived=self.first_is_archived()
        )
