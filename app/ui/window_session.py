"""What a window shows again the next time it opens on the same workspace."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

from app.ui.context import UiContext
from app.ui.rail import PLACES
from app.ui.screen_stack import ScreenStack

FIRST_SIZE = (1440, 900)
OF_ONE_CALL = ("review", "score")
"""Screens that are shown again on the call they were left on."""


class WindowSession:
    """Geometry, screen in front with its call, each screen's own state, and who worked."""

    def __init__(self, ctx: UiContext) -> None:
        """Read at once: nothing but `ctx.ws.path` is asked of the workspace."""
        self._ctx = ctx
        self._kept = ctx.settings.session(ctx.ws.path)

    @property
    def is_new(self) -> bool:
        """Whether nothing was kept of a time before."""
        return not self._kept

    def restore_geometry(self, window: QWidget) -> None:
        """Give the window the size and place it had; the first time, a size of ours."""
        geometry = self._kept.get("geometry")
        window.resize(*FIRST_SIZE)
        if isinstance(geometry, str):
            window.restoreGeometry(QByteArray.fromBase64(geometry.encode()))

    def place(self) -> tuple[str, dict[str, Any]]:
        """The screen that was in front, with what to show on it."""
        key, call_id = self._kept.get("screen"), self._kept.get("call_id")
        if key in OF_ONE_CALL and isinstance(call_id, str):
            return key, {"call_id": call_id}
        return "library", {}

    def state_of(self, key: str) -> dict[str, Any] | None:
        """What a screen gave as its state the last time."""
        saved = self._kept.get("screens", {}).get(key)
        return saved if isinstance(saved, dict) else None

    def keep(self, stack: ScreenStack) -> None:
        """Take up what the screens show now."""
        screens = dict(self._kept.get("screens", {}))
        screens.update({key: screen.session_state() for key, screen in stack.screens.items()})
        self._kept["screens"] = screens
        front = stack.front
        self._kept["screen"] = front.key if front is not None else PLACES[0].key
        call_id = getattr(front, "call_id", None)
        self._kept["call_id"] = call_id if isinstance(call_id, str) else ""

    def save(self, window: QWidget, stack: ScreenStack) -> None:
        """Write all of it to the settings."""
        self.keep(stack)
        self._kept["geometry"] = bytes(window.saveGeometry().toBase64().data()).decode()
        self._kept["rater"] = self._ctx.viewer.name
        self._ctx.settings.save_session(self._ctx.ws.path, self._kept)
