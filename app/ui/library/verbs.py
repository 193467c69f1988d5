"""What keys, buttons and the menu do in the library, to the selected calls or the current one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, Qt, Signal

from app.ui.library.acts import LibraryActs
from app.ui.library.call_menu import open_call_menu

if TYPE_CHECKING:
    from app.ui.context import UiContext
    from app.ui.library.found_calls import FoundCalls
    from app.ui.library.loader import LibraryLoader
    from app.ui.library.model import CallTableModel
    from app.ui.library.parts import LibraryParts
    from app.ui.library.preview_flow import PreviewFlow
    from app.ui.screen import Screen

Handlers = Mapping[str, Callable[[], object]]
NEEDS_CALLS = frozenset({"library.search", "library.save_view", "library.clear"})
"""Not to be done before it is known that there are calls."""


class LibraryVerbs(QObject):
    """One handler for each action of the library."""

    asked = Signal(str)
    """The id of an action that is carried out elsewhere, on the query and the selected calls."""
    opened = Signal(dict)
    """What the review is to show."""

    def __init__(
        self,
        ctx: UiContext,
        screen: Screen,
        parts: LibraryParts,
        model: CallTableModel,
        loader: LibraryLoader,
        flow: PreviewFlow,
        found: FoundCalls,
    ) -> None:
        super().__init__(screen)
        self._ctx, self._screen, self._parts, self._model = ctx, screen, parts, model
        self._loader, self._flow, self._found, self._table = loader, flow, found, parts.table
        self.acts = LibraryActs(ctx, screen)
        self._handlers = self._bound()
        ctx.actions.bind(screen, self._handlers, enabled=self._is_enabled)
        for action, button in parts.bulk.buttons.items():
            button.clicked.connect(partial(self._press, self._handlers[action]))
        self._table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._table.customContextMenuRequested.connect(self._open_menu)
        self._table.opened.connect(lambda _row: self.open())
        self._table.play_clicked.connect(lambda _row: flow.play())
        parts.preview.jumped.connect(self.open)
        parts.head.save_asked.connect(self.save_view)
        parts.side.save_asked.connect(self.save_view)
        parts.side.view_deleted.connect(self.acts.delete_view)
        parts.side.view_renamed.connect(self._rename_view)

    def _bound(self) -> Handlers:
        elsewhere = (
            "library.export", "library.evaluate", "library.judge", "library.scores",
            "library.study", "calls.compare", "calls.perturb",
        )  # fmt: skip
        return {
            "library.search": self._parts.head.search.start_typing,
            "library.up": lambda: self._table.step(-1),
            "library.down": lambda: self._table.step(1),
            "library.open": self.open,
            "library.preview": self._flow.play,
            "library.flag": self.flag,
            "library.tag": self.tag,
            "library.archive": self.archive,
            **{action: partial(self.asked.emit, action) for action in elsewhere},
            "library.save_view": self.save_view,
            "library.select_all": self._table.selectAll,
            "library.clear": self._clear,
        }

    def _is_enabled(self, action_id: str) -> bool:
        everything = self._found.everything
        return bool(everything) if action_id in NEEDS_CALLS else everything != 0

    def _press(self, act: Callable[[], object], _checked: bool = False) -> None:
        act()
        self._table.setFocus()

    def _open_menu(self, where: QPoint) -> None:
        if self._table.selected_count:
            archived = self._found.first_is_archived()
            spot = self._table.viewport().mapToGlobal(where)
            open_call_menu(self._screen, self._ctx.actions, self._handlers, spot, archived=archived)

    # acts ---------------------------------------------------------------------------------------

    def open(self, frame: int | None = None) -> None:
        """Open the current call in the review, with the list to go on through."""
        row, call = self._table.current_row, self._flow.current
        if call is not None:
            self._loader.fetch_neighbours(row or 0, partial(self._go, call.id, frame))

    def _go(self, call_id: str, frame: int | None, call_ids: Sequence[str]) -> None:
        at: dict[str, Any] = {} if frame is None else {"frame": frame}
        name = self._found.name
        self.opened.emit({"call_id": call_id, "call_ids": call_ids, "list_name": name, **at})

    def flag(self) -> None:
        """Flag the selected calls; takes the flag off where all have it."""
        rows = self._model.known_rows(self._table.selected_rows)
        all_flagged = all(row.flagged for row in rows)
        self.acts.flag(self._found.selected_seqs(), flagged=not all_flagged)

    def tag(self) -> None:
        """Ask for a tag for the selected calls."""
        if self._table.selected_count:
            self.acts.ask_tag(self._found.selected_seqs())

    def archive(self) -> None:
        """Archive the selected calls, or bring archived ones back."""
        rows = self._model.known_rows(self._table.selected_rows)
        archived = bool(rows) and all(row.archived for row in rows)
        self.acts.archive(self._found.selected_seqs(), archived=not archived)

    def save_view(self) -> None:
        """Ask for a name for the query in force."""
        self.acts.ask_view(self._found.query, self._found.sort)

    def _rename_view(self, view_id: str) -> None:
        view = self._found.view(view_id)
        if view is not None:
            self.acts.ask_rename(view)

    def _clear(self) -> None:
        if self._found.query:
            self._parts.head.search.clear()
