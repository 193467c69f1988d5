"""Perturbed copies: which steps, on whose channel; then progress; then what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QWidget
from shiboken6 import isValid

from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.services.perturbing import Perturbed
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.library.words import calls_words
from app.ui.perturbing import work
from app.ui.perturbing.form import RecipeForm
from app.ui.perturbing.outcome import MOST_FAILURES, OutcomePage
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.progress import ProgressPage

if TYPE_CHECKING:
    from app.domain.evaluation import Run

WIDTH_PX, HEIGHT_PX = 680, 540


class PerturbDialog(Dialog):
    """Makes the copies on a lane; closing it stops, and what was made stays."""

    def __init__(
        self,
        ctx: UiContext,
        query: str,
        seqs: Sequence[int],
        measured: Callable[[Run], object],
        compare: Callable[[Sequence[str], Sequence[str]], object],
        *,
        parent: QWidget | None,
    ) -> None:
        """`query` is the one in force in the library, `seqs` the numbers of the selected calls.

        `measured` gets a stored run over originals and copies, `compare` both lists of ids.
        """
        super().__init__(ctx.theme, "Make perturbed copies", parent, width=WIDTH_PX)
        self._ctx, self._measured, self._compare = ctx, measured, compare
        self._ids: tuple[str, ...] = ()
        self._task: Task | None = None
        self.outcome: Perturbed | None = None
        self.form = RecipeForm(ctx.theme)
        self.progress = ProgressPage(ctx.theme)
        self.outcome_page = OutcomePage(ctx.theme)
        self.pages = QStackedWidget()
        for page in (self.form, self.progress, self.outcome_page):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)
        self._count = Label(ctx.theme, "Counting the calls.", "small", "t2")
        self.foot.insertWidget(0, self._count)
        self.cancel_button = self.add_button("Cancel", self.reject)
        self.measure_button = self.add_button("Measure originals and copies", self.measure)
        self.compare_button = self.add_button("Compare", self._on_compare)
        self.go_button = self.add_button("Make copies", self.make, primary=True)
        self.measure_button.hide()
        self.compare_button.hide()
        self.form.changed.connect(self._show_ready)
        self._show_ready()
        ctx.runner.run(
            Lane.READ,
            work.found_ids,
            ctx.ws,
            ctx.viewer,
            query,
            list(seqs),
            done=self._alive(self._on_found),
            failed=self._on_failed,
        )

    def sizeHint(self) -> QSize:
        """Room for the steps."""
        return QSize(self.theme.px(WIDTH_PX), self.theme.px(HEIGHT_PX))

    # asking -------------------------------------------------------------------------------------

    def _alive(self, take: Callable[[Any], None]) -> Callable[[Any], None]:
        """Answers to a dialog that was closed meanwhile are dropped."""
        return lambda value: take(value) if isValid(self) and self.isVisible() else None

    def _on_found(self, ids: tuple[str, ...]) -> None:
        self._ids = ids
        self._count.setText(
            f"{calls_words(len(ids))}, one copy each"
            if ids
            else "There is no call. Import some, or change the query."
        )
        self._show_ready()

    def _show_ready(self) -> None:
        self.say_problem("")
        is_ready = self._ids and self.form.steps.rows and self._task is None
        self.go_button.setEnabled(bool(is_ready))

    # making -------------------------------------------------------------------------------------

    def make(self) -> None:
        """Make the copies."""
        if not self.go_button.isEnabled():
            return
        try:
            recipe = self.form.recipe()
        except UserError as error:
            self.say_problem(str(error))
            return
        ctx = self._ctx
        task = ctx.runner.task(
            Lane.CPU, work.make, ctx.ws, self._ids, recipe, self.form.tag.text().strip()
        )
        task.progressed.connect(self._alive_step(self.progress.step))
        task.succeeded.connect(self._on_made)
        task.failed.connect(self._on_failed)
        self._task = task
        self.progress.begin(f"{calls_words(len(self._ids))}: {recipe.words}")
        self.pages.setCurrentWidget(self.progress)
        self.go_button.hide()
        self.cancel_button.set_text("Stop")
        task.start()

    def _alive_step(self, step: Callable[[int, int, str], None]) -> Callable[..., None]:
        return lambda done, total, note: step(done, total, note) if isValid(self) else None

    def _on_made(self, result: Perturbed) -> None:
        self._ctx.bus.saved.emit(utc_now())
        self._ctx.bus.changed.emit(result.changes, None)
        if not isValid(self):
            return
        self._task, self.outcome = None, result
        self.outcome_page.show_counts(result)
        self.pages.setCurrentWidget(self.outcome_page)
        self.go_button.hide()
        any_copy = bool(result.made or result.known)
        self.measure_button.setVisible(any_copy)
        self.compare_button.setVisible(any_copy)
        self.cancel_button.set_text("Close")
        self._count.setText("")
        if result.failed:
            self._ctx.runner.run(
                Lane.READ,
                work.codes_of,
                self._ctx.ws,
                [call_id for call_id, _ in result.failed[:MOST_FAILURES]],
                done=self._alive(self._show_failures),
                failed=self._on_failed,
            )
        (self.measure_button if any_copy else self.cancel_button).setFocus()

    def _show_failures(self, codes: dict[str, str]) -> None:
        if self.outcome is not None:
            self.outcome_page.show_failures(self.outcome, codes)

    def reject(self) -> None:
        """Stop what runs and close; copies that were made stay."""
        if self._task is not None:
            task, self._task = self._task, None
            bus = self._ctx.bus
            from app.domain.changes import Changes

            task.finished.connect(lambda: bus.changed.emit(Changes(everything=True), None))
            task.cancel()
        super().reject()

    # afterwards ---------------------------------------------------------------------------------

    def _both(self) -> tuple[list[str], list[str]]:
        result = self.outcome
        pairs = (*result.made, *result.known) if result is not None else ()
        return [original for original, _ in pairs], [copy for _, copy in pairs]

    def measure(self) -> None:
        """Store a run over originals and copies, and close."""
        originals, copies = self._both()
        measured = self._measured

        def made(run: Run) -> None:
            """The run is stored, and so it is started even if the dialog was closed meanwhile."""
            measured(run)
            if isValid(self):
                self.accept()

        self.measure_button.setEnabled(False)
        ctx, ids = self._ctx, [*originals, *copies]
        ctx.runner.run(
            Lane.WRITE, work.measure, ctx.ws, ctx.viewer, ids, done=made, failed=self._on_failed
        )

    def _on_compare(self) -> None:
        originals, copies = self._both()
        self.accept()
        self._compare(originals, copies)

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self._ctx.runner.failed.emit(error)
        if not isValid(self):
            return
        self._task = None
        self.measure_button.setEnabled(True)
        if self.outcome is None:
            self.pages.setCurrentWidget(self.form)
            self.go_button.show()
            self.cancel_button.set_text("Cancel")
        self._show_ready()
        if isinstance(error, UserError):
            self.say_problem(str(error))
