"""Deriving a flow: an SOP pasted, opened or taken from a scenario; by rules or by a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget
from shiboken6 import isValid

from app.domain.errors import UserError
from app.domain.flows import FlowVersion
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.flows import work
from app.ui.flows.derive_form import DeriveForm
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.progress import ProgressPage

if TYPE_CHECKING:
    from app.services.judging.flows import FlowEntry

WIDTH_PX, HEIGHT_PX, PAUSE_MS = 720, 580, 250


class DeriveDialog(Dialog):
    """Derives on a lane; closing it stops, and the rounds that were stored stay."""

    derived = Signal(object)
    """The last `FlowVersion`."""

    def __init__(
        self, ctx: UiContext, entries: Sequence[FlowEntry], scenario: str, parent: QWidget | None
    ) -> None:
        """`scenario` is the key that is offered first; empty for a blank page."""
        super().__init__(ctx.theme, "Derive a flow", parent, width=WIDTH_PX)
        self._ctx = ctx
        self._task: Task | None = None
        self.form = DeriveForm(ctx.theme, entries)
        self.progress = ProgressPage(ctx.theme)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.form)
        self.pages.addWidget(self.progress)
        self.body.addWidget(self.pages, 1)
        self.cancel_button = self.add_button("Cancel", self.reject)
        self.go_button = self.add_button("Derive", self.derive, primary=True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._count)
        self.form.text.textChanged.connect(self._pause.start)
        self.form.changed.connect(self._show_ready)
        self.form.scenario_chosen.connect(self._on_scenario)
        self.form.file_asked.connect(self._ask_file)
        self._ask(self.form.show_profiles, work.endpoints, ctx.ws)
        self.form.choose_scenario(scenario)
        self._show_ready()

    def sizeHint(self) -> QSize:
        """Room for the text."""
        return QSize(self.theme.px(WIDTH_PX), self.theme.px(HEIGHT_PX))

    # form ---------------------------------------------------------------------------------------

    def _alive(self, take: Callable[[Any], None]) -> Callable[[Any], None]:
        """Answers to a dialog that was closed meanwhile are dropped."""
        return lambda value: take(value) if isValid(self) else None

    def _ask(self, take: Callable[[Any], None], fn: Callable[..., Any], *args: Any) -> None:
        self._ctx.runner.run(
            Lane.READ, fn, *args, done=self._alive(take), failed=self._alive(self._on_failed)
        )

    def _on_scenario(self, key: str) -> None:
        self._ask(self._on_steps, work.scenario_text, self._ctx.ws, key)

    def _on_steps(self, found: FlowVersion | None) -> None:
        if found is None:
            self.say_problem("This flow has no scenario with steps. Paste its SOP.")
        else:
            self.say_problem("")
            self.form.fill(found.sop, found.key, found.title)

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, "Open an SOP")
        dialog.setNameFilter("Texts (*.md *.txt *.markdown);;All files (*)")
        dialog.fileSelected.connect(lambda chosen: self.open_file(Path(chosen)))
        dialog.open()

    def open_file(self, path: Path) -> None:
        """Take the text of a file."""
        form = self.form

        def take(words: str) -> None:
            self.say_problem("")
            form.fill(words, form.key.text() or path.stem, form.title.text() or path.stem)

        self._ask(take, work.read_sop, path)

    def _count(self) -> None:
        self._ask(self.form.found.setText, work.steps_in, self.form.text.toPlainText())

    def _show_ready(self) -> None:
        self.go_button.setEnabled(self.form.is_ready and self._task is None)

    # deriving -----------------------------------------------------------------------------------

    def derive(self) -> None:
        """Derive what the form says."""
        if not self.go_button.isEnabled():
            return
        ctx, form, sop = self._ctx, self.form, self.form.sop
        by = (form.endpoint.currentText(), form.model.text().strip()) if form.by_model else ("", "")
        lane = Lane.NET if form.by_model else Lane.CPU
        task = ctx.runner.task(lane, work.derive, ctx.ws, ctx.viewer, sop, *by)
        task.progressed.connect(lambda *step: self.progress.step(*step) if isValid(self) else None)
        task.succeeded.connect(self._alive(self._on_derived))
        task.failed.connect(self._alive(self._on_failed))
        self._task = task
        self.say_problem("")
        self.progress.begin(f"Deriving “{sop.title or sop.key}”")
        self.pages.setCurrentIndex(1)
        self.go_button.hide()
        self.cancel_button.set_text("Stop")
        task.start()

    def _on_derived(self, version: FlowVersion) -> None:
        self._task = None
        self.derived.emit(version)
        self.accept()

    def _on_failed(self, error: BaseException) -> None:
        self._task = None
        self.pages.setCurrentIndex(0)
        self.go_button.show()
        self.cancel_button.set_text("Cancel")
        self._show_ready()
        if isinstance(error, UserError):
            self.say_problem(str(error))
        else:
            self._ctx.runner.failed.emit(error)

    def reject(self) -> None:
        """Stop what runs and close."""
        if self._task is not None:
            self._task.cancel()
        super().reject()
