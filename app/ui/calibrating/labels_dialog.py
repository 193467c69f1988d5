"""Importing labels that were made elsewhere: file, columns, what would come in, what would not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QFileDialog,
    QStackedWidget,
    QWidget,
)

from app.tasks.runner import Lane, Task
from app.ui.calibrating import labels_work
from app.ui.calibrating.dialog_work import OneTask
from app.ui.calibrating.labels_form import LabelsForm
from app.ui.calibrating.labels_work import Looked
from app.ui.context import UiContext
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.progress import ProgressPage

if TYPE_CHECKING:
    from app.services.calibrating.labels import LabelsImported

WIDTH_PX = 860
SETTLE_MS = 150


class LabelsDialog(Dialog):
    """Reads and looks on a worker; nothing is written before Import is pressed."""

    def __init__(self, ctx: UiContext, parent: QWidget | None) -> None:
        super().__init__(ctx.theme, "Import labels", parent, width=WIDTH_PX)
        self._ctx = ctx
        self._looked: Looked | None = None
        self._dry: LabelsImported | None = None
        self.work = OneTask(ctx, self._on_failed)
        self.imported: LabelsImported | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._try)
        self.pages = QStackedWidget()
        self.progress = ProgressPage(ctx.theme)
        self.form = LabelsForm(ctx.theme)
        self.mapping, self.file = self.form.mapping, self.form.file
        self.file.editingFinished.connect(self._on_typed)
        self.form.browse.clicked.connect(self._browse)
        self.mapping.changed.connect(self._on_mapped)
        self.pages.addWidget(self.form)
        self.pages.addWidget(self.progress)
        self.body.addWidget(self.pages)
        self.cancel_button = self.add_button("Cancel", self.reject)
        self.go_button = self.add_button("Import", self._go, primary=True)
        self.go_button.setEnabled(False)

    # the file --------------------------------------------------------------------------------

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Labels", self.file.text())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Labels (*.csv *.jsonl *.ndjson *.json)", "All files (*)"])
        dialog.fileSelected.connect(self.open_file)
        dialog.open()

    def _on_typed(self) -> None:
        path = Path(self.file.text().strip()).expanduser()
        if self.file.text().strip() and (self._looked is None or self._looked.path != path):
            self.open_file(str(path))

    def open_file(self, path: str) -> None:
        """Look at a file."""
        self.file.setText(path)
        self._looked = self._dry = None
        self.go_button.setEnabled(False)
        where = Path(path).expanduser()
        task = self._ctx.runner.task(Lane.CPU, labels_work.look, self._ctx.ws, where)
        self._start(task, self._on_looked)

    def _on_looked(self, looked: Looked) -> None:
        self._looked = looked
        self.form.show_file(looked)
        self._try()

    # what would come in ----------------------------------------------------------------------

    def _on_mapped(self) -> None:
        self._dry = None
        self.go_button.setEnabled(False)
        self._settle.start()

    def _try(self) -> None:
        """Look at what would come of it, where enough is said for that."""
        if self._looked is None:
            return
        problem = self.mapping.problem if self._looked.preview is not None else ""
        if problem:
            self._show_dry(None)
            self.say_problem(problem)
            return
        self._start(self._bring(dry_run=True), self._show_dry)

    def _show_dry(self, found: LabelsImported | None) -> None:
        self._dry = found
        self.go_button.setEnabled(found is not None)
        self.form.show_found(found)
        self._grow()

    def _grow(self) -> None:
        """Take the height that the shown parts need."""
        wanted = self.sizeHint().height()
        if self.height() < wanted:
            self.resize(self.width(), min(wanted, self.screen().availableSize().height()))

    # importing -------------------------------------------------------------------------------

    def _go(self) -> None:
        if self.imported is not None:
            self.accept()
        elif self._dry is not None:
            self.progress.begin("Importing")
            self.pages.setCurrentWidget(self.progress)
            self.go_button.hide()
            task = self._bring(dry_run=False)
            task.progressed.connect(self.progress.step)
            self._start(task, self._on_imported)

    def _on_imported(self, found: LabelsImported) -> None:
        self.imported = found
        self.progress.begin(labels_work.done_words(found))
        told = found.published
        beside = ""
        if told is not None:
            beside = f"Published for {told['judge']} on these labels: kappa {told['kappa']:g}."
        self.progress.step(1, 0, beside)
        self._ctx.bus.changed.emit(found.changes, self)
        self.cancel_button.hide()
        self.go_button.set_text("Close")
        self.go_button.show()
        self.go_button.setFocus()

    # work ------------------------------------------------------------------------------------

    def _bring(self, *, dry_run: bool) -> Task:
        assert self._looked is not None
        mapped = self._looked.preview is not None
        return self._ctx.runner.task(
            Lane.CPU, labels_work.bring, self._ctx.ws, self._ctx.viewer, self._looked.path,
            self.mapping.columns if mapped else {}, self.mapping.rubric_key if mapped else "",
            dry_run,
        )  # fmt: skip

    def _start(self, task: Task, then: Callable[[Any], None]) -> None:
        self.say_problem("")
        self.work.start(task, then)

    def _on_failed(self, words: str) -> None:
        if self.pages.currentWidget() is self.progress:
            self.progress.fail(words)
            self.cancel_button.set_text("Close")
            return
        if self._looked is None:
            self.form.show_nothing()
        self._show_dry(None)
        self.say_problem(words)

    def done(self, code: int) -> None:
        """Close: stop what runs."""
        self.work.cancel()
        super().done(code)
