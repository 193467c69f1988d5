"""Measures the open call in the background, one call at a time, and lets playback go first."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.changes import Changes
from app.domain.errors import UserError
from app.tasks.runner import Lane, Task

if TYPE_CHECKING:
    from app.domain.work import Work
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession

DELAY_MS = 800
"""Whoever steps through calls quickly starts no work on those that are passed over."""
WAIT_S = 0.05


class Measuring(QObject):
    """`start` computes what is missing on the session's call. Main thread only."""

    changed = Signal()
    """Another step has begun, or it is over: see `words`."""
    measured = Signal()
    """A step left its result."""

    def __init__(self, ctx: UiContext, session: ReviewSession) -> None:
        super().__init__()
        self._ctx, self._session = ctx, session
        self.words = ""
        self.error = ""
        self._task: Task | None = None
        self._call_id = ""
        self._enabled = False
        self._measured_on: tuple[object, ...] = ()
        self._playing = threading.Event()
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DELAY_MS)
        self._delay.timeout.connect(self.start)
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_changed)
        session.playback.changed.connect(self._on_playback)

    @property
    def is_running(self) -> bool:
        """Whether something is being computed."""
        return self._task is not None

    def enable(self, *, on: bool) -> None:
        """Whether calls are measured when they are opened; off stops what is under way."""
        self._enabled = on
        if on:
            self._on_opened()
        else:
            self.cancel()

    def cancel(self) -> None:
        """Stop; what is computed by now stays."""
        self._delay.stop()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        self._call_id, self._measured_on = "", ()
        self._say("")

    def _on_opened(self) -> None:
        if self._session.call_id != self._call_id:
            self.cancel()
            self.error = ""
        wanted = self._enabled and self._ctx.settings.flag("measure_on_open")
        if wanted and self._session.state == "ready" and not self._call_id:
            self._call_id = self._session.call_id
            self._delay.start()

    def _layers(self) -> tuple[object, ...]:
        """What figures are measured on, as it is shown."""
        review, text = self._session.review, self._session.text
        shown = (review.layer if review else None, text.layer if text else None)
        return tuple((x.id, x.version) for x in shown if x is not None)

    def _on_changed(self) -> None:
        """After an edit, measure again what it made old."""
        waits = self._delay.isActive() or self._task is not None
        due = self._enabled and self._measured_on and self._layers() != self._measured_on
        if due and not waits and self._ctx.settings.flag("measure_on_open"):
            self._delay.start()

    def _on_playback(self) -> None:
        if self._session.playback.is_playing:
            self._playing.set()
        else:
            self._playing.clear()

    def start(self, *, retry_failed: bool = False, transcribe: bool = False) -> None:
        """Compute what is missing now; of recognisers alone where `transcribe` is asked for."""
        call_id, ctx, playing = self._session.call_id, self._ctx, self._playing
        if self._task is not None or self._session.state != "ready":
            return

        def work(task: Work) -> int:
            from app.services import evaluating

            specs = evaluating.default_specs(ctx.ws)
            if transcribe:
                specs = [s for s in specs if s.name.startswith(("asr.", "text.", "speech.detect"))]
            patient = Patient(task, playing)
            return evaluating.evaluate_call(
                patient, ctx.ws, call_id, specs, told=task.partial, retry_failed=retry_failed
            )

        self._call_id, self.error, self._measured_on = call_id, "", self._layers()
        task = ctx.runner.task(Lane.CPU, work)
        task.progressed.connect(lambda *at: self._on_progress(task, *at))
        task.partial.connect(lambda changes: self._on_step(task, changes))
        task.succeeded.connect(lambda _count: self._on_end(task))
        task.failed.connect(lambda error: self._on_end(task, error))
        self._task = task
        self._say("Measuring")
        task.start()

    def _on_progress(self, task: Task, at: int, total: int, note: str) -> None:
        if task is self._task and at < total:
            self._say(f"{at + 1} of {total}, {note}")

    def _on_step(self, task: Task, changes: Changes) -> None:
        self._ctx.bus.changed.emit(changes, self)
        if task is self._task:
            if changes.segments or changes.calls:
                self._session.reload()
            self.measured.emit()

    def _on_end(self, task: Task, error: BaseException | None = None) -> None:
        if task is not self._task:
            return
        self._task = None
        if isinstance(error, UserError):
            self.error = f"{error.what} {error.remedy}".strip()
        elif error is not None:
            self._ctx.runner.failed.emit(error)
            self.error = "Measuring stopped. The log says why."
        self._say("")
        self.measured.emit()
        if error is None:
            self._on_changed()

    def _say(self, words: str) -> None:
        self.words = words
        self.changed.emit()


class Patient:
    """A `Work` that stands still while sound is played; cancelling gets through."""

    def __init__(self, inner: Work, playing: threading.Event) -> None:
        self._inner, self._playing = inner, playing
        self._pause = threading.Event()

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Pass it on."""
        self._inner.progress(done, total, note)

    def partial(self, value: object) -> None:
        """Pass it on."""
        self._inner.partial(value)

    def raise_if_cancelled(self) -> None:
        """Raise `Cancelled` if asked to; else wait until nothing is playing."""
        self._inner.raise_if_cancelled()
        while self._playing.is_set():
            self._pause.wait(WAIT_S)
            self._inner.raise_if_cancelled()
