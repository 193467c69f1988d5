"""Plays the previewed call through the one player, without leaving the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.audio.play_types import PlayTrack

if TYPE_CHECKING:
    from app.ui.context import UiContext
    from app.ui.library.fetch_overview import Opened

TICK_MS = 50


class PreviewPlayer(QObject):
    """Space in the library. `moved(frame, playing)` follows the sound."""

    moved = Signal(int, bool)
    playing_changed = Signal(object)
    """Id of the call that sounds, or None."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._loaded: str | None = None
        self._opened: Opened | None = None
        self._sounding: str | None = None
        self.wants: str | None = None
        """Id of the call to play as soon as it is opened."""
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    def offer(self, opened: Opened | None) -> None:
        """Another call's sound is at hand (or none); plays it if it was asked for."""
        self._opened = opened
        if opened is not None and self.wants == opened.call.id:
            self.wants = None
            self.toggle(opened.call.id)

    def toggle(self, call_id: str) -> bool:
        """Play or pause that call; False where its sound is not at hand yet."""
        if self._sounding == call_id:
            self.stop()
            return True
        if self._opened is None or self._opened.call.id != call_id:
            self.wants = call_id
            return False
        self._load()
        self._ctx.player.play()
        self._set_sounding(call_id)
        self._timer.start()
        return True

    def seek(self, frame: int) -> None:
        """Go there in the call that is shown."""
        if self._opened is not None:
            self._load()
            self._ctx.player.seek(frame)
            self.moved.emit(frame, self._sounding is not None)

    def stop(self) -> None:
        """Pause, if it is we who play."""
        self.wants = None
        if self._sounding is not None:
            self._ctx.player.pause()
            self._tick()
            self._set_sounding(None)
        self._timer.stop()

    def leave(self) -> None:
        """Another screen takes the player."""
        self.stop()
        self._loaded = None

    def _load(self) -> None:
        opened = self._opened
        assert opened is not None
        if self._loaded == opened.call.id:
            return
        media = opened.media
        tracks = [
            PlayTrack(role=role, pcm=media.pcm(role), rate_hz=media.rate_hz) for role in media.roles
        ]
        self._ctx.player.load(tracks, media.rate_hz, frame_count=media.frame_count)
        self._loaded = opened.call.id

    def _set_sounding(self, call_id: str | None) -> None:
        self._sounding = call_id
        self.playing_changed.emit(call_id)

    def _tick(self) -> None:
        player = self._ctx.player
        for event in player.poll():
            if event.kind in ("device_lost", "fault"):
                self._ctx.bus.message.emit("warning", event.message, "")
        playing = player.state == "playing"
        self.moved.emit(player.position(), playing)
        if not playing:
            self._timer.stop()
            if self._sounding is not None:
                self._set_sounding(None)
