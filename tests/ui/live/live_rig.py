"""The live screen in a window, without sound devices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.errors import NotFound
from app.services.live_calls.device_list import DeviceChoice, DeviceChoices
from app.services.workspace import Workspace
from app.ui.live.screen import LiveScreen
from app.ui.main_window import MainWindow
from app.ui.screen_factories import FACTORIES
from tests.ui.shell_support import context

NO_DEVICES = DeviceChoices(inputs=(), outputs=(), monitors=())
DEVICES = DeviceChoices(
    inputs=tuple(DeviceChoice(key=k, label=k) for k in ("default", "Headset")),
    outputs=(DeviceChoice(key="default", label="System default"),),
    monitors=(DeviceChoice(key="default", label="What the loudspeaker plays"),),
)
CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
Key = Qt.Key
PATIENCE_MS = 60_000


def no_microphone(choice: str) -> Any:
    raise NotFound(f"There is no input named {choice!r}.", "Use `default`.")


def press(screen: LiveScreen, key: Qt.Key, mods: Qt.KeyboardModifier = NONE) -> None:
    """A key, wherever the focus is."""
    QTest.keyClick(QApplication.focusWidget() or screen, key, mods)


def until(qtbot: Any, holds: Callable[[], bool]) -> None:
    """Wait for it, also on a machine that has other work."""
    qtbot.waitUntil(holds, timeout=PATIENCE_MS)


@contextmanager
def live_window(
    ws: Workspace, qtbot: Any, monkeypatch: Any, *,
    devices: DeviceChoices = NO_DEVICES, opener: Any = no_microphone, config: Path | None = None,
    listed: Callable[[], DeviceChoices] | None = None,
) -> Iterator[tuple[MainWindow, LiveScreen]]:  # fmt: skip
    """A window with the live screen in front, ready to call."""
    monkeypatch.setitem(
        FACTORIES,
        "live",
        lambda ctx, parent: LiveScreen(
            ctx, parent, listed=listed or (lambda: devices), opener=opener
        ),
    )
    with context(ws, config=config) as ctx:
        window = MainWindow(ctx)
        window.show()
        window.activateWindow()
        window.show_screen("live")
        screen = window.front
        assert isinstance(screen, LiveScreen)
        until(qtbot, lambda: screen.setting_up.is_ready)
        try:
            yield window, screen
        finally:
            ctx.live.close()
    # A window that is left makes each style sheet after it slower.
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
