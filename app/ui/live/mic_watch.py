"""The microphone's level before a call: opened and closed off the window's thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.errors import UserError
from app.tasks.runner import Lane

if TYPE_CHECKING:
    from app.audio.capture_track import CaptureTrack
    from app.ui.context import UiContext

LOOK_MS = 50
DEAD_S = 2.0
"""A microphone that gives nothing for so long is gone."""


class _Ear:
    """Keeps the level of the last block; pushed to from the device's thread."""

    def __init__(self) -> None:
        self.rms_dbfs, self.peak_dbfs = -120.0, -120.0
        self.blocks = 0

    def push(self, pcm: Any, _at_s: float, _flags: int) -> None:
        level = np.abs(np.asarray(pcm, np.float32))
        self.peak_dbfs = _db(float(level.max(initial=0.0)))
        self.rms_dbfs = _db(float(np.sqrt(np.mean(level * level))) if len(level) else 0.0)
        self.blocks += 1


def _db(value: float) -> float:
    return 20 * float(np.log10(max(value, 0.0328) / 32768))


Opened = tuple[Any, _Ear]


def open_microphone(choice: str) -> Opened:
    """Open the microphone; takes a moment.

    Raises:
        NotFound, EnvironmentFault: there is none, or it cannot be opened.
    """
    from app.audio.capture_portaudio import PortAudioCapture

    ear = _Ear()
    device = PortAudioCapture(choice)
    try:
        device.start(cast("CaptureTrack", ear))
    except BaseException:
        device.close()
        raise
    return device, ear


class MicWatch(QObject):
    """One microphone at most is open. Main thread only."""

    level = Signal(float, float)
    """RMS and peak in dBFS."""
    failed = Signal(str)
    lost = Signal(str)
    """The name of one that was open and is gone."""

    def __init__(
        self, ctx: UiContext, parent: QObject, opener: Callable[[str], Opened] = open_microphone
    ) -> None:
        super().__init__(parent)
        self._ctx, self._opener = ctx, opener
        self._open: Opened | None = None
        self._wanted = self._asked = ""
        self._then: Callable[[], object] | None = None
        self._busy = False
        self._blocks, self._fresh_at = 0, 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def watch(self, choice: str) -> None:
        """Show the level of that microphone; empty for none."""
        self._then = None
        self._wanted = choice
        self._turn()

    def stop(self, then: Callable[[], object] | None = None) -> None:
        """Give the microphone back, then go on."""
        self._wanted, self._then = "", then
        self._turn()

    def _turn(self) -> None:
        """Do the next step towards what is wanted."""
        if self._busy:
            return
        if self._open is not None and self._asked != self._wanted:
            device, self._open = self._open[0], None
            self._timer.stop()
            self._step(device.close, lambda _none: None)
        elif self._wanted and self._open is None and self._asked != self._wanted:
            self._asked = self._wanted
            wanted = self._wanted
            self._step(lambda: self._opener(wanted), self._on_open)
        elif not self._wanted:
            self._asked = ""
            then, self._then = self._then, None
            if then is not None:
                then()

    def _step(self, work: Callable[[], Any], done: Callable[[Any], object]) -> None:
        self._busy = True
        task = self._ctx.runner.task(Lane.NET, lambda _ctx: work())
        task.succeeded.connect(done)
        task.failed.connect(self._on_failed)
        task.finished.connect(self._on_finished)
        task.start()

    def _on_open(self, opened: Opened) -> None:
        self._open = opened
        self._blocks, self._fresh_at = 0, time.monotonic()
        self._timer.start()

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.failed.emit(f"{error.what} {error.remedy}".strip())
        else:
            self.failed.emit("The microphone could not be opened.")

    def _on_finished(self) -> None:
        self._busy = False
        self._turn()

    def _look(self) -> None:
        if self._open is None:
            return
        device, ear = self._open
        now = time.monotonic()
        if ear.blocks != self._blocks:
            self._blocks, self._fresh_at = ear.blocks, now
        if device.is_running and now - self._fresh_at <= DEAD_S:
            self.level.emit(ear.rms_dbfs, ear.peak_dbfs)
            return
        self._timer.stop()
        self.level.emit(-120.0, -120.0)
        self.lost.emit(device.name)
