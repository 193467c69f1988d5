"""The library screen: composition of header, views and facets, table, preview."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.errors import UserError
from app.ui.context import UiContext
from app.ui.library import session
from app.ui.library.empty_library import EmptyLibrary
from app.ui.library.found_calls import FoundCalls
from app.ui.library.loader import LibraryLoader
from app.ui.library.model import CallTableModel
from app.ui.library.parts import LibraryParts
from app.ui.library.preview_flow import PreviewFlow
from app.ui.library.verbs import LibraryVerbs
from app.ui.screen import Screen, StatusKey

REFRESH_DELAY_MS = 250


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
    judge_asked = Signal(str, list)
    """The same, of what judges are to score."""
    scores_asked = Signal(str, list)
    """The same, of whose scores are to be shown."""
    study_asked = Signal(str, list)
    """The same, of what a study is to be about."""
    compare_asked = Signal(str, list)
    """The same, of what is to be compared."""
    perturb_asked = Signal(str, list)
    """The same, of what copies are to be made of."""

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self.model = CallTableModel(self)
        self.loader = LibraryLoader(ctx, self.model)
        self.parts = LibraryParts(ctx, self.model, self)
        self.head, self.side, self.table = self.parts.head, self.parts.side, self.parts.table
        self.flow = PreviewFlow(ctx, self.parts, self.model, self.loader)
        self.found = FoundCalls(self.parts, self.model, self.loader, self.flow)
        self.verbs = LibraryVerbs(
            ctx, self, self.parts, self.model, self.loader, self.flow, self.found
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.parts)
        self.setFocusProxy(self.table)
        self._refresh_timer = QTimer(self)
        self._refresh_timer.setSingleShot(True)
        self._refresh_timer.setInterval(REFRESH_DELAY_MS)
        self._refresh_timer.timeout.connect(self.found.reload)
        self._wire()

    @property
    def empty(self) -> EmptyLibrary:
        """The first-run page."""
        return self.parts.empty

    def _wire(self) -> None:
        head, found = self.head, self.found
        self.loader.failed.connect(self._on_failed)
        found.changed.connect(self.status_changed)
        head.search.changed.connect(found.search)
        head.search.left.connect(self.table.setFocus)
        head.import_asked.connect(self.import_asked)
        self.verbs.opened.connect(lambda arguments: self.navigate.emit("review", arguments))
        self.verbs.asked.connect(self._on_asked)
        self.empty.folder_asked.connect(self.folder_asked)
        self.empty.demo_asked.connect(self.demo_asked)
        self.empty.sound_asked.connect(self.sound_asked)
        self.parts.nothing.acted.connect(head.search.clear)
        self.ctx.bus.changed.connect(self._on_changed)

    def _on_asked(self, action_id: str) -> None:
        signals = {
            "library.export": self.export_asked,
            "library.evaluate": self.evaluate_asked,
            "library.judge": self.judge_asked,
            "library.scores": self.scores_asked,
            "library.study": self.study_asked,
            "calls.compare": self.compare_asked,
            "calls.perturb": self.perturb_asked,
        }
        signals[action_id].emit(self.found.query, self.found.selected_seqs())

    def search(self, text: str) -> None:
        """Show the calls that a query finds."""
        self.found.search(text)

    def _on_failed(self, error: BaseException) -> None:
        from app.domain.query import QueryError

        if isinstance(error, QueryError):
            self.head.show_problem(f"{error.what} {error.remedy}".strip())
        elif isinstance(error, UserError):
            self.ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self.ctx.runner.failed.emit(error)

    def _on_changed(self, changes: Changes, _initiator: object) -> None:
        if self.isVisible() and self.found.touched_by(changes):
            self._refresh_timer.start()

    # screen -------------------------------------------------------------------------------------

    def activate(self, **_kwargs: Any) -> None:
        """Come to the front: ask again, as other screens may have changed things."""
        self.found.reload()
        self.table.setFocus()
        self.flow.wake()

    def deactivate(self) -> None:
        """Fall silent and ask for nothing more; coming back asks for all anew."""
        self._refresh_timer.stop()
        self.loader.drop_all()
        self.flow.leave()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        if self.found.everything == 0:
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
        took_ms = self.found.elapsed_ms
        return () if took_ms is None else (f"Filter {took_ms} ms",)

    def session_state(self) -> dict[str, Any]:
        """Query, sort, columns, widths, selection."""
        return session.kept(self.parts, self.found)

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take it back."""
        session.restore(state, self.parts, self.found)
