"""The composition root: the only place that puts the parts of the program together.

Settings, workspace, task lanes and window are made here in this order and closed in the reverse
one. Qt is imported inside the functions, so that commands without a window never load it.
"""

from __future__ import annotations

import gc
import getpass
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from app.domain.errors import EnvironmentFault
from app.services import places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

    from app.domain.ratings import Viewer
    from app.services.workspace import Workspace
    from app.ui.context import UiContext
    from app.ui.main_window import MainWindow
    from app.ui.settings.store import SettingsStore

COLLECT_MS = 2_000


def run_window(folder: Path | None) -> int:
    """Open the window on a workspace and return when it is closed.

    Args:
        folder: the workspace; None for the person's own.

    Raises:
        UserError: no display, or the workspace cannot be opened.
    """
    _need_display()
    qt = _application()
    with _context(folder or places.default_workspace(), keep_settings=True, create=True) as ctx:
        from app.ui.main_window import MainWindow

        window = MainWindow(ctx)
        window.show()
        with _interrupts(window):
            code = int(qt.exec())
        window.deleteLater()
    return code


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
) -> None:
    """Draw a screen of the real window into a PNG, without a display.

    Raises:
        UserError: no such screen, theme or call, or the picture cannot be written.
    """
    if out.suffix.lower() != ".png":
        raise EnvironmentFault(f"{out} is no PNG file.", "Give the picture a name ending in .png.")
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _application()
    from app.ui.screenshot import render

    out.parent.mkdir(parents=True, exist_ok=True)
    render(ws, screen, out, call, theme, size)


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


@contextmanager
def _context(folder: Path, *, keep_settings: bool, create: bool) -> Iterator[UiContext]:
    """The parts that screens share, closed in the right order: lanes first, database last."""
    from app.services.opening import open_workspace
    from app.tasks.bus import Bus
    from app.tasks.runner import TaskRunner
    from app.ui.actions import ActionTable
    from app.ui.context import UiContext
    from app.ui.settings.store import SettingsStore, config_dir
    from app.ui.theme import Theme

    settings = SettingsStore(config_dir() if keep_settings else None)
    ws = open_workspace(folder, create=create)
    runner = TaskRunner()
    try:
        ctx = UiContext(
            ws=ws,
            viewer=_viewer(ws, settings),
            runner=runner,
            bus=Bus(),
            theme=Theme(),
            actions=ActionTable(),
            settings=settings,
        )
        yield ctx
        if ctx.has_player:
            ctx.player.close()
    finally:
        runner.close()
        ws.close()


def _viewer(ws: Workspace, settings: SettingsStore) -> Viewer:
    """Who used this workspace here last; the first time, the machine's user as lead."""
    from app.services import raters

    known = {viewer.name: viewer for viewer in raters.raters(ws)}
    last = settings.session(ws.path).get("rater")
    if isinstance(last, str) and last in known:
        return known[last]
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as in some containers
        name = "me"
    return known.get(name) or raters.sign_in(ws, name, "lead")


def _application() -> QApplication:
    """The one QApplication, with garbage collected on the main thread only.

    Python's collector may run on any thread and would there free objects that belong to Qt.
    """
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    # Qt turns FreeType's stem darkening on, which makes Inter (an OpenType font) too bold.
    os.environ.setdefault(
        "FREETYPE_PROPERTIES", "cff:darkening-parameters=500,0,1000,0,1500,0,2000,0"
    )
    qt = QApplication(["callbench"])
    qt.setApplicationName("callbench")
    qt.setApplicationDisplayName("Callbench")
    qt.setApplicationVersion(places.version())
    qt.setStyle("Fusion")
    gc.disable()
    timer = QTimer(qt)
    timer.timeout.connect(gc.collect)
    timer.start(COLLECT_MS)
    return qt


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
