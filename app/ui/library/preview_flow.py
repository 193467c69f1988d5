"""Follows the current row: fetches its preview, then its sound; plays it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.domain.browsing import CallPreview, CallRow
from app.domain.errors import UserError
from app.ui.library.loader import LibraryLoader, PreviewAnswer
from app.ui.library.parts import LibraryParts
from app.ui.library.preview_player import PreviewPlayer

if TYPE_CHECKING:
    from app.ui.context import UiContext
    from app.ui.library.fetch_overview import Opened
    from app.ui.library.model import CallTableModel

PREVIEW_DELAY_MS = 90
SOUND_DELAY_MS = 160
NO_SOUND = "This call came without a recording: there is nothing to play."


def _is_silent(shown: CallPreview, call_id: str) -> bool:
    """Whether the call that is shown is that one and came without a recording."""
    return shown.call.id == call_id and not shown.call.tracks


class PreviewFlow(QObject):
    """While someone holds the arrow key, nothing is fetched; when they rest, it is."""

    def __init__(
        self, ctx: UiContext, parts: LibraryParts, model: CallTableModel, loader: LibraryLoader
    ) -> None:
        super().__init__(parts)
        self._ctx, self._parts, self._model, self._loader = ctx, parts, model, loader
        self._call_id: str | None = None
        self.query = ""
        self.player = PreviewPlayer(ctx)
        self._preview_timer = self._timer(PREVIEW_DELAY_MS)
        self._preview_timer.timeout.connect(self._ask_preview)
        self._sound_timer = self._timer(SOUND_DELAY_MS)
        self._sound_timer.timeout.connect(self._ask_sound)
        loader.previewed.connect(self._on_previewed)
        loader.opened.connect(self._on_opened)
        loader.open_failed.connect(self._on_open_failed)
        self.player.moved.connect(self._on_moved)
        self.player.playing_changed.connect(self._on_playing)
        parts.preview.play_asked.connect(self.play)
        parts.preview.seeked.connect(self.player.seek)

    def _timer(self, delay_ms: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(delay_ms)
        return timer

    @property
    def current(self) -> CallRow | None:
        """The current call, if its row is here."""
        row = self._parts.table.current_row
        return self._model.row(row) if row is not None else None

    def touch(self) -> None:
        """The current row, or what is known of it, may have changed."""
        self._preview_timer.start()

    def wake(self) -> None:
        """The screen is in front again."""
        if self._parts.preview.shown is not None:
            self._sound_timer.start()

    def leave(self) -> None:
        """The screen goes to the back: fall silent, ask for nothing more."""
        self._preview_timer.stop()
        self._sound_timer.stop()
        self._loader.drop_preview()
        self.player.leave()

    def play(self) -> None:
        """Play or pause the current call, as soon as its sound is here."""
        call = self.current
        shown = self._parts.preview.shown
        if call is not None and shown is not None and _is_silent(shown, call.id):
            self._parts.preview.show_problem(NO_SOUND)
            return
        if call is not None and not self.player.toggle(call.id):
            self._preview_timer.start()
            if self._call_id == call.id:
                self._sound_timer.start()

    def _ask_preview(self) -> None:
        call = self.current
        if call is None:
            if self._parts.table.current_row is not None:
                self._preview_timer.start()  # its page is on the way
            else:
                self._call_id = None
                self._parts.preview.show_call(None)
            return
        if call.id != self._call_id:
            if self.player.wants != call.id:
                self.player.stop()
            self.player.offer(None)
            self._loader.drop_preview()
        self._call_id = call.id
        self._loader.fetch_preview(call.id, self.query)

    def _on_previewed(self, answer: PreviewAnswer) -> None:
        panel = self._parts.preview
        before = panel.shown
        panel.show_call(answer.preview)
        panel.show_lists(answer.preview.comments, answer.hits, answer.words)
        if before is None or before.call != answer.preview.call:
            self._sound_timer.start()

    def _ask_sound(self) -> None:
        shown = self._parts.preview.shown
        if shown is not None and self._parts.isVisible():
            self._loader.open_sound(shown)

    def _on_opened(self, opened: Opened) -> None:
        shown = self._parts.preview.shown
        if shown is not None and shown.call.id == opened.call.id:
            self._parts.preview.show_picture(opened.data)
            if opened.call.tracks:
                self.player.offer(opened)
            elif self.player.wants == opened.call.id:
                self.player.wants = None
                self._parts.preview.show_problem(NO_SOUND)

    def _on_open_failed(self, error: BaseException) -> None:
        self.player.wants = None
        if isinstance(error, UserError):
            self._parts.preview.show_problem(f"{error.what} {error.remedy}".strip())
        else:
            self._ctx.runner.failed.emit(error)

    def _on_moved(self, frame: int, playing: bool) -> None:
        self._parts.preview.show_position(frame, playing=playing)

    def _on_playing(self, call_id: object) -> None:
        self._parts.table.delegate.playing_id = call_id if isinstance(call_id, str) else None
        self._parts.table.viewport().update()
