"""The library screen: composition of header, views and facets, table, preview.

Knows which call is current and what is asked for; the parts know how to show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.browsing import Sort, is_sort_key
from app.domain.changes import Changes
from app.domain.errors import UserError
from app.ui.context import UiContext
from app.ui.library.acts import LibraryActs
from app.ui.library.call_menu import open_call_menu
from app.ui.library.empty_library import EmptyLibrary
from app.ui.library.loader import LibraryLoader, Listing, Sides
from app.ui.library.model import CallTableModel
from app.ui.library.parts import LibraryParts
from app.ui.library.preview_flow import PreviewFlow
from app.ui.library.query_text import same, toggle
from app.ui.library.side_panel import ALL
from app.ui.screen import Screen, StatusKey

REFRESH_DELAY_MS = 250
REASON_ROOM = 1340
"""Width of the screen in px from which every column fits beside the reason."""


class LibraryScreen(Screen):
    """Find calls, see what is odd about them, open one."""

    key = "library"
    title = "Library"

    import_asked = Signal()
    folder_asked = Signal()
    demo_asked = Signal()
    sound_asked = Signal()
    export_asked = Signal(str, list)
    """The query in force, and the numbers of the selected calls."""
    evaluate_asked = Signal(str, list)
    """The same, of what is to be computed on."""
    compare_asked = Signal(str, list)
    """The same, of what is to be compared."""
    perturb_asked = Signal(str, list)
    """The same, of what copies are to be made of."""

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self._sort = Sort()
        self._query = ""
        self._everything: int | None = None
        self._sides: Sides | None = None
        self._sides_due = False
        self._listing_ms: int | None = None
        self._wanted_selection: list[int] = []
        self._columns_chosen = False
        self.model = CallTableModel(self)
        self.loader = LibraryLoader(ctx, self.model)
        self.acts = LibraryActs(ctx, self)
        self.parts = LibraryParts(ctx, self.model, self)
        self.head, self.side, self.table = self.parts.head, self.parts.side, self.parts.table
        self.flow = PreviewFlow(ctx, self.parts, self.model, self.loader)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.parts)
        self.setFocusProxy(self.table)
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(REFRESH_DELAY_MS)
        self._refresh_timer.timeout.connect(self.reload)
        self._wire()
        self._bind_keys()

    @property
    def empty(self) -> EmptyLibrary:
        """The first-run page."""
        return self.parts.empty

    def _wire(self) -> None:
        loader, head, side = self.loader, self.head, self.side
        loader.listed.connect(self._on_listed)
        loader.sides.connect(self._on_sides)
        loader.failed.connect(self._on_failed)
        head.search.changed.connect(self.search)
        head.search.left.connect(self.table.setFocus)
        head.import_asked.connect(self.import_asked)
        head.save_asked.connect(self.save_view)
        side.save_asked.connect(self.save_view)
        side.toggled.connect(self._on_toggled)
        side.view_chosen.connect(self._on_view)
        side.view_deleted.connect(self.acts.delete_view)
        side.view_renamed.connect(self._on_rename)
        self.table.head.sort_chosen.connect(self._on_sort)
        self.table.head.columns_changed.connect(self._on_columns)
        self.table.selection_changed.connect(self._on_selection)
        self.table.opened.connect(lambda _row: self.open_current())
        self.table.play_clicked.connect(lambda _row: self.flow.play())
        self.parts.preview.jumped.connect(self._open_at)
        self.empty.folder_asked.connect(self.folder_asked)
        self.empty.demo_asked.connect(self.demo_asked)
        self.empty.sound_asked.connect(self.sound_asked)
        self.parts.nothing.acted.connect(self.head.search.clear)
        self.ctx.bus.changed.connect(self._on_changed)

    def _bind_keys(self) -> None:
        handlers = {
            "library.search": self.head.search.start_typing,
            "library.up": lambda: self.table.step(-1),
            "library.down": lambda: self.table.step(1),
            "library.open": self.open_current,
            "library.preview": self.flow.play,
            "library.flag": self.flag,
            "library.tag": self.tag,
            "library.archive": self.archive,
            "library.export": self.export,
            "library.evaluate": self.evaluate,
            "calls.compare": self.compare,
            "calls.perturb": self.perturb,
            "library.save_view": self.save_view,
            "library.select_all": self.table.selectAll,
            "library.clear": self._clear,
        }
        self.ctx.actions.bind(self, handlers, enabled=self._is_enabled)
        for action, button in self.parts.bulk.buttons.items():
            button.clicked.connect(partial(self._press, handlers[action]))
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(partial(self._open_menu, handlers))

    def _open_menu(self, handlers: dict[str, Any], where: QPoint) -> None:
        if self.table.selected_count:
            rows = self.model.known_rows(self.table.selected_rows[:1])
            archived = any(row.archived for row in rows)
            spot = self.table.viewport().mapToGlobal(where)
            open_call_menu(self, self.ctx.actions, handlers, spot, archived=archived)

    def _press(self, act: Any, _checked: bool = False) -> None:
        act()
        self.table.setFocus()

    def _is_enabled(self, action_id: str) -> bool:
        if action_id in ("library.search", "library.save_view", "library.clear"):
            return bool(self._everything)
        return self._everything is None or self._everything > 0

    # asking ----------------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """Show the calls that a query finds."""
        self._query = self.flow.query = text
        self.reload()

    def reload(self) -> None:
        """Ask again for everything shown; the rows come first, and alone."""
        self._sides_due = True
        self.loader.fetch_list(self._query, self._sort)

    def _on_listed(self, listing: Listing) -> None:
        if self._sides_due:
            self._sides_due = False
            # After the rows are painted: counting facets would share the interpreter with it.
            QTimer.singleShot(0, self, lambda: self.loader.fetch_sides(self._query))
        self._listing_ms = listing.elapsed_ms
        self._show_reasons(listing)
        chosen = self._wanted_selection or self._selected_seqs()
        current = self._current_seq()
        if np.array_equal(listing.seqs, self.model.seqs) and len(listing.seqs):
            self.model.refresh()
            self.model.take_page(self.model.generation, 0, listing.first)
        else:
            self._swap_rows(listing, chosen, current)
        self._show_state()
        self.flow.touch()
        self.status_changed.emit()

    def _on_columns(self) -> None:
        self._columns_chosen = True
        if self._fetch_figures():
            self.reload()

    def _fetch_figures(self) -> bool:
        """Have pages bring the measured figures that are shown; whether there is one more."""
        before, self.loader.figures = self.loader.figures, self.table.head.shown_figures()
        return not set(self.loader.figures) <= set(before)

    def _show_reasons(self, listing: Listing) -> None:
        """Why a call was selected has a column as soon as one was, until columns are chosen."""
        if not self._columns_chosen:
            has_room = self.width() >= self.ctx.theme.px(REASON_ROOM)
            known = any(row.reason for row in listing.first)
            self.table.head.show_column("reason", known and has_room)
            self.table.fit_columns()

    def _swap_rows(self, listing: Listing, chosen: list[int], current: int | None) -> None:
        bar = self.table.verticalScrollBar()
        offset = bar.value()
        self.model.set_seqs(listing.seqs)
        self.model.take_page(self.model.generation, 0, listing.first)
        rows = [row for seq in chosen[:500] if (row := self.model.position(seq)) is not None]
        if current is not None and (first := self.model.position(current)) is not None:
            rows = [first, *(row for row in rows if row != first)]
        if not rows and len(listing.seqs):
            rows = [0]
            offset = 0
        self.table.choose_rows(rows)
        if not self._wanted_selection:
            bar.setValue(min(offset, bar.maximum()))
        if rows:
            self.table.scrollTo(self.model.index(rows[0], 0))
        self._wanted_selection = []

    def _on_sides(self, sides: Sides) -> None:
        self._sides = sides
        self._everything = sides.everything
        self.head.show_found(sides.totals.count, sides.everything, sides.totals.duration_ms)
        self.side.show_views(sides.views, sides.everything)
        self.side.show_facets(sides.facets, any_calls=sides.everything > 0)
        self._mark_view()
        self._show_state()
        self.status_changed.emit()

    def _mark_view(self) -> None:
        if not self._query.strip():
            self.side.set_chosen(ALL)
            return
        views = self._sides.views if self._sides else []
        found = next((v.id for v in views if same(v.query_text, self._query)), None)
        self.side.set_chosen(found)

    def _show_state(self) -> None:
        """Which of the three: first run, nothing found, rows."""
        if self._everything is None and not self.model.rowCount():
            return
        self.parts.show_state(any_calls=self._everything != 0, found=self.model.rowCount() > 0)
        self._show_counts()

    def _on_failed(self, error: BaseException) -> None:
        from app.domain.query import QueryError

        if isinstance(error, QueryError):
            self.head.show_problem(f"{error.what} {error.remedy}".strip())
        elif isinstance(error, UserError):
            self.ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self.ctx.runner.failed.emit(error)

    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        touched = (
            changes.calls
            or changes.segments
            or changes.scores
            or changes.comments
            or changes.views
            or changes.everything
            or changes.settings
            or (changes.metrics and self._looks_at_figures)
        )
        if touched and self.isVisible():
            self._refresh_timer.start()

    @property
    def _looks_at_figures(self) -> bool:
        """Whether measured figures decide what is shown here."""
        sorted_by = self._sort.key.startswith("metric:")
        return bool(self.loader.figures) or sorted_by or "metric." in self._query

    # query -----------------------------------------------------------------------------------

    def _on_toggled(self, token: str) -> None:
        self.head.search.set_filters(toggle(self.head.search.search, token))

    def _on_view(self, view_id: str) -> None:
        view = next(
            (v for v in (self._sides.views if self._sides else []) if v.id == view_id), None
        )
        if view is not None:
            self._set_sort(view.sort)
        self.head.search.set_text(view.query_text if view is not None else "")
        self.search(self.head.search.search.text)

    def _on_rename(self, view_id: str) -> None:
        view = next(
            (v for v in (self._sides.views if self._sides else []) if v.id == view_id), None
        )
        if view is not None:
            self.acts.ask_rename(view)

    def _on_sort(self, sort: Sort) -> None:
        self._set_sort(sort)
        self.loader.fetch_list(self._query, sort)

    def _set_sort(self, sort: Sort) -> None:
        self._sort = sort
        self.table.head.set_sort(sort)

    def _clear(self) -> None:
        if self._query:
            self.head.search.clear()

    # selection -------------------------------------------------------------------------------

    def _selected_seqs(self) -> list[int]:
        seqs = self.model.seqs
        return [int(seqs[row]) for row in self.table.selected_rows if row < len(seqs)]

    def _current_seq(self) -> int | None:
        row = self.table.current_row
        return int(self.model.seqs[row]) if row is not None and row < len(self.model.seqs) else None

    def _on_selection(self) -> None:
        self._show_counts()
        self.flow.touch()

    def _show_counts(self) -> None:
        archived = any(r.archived for r in self.model.known_rows(self.table.selected_rows[:1]))
        self.parts.bulk.show_counts(
            self.table.selected_count, self.model.rowCount(), archived=archived
        )

    # acts ------------------------------------------------------------------------------------

    def open_current(self) -> None:
        """Open the current call in the review, with the list to go on through."""
        self._open_at(None)

    def _open_at(self, frame: int | None) -> None:
        row, call = self.table.current_row, self.flow.current
        if call is not None:
            self.loader.fetch_neighbours(row or 0, partial(self._go, call.id, frame))

    def _go(self, call_id: str, frame: int | None, call_ids: Sequence[str]) -> None:
        arguments: dict[str, Any] = {
            "call_id": call_id,
            "call_ids": call_ids,
            "list_name": self._list_name(),
        }
        if frame is not None:
            arguments["frame"] = frame
        self.navigate.emit("review", arguments)

    def _list_name(self) -> str:
        views = self._sides.views if self._sides else []
        found = next((v.name for v in views if same(v.query_text, self._query)), None)
        return found or ("All calls" if not self._query.strip() else self._query)

    def flag(self) -> None:
        """Flag the selected calls; takes the flag off where all have it."""
        rows = self.model.known_rows(self.table.selected_rows)
        self.acts.flag(self._selected_seqs(), flagged=not all(row.flagged for row in rows))

    def tag(self) -> None:
        """Ask for a tag for the selected calls."""
        if self.table.selected_count:
            self.acts.ask_tag(self._selected_seqs())

    def archive(self) -> None:
        """Archive the selected calls, or bring archived ones back."""
        rows = self.model.known_rows(self.table.selected_rows)
        archived = bool(rows) and all(row.archived for row in rows)
        self.acts.archive(self._selected_seqs(), archived=not archived)

    def export(self) -> None:
        """Ask how to export the selected calls."""
        self.export_asked.emit(self._query, self._selected_seqs())

    def evaluate(self) -> None:
        """Ask what to compute on the selected calls, or on all that the query finds."""
        self.evaluate_asked.emit(self._query, self._selected_seqs())

    def compare(self) -> None:
        """Ask what to hold the selected calls against, or all that the query finds."""
        self.compare_asked.emit(self._query, self._selected_seqs())

    def perturb(self) -> None:
        """Ask how to perturb copies of the selected calls, or of all that the query finds."""
        self.perturb_asked.emit(self._query, self._selected_seqs())

    def save_view(self) -> None:
        """Ask for a name for the query in force."""
        self.acts.ask_view(self._query, self._sort)

    # screen ----------------------------------------------------------------------------------

    def activate(self, **_kwargs: Any) -> None:
        """Come to the front: ask again, as other screens may have changed things."""
        self.reload()
        self.table.setFocus()
        self.flow.wake()

    def deactivate(self) -> None:
        """Fall silent and ask for nothing more; coming back asks for all anew."""
        self._refresh_timer.stop()
        self.loader.drop_all()
        self.flow.leave()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        if self._everything == 0:
            return (
                (("import.folder",), "import folder"),
                (("app.keys",), "all keys"),
                (("app.help",), "help"),
            )
        return (
            (("library.up", "library.down"), "move"),
            (("library.open",), "open"),
            (("library.preview",), "play preview"),
            (("library.search",), "search"),
            (("app.keys",), "all keys"),
        )

    def status_notes(self) -> Sequence[str]:
        """How long the filter took."""
        return () if self._listing_ms is None else (f"Filter {self._listing_ms} ms",)

    def session_state(self) -> dict[str, Any]:
        """Query, sort, columns, widths, selection."""
        return {
            "query": self._query,
            "sort": [self._sort.key, self._sort.descending],
            "columns": self.table.head.column_state() if self._columns_chosen else None,
            "widths": self.parts.split.sizes() if self.parts.moved else None,
            "selection": self._selected_seqs()[:200],
        }

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take it back."""
        sort = state.get("sort")
        if isinstance(sort, list) and len(sort) == 2 and is_sort_key(sort[0]):
            self._set_sort(Sort(sort[0], bool(sort[1])))
        columns = state.get("columns")
        if isinstance(columns, dict):
            self._columns_chosen = True
            self.table.head.restore(columns)
            self._fetch_figures()
        widths = state.get("widths")
        if (
            isinstance(widths, list)
            and len(widths) == 3
            and all(isinstance(w, int) for w in widths)
        ):
            self.parts.moved = True
            self.parts.split.setSizes(widths)
        selection = state.get("selection")
        if isinstance(selection, list):
            self._wanted_selection = [n for n in selection if isinstance(n, int)]
        query = state.get("query")
        if isinstance(query, str):
            self._query = self.flow.query = query
            self.head.search.set_text(query)
