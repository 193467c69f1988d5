"""Import a run of another system: what it holds first, then with all its evidence.

The dry run names each call, whether its recording is there, and what cannot be carried over;
nothing is written before *Import*.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.domain.changes import Changes
from app.domain.errors import UserError
from app.tasks.runner import Lane, Task, TaskContext
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.services.importing.foreign_result import ForeignItem, ForeignResult
    from app.services.workspace import Workspace
    from app.ui.context import UiContext

WIDTH_PX, HEIGHT_PX = 680, 480
MOST_LISTED = 200


class ForeignDialog(Dialog):
    """`titles` say whose runs the paths are, such as `EVA-Bench`."""

    def __init__(
        self,
        ctx: UiContext,
        paths: Sequence[Path],
        title: str,
        as_recordings: Callable[[], None],
        parent: QWidget | None,
    ) -> None:
        super().__init__(ctx.theme, f"Import from {title}", parent, width=WIDTH_PX)
        self._ctx, self._paths = ctx, list(paths)
        self._task: Task | None = None
        self.told = Label(ctx.theme, "Looking at what is there…", "body", "t2", wrap=True)
        self.body.addWidget(self.told)
        holder = QWidget()
        self.calls = QVBoxLayout(holder)
        self.calls.setContentsMargins(0, 0, 8, 0)
        self.calls.setSpacing(10)
        self.calls.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(holder)
        self.body.addWidget(area, 1)
        self.plain = self.add_button("As plain recordings", self._as(as_recordings))
        self.stop = self.add_button("Cancel", self.close)
        self.go = self.add_button("Import", self._import, primary=True)
        self.go.setEnabled(False)
        self.finished.connect(self._cancel)
        self._start(dry_run=True, done=self._on_looked)

    def sizeHint(self) -> QSize:
        """Room for a few calls."""
        return QSize(self.theme.px(WIDTH_PX), self.theme.px(HEIGHT_PX))

    def _as(self, then: Callable[[], None]) -> Callable[[], None]:
        def act() -> None:
            self.close()
            then()

        return act

    def _start(self, *, dry_run: bool, done: Callable[[ForeignResult], None]) -> None:
        task = self._ctx.runner.task(Lane.CPU, _take_in, self._ctx.ws, self._paths, dry_run)
        task.succeeded.connect(lambda found: done(found) if isValid(self) else None)
        task.failed.connect(lambda error: self._on_failed(error) if isValid(self) else None)
        task.progressed.connect(self._on_progress)
        self._task = task.start()

    def _on_progress(self, done: int, _total: int, note: str) -> None:
        if isValid(self):
            self.told.setText(f"{done}: {note}" if done else note)

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self._ctx.runner.failed.emit(error)
            return
        self.told.setText("")
        self.say_problem(f"{error.what} {error.remedy}".strip())

    def _on_looked(self, found: ForeignResult) -> None:
        self._list(found)
        new, known = len(found.items), len(found.duplicates)
        bare = sum(len(i.missing) >= len(i.call.audio) for i in found.items)
        words = [f"{new} {'call' if new == 1 else 'calls'} to import"]
        words += [f"{bare} without a recording"] if bare else []
        words += [f"{known} here already"] if known else []
        words += [f"{len(found.failed)} cannot be read"] if found.failed else []
        self.told.setText(", ".join(words) + ". Nothing has been changed yet.")
        self.go.setEnabled(new > 0)

    def _import(self) -> None:
        self.go.setEnabled(False)
        self.plain.setEnabled(False)
        self._start(dry_run=False, done=self._on_imported)

    def _on_imported(self, found: ForeignResult) -> None:
        ids = frozenset(item.id for item in found.items)
        self._ctx.bus.changed.emit(Changes(calls=ids, segments=ids), self)
        self._list(found)
        count = len(found.items)
        self.told.setText(
            f"{count} {'call' if count == 1 else 'calls'} imported, {len(found.failed)} failed. "
            "What could not be carried over is listed with each call."
        )
        self.go.hide()
        self.plain.hide()
        self.stop.set_text("Close")

    def _list(self, found: ForeignResult) -> None:
        while self.calls.count() > 1:
            item = self.calls.takeAt(0)
            if (widget := item.widget() if item is not None else None) is not None:
                widget.deleteLater()
        for entry in found.items[:MOST_LISTED]:
            self.calls.insertWidget(self.calls.count() - 1, self._entry(entry))
        for failure in found.failed[:MOST_LISTED]:
            words = f"{failure.path}: {failure.reason}"
            label = Label(self.theme, words, "small", "danger", wrap=True)
            self.calls.insertWidget(self.calls.count() - 1, label)

    def _entry(self, item: ForeignItem) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        head = f"{item.code}  {item.call.title}".strip()
        column.addWidget(Label(self.theme, head, "body", "t1", weight=600, wrap=True))
        sound = "recording missing" if len(item.missing) >= len(item.call.audio) else "recording"
        facts = f"{sound}, {len(item.call.layers)} layers, {len(item.call.documents)} files kept"
        column.addWidget(Label(self.theme, facts, "small", "t3", wrap=True))
        unknown = [f"Kept, not understood: {', '.join(item.call.unknown[:8])}."]
        told = (*item.call.losses, *item.warnings, *(unknown if item.call.unknown else ()))
        for words in dict.fromkeys(told):
            column.addWidget(Label(self.theme, words, "small", "warn", wrap=True))
        return holder

    def _cancel(self) -> None:
        """Calls imported by then stay."""
        if self._task is not None:
            self._task.cancel()


def whose(paths: Sequence[Path]) -> str:
    """Whose runs the paths are, in words; empty where one of them is no other system's."""
    from app.services.importing.readers import sniffed

    found = [sniffed(path) for path in paths if path.exists()]
    if not found or any(reader is None for reader in found):
        return ""
    return " and ".join(dict.fromkeys(reader.title for reader in found if reader is not None))


def _take_in(
    ctx: TaskContext, ws: Workspace, paths: Sequence[Path], dry_run: bool
) -> ForeignResult:
    from app.services.importing import foreign_intake

    return foreign_intake.take_in(ctx, ws, foreign_intake.AUTO, paths, dry_run=dry_run)
