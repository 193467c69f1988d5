"""Dresses the application for a person: theme, fonts, keys, ring; follows their settings."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.ui.context import UiContext
from app.ui.style import apply_style
from app.ui.theme import system_theme
from app.ui.tokens import THEME_NAMES, ThemeName


class Dresser(QObject):
    """Keeps the application's look and keys as the settings say. One per window."""

    def __init__(self, ctx: UiContext, parent: QObject, *, theme: ThemeName | None = None) -> None:
        """`theme` overrides the setting, for pictures."""
        super().__init__(parent)
        self._ctx, self._fixed = ctx, theme
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._app = app
        ctx.actions.load_remapped(cast("dict[str, list[str]]", ctx.settings.get("keys")))
        ctx.actions.install(app)
        ctx.settings.changed.connect(self._on_setting)
        ctx.theme.changed.connect(self._restyle)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)
        self._follow()
        self._restyle()

    def undress(self) -> None:
        """The window is closed: its keys mean nothing any more."""
        self._ctx.actions.uninstall(self._app)

    def _follow(self, *_args: object) -> None:
        settings, theme = self._ctx.settings, self._ctx.theme
        chosen = settings.text("theme")
        name = self._fixed or (chosen if chosen in THEME_NAMES else system_theme())
        theme.reduced_motion = settings.flag("reduced_motion")
        self._ctx.actions.show_caps(settings.flag("key_caps"))
        theme.apply(name, settings.number("font_scale") / 100)

    def _restyle(self) -> None:
        apply_style(self._app, self._ctx.theme)

    def _on_setting(self, key: str) -> None:
        if key in ("theme", "font_scale", "key_caps", "reduced_motion"):
            self._follow()
        elif key == "audio_device" and self._ctx.has_player:
            self._ctx.player.set_device(self._ctx.settings.text("audio_device") or None)
