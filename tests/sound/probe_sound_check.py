"""The sound check in the real live screen, driven by keys, through real devices. Prints JSON.

    python probe_sound_check.py STEPS [PICTURES]

STEPS names those to do, of `loopback,echo,microphone`; PICTURES is a prefix for PNG files. `way` is
what an outside recorder found of the way from loudspeaker to microphone during each step.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.services.workspace import Workspace
from app.ui.live.check_dialog import STEPS, CheckDialog
from app.ui.live.screen import LiveScreen
from app.ui.main_window import MainWindow
from app.ui.theme import Theme
from app.ui.tokens import ThemeName
from tests.support.sound_room import Outside, way
from tests.ui.shell_support import context

PATIENCE_MS, LOOK_MS, ATTEMPTS = 40_000, 50, 3
Key = Qt.Key


def wait(ms: int) -> None:
    """Run the event loop. `QTest.qWait` would keep Python's lock, and with it the sound."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def until(holds: Callable[[], bool], what: str) -> None:
    for _ in range(PATIENCE_MS // LOOK_MS):
        if holds():
            return
        wait(LOOK_MS)
    raise AssertionError(f"waited in vain for {what}")


def press(window: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key)


class Pictures:
    """Draws the window with its dialog on top, in both themes and two sizes."""

    def __init__(self, window: MainWindow, theme: Theme, prefix: str) -> None:
        self._window, self._theme, self._prefix = window, theme, prefix

    def take(self, name: str, dialog: QWidget | None = None) -> None:
        if not self._prefix:
            return
        names: tuple[ThemeName, ...] = ("light", "dark")
        for theme in names:
            self._theme.apply(theme)
            for width, height in ((1_920, 1_200), (1_280, 800)):
                self._window.resize(width, height)
                wait(100)
                self._draw(dialog).save(f"{self._prefix}-{name}-{theme}-{width}.png")

    def _draw(self, dialog: QWidget | None) -> QImage:
        image = self._window.grab().toImage()
        if dialog is not None:
            shown = dialog.grab().toImage()
            painter = QPainter(image)
            x = (image.width() - shown.width()) // 2
            painter.drawImage(x, (image.height() - shown.height()) // 2, shown)
            painter.end()
        return image


def check(
    window: MainWindow, screen: LiveScreen, steps: list[str], folder: Path, pictures: Pictures
) -> dict[str, Any]:
    until(lambda: screen.setting_up.is_ready, "the setup page")
    screen.setFocus()
    press(screen, Key.Key_S)
    until(lambda: bool(window.findChildren(CheckDialog)), "the dialog")
    (dialog,) = window.findChildren(CheckDialog)
    found: dict[str, str] = {}
    truth: dict[str, tuple[float, float]] = {}
    for step in STEPS:
        row = dialog.rows[step.key]
        until(row.button.hasFocus, f"the focus on {step.key}")
        if step.key not in steps:
            press(dialog, Key.Key_Tab)
            continue
        for _attempt in range(ATTEMPTS):  # a busy machine may lose the device
            outside = Outside(folder / "outside.npz")
            press(dialog, Key.Key_Return)
            until(lambda d=dialog: d._task is None, step.key)  # type: ignore[misc]
            found[step.key] = row.verdict.text()
            truth[step.key] = way(*outside.stop())
            if step.gives in dialog.found:
                break
    pictures.take("dialog", dialog)
    until(dialog.done_button.hasFocus, "the focus on the way out")
    press(dialog, Key.Key_Return)
    until(lambda: not dialog.isVisible(), "the dialog to close")
    wait(300)
    pictures.take("page")
    setup = screen.setup_page.setup
    return {
        "words": found,
        "way": truth,
        "page": screen.setup_page.sound.checked.text(),
        "echo_db": setup.echo_db,
        "level_dbov": setup.level_dbov,
        "delay": None if setup.delay is None else asdict(setup.delay),
    }


def main() -> None:
    steps, prefix = sys.argv[1].split(","), sys.argv[2] if len(sys.argv) > 2 else ""
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder:
        ws = Workspace.open(Path(folder) / "ws")
        with context(ws) as ctx:
            window = MainWindow(ctx)
            window.resize(1_280, 800)
            window.show()
            window.activateWindow()
            window.show_screen("live")
            screen = window.front
            assert isinstance(screen, LiveScreen)
            told = check(window, screen, steps, Path(folder), Pictures(window, ctx.theme, prefix))
            screen.setting_up.watch(on=False)
            wait(200)
            ctx.live.close()
        ws.close()
    app.processEvents()
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main()
