"""What the library does to calls: flag, tag, archive, views. Writes go to the write lane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.domain.browsing import SavedView, Sort
from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.tasks.runner import Lane
from app.ui.widgets.dialog import TextDialog

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.services.workspace import Workspace
    from app.ui.context import UiContext


class LibraryActs(QObject):
    """Verbs of the library, each durable before it is shown as done."""

    view_saved = Signal(object)

    def __init__(self, ctx: UiContext, window: QWidget) -> None:
        super().__init__(window)
        self._ctx, self._window = ctx, window

    def _write(self, fn: Callable[..., Any], *args: object) -> None:
        def done(value: Any) -> None:
            changes = value if isinstance(value, Changes) else Changes(views=True)
            self._ctx.bus.saved.emit(utc_now())
            if isinstance(value, SavedView):
                self.view_saved.emit(value)
            self._ctx.bus.changed.emit(changes, None)

        self._ctx.runner.run(
            Lane.WRITE, fn, self._ctx.ws, self._ctx.viewer, *args, done=done, failed=self._failed
        )

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self._ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)

    def flag(self, seqs: Sequence[int], *, flagged: bool) -> None:
        """Flag calls, or take the flag off."""
        self._write(_flag, list(seqs), flagged)

    def archive(self, seqs: Sequence[int], *, archived: bool) -> None:
        """Archive calls or bring them back. Never deletes audio."""
        self._write(_archive, list(seqs), archived)

    def ask_tag(self, seqs: Sequence[int]) -> None:
        """Ask for a tag, then set it on the calls."""
        chosen = list(seqs)

        def open_dialog(known: list[str]) -> None:
            count = len(chosen)
            TextDialog(
                self._ctx.theme,
                f"Tag {count} call{'' if count == 1 else 's'}",
                "Tag",
                lambda text: self._tag(chosen, text),
                self._window,
                button="Tag",
                suggestions=known,
            ).open()

        self._ctx.runner.run(Lane.READ, _all_tags, self._ctx.ws, done=open_dialog)

    def _tag(self, seqs: list[int], text: str) -> str | None:
        if not text:
            return "Type a tag."
        self._write(_tag, seqs, text)
        return None

    def ask_view(self, query_text: str, sort: Sort) -> None:
        """Ask for a name, then save the query and sort under it."""

        def accept(name: str) -> str | None:
            if not name:
                return "Type a name."
            self._write(_save_view, name, query_text, sort)
            return None

        TextDialog(
            self._ctx.theme,
            "Save view",
            "Name of the view",
            accept,
            self._window,
            text=query_text[:40],
        ).open()

    def ask_rename(self, view: SavedView) -> None:
        """Ask for a view's new name."""

        def accept(name: str) -> str | None:
            if not name:
                return "Type a name."
            self._write(_rename_view, view.id, name)
            return None

        TextDialog(
            self._ctx.theme, "Rename view", "Name", accept, self._window, text=view.name
        ).open()

    def delete_view(self, view_id: str) -> None:
        """Delete a saved view; its calls stay."""
        self._write(_delete_view, view_id)


def _ids(ws: Workspace, seqs: list[int]) -> list[str]:
    from app.services import browsing

    return browsing.uuids(ws, seqs)


def _flag(ws: Workspace, viewer: Viewer, seqs: list[int], flagged: bool) -> Changes:
    from app.services import calls

    return calls.set_flagged(ws, viewer, _ids(ws, seqs), flagged)


def _archive(ws: Workspace, viewer: Viewer, seqs: list[int], archived: bool) -> Changes:
    from app.services import calls

    return calls.set_archived(ws, viewer, _ids(ws, seqs), archived)


def _tag(ws: Workspace, viewer: Viewer, seqs: list[int], tag: str) -> Changes:
    from app.services import calls

    return calls.add_tag(ws, viewer, _ids(ws, seqs), tag)


def _all_tags(ws: Workspace) -> list[str]:
    from app.services import calls

    return calls.all_tags(ws)


def _save_view(ws: Workspace, viewer: Viewer, name: str, query: str, sort: Sort) -> SavedView:
    from app.services import views

    return views.save_view(ws, viewer, name, query, sort)


def _rename_view(ws: Workspace, viewer: Viewer, view_id: str, name: str) -> SavedView:
    from app.services import views

    return views.rename_view(ws, viewer, view_id, name)


def _delete_view(ws: Workspace, viewer: Viewer, view_id: str) -> Changes:
    from app.services import views

    return views.delete_view(ws, viewer, view_id)
