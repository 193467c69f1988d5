"""The composition root: the only place that puts the parts of the program together.

Settings, workspace, task lanes and window are made here in this order and closed in the reverse
one. Qt is imported inside the functions, so that commands without a window never load it.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, cast

from app.domain.errors import EnvironmentFault, UserError
from app.domain.ratings import Viewer
from app.services import places
from app.services.assets import asset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType
    from PySide6.QtWidgets import QApplication

    from app.services.workspace import Workspace
    from app.ui.main_window import MainWindow


def run_window(folder: Path | None) -> int:
    """Open the window on a workspace and return when it is closed.

    The window paints itself first; the database, which takes most of the start, is opened on a
    worker while the person already sees it.

    Args:
        folder: the workspace; None for the person's own.

    Raises:
        UserError: no display, or the workspace cannot be opened.
    """
    _need_display()
    qt = _application()
    from app.tasks.stall import CALM_INTERVAL_MS, StallWatch

    start = WindowStart((folder or places.default_workspace()).expanduser().resolve())
    start.window.show()
    StallWatch(start.window, interval_ms=CALM_INTERVAL_MS).start()
    try:
        with _interrupts(start.window):
            code = int(qt.exec())
    finally:
        start.close()
    if start.failure is not None:
        raise start.failure
    return code


class WindowStart:
    """The window and what it stands on. Make it on the main thread; close it last.

    `failure` is what kept the workspace from opening, if anything did.
    """

    def __init__(self, folder: Path) -> None:
        from app.tasks.bus import Bus
        from app.tasks.runner import TaskRunner
        from app.ui.actions import ActionTable
        from app.ui.context import UiContext
        from app.ui.main_window import MainWindow
        from app.ui.settings.store import SettingsStore, config_dir
        from app.ui.theme import Theme

        self.failure: BaseException | None = None
        self._ws: Workspace | None = None
        self._folder = folder
        self.ctx = UiContext(
            ws=cast("Workspace", _Unopened(folder)),
            viewer=Viewer(rater_id="", name="", role="reviewer"),
            runner=TaskRunner(),
            bus=Bus(),
            theme=Theme(),
            actions=ActionTable(),
            settings=SettingsStore(config_dir()),
        )
        self.window = MainWindow(self.ctx, opened=False)
        self._first_paint = _first_paint(self.window, self._open)

    def close(self) -> None:
        """Call, silence, runs, lanes, database: in this order."""
        if self.ctx.has_live:
            self.ctx.live.close()
        if self.ctx.has_player:
            self.ctx.player.close()
        if self.ctx.has_runs:
            self.ctx.runs.close()
        self.ctx.runner.close()
        if self._ws is not None:
            self._ws.close()
        self.window.deleteLater()

    def _open(self) -> None:
        from app.tasks.runner import Lane

        last = self.ctx.settings.session(self._folder).get("rater")
        self.ctx.runner.run(
            Lane.WRITE,
            _open_for,
            self._folder,
            last if isinstance(last, str) else "",
            done=self._on_opened,
            failed=self._on_failed,
        )

    def _on_opened(self, found: tuple[Workspace, Viewer]) -> None:
        from app.tasks.runner import Lane

        self._ws, self.ctx.viewer = found
        self.ctx.ws = self._ws
        # SQLite sorts on one core while Python makes the screen on the other.
        self.ctx.runner.run(Lane.READ, _warm, self._ws, self.ctx.viewer)
        self.window.begin()
        self.ctx.runs.begin()

    def _on_failed(self, error: BaseException) -> None:
        """Say it in the window, where someone sees one; the terminal hears it at the end."""
        from PySide6.QtGui import QGuiApplication

        self.failure = error
        if QGuiApplication.platformName() in ("offscreen", "minimal"):
            self.window.close()
        elif isinstance(error, UserError):
            self.window.messages.say("error", error.what, error.remedy)
        else:
            self.window.on_failure(error)


def _first_paint(window: MainWindow, then: Callable[[], None]) -> QObject:
    """Call `then` once the window has painted itself, so that opening does not delay that."""
    from PySide6.QtCore import QEvent, QObject, QTimer

    class Watch(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                window.removeEventFilter(self)
                QTimer.singleShot(0, then)
            return False

    watch = Watch(window)
    window.installEventFilter(watch)
    return watch


@dataclass(frozen=True)
class _Unopened:
    """Stands in the context for a workspace that is still being opened."""

    path: Path


def _open_for(folder: Path, last_rater: str) -> tuple[Workspace, Viewer]:
    from app.services.opening import open_workspace

    ws = open_workspace(folder, create=True)
    return ws, _viewer(ws, last_rater)


def _warm(ws: Workspace, viewer: Viewer) -> None:
    """Put the library's calls in their usual order, before the library asks for them."""
    from app.domain.browsing import Sort
    from app.services import browsing

    browsing.call_ids(ws, viewer, browsing.parse_query(""), Sort())


@contextmanager
def _interrupts(window: MainWindow) -> Iterator[None]:
    """Ctrl+C in the terminal closes the window; errors in slots are shown in it."""

    def crashed(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
        else:
            window.on_failure(error.with_traceback(trace))

    kept = sys.excepthook, signal.getsignal(signal.SIGINT)
    sys.excepthook = crashed
    signal.signal(signal.SIGINT, lambda *_: window.close())
    try:
        yield
    finally:
        sys.excepthook = kept[0]
        signal.signal(signal.SIGINT, kept[1])


def picture(
    ws: Workspace,
    screen: str,
    out: Path,
    *,
    call: str | None = None,
    theme: str = "dark",
    size: tuple[int, int] = (1440, 900),
    rater: str = "",
    at_s: float | None = None,
    criterion: int | None = None,
    tab: str = "",
) -> None:
    """Draw a screen of the real window into a PNG, without a display.

    Raises:
        UserError: no such screen, theme or call, or the picture cannot be written.
    """
    if out.suffix.lower() != ".png":
        raise EnvironmentFault(f"{out} is no PNG file.", "Give the picture a name ending in .png.")
    # Qt's own offscreen display is 800 pixels wide, and dialogs are kept within the display.
    display = asset("templates", "offscreen.json")
    plain = ":" in str(display)[2:]  # Qt separates its options by colons
    os.environ["QT_QPA_PLATFORM"] = "offscreen" if plain else f"offscreen:configfile={display}"
    _application()
    from app.ui.screenshot.pose import Pose
    from app.ui.screenshot.render import render

    out.parent.mkdir(parents=True, exist_ok=True)
    # A picture leaves the workspace: what is redacted is hidden in it.
    pose = Pose(rater=rater, at_s=at_s, criterion=criterion, tab=tab, exported=True)
    render(ws, screen, out, call, theme, size, pose=pose)


def write_review(ws: Workspace, folder: Path) -> Path:
    """Write the review of a workspace's calls as pictures and one HTML page; return the page."""
    from app.services import raters, review_page

    viewer = raters.cli_viewer(ws)
    pictures: list[review_page.Picture] = []
    for plan in review_page.plan(ws, viewer):
        target = folder / plan.file_name
        picture(ws, plan.screen, target, call=plan.call_id, size=plan.size)
        pictures.append(plan)
    return review_page.write(ws, viewer, folder, pictures)


def _viewer(ws: Workspace, last_rater: str) -> Viewer:
    """Who used this workspace here last; the first time, the machine's user as lead."""
    import getpass

    from app.services import raters

    known = {viewer.name: viewer for viewer in raters.raters(ws)}
    if last_rater in known:
        return known[last_rater]
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as in some containers
        name = "me"
    return known.get(name) or raters.sign_in(ws, name, "lead")


def _application() -> QApplication:
    """The one QApplication, with garbage collected on the main thread only."""
    from PySide6.QtCore import qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    from app.tasks.collector import Collector
    from app.ui.feature_scan import skip_feature_scan

    skip_feature_scan()
    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    # Qt turns FreeType's stem darkening on, which makes Inter (an OpenType font) too bold.
    os.environ.setdefault(
        "FREETYPE_PROPERTIES", "cff:darkening-parameters=500,0,1000,0,1500,0,2000,0"
    )
    qInstallMessageHandler(_qt_said)
    qt = QApplication(["callbench"])
    qt.setApplicationName("callbench")
    qt.setApplicationDisplayName("Callbench")
    qt.setApplicationVersion(places.version())
    qt.setStyle("Fusion")
    Collector(qt)
    return qt


def _qt_said(kind: QtMsgType, _context: QMessageLogContext, words: str) -> None:
    """Qt's own remarks go to the log; only what ends the process reaches the terminal."""
    from PySide6.QtCore import QtMsgType

    logging.getLogger("qt").log(logging.INFO, "%s: %s", kind.name, words)
    if kind == QtMsgType.QtFatalMsg:
        sys.stderr.write(f"error: {words}\n")


def _need_display() -> None:
    """Qt aborts the process where it finds no display; say it in words before that."""
    chosen = os.environ.get("QT_QPA_PLATFORM")
    if sys.platform != "linux" or chosen:
        return
    if not (os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")):
        raise EnvironmentFault(
            "There is no display to open a window on.",
            "Start it in a desktop session; or use `callbench screenshot` and the other commands.",
        )
