"""The import dialog: scanning, report, columns, importing, result. Nothing is copied before yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from PySide6.QtCore import QSize
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.calls import ChannelMap, Speaker
from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.domain.imports import DryRun, DryRunEntry, ImportChoices, ImportOptions, ImportResult
from app.domain.transcript_files import ColumnMap
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.importing.columns_page import ColumnsPage, TableHead, read_head, unread_tables
from app.ui.importing.listen import Listener
from app.ui.importing.report_page import ReportPage
from app.ui.importing.result_page import ResultPage
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.progress import ProgressPage


class ImportDialog(Dialog):
    """Imports files and folders into the workspace."""

    def __init__(self, ctx: UiContext, paths: Sequence[Path], parent: QWidget | None) -> None:
        super().__init__(ctx.theme, "Import recordings", parent, width=1060)
        self._ctx, self._paths = ctx, list(paths)
        self._options = ImportOptions(in_place=not ctx.settings.flag("copy_originals"))
        self._task: Task | None = None
        self.run: DryRun | None = None
        self.imported: ImportResult | None = None
        self._listener = Listener(ctx)
        self._make_pages()
        self._columns_button = self.add_button("Choose columns…", self._ask_columns)
        self.cancel_button = self.add_button("Cancel", self._cancel)
        self.go_button = self.add_button("Import", self._go, primary=True)
        self._scan()

    def _make_pages(self) -> None:
        theme = self._ctx.theme
        self.progress = ProgressPage(theme)
        self.report = ReportPage(theme)
        self.columns = ColumnsPage(theme)
        self.outcome = ResultPage(theme)
        self.report.changed.connect(self._show_buttons)
        self.report.hear.connect(self._hear)
        self.pages = QStackedWidget()
        for page in (self.progress, self.report, self.columns, self.outcome):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)

    def sizeHint(self) -> QSize:
        """Room for the report."""
        return QSize(self.theme.px(1060), self.theme.px(620))

    # scanning --------------------------------------------------------------------------------

    def _scan(self) -> None:
        from app.services import importing

        self.progress.begin("Reading what is there. Nothing is copied yet.")
        self._start(
            self._ctx.runner.task(
                Lane.CPU, importing.scan, self._ctx.ws, self._paths, self._options
            ),
            self._on_scanned,
        )

    def _start(self, task: Task, done: object) -> None:
        task.progressed.connect(self.progress.step)
        task.succeeded.connect(done)
        task.failed.connect(self._on_failed)
        self._task = task
        self.pages.setCurrentWidget(self.progress)
        self._show_buttons()
        task.start()

    def _on_scanned(self, run: DryRun) -> None:
        self._task, self.run = None, run
        self.report.show_run(run)
        self.pages.setCurrentWidget(self.report)
        self._show_buttons()

    def _on_failed(self, error: BaseException) -> None:
        self._task = None
        if isinstance(error, UserError):
            self.progress.fail(f"{error.what} {error.remedy}".strip())
        else:
            self.progress.fail("Something went wrong; the log has the details.")
            self._ctx.runner.failed.emit(error)
        self._show_buttons()

    # report ----------------------------------------------------------------------------------

    def _show_buttons(self) -> None:
        page = self.pages.currentWidget()
        on_report, on_columns = page is self.report, page is self.columns
        count = self.report.model.chosen
        waiting = self.report.unconfirmed
        self.go_button.setVisible(page is not self.progress)
        self._columns_button.setVisible(
            on_report and self.run is not None and bool(unread_tables(self.run))
        )
        self.cancel_button.setVisible(page is not self.outcome)
        self.cancel_button.set_text("Back" if on_columns else "Cancel")
        self.go_button.setEnabled(not on_report or (count > 0 and not waiting))
        words = f"Import {count} recording{'' if count == 1 else 's'}"
        self.go_button.set_text(
            words if on_report else "Use these columns" if on_columns else "Close"
        )
        self.say_problem(
            "Say for each source whether the channels are right; hear them if in doubt."
            if on_report and waiting and count
            else ""
        )
        self.problem.set_token("t2")

    def _hear(self, entry: DryRunEntry, channel_map: str, who: str) -> None:
        self._listener.hear(entry, cast("ChannelMap", channel_map), cast("Speaker", who))

    def _ask_columns(self) -> None:
        assert self.run is not None
        path = unread_tables(self.run)[0]
        self._ctx.runner.run(Lane.READ, read_head, path, done=self._on_head)

    def _on_head(self, head: TableHead) -> None:
        from app.services.formats.columns import guess

        given = self._options.columns
        self.columns.show_table(head, given if given is not None else guess(head.names))
        self.pages.setCurrentWidget(self.columns)
        self._show_buttons()

    def use_columns(self, columns: ColumnMap) -> None:
        """Read everything again with these columns."""
        self._options = replace(self._options, columns=columns)
        self._scan()

    # importing -------------------------------------------------------------------------------

    def _go(self) -> None:
        page = self.pages.currentWidget()
        if page is self.outcome:
            self.accept()
        elif page is self.columns:
            problem = self.columns.problem
            if problem:
                self.say_problem(problem)
            else:
                self.use_columns(self.columns.columns)
        elif page is self.report:
            self._commit()

    def _commit(self) -> None:
        from app.services import importing

        assert self.run is not None
        self._listener.stop()
        choices = ImportChoices(
            channel_maps=self.report.channel_maps, skip=frozenset(self.report.model.skipped)
        )
        self.progress.begin("Importing. What is done stays, even if you stop.")
        task = self._ctx.runner.task(Lane.CPU, importing.commit, self._ctx.ws, self.run, choices)
        task.finished.connect(self._tell)
        self._start(task, self._on_imported)

    def _on_imported(self, result: ImportResult) -> None:
        self._task, self.imported = None, result
        self.outcome.show_result(result)
        self.pages.setCurrentWidget(self.outcome)
        self._show_buttons()

    def _tell(self) -> None:
        self._ctx.bus.saved.emit(utc_now())
        self._ctx.bus.changed.emit(Changes(everything=True), self)

    def _cancel(self) -> None:
        if self.pages.currentWidget() is self.columns:
            self.pages.setCurrentWidget(self.report)
            self._show_buttons()
        else:
            self.reject()

    def done(self, code: int) -> None:
        """Close: stop what runs; calls imported so far stay."""
        if self._task is not None:
            self._task.cancel()
        self._listener.stop()
        super().done(code)

    def closeEvent(self, event: QCloseEvent) -> None:
        """As Cancel."""
        if self._task is not None:
            self._task.cancel()
        self._listener.stop()
        super().closeEvent(event)
