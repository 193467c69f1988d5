"""Plays a stretch of any call through the one player, where the person is. Main thread only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.audio.play_types import PlayTrack
from app.domain.calls import Span
from app.domain.errors import UserError
from app.tasks.runner import Lane

if TYPE_CHECKING:
    from app.domain.work import Work
    from app.services.media import CallMedia
    from app.services.workspace import Workspace
    from app.ui.context import UiContext

TICK_MS = 50


class SpanPlayer(QObject):
    """Asked again for what sounds, it stops."""

    playing_changed = Signal(str)
    """The name of what sounds; empty for nothing."""

    def __init__(self, ctx: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._media: tuple[str, CallMedia] | None = None
        self._loaded = ""
        self._wanted: tuple[str, str, Span] | None = None
        self._end = 0
        self.name = ""
        """Of what sounds."""
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def toggle(self, name: str, call_id: str, span: Span) -> None:
        """Play a stretch under a name, or stop it."""
        if self.name == name:
            self.stop()
            return
        self.stop()
        self._wanted = (name, call_id, span)
        if self._media is not None and self._media[0] == call_id:
            self._begin()
            return
        ctx = self._ctx
        task = ctx.runner.task(Lane.CPU, _open, ctx.ws, call_id)
        task.succeeded.connect(self._on_opened)
        task.failed.connect(self._on_failed)
        task.start()

    def stop(self) -> None:
        """Fall silent, if it is we who play."""
        self._wanted = None
        self._timer.stop()
        if self.name:
            self._ctx.player.pause()
            self._name("")

    def leave(self) -> None:
        """Another screen takes the player."""
        self.stop()
        self._loaded, self._media = "", None

    def _on_opened(self, opened: tuple[str, CallMedia]) -> None:
        if self._wanted is not None and self._wanted[1] == opened[0]:
            self._media, self._loaded = opened, ""
            self._begin()

    def _on_failed(self, error: BaseException) -> None:
        self._wanted = None
        if isinstance(error, UserError):
            self._ctx.bus.message.emit("warning", error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)

    def _begin(self) -> None:
        assert self._media is not None
        assert self._wanted is not None
        (call_id, media), (name, _, span) = self._media, self._wanted
        player = self._ctx.player
        if self._loaded != call_id:
            tracks = [
                PlayTrack(role=role, pcm=media.pcm(role), rate_hz=media.rate_hz)
                for role in media.roles
            ]
            player.load(tracks, media.rate_hz, frame_count=media.frame_count)
            self._loaded = call_id
        player.seek(span.start)
        player.play()
        self._wanted, self._end = None, span.end
        self._name(name)
        self._timer.start()

    def _tick(self) -> None:
        player = self._ctx.player
        for event in player.poll():
            if event.kind in ("device_lost", "fault"):
                self._ctx.bus.message.emit("warning", event.message, "")
        if player.state != "playing" or player.position() >= self._end:
            self.stop()

    def _name(self, name: str) -> None:
        self.name = name
        self.playing_changed.emit(name)


def _open(ctx: Work, ws: Workspace, call_id: str) -> tuple[str, CallMedia]:
    from app.services.calls import get_call
    from app.services.media import open_media

    return call_id, open_media(ctx, ws, get_call(ws, call_id))
