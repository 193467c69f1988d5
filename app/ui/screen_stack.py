"""The screens of one window: made on first visit, then kept; one of them is in front."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from app.ui.context import UiContext
from app.ui.screen import Screen
from app.ui.screen_factories import FACTORIES


class ScreenStack(QStackedWidget):
    """Only the screen in front is seen and active."""

    made = Signal(object)
    """A screen was made; it shows nothing yet."""
    turned = Signal(str)
    """The screen of that key is in front, and is about to be told what to show."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self.screens: dict[str, Screen] = {}
        """Those made so far."""
        self.front: Screen | None = None

    def screen_of(self, key: str) -> Screen:
        """The screen of that key, made on first use. KeyError for an unknown one."""
        if key not in self.screens:
            screen = FACTORIES[key](self._ctx, self)
            self.screens[key] = screen
            self.addWidget(screen)
            self.made.emit(screen)
        return self.screens[key]

    def turn_to(self, key: str, **kwargs: Any) -> Screen:
        """Bring a screen to the front; `kwargs` go to its `activate`."""
        screen = self.screen_of(key)
        if self.front is not None and self.front is not screen:
            self.front.deactivate()
        self.front = screen
        self.setCurrentWidget(screen)
        self.turned.emit(key)
        screen.activate(**kwargs)
        return screen

    def drop_all(self) -> None:
        """Forget every screen, so that nothing seen stays seen."""
        for screen in self.screens.values():
            screen.deactivate()
            self.removeWidget(screen)
            screen.deleteLater()
        self.screens.clear()
        self.front = None
