"""One call's sound: decoded part by part, and in the player while its screen is in front.

Main thread only; decoding happens on a lane.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.audio.play_types import PlayTrack
from app.domain.errors import UserError
from app.tasks.runner import Lane, Task

if TYPE_CHECKING:
    from app.domain.calls import Call
    from app.services.media import CallMedia
    from app.ui.context import UiContext
    from app.ui.transport.playback import Playback


class CallSound(QObject):
    """The sound of the call that a session shows."""

    changed = Signal()
    """More of the sound is decoded, or it cannot be."""

    def __init__(self, ctx: UiContext, playback: Playback) -> None:
        super().__init__()
        self._ctx, self._playback = ctx, playback
        self.media: CallMedia | None = None
        self.error: UserError | None = None
        self.is_whole = False
        """Whether there is nothing more to wait for."""
        self.is_active = False
        self.exported = ctx.exported
        """Whether it is heard as exports have it: redacted spans are silent."""
        self._opening = 0
        self._task: Task | None = None

    def close(self) -> None:
        """Fall silent and forget the call."""
        self._opening += 1
        if self._task is not None:
            self._task.cancel()
        self._playback.unload()
        self.media = self.error = None
        self.is_whole = False

    def activate(self) -> None:
        """The session's screen comes to the front: the sound goes into the player."""
        self.is_active = True
        if self.media is not None:
            self.load_player()

    def deactivate(self) -> None:
        """The screen goes to the back: be silent and leave the player to others."""
        self.is_active = False
        self._playback.unload()

    def decode(self, call: Call) -> None:
        """Decode the call's recording; what is ready is heard at once."""
        from app.services import media, outgoing

        if not call.tracks:  # it came without a recording: there is nothing to wait for
            self.is_whole = True
            self.changed.emit()
            return
        request, exported = self._opening, self.exported
        verb = outgoing.open_media if exported else media.open_media
        task = self._ctx.runner.task(Lane.CPU, verb, self._ctx.ws, call)

        def take(value: CallMedia, *, whole: bool) -> None:
            if exported == self.exported and (whole or not exported):  # a part is not muted yet
                self._on_media(request, value, whole=whole)

        task.partial.connect(lambda value: take(value, whole=False))
        task.succeeded.connect(lambda value: take(value, whole=True))
        task.failed.connect(lambda error: self._on_failed(request, error))
        self._task = task.start()

    def retry(self, call: Call) -> None:
        """Try again to decode the recording, such as after its file was put back."""
        self.error = None
        self.changed.emit()
        self.decode(call)

    def _on_media(self, request: int, media: CallMedia, *, whole: bool) -> None:
        if request != self._opening:
            return
        self.media, self.is_whole, self.error = media, whole, None
        if self.is_active:
            self.load_player()
        self.changed.emit()

    def _on_failed(self, request: int, error: BaseException) -> None:
        if request != self._opening:
            return
        if not isinstance(error, UserError):
            self._ctx.runner.failed.emit(error)
            error = UserError("The recording cannot be decoded.", "The log says why.")
        self.error = error
        self.changed.emit()

    def load_player(self) -> None:
        """Hand the player what is decoded; what plays of the same call goes on."""
        assert self.media is not None
        media, call = self.media, self.media.call
        tracks = [
            PlayTrack(role=role, pcm=media.pcm(role), rate_hz=media.rate_hz) for role in media.roles
        ]
        if self._playback.is_loaded:  # more of the same call was decoded
            self._playback.grow(tracks)
        else:
            self._playback.load(tracks, call.rate_hz, call.frame_count)
