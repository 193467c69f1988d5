"""The place of judges on a workspace with our judges, short calls and a judge on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from app.ui.context import UiContext
from app.ui.judges.screen import JudgesScreen

WAIT_MS = 20_000


@contextmanager
def judges_screen(qtbot: Any, ctx: UiContext, tab: str = "judges") -> Iterator[JudgesScreen]:
    """The screen, once it has read what it shows; closed again when nothing is under way."""
    screen = JudgesScreen(ctx)
    screen.resize(1216, 760)
    screen.show()
    screen.activateWindow()
    screen.activate(tab=tab)
    settle(qtbot, screen)
    yield screen
    screen.deactivate()
    settle(qtbot, screen)
    screen.close()
    screen.deleteLater()


def press(qtbot: Any, widget: QWidget, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
    """Press a key where the focus is, as a person would."""
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    qtbot.keyClick(widget, key, *modifiers)


def settle(qtbot: Any, screen: JudgesScreen) -> None:
    """Until nothing is under way and nothing waits for a pause."""

    def is_quiet() -> bool:
        timers = screen.findChildren(QTimer)
        waiting = any(timer.isSingleShot() and timer.isActive() for timer in timers)
        return not waiting and not screen.ctx.runner.live

    qtbot.waitUntil(is_quiet, timeout=WAIT_MS)


def choose(qtbot: Any, screen: JudgesScreen, ref: str) -> None:
    """Select a judge and wait for what is read of it."""
    screen.judges.choose(ref)
    settle(qtbot, screen)
