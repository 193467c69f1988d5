"""A rater's queue of calls in a rubric study: taken one by one, each held for this window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.errors import UserError
from app.domain.ids import new_id
from app.services.studies import making, queueing
from app.tasks.runner import Lane
from app.ui.context import UiContext

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.services.studies.queueing import Queue, QueuedCall
    from app.services.workspace import Workspace

HOLD_MS = 5000
Taken = tuple[str, "Queue", "QueuedCall | None"]


class StudyQueue(QObject):
    """Main thread only; asks on the WRITE lane, in the order of the rater's keys."""

    took = Signal(object)
    """Another `QueuedCall` is in front."""
    emptied = Signal()
    """Nothing is left."""
    changed = Signal()
    refused = Signal(str)

    def __init__(self, ctx: UiContext, owner: QObject) -> None:
        super().__init__()
        self._ctx = ctx
        self._owner = new_id()
        self.study_id, self.code = "", ""
        self.queue: Queue | None = None
        self.current: QueuedCall | None = None
        self._seen: dict[int, QueuedCall] = {}
        """Calls that were in front before, by their place."""
        self._timer = QTimer(owner)
        self._timer.setInterval(HOLD_MS)
        self._timer.timeout.connect(self._hold)

    @property
    def is_on(self) -> bool:
        """Whether a queue is being worked on."""
        return bool(self.study_id)

    @property
    def reveals(self) -> bool:
        """Whether others' answers open after submitting."""
        return self.queue is not None and self.queue.reveal

    @property
    def place(self) -> str:
        """`S-0003, 8 of 40, 7 done`; empty outside a queue."""
        queue, call = self.queue, self.current
        if queue is None:
            return ""
        total = queue.done + queue.skipped + len(queue.left)
        at = f"{call.number} of {total}, " if call is not None else ""
        return f"{self.code}, {at}{queue.done} done"

    def begin(self, study_id: str) -> None:
        """Take the next call of a study."""
        self.study_id, self._seen = study_id, {}
        self._ask(lambda ws, viewer: _take(ws, viewer, study_id, self._owner))

    def leave(self) -> None:
        """Stop working on a queue."""
        self._timer.stop()
        self.study_id, self.queue, self.current = "", None, None
        self.changed.emit()

    def wake(self) -> None:
        """The call in front is held again."""
        if self.current is not None:
            self._hold()
            self._timer.start()

    def rest(self) -> None:
        """Nobody looks: the call is no longer held."""
        self._timer.stop()

    def go_on(self) -> None:
        """Take the next call of the same study."""
        study_id = self.study_id
        self._ask(lambda ws, viewer: _take(ws, viewer, study_id, self._owner))

    def step(self, by: int) -> None:
        """The next or previous call, of those that are left or were in front before."""
        queue, here = self.queue, self.current
        if queue is None or here is None:
            return
        left = {call.number: call for call in queue.left}
        places = sorted({*left, *self._seen})
        after = [n for n in places if (n > here.number if by > 0 else n < here.number)]
        if not after:
            self.refused.emit(
                "That is the last call of this queue." if by > 0 else "That is the first one."
            )
            return
        number = after[0] if by > 0 else after[-1]
        if number in left:
            self._ask(lambda ws, viewer: self._held(ws, viewer, left[number]))
        else:
            self._show(self._seen[number])

    def skip(self, reason: str) -> None:
        """Leave the call out for good, and go on."""
        call, study_id = self.current, self.study_id
        if call is None:
            return

        def work(ws: Workspace, viewer: Viewer) -> Taken:
            queueing.skip(ws, viewer, call.trial_id, reason)
            return _take(ws, viewer, study_id, self._owner)

        self._seen.pop(call.number, None)
        self._ask(work)

    def _held(self, ws: Workspace, viewer: Viewer, call: QueuedCall) -> Taken:
        code = making.get(ws, self.study_id).code
        queue = queueing.queue(ws, viewer, self.study_id)
        return code, queue, call if queueing.hold(ws, viewer, call.trial_id, self._owner) else None

    def _ask(self, work: Callable[[Workspace, Viewer], Taken]) -> None:
        ctx = self._ctx
        ctx.runner.run(
            Lane.WRITE, work, ctx.ws, ctx.viewer, done=self._on_taken, failed=self._on_failed
        )

    def _on_taken(self, taken: Taken) -> None:
        self.code, self.queue, call = taken
        if call is None:
            if self.queue.left:
                self.refused.emit("Another window is on that call.")
            else:
                self.current = None
                self._timer.stop()
                self.emptied.emit()
        else:
            self._show(call)
        self.changed.emit()

    def _show(self, call: QueuedCall) -> None:
        self.current = call
        self._seen[call.number] = call
        self._timer.start()
        self.took.emit(call)
        self.changed.emit()

    def _hold(self) -> None:
        call, ctx = self.current, self._ctx
        if call is not None:
            ctx.runner.run(
                Lane.WRITE, queueing.hold, ctx.ws, ctx.viewer, call.trial_id, self._owner,
                failed=lambda _error: None,
            )  # fmt: skip

    def _on_failed(self, error: Any) -> None:
        if isinstance(error, UserError):
            if self.current is None:
                self.leave()
            self.refused.emit(f"{error.what} {error.remedy}".strip())
        else:
            self._ctx.runner.failed.emit(error)


def _take(ws: Workspace, viewer: Viewer, study_id: str, owner: str) -> Taken:
    study = making.get(ws, study_id)
    call = queueing.take(ws, viewer, study_id, owner)
    return study.code, queueing.queue(ws, viewer, study_id), call
