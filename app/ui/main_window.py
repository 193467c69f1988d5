"""The main window: rail, lazily made screens, message and status bars. Composition only."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.ui.app import Dresser
from app.ui.context import UiContext
from app.ui.rail import PLACES, Rail
from app.ui.screen import Screen
from app.ui.status_bar import MessageBar, StatusBar
from app.ui.tokens import ThemeName
from app.ui.watch import ChangeWatch
from app.ui.widgets.focus_ring import FocusRing
from app.ui.window_acts import WindowActs

log = logging.getLogger("callbench.window")

Factory = Callable[[UiContext, QWidget], Screen]
MINIMUM = (960, 600)
FIRST_SIZE = (1440, 900)
DEVICE_MS = 1000


def _library(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.library.screen import LibraryScreen

    return LibraryScreen(ctx, parent)


def _review(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.review.screen import ReviewScreen

    return ReviewScreen(ctx, parent)


def _score(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.scoring.screen import ScoringScreen

    return ScoringScreen(ctx, parent)


def _runs(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.runs.screen import RunsScreen

    return RunsScreen(ctx, parent)


def _listen(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.listening.screen import ListenScreen

    return ListenScreen(ctx, parent)


def _live(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.live.screen import LiveScreen

    return LiveScreen(ctx, parent)


def _studies(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.studies.screen import StudiesScreen

    return StudiesScreen(ctx, parent)


def _rubrics(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.rubrics.screen import RubricsScreen

    return RubricsScreen(ctx, parent)


def _adjudicate(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.adjudicating.screen import AdjudicateScreen

    return AdjudicateScreen(ctx, parent)


def _judges(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.judges.screen import JudgesScreen

    return JudgesScreen(ctx, parent)


def _calibrate(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.calibrating.screen import CalibrateScreen

    return CalibrateScreen(ctx, parent)


def _scores(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.scores.screen import ScoresScreen

    return ScoresScreen(ctx, parent)


def _compare(ctx: UiContext, parent: QWidget) -> Screen:
    from app.ui.comparing.screen import CompareScreen

    return CompareScreen(ctx, parent)


FACTORIES: dict[str, Factory] = {
    "library": _library,
    "review": _review,
    "score": _score,
    "runs": _runs,
    "listen": _listen,
    "live": _live,
    "studies": _studies,
    "rubrics": _rubrics,
    "adjudicate": _adjudicate,
    "judges": _judges,
    "calibrate": _calibrate,
    "scores": _scores,
    "compare": _compare,
}


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
        self._screens: dict[str, Screen] = {}
        self._front: Screen | None = None
        self._session = ctx.settings.session(ctx.ws.path)
        self.setWindowTitle(f"{ctx.ws.path.name} – Callbench")
        self.setMinimumSize(*MINIMUM)
        self.setAcceptDrops(True)
        self._dresser = Dresser(ctx, self, theme=theme)
        self.rail = Rail(ctx.theme, ctx.actions)
        self.stack = QStackedWidget()
        self.messages = MessageBar(ctx.theme)
        self.status = StatusBar(ctx.theme, ctx.actions)
        self.acts = WindowActs(ctx, self)
        self._lay_out()
        self._ring = FocusRing(self, ctx.theme, ctx.actions)
        self._watch: ChangeWatch | None = None
        self._device_timer = QTimer(self)
        self._device_timer.timeout.connect(self._show_device)
        self._restore_geometry()
        if opened:
            self.begin()

    def begin(self) -> None:
        """The workspace is open: take keys and clicks, show what was shown last time."""
        from app.ui.settings.shared import SharedSettings

        self._shared = SharedSettings(self.ctx, self)
        self._watch = ChangeWatch(self.ctx, self)
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
        ctx.actions.front = lambda: self._front
        ctx.actions.bind(
            self,
            {
                "go.library": lambda: self.show_screen("library"),
                "go.review": lambda: self.show_screen("review"),
                "go.score": lambda: self.show_screen("score"),
                "go.runs": lambda: self.show_screen("runs"),
                "go.listen": lambda: self.show_screen("listen"),
                "go.live": lambda: self.show_screen("live"),
                "go.studies": lambda: self.show_screen("studies"),
                "go.rubrics": lambda: self.show_screen("rubrics"),
                "go.adjudicate": lambda: self.show_screen("adjudicate"),
                "go.judges": lambda: self.show_screen("judges"),
                "go.calibrate": lambda: self.show_screen("calibrate"),
                "go.scores": lambda: self.show_screen("scores"),
                "go.compare": lambda: self.show_screen("compare"),
                "import.folder": self.acts.ask_folder,
                "import.files": self.acts.ask_files,
                "demo.open": self.acts.make_demo,
                "app.settings": self.acts.open_settings,
                "app.sign_in": self.acts.ask_sign_in,
                "app.keys": self.acts.open_keys,
                "app.help": self.acts.open_keys,
                "app.quit": self.close,
            },
        )

    # screens ---------------------------------------------------------------------------------

    @property
    def front(self) -> Screen | None:
        """The screen in front."""
        return self._front

    def screen_of(self, key: str) -> Screen:
        """The screen of that key, made on first use. KeyError for an unknown one."""
        if key not in self._screens:
            screen = FACTORIES[key](self.ctx, self.stack)
            self._screens[key] = screen
            self.stack.addWidget(screen)
            screen.status_changed.connect(self._show_status)
            screen.navigate.connect(lambda to, kwargs: self.show_screen(to, **kwargs))
            self.acts.wire(screen)
            saved = self._session.get("screens", {}).get(key)
            if isinstance(saved, dict):
                screen.restore_session(saved)
        return self._screens[key]

    def show_screen(self, key: str, **kwargs: Any) -> None:
        """Bring a screen to the front; `kwargs` go to its `activate`."""
        screen = self.screen_of(key)
        if self._front is not None and self._front is not screen:
            self._front.deactivate()
        self._front = screen
        self.stack.setCurrentWidget(screen)
        self.rail.set_current(key)
        screen.activate(**kwargs)
        if not screen.isAncestorOf(self.focusWidget()):
            screen.setFocus()
        self._show_status()

    def _on_rail(self, key: str) -> None:
        if key in FACTORIES:
            self.show_screen(key)
        else:
            self.ctx.actions.trigger(key, self)

    def _show_status(self) -> None:
        if self._front is not None:
            self.status.show_hints(self._front.status_keys(), self._front.status_notes())
            self.rail.set_quiet(self._front.concentrates)

    def _show_device(self) -> None:
        if self.ctx.has_player:
            player = self.ctx.player
            latency = f", {player.latency_s * 1000:.0f} ms" if player.latency_s else ""
            self.status.show_device(f"{player.device_name}{latency}" if player.device_name else "")

    def viewer_changed(self) -> None:
        """Someone else signed in: screens are made anew, so that nothing seen stays seen."""
        key = self._front.key if self._front is not None else "library"
        self._keep_session()
        for screen in self._screens.values():
            screen.deactivate()
            self.stack.removeWidget(screen)
            screen.deleteLater()
        self._screens.clear()
        self._front = None
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
            self.acts.open_import(paths)

    # session ---------------------------------------------------------------------------------

    def _restore_geometry(self) -> None:
        geometry = self._session.get("geometry")
        self.resize(*FIRST_SIZE)
        if isinstance(geometry, str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))

    def _restore(self) -> None:
        key = self._session.get("screen")
        call_id = self._session.get("call_id")
        if key in ("review", "score") and isinstance(call_id, str):
            self.show_screen(key, call_id=call_id)
        else:
            self.show_screen("library")
        if not self._session:
            QTimer.singleShot(0, self._save_session)

    def _keep_session(self) -> None:
        screens = dict(self._session.get("screens", {}))
        screens.update({key: screen.session_state() for key, screen in self._screens.items()})
        self._session["screens"] = screens
        front = self._front
        self._session["screen"] = front.key if front is not None else PLACES[0].key
        call_id = getattr(front, "call_id", None)
        self._session["call_id"] = call_id if isinstance(call_id, str) else ""

    def _save_session(self) -> None:
        self._keep_session()
        self._session["geometry"] = bytes(self.saveGeometry().toBase64().data()).decode()
        self._session["rater"] = self.ctx.viewer.name
        self.ctx.settings.save_session(self.ctx.ws.path, self._session)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember how things stood; screens fall silent. A call that goes on is asked about."""
        if self.ctx.has_live and not self.acts.may_close():
            event.ignore()
            return
        if self._watch is not None:
            self._save_session()
            self._watch.stop()
        self._device_timer.stop()
        if self._front is not None:
            self._front.deactivate()
        self._dresser.undress()
        event.accept()


def _viewer_words(ctx: UiContext) -> str:
    return f"{ctx.viewer.name}, {ctx.viewer.role}"
