"""Asks for flows, checks and writes on lanes; an older question's answer is dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.flows import FlowVersion
from app.tasks.runner import Lane, Task
from app.ui.flows import work

if TYPE_CHECKING:
    from app.eval.judging.flow_edits import Nodes
    from app.ui.context import UiContext


class FlowLoader(QObject):
    """The screen's questions. Signals arrive on the main thread."""

    listed = Signal(object)
    """Every `FlowEntry`."""
    opened = Signal(object)
    """A `FlowHistory`."""
    checked = Signal(object)
    """A `work.Checked`."""
    saved = Signal(object)
    """The `FlowVersion` that was stored."""
    approved = Signal(object)
    """The `FlowApproval`."""
    failed = Signal(object)

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._latest: dict[str, Task] = {}

    def fetch_entries(self) -> None:
        """Ask for all flows; `listed` answers."""
        self._ask("entries", Lane.READ, self.listed.emit, work.entries, self._ctx.ws)

    def fetch(self, key: str) -> None:
        """Ask for a flow; `opened` answers."""
        self._ask("history", Lane.READ, self.opened.emit, work.history, self._ctx.ws, key)

    def check(self, sop: str, nodes: Nodes) -> None:
        """Hold nodes against the text; `checked` answers."""
        self._ask("check", Lane.CPU, self.checked.emit, work.check, sop, nodes)

    def save(self, base: FlowVersion, nodes: Nodes, reason: str = "") -> None:
        """Store nodes as the next version; `saved` answers."""
        ctx = self._ctx
        self._write(self.saved.emit, work.save, ctx.ws, ctx.viewer, base, nodes, reason)

    def approve(self, base: FlowVersion, nodes: Nodes, note: str) -> None:
        """Accept a version, saving it first where it was edited; `approved` answers."""
        ctx = self._ctx
        self._write(self.approved.emit, work.approve, ctx.ws, ctx.viewer, base, nodes, note)

    def _write(self, done: Callable[[Any], None], fn: Callable[..., Any], *args: Any) -> None:
        self._ctx.runner.run(Lane.WRITE, fn, *args, done=done, failed=self.failed.emit)

    def _ask(
        self, name: str, lane: Lane, done: Callable[[Any], None], fn: Callable[..., Any], *args: Any
    ) -> None:
        before = self._latest.pop(name, None)
        if before is not None:
            before.cancel()
        task = self._ctx.runner.task(lane, lambda _ctx, *a: fn(*a), *args)
        task.succeeded.connect(done)
        task.failed.connect(self.failed.emit)
        task.finished.connect(lambda: self._forget(name, task))
        self._latest[name] = task
        task.start()

    def _forget(self, name: str, task: Task) -> None:
        if self._latest.get(name) is task:
            del self._latest[name]
