"""Perturbed copies: which steps, on whose channel; then progress; then what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSpinBox, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.services.perturbing import Perturbed, Recipe, parse
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.library.words import calls_words, thousands
from app.ui.perturbing import work
from app.ui.perturbing.steps import StepList
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.progress import ProgressPage
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.domain.calls import Speaker
    from app.domain.evaluation import Run

WIDTH_PX, HEIGHT_PX = 680, 540
MOST_FAILURES = 8
MOST_SEED = 2**31 - 1
SPEAKERS: dict[str, tuple[Speaker, ...]] = {
    "caller": ("caller",),
    "agent": ("agent",),
    "both": ("caller", "agent"),
}
ABOUT = (
    "Every call gets a copy in which the sound is perturbed, step by step in this order. The "
    "originals stay as they are. The same recipe with the same seed makes the same samples."
)


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
        self._build()
        self.cancel_button = self.add_button("Cancel", self.reject)
        self.measure_button = self.add_button("Measure originals and copies", self.measure)
        self.compare_button = self.add_button("Compare", self._on_compare)
        self.go_button = self.add_button("Make copies", self.make, primary=True)
        self.measure_button.hide()
        self.compare_button.hide()
        self.steps.add_step()
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

    # composition --------------------------------------------------------------------------------

    def _build(self) -> None:
        theme = self.theme
        self.steps = StepList(theme)
        self.steps.changed.connect(self._show_ready)
        self.channel = Segmented(
            theme,
            [Segment("caller", "Caller"), Segment("agent", "Agent"), Segment("both", "Both")],
            name="Channel",
        )
        self.channel.chosen.connect(self._show_ready)
        self.seed = QSpinBox()
        self.seed.setRange(0, MOST_SEED)
        self.seed.setFixedWidth(theme.px(120))
        self.seed.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.seed.setAccessibleName("Seed")
        self.tag = QLineEdit("perturbed")
        self.tag.setAccessibleName("Tag of the copies")
        for field in (self.seed, self.tag):
            field.setFont(theme.font("body"))
        self.progress = ProgressPage(theme)
        self.told = Label(theme, "", "body", "t1", wrap=True)
        self.failures = Label(theme, "", "small", "t2", wrap=True)
        self.pages = QStackedWidget()
        for page in (self._form(), self.progress, self._result()):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)
        self._count = Label(theme, "Counting the calls.", "small", "t2")
        self.foot.insertWidget(0, self._count)

    def _form(self) -> QWidget:
        theme, page = self.theme, QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Label(theme, ABOUT, "small", "t2", wrap=True))
        column.addSpacing(4)
        column.addWidget(Label(theme, "Steps", "small", "t2"))
        column.addWidget(self.steps, 1)
        column.addSpacing(8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        for at, (word, field) in enumerate(
            (("Channel", self.channel), ("Seed", self.seed), ("Tag of the copies", self.tag))
        ):
            grid.addWidget(Label(theme, word, "small", "t2"), 0, at)
            grid.addWidget(field, 1, at)
        grid.setColumnStretch(2, 1)
        column.addLayout(grid)
        return page

    def _result(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addStretch(2)
        column.addWidget(self.told)
        column.addWidget(self.failures)
        column.addStretch(3)
        return page

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

    def _show_ready(self, *_args: object) -> None:
        self.say_problem("")
        if hasattr(self, "go_button"):
            self.go_button.setEnabled(bool(self._ids and self.steps.rows and self._task is None))

    def recipe(self) -> Recipe:
        """What the fields say.

        Raises:
            BadInput: there is no step, or a number is out of its range.
        """
        speakers = SPEAKERS[self.channel.current or "caller"]
        return parse(self.steps.text, speakers=speakers, seed=self.seed.value())

    # making -------------------------------------------------------------------------------------

    def make(self) -> None:
        """Make the copies."""
        if not self.go_button.isEnabled():
            return
        try:
            recipe = self.recipe()
        except UserError as error:
            self.say_problem(str(error))
            return
        ctx = self._ctx
        task = ctx.runner.task(
            Lane.CPU, work.make, ctx.ws, self._ids, recipe, self.tag.text().strip()
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
        made, known, failed = len(result.made), len(result.known), len(result.failed)
        self.told.setText(
            f"{thousands(made)} cop{'y' if made == 1 else 'ies'} made, {thousands(known)} known "
            f"already, {thousands(failed)} failed."
        )
        self.pages.setCurrentIndex(2)
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
        failed = self.outcome.failed if self.outcome is not None else ()
        lines = [f"{codes.get(i, i)}: {why}" for i, why in failed[:MOST_FAILURES]]
        if len(failed) > MOST_FAILURES:
            lines.append(f"and {thousands(len(failed) - MOST_FAILURES)} more.")
        self.failures.setText("\n".join(lines))

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
            self.pages.setCurrentIndex(0)
            self.go_button.show()
            self.cancel_button.set_text("Cancel")
        self._show_ready()
        if isinstance(error, UserError):
            self.say_problem(str(error))
