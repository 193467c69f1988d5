"""Changing a judge: the draft, kept as it is made, and checked as it stands. Main thread only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.errors import UserError
from app.domain.judging import JudgeDefinition
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.judges import work
from app.ui.judges.checking import check
from app.ui.judges.draft import Draft, draft_from
from app.ui.judges.rows import JudgeEntry

KEEP_MS, CHECK_MS = 400, 250


class Editing(QObject):
    """One draft at a time. Signals arrive on the main thread."""

    changed = Signal()
    """The draft, or whether one edits, has changed."""
    checked = Signal(object)
    kept = Signal(str, bool)
    """A judge's draft is on disk, or gone from it."""

    def __init__(self, ctx: UiContext, owner: QObject) -> None:
        """`owner` takes the timers with it; what is under way is still received."""
        super().__init__()
        self._ctx = ctx
        self._viewer = ctx.viewer  # whose drafts these are, whoever signs in next
        self.draft: Draft | None = None
        self.active = False
        """Whether the texts can be written in."""
        self._pending: tuple[str, Mapping[str, Any] | None] | None = None
        self._check: Task | None = None
        self._keep_timer = _timer(owner, KEEP_MS, self.flush)
        self._check_timer = _timer(owner, CHECK_MS, self.check_now)
        self._wanted: JudgeDefinition | None = None

    def take(self, entry: JudgeEntry, stored: Mapping[str, Any] | None) -> None:
        """Another judge: its kept draft, if there is one; one reads first."""
        self.flush()
        self.draft = draft_from(stored, entry.versions) if stored is not None else None
        self.active = False
        self.changed.emit()

    def begin(self, base: JudgeDefinition) -> None:
        """Edit: the draft goes on where it was left; without one, from `base`."""
        if self.draft is None:
            self.draft = Draft(base=base)
        self.active = True
        self.changed.emit()

    def leave(self) -> None:
        """Read again; what is not saved is kept."""
        self.flush()
        if self.draft is not None and not self.draft.is_changed:
            self.draft = None
        self.active = False
        self.changed.emit()

    def put(self, draft: Draft) -> None:
        """Take a change."""
        if self.draft is None or draft.changes == self.draft.changes:
            return
        self.draft = draft
        self._pending = (draft.base.name, draft.to_json() if draft.is_changed else None)
        self._keep_timer.start()
        self.changed.emit()

    def discard(self) -> Draft | None:
        """Drop what is not saved; what it was, so that it can be brought back."""
        was = self.draft
        if was is None:
            return None
        self.draft, self.active = None, False
        self._pending = (was.base.name, None)
        self.flush()
        self.changed.emit()
        return was

    def restore(self, draft: Draft) -> None:
        """Bring a dropped draft back."""
        self.draft, self.active = draft, True
        self._pending = (draft.base.name, draft.to_json())
        self.flush()
        self.changed.emit()

    def saved(self) -> None:
        """The draft has become a version; the service has forgotten it."""
        self._keep_timer.stop()
        self._pending = None
        self.draft, self.active = None, False

    def rest(self) -> None:
        """Nobody looks: write what is waiting, check nothing."""
        self._check_timer.stop()
        self.flush()

    def flush(self) -> None:
        """Write what is waiting to be written."""
        self._keep_timer.stop()
        if self._pending is None:
            return
        (name, body), self._pending = self._pending, None
        ctx = self._ctx
        ctx.runner.run(
            Lane.WRITE, work.keep_draft, ctx.ws, self._viewer, name, body,
            done=lambda _none: self.kept.emit(name, body is not None),
        )  # fmt: skip

    # checking -----------------------------------------------------------------------------------

    def check(self, definition: JudgeDefinition) -> None:
        """Check the texts, once nobody has typed for a moment."""
        self._wanted = definition
        self._check_timer.start()

    def check_now(self) -> None:
        """Check the texts without waiting."""
        self._check_timer.stop()
        if self._wanted is None:
            return
        if self._check is not None:
            self._check.cancel()
        task = self._ctx.runner.task(Lane.READ, lambda _ctx, d: check(d), self._wanted)
        task.succeeded.connect(self.checked)
        task.failed.connect(self._on_failed)
        self._check = task.start()

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self._ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)


def _timer(owner: QObject, pause_ms: int, act: Callable[[], object]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(pause_ms)
    timer.timeout.connect(act)
    return timer
