"""Keeps the settings of the workspace and those shown in step."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.settings import BY_KEY
from app.services import preferences
from app.tasks.runner import Lane
from app.ui.context import UiContext


class SharedSettings(QObject):
    """Reads the workspace's settings at the start, writes each change, follows other windows."""

    def __init__(self, ctx: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ctx = ctx
        ctx.settings.adopt(preferences.values(ctx.ws))
        ctx.settings.changed.connect(self._on_set)
        ctx.bus.changed.connect(self._on_changed)
        self._adopting = False

    def _on_set(self, key: str) -> None:
        if self._adopting or not BY_KEY[key].shared:
            return
        self._ctx.runner.run(
            Lane.WRITE,
            preferences.put,
            self._ctx.ws,
            key,
            self._ctx.settings.get(key),
            done=self._on_written,
        )

    def _on_written(self, changes: Changes) -> None:
        self._ctx.bus.saved.emit(utc_now())
        self._ctx.bus.changed.emit(changes, self)

    def _on_changed(self, changes: Changes, initiator: object) -> None:
        if initiator is not self and (changes.everything or changes.settings):
            self._ctx.runner.run(Lane.READ, preferences.values, self._ctx.ws, done=self._adopt)

    def _adopt(self, values: dict[str, object]) -> None:
        self._adopting = True
        self._ctx.settings.adopt(values)  # type: ignore[arg-type]
        self._adopting = False
