"""Drives the live place of the real window by keys, through whatever sound devices there are.

Waiting is done in Qt's own loop, so that the window is as busy, and as late, as with a person.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QWidget

from app.agents.live_view import Snapshot
from app.agents.practice.server import PracticeServer
from app.main import WindowStart, _application
from app.services.live_calls import placing
from app.services.live_calls.live import LiveCall
from app.services.live_calls.storing import StoredCall
from app.tasks.stall import StallWatch
from app.ui.live.screen import LiveScreen

Key = Qt.Key
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
WAIT_S, LOOK_MS, STOPS = 60.0, 5, 120
ANSWERS = (Key.Key_4, Key.Key_0, Key.Key_1, Key.Key_5, Key.Key_3, Key.Key_4)
SHOTS = os.environ.get("CALLBENCH_SHOTS", "")
"""A folder for pictures of what was seen on the way; none are taken without."""


class Driver:
    """Somebody at the window. Every method returns when the window has followed."""

    def __init__(self, folder: Path, serves: type[PracticeServer] = PracticeServer) -> None:
        self.failures: list[str] = []
        """Errors that nobody handled, as a person would see them."""
        self.servers: list[PracticeServer] = []
        self._keep_servers(serves)
        self.app = _application()
        sys.excepthook = self._failed
        self.start = WindowStart(folder)
        self.ctx, self.window = self.start.ctx, self.start.window
        self.ctx.runner.failed.connect(lambda error: self.failures.append(repr(error)))
        self.window.resize(1280, 800)
        self.window.show()
        self.window.activateWindow()
        self.watch = StallWatch(limit_ms=1e9)
        self.until(lambda: self.window.front is not None, "the window")

    def _failed(self, kind: type[BaseException], error: BaseException, trace: Any) -> None:
        self.failures.append(repr(error))
        traceback.print_exception(kind, error, trace)

    def _keep_servers(self, serves: type[PracticeServer]) -> None:
        """Practice agents say what they did; each call has its own."""

        def made(*args: Any, **kwargs: Any) -> PracticeServer:
            self.servers.append(serves(*args, **kwargs))
            return self.servers[-1]

        placing.PracticeServer = made  # type: ignore[assignment, misc]

    # waiting

    def until(self, true: Callable[[], Any], what: str, limit_s: float = WAIT_S) -> None:
        """Let the window work until it is so."""
        loop, timer = QEventLoop(), QTimer()
        stop_by, error = time.monotonic() + limit_s, list[BaseException]()

        def look() -> None:
            try:
                if not true() and time.monotonic() < stop_by:
                    return
            except Exception as fault:  # raised below, outside of Qt
                error.append(fault)
            loop.quit()

        timer.timeout.connect(look)
        timer.start(LOOK_MS)
        if not true():
            loop.exec()
        timer.stop()
        if error:
            raise error[0]
        if not true():
            raise AssertionError(f"waited in vain for {what}: {self.where()}")

    def pause(self, seconds: float) -> None:
        """Let it work for so long."""
        until = time.monotonic() + seconds
        self.until(lambda: time.monotonic() >= until, "time")

    def where(self) -> str:
        """What is in front, for a failure's message."""
        front, call = self.window.front, self.ctx.live.call
        told = [getattr(front, "key", ""), type(QApplication.focusWidget()).__name__]
        if isinstance(front, LiveScreen):
            page = front.setup_page
            told += [front.flow.phase, page.problem.text(), front.rating_page.problem.text()]
        if call is not None:
            told += [repr(call.error), call.snapshot().state, call.snapshot().message]
        return ", ".join([*told, self.window.messages.words, *self.failures])

    # keys

    @property
    def target(self) -> QWidget:
        """Whoever gets the next key."""
        return QApplication.focusWidget() or self.window.front or self.window

    def press(self, *keys: Any) -> None:
        """Press keys where the focus is: `key`, or `(key, modifiers)`."""
        for key in keys:
            code, mods = key if isinstance(key, tuple) else (key, PLAIN)
            QTest.keyClick(self.target, code, mods)
            self.pause(0.02)

    def come_back(self) -> None:
        """After a dialog: there is no window manager here that gives the focus back."""
        self.window.activateWindow()
        self.until(lambda: QApplication.focusWidget() is not None, "the focus")

    def write(self, text: str) -> None:
        """Type where the focus is."""
        QTest.keyClicks(self.target, text)

    def tab_to(self, wanted: QWidget, key: Qt.Key = Key.Key_Tab) -> None:
        """Go to a field by Tab alone, or by Shift+Tab (`Key_Backtab`)."""
        stops = list[str]()
        for _ in range(STOPS):
            if QApplication.focusWidget() is wanted:
                return
            self.press(key)
            stops.append(self.target.accessibleName() or type(self.target).__name__)
        raise AssertionError(f"Tab never came to {wanted.accessibleName()}, but to {stops}")

    def choose(self, box: QComboBox, data: str) -> None:
        """Choose an entry by the arrows."""
        self.tab_to(box)
        self.press(Key.Key_Home, *[Key.Key_Down] * box.findData(data))
        assert box.currentData() == data, f"{box.accessibleName()}: {box.currentText()}"

    # the live place

    @property
    def live(self) -> LiveScreen:
        """The screen of live calls."""
        screen = self.window.screen_of("live")
        assert isinstance(screen, LiveScreen)
        return screen

    @property
    def call(self) -> LiveCall:
        """The call that goes on, or the last one."""
        call = self.ctx.live.call
        assert call is not None, self.where()
        return call

    @property
    def now(self) -> Snapshot:
        """How it stands."""
        return self.call.snapshot()

    def phase(self, wanted: str) -> None:
        """Wait for a phase of the live place."""
        self.until(lambda: self.live.flow.phase == wanted, wanted)

    def state(self, *wanted: str) -> None:
        """Wait for a state of the call."""
        self.until(lambda: self.now.state in wanted, " or ".join(wanted))

    def open_live(self) -> None:
        """Go to the live place; consent where none is in force."""
        self.press((Key.Key_5, CONTROL))
        self.phase("setup")
        self.until(lambda: self.live.setting_up.is_ready, "what can be called")
        if self.live.setting_up.consent is None:
            self.press(Key.Key_C)
            self.until(lambda: self.live.setting_up.consent is not None, "the consent")

    def connected(self, seconds: float = 0.3) -> None:
        """Wait until the call that was placed is recorded."""
        self.phase("call")
        self.until(lambda: self.now.captured_s >= seconds or self.call.is_over, "an answer")
        assert self.call.error is None, self.where()

    def over(self) -> StoredCall:
        """Wait until the call is in the library."""
        self.phase("rating")
        self.until(lambda: self.call.is_over, "the stored call")
        assert self.call.done is not None, self.where()
        return self.call.done

    def rate(self) -> StoredCall:
        """Wait for the end of the call, and answer its form."""
        done = self.over()
        self.press(*ANSWERS, (Key.Key_Return, CONTROL))
        self.phase("summary")
        return done

    # what was seen

    def lateness(self) -> dict[str, float]:
        """How late the window was since its watch was started, in ms."""
        self.watch.stop()
        ticks = {"ticks": float(self.watch.ticks), "worst": round(self.watch.worst_ms, 1)}
        parts = {f"p{p:g}": round(self.watch.percentile_ms(p), 1) for p in (50, 99, 99.9)}
        return ticks | parts

    def shot(self, name: str) -> None:
        """A picture of the window, where pictures are wanted."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.window.grab().save(f"{SHOTS}/{name}.png")

    def close(self) -> None:
        """End the program."""
        self.window.close()
        self.start.close()


def run(main: Callable[[], None]) -> None:
    """A driver's `main`: a call that goes on does not keep a program that failed."""
    try:
        main()
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
