"""The main window: rail, lazily made screens, message and status bars. Composition only."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.ui.app import Dresser
from app.ui.context import UiContext
from app.ui.rail import Rail
from app.ui.screen import Screen
from app.ui.screen_factories import FACTORIES
from app.ui.screen_stack import ScreenStack
from app.ui.status_bar import MessageBar, StatusBar
from app.ui.tokens import ThemeName
from app.ui.warming import Warming
from app.ui.watch import ChangeWatch
from app.ui.widgets.focus_ring import FocusRing
from app.ui.window_acts import WindowActs
from app.ui.window_session import WindowSession

log = logging.getLogger("callbench.window")

MINIMUM = (960, 600)
DEVICE_MS = 1000


class MainWindow(QMainWindow):
    """One window on one workspace."""

    def __init__(
        self, ctx: UiContext, *, theme: ThemeName | None = None, opened: bool = True
    ) -> None:
        """`theme` overrides the person's setting, for pictures.

        With `opened` false the window paints itself before the workspace is there: only
        `ctx.ws.path` is read until `begin` is called.
        """
        super().__init__()
        self.ctx = ctx
        self._session = WindowSession(ctx)
        self.setWindowTitle(f"{ctx.ws.path.name} – Callbench")
        self.setMinimumSize(*MINIMUM)
        self.setAcceptDrops(True)
        self._dresser = Dresser(ctx, self, theme=theme)
        self.rail = Rail(ctx.theme, ctx.actions)
        self.stack = ScreenStack(ctx)
        self.stack.made.connect(self._on_made)
        self.stack.turned.connect(self.rail.set_current)
        self.messages = MessageBar(ctx.theme)
        self.status = StatusBar(ctx.theme, ctx.actions)
        self.acts = WindowActs(ctx, self)
        self._lay_out()
        self._ring = FocusRing(self, ctx.theme, ctx.actions)
        self._watch: ChangeWatch | None = None
        self._device_timer = QTimer(self)
        self._device_timer.timeout.connect(self._show_device)
        self._session.restore_geometry(self)
        if opened:
            self.begin()

    def begin(self) -> None:
        """The workspace is open: take keys and clicks, show what was shown last time."""
        from app.ui.settings.shared import SharedSettings

        self._shared = SharedSettings(self.ctx, self)
        self._watch = ChangeWatch(self.ctx, self)
        self._warming = Warming(self.ctx, self)
        self._device_timer.start(DEVICE_MS)
        self._wire()
        self._restore()
        self.acts.recover_calls()

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part, stretch in ((self.stack, 1), (self.messages, 0), (self.status, 0)):
            column.addWidget(part, stretch)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(column, 1)
        self.setCentralWidget(body)

    def _wire(self) -> None:
        ctx = self.ctx
        self.rail.chosen.connect(self._on_rail)
        self.status.viewer_clicked.connect(self.acts.ask_sign_in)
        self.status.show_viewer(_viewer_words(ctx))
        ctx.bus.saved.connect(self.status.show_saved)
        ctx.bus.message.connect(self.messages.say)
        ctx.runner.failed.connect(self.on_failure)
        ctx.live.changed.connect(
            lambda: self.rail.set_dot("live", ctx.live.is_on, "a call is being recorded")
        )
        ctx.runs.counted.connect(lambda count: self.rail.set_badge("runs", count))
        ctx.actions.front = lambda: self.front
        ctx.actions.bind(self, self._handlers())

    def _handlers(self) -> dict[str, Callable[[], object]]:
        """What the window's own keys do: a place each, and what can be done in all of them."""
        acts = self.acts
        places = {f"go.{key}": partial(self.show_screen, key) for key in FACTORIES}
        return {
            **places,
            "import.folder": acts.imports.ask_folder,
            "import.files": acts.imports.ask_files,
            "demo.open": acts.demo.make_or_stop,
            "app.settings": acts.open_settings,
            "app.sign_in": acts.ask_sign_in,
            "app.keys": acts.open_keys,
            "app.help": acts.open_keys,
            "app.quit": self.close,
        }

    # screens ---------------------------------------------------------------------------------

    @property
    def front(self) -> Screen | None:
        """The screen in front."""
        return self.stack.front

    def screen_of(self, key: str) -> Screen:
        """The screen of that key, made on first use. KeyError for an unknown one."""
        return self.stack.screen_of(key)

    def show_screen(self, key: str, **kwargs: Any) -> None:
        """Bring a screen to the front; `kwargs` go to its `activate`."""
        screen = self.stack.turn_to(key, **kwargs)
        if not screen.isAncestorOf(self.focusWidget()):
            screen.setFocus()
        self._show_status()

    def _on_made(self, screen: Screen) -> None:
        screen.status_changed.connect(self._show_status)
        screen.navigate.connect(lambda to, kwargs: self.show_screen(to, **kwargs))
        self.acts.wire(screen)
        saved = self._session.state_of(screen.key)
        if saved is not None:
            screen.restore_session(saved)

    def _on_rail(self, key: str) -> None:
        if key in FACTORIES:
            self.show_screen(key)
        else:
            self.ctx.actions.trigger(key, self)

    def _show_status(self) -> None:
        front = self.front
        if front is not None:
            self.status.show_hints(front.status_keys(), front.status_notes())
            self.rail.set_quiet(front.concentrates)

    def _show_device(self) -> None:
        if self.ctx.has_player:
            player = self.ctx.player
            latency = f", {player.latency_s * 1000:.0f} ms" if player.latency_s else ""
            self.status.show_device(f"{player.device_name}{latency}" if player.device_name else "")

    def viewer_changed(self) -> None:
        """Someone else signed in: screens are made anew, so that nothing seen stays seen."""
        key = self.front.key if self.front is not None else "library"
        self._session.keep(self.stack)
        self.stack.drop_all()
        self.status.show_viewer(_viewer_words(self.ctx))
        self.show_screen(key)

    def on_failure(self, error: BaseException) -> None:
        """An error nobody handled: words for the person's, a report for ours."""
        if isinstance(error, UserError):
            self.messages.say("error", error.what, error.remedy)
            return
        log.error("not handled", exc_info=error)
        self.acts.open_crash(error)

    # drop ------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and folders may be dropped anywhere."""
        if self._watch is not None and event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the import dialog on what was dropped."""
        paths = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            self.acts.imports.open(paths)

    # session ---------------------------------------------------------------------------------

    def _restore(self) -> None:
        key, kwargs = self._session.place()
        self.show_screen(key, **kwargs)
        if self._session.is_new:
            QTimer.singleShot(0, self._save_session)

    def _save_session(self) -> None:
        self._session.save(self, self.stack)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember how things stood; screens fall silent. A call that goes on is asked about."""
        if self.ctx.has_live and not self.acts.may_close():
            event.ignore()
            return
        if self._watch is not None:
            self._save_session()
            self._watch.stop()
            self._warming.stop()
        self._device_timer.stop()
        if self.front is not None:
            self.front.deactivate()
        self._dresser.undress()
        event.accept()


def _viewer_words(ctx: UiContext) -> str:
    return f"{ctx.viewer.name}, {ctx.viewer.role}"
