"""Notices what another window (or the command line) has written to the workspace."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QTimer

from app.domain.changes import Changes
from app.domain.errors import UserError
from app.tasks.runner import Lane
from app.ui.context import UiContext

log = logging.getLogger("callbench.window")

POLL_MS = 1500


class ChangeWatch(QObject):
    """Polls the database's version; a commit that we did not tell of refreshes the screens."""

    def __init__(self, ctx: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._seen: int | None = None
        self._own = False
        ctx.bus.changed.connect(self._on_changed)
        ctx.bus.saved.connect(self._on_saved)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._timer.start()

    def stop(self) -> None:
        """Stop polling."""
        self._timer.stop()

    def _on_changed(self, _changes: Changes, initiator: object) -> None:
        if initiator is not self:
            self._own = True

    def _on_saved(self, _stamp: str) -> None:
        self._own = True

    def _poll(self) -> None:
        if any(task.lane is not Lane.BATCH for task in self._ctx.runner.live):
            return  # what is being written now is told of when it is done
        try:
            now = self._ctx.ws.db.data_version()
        except UserError as error:
            log.warning("the database cannot be polled: %s", error)
            return
        before, self._seen = self._seen, now
        own, self._own = self._own, False  # our own writers count too; screens know of those
        if before is None or before == now or own:
            return
        self._ctx.bus.changed.emit(Changes(everything=True), self)
