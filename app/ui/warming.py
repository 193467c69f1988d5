"""Screens that need many modules have them imported while nobody waits."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.tasks.runner import Lane

if TYPE_CHECKING:
    from app.ui.context import UiContext

CALM_MS = 3000
MODULES = ("app.ui.calibrating.screen",)
"""Each with all that it imports; on the window's thread that would hold it up when first shown."""


class Warming(QObject):
    """Imports on a worker once, when the window has had nothing to do for a while."""

    def __init__(self, ctx: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._timer = QTimer(self)
        self._timer.setInterval(CALM_MS)
        self._timer.timeout.connect(self._on_calm)
        self._timer.start()

    def stop(self) -> None:
        """Import nothing any more."""
        self._timer.stop()

    def _on_calm(self) -> None:
        ctx = self._ctx
        if ctx.runner.live or (ctx.has_live and ctx.live.is_on):
            return
        self._timer.stop()
        ctx.runner.run(Lane.READ, warm)


def warm() -> None:
    """Import them. Call from a worker's thread."""
    for name in MODULES:
        import_module(name)
