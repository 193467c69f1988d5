"""Keeps the one live call of a window going, whichever screen is in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import NotAllowed

if TYPE_CHECKING:
    from app.services.live_calls.live import LiveCall, LiveRequest
    from app.ui.context import UiContext

CLOSE_S = 20.0
"""A call that is hung up is stored within this; a longer one is recovered at the next start."""


class LiveDesk(QObject):
    """One a window. Main thread only."""

    changed = Signal()
    """A call began, or is over."""
    _over = Signal(object)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self.call: LiveCall | None = None
        """The last call placed from this window."""
        self._over.connect(self._on_over, Qt.ConnectionType.QueuedConnection)

    @property
    def is_on(self) -> bool:
        """Whether a call goes on, or is being stored."""
        return self.call is not None and not self.call.is_over

    def begin(self, request: LiveRequest) -> LiveCall:
        """Place a call.

        Raises:
            NotAllowed: one goes on already.
        """
        if self.is_on:
            raise NotAllowed("A call goes on already.", "Hang up first.")
        from app.services.live_calls.live import LiveCall

        if self._ctx.has_player:
            self._ctx.player.pause()
        self.call = LiveCall(self._ctx.ws, request, ended=self._over.emit)
        self.call.start()
        self.changed.emit()
        return self.call

    def hang_up(self) -> None:
        """End the call."""
        if self.call is not None and self.is_on:
            self.call.hang_up()

    def close(self) -> None:
        """The window goes: hang up and wait until the call is in the library."""
        if self.call is not None and self.is_on:
            self.call.hang_up("the window was closed")
            self.call.wait(CLOSE_S)

    def _on_over(self, call: LiveCall) -> None:
        if call.done is not None:
            self._ctx.bus.saved.emit(utc_now())
            self._ctx.bus.changed.emit(Changes(everything=True), self)
        if call is self.call:
            self.changed.emit()
