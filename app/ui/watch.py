"""Notices what another window (or the command line) has written to the workspace."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QTimer

from app.domain.changes import Changes
from app.domain.errors import UserError
from app.ui.context import UiContext

log = logging.getLogger("callbench.window")

POLL_MS = 1500
QUIET_AFTER_OWN = 1


class ChangeWatch(QObject):
    """Polls the database's version; a commit that we did not tell of refreshes the screens."""

    def __init__(self, ctx: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._seen: int | None = None
        self._own = 0
        ctx.bus.changed.connect(self._on_own)
        ctx.bus.saved.connect(self._on_own)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._timer.start()

    def stop(self) -> None:
        """Stop polling."""
        self._timer.stop()

    def _on_own(self, *_args: object) -> None:
        self._own = QUIET_AFTER_OWN

    def _poll(self) -> None:
        try:
            now = self._ctx.ws.db.data_version()
        except UserError as error:
            log.warning("the database cannot be polled: %s", error)
            return
        before, self._seen = self._seen, now
        if before is None or before == now:
            return
        if self._own > 0:  # our own writers count too; screens have been told of those
            self._own -= 1
            return
        busy = any(True for _ in self._ctx.runner.live)
        if not busy:
            self._ctx.bus.changed.emit(Changes(everything=True), self)
