"""The wizard for a new study: instrument, calls, rules, preview; then it renders and opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget
from shiboken6 import isValid

from app.domain.errors import UserError
from app.domain.studies import Study
from app.services import rubrics
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.review.tab_strip import Tab, TabStrip
from app.ui.studies import setup as making
from app.ui.studies.setup import Drawn, Setup
from app.ui.studies.step_calls import CallsStep
from app.ui.studies.step_design import DesignStep
from app.ui.studies.step_instrument import InstrumentStep
from app.ui.studies.step_preview import PreviewStep
from app.ui.widgets.dialog import Dialog

WIDTH_PX, HEIGHT_PX, PAUSE_MS = 860, 640, 300
STEPS = (
    Tab("instrument", "1  Instrument"),
    Tab("calls", "2  Calls"),
    Tab("design", "3  Rules"),
    Tab("preview", "4  Preview"),
)


class StudyWizard(Dialog):
    """Emits the study that was made, open or kept as a draft."""

    made = Signal(object)

    def __init__(
        self,
        ctx: UiContext,
        parent: QWidget | None,
        *,
        call_ids: tuple[str, ...] = (),
        query: str = "",
        draft: Study | None = None,
        rubric_key: str = "",
    ) -> None:
        super().__init__(ctx.theme, "New study", parent, width=WIDTH_PX)
        self._ctx = ctx
        self.setup = _from_draft(draft, rubric_key) if draft else Setup()
        if call_ids or query:
            self.setup = making.replace_calls(self.setup, call_ids, query)
        self._draft = (self.setup.made_of, draft) if draft is not None else None
        self._drawn: Drawn | None = None
        self._drawing: Task | None = None
        self._opening: Task | None = None
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._draw)
        ctx.runner.run(
            Lane.READ, rubrics.rubric_versions, ctx.ws, done=self._alive(self._on_rubrics)
        )
        self.show_step(1 if draft is not None else 0)

    def sizeHint(self) -> QSize:
        """Room for the widest step."""
        return QSize(self.theme.px(WIDTH_PX), self.theme.px(HEIGHT_PX))

    def _build(self) -> None:
        theme = self.theme
        self.strip = TabStrip(theme, STEPS, name="Steps", parent=self)
        self.strip.chosen.connect(self._on_strip)
        self.instrument, self.calls = InstrumentStep(theme), CallsStep(theme)
        self.design, self.preview = DesignStep(theme), PreviewStep(theme)
        self._pages = QStackedWidget()
        for step in (self.instrument, self.calls, self.design, self.preview):
            self._pages.addWidget(step)
            step.show_setup(self.setup) if not isinstance(step, PreviewStep) else None
        for part in (self.instrument, self.calls, self.design):
            part.changed.connect(self._on_changed)
        self.body.addWidget(self.strip)
        self.body.addSpacing(4)
        self.body.addWidget(self._pages, 1)
        self.cancel = self.add_button("Cancel", self._on_cancel)
        self.keep = self.add_button("Keep as draft", self._on_keep)
        self.back = self.add_button("Back", lambda: self.show_step(self._at - 1))
        self.go = self.add_button("Next", self._on_go, primary=True)

    def _alive(self, take: Any) -> Any:
        """Answers to a dialog that was closed meanwhile are dropped."""
        return lambda value: take(value) if isValid(self) else None

    def _on_rubrics(self, found: Any) -> None:
        self.instrument.show_rubrics(found)

    # steps --------------------------------------------------------------------------------------

    @property
    def _at(self) -> int:
        return self._pages.currentIndex()

    def _on_strip(self, key: str) -> None:
        self.show_step([tab.key for tab in STEPS].index(key))

    def show_step(self, at: int) -> None:
        """Go to a step, where what comes before it is complete."""
        at = max(0, min(at, len(STEPS) - 1))
        self._take()
        while at > self._at and self._problem(at):
            at -= 1
        step = self._pages.widget(at)
        if isinstance(step, CallsStep | DesignStep):
            step.show_setup(self.setup)
        self._pages.setCurrentIndex(at)
        self.strip.set_current(STEPS[at].key)
        self.back.setVisible(at > 0)
        self.keep.setVisible(at > 0)
        self.go.set_text("Open the study" if at == len(STEPS) - 1 else "Next")
        if at > 0:
            self._draw()
        self._show_drawn()
        if step is not None:
            step.setFocus()

    def _take(self) -> None:
        """Take what the step in front says."""
        step = self._pages.currentWidget()
        if isinstance(step, InstrumentStep | CallsStep | DesignStep):
            self.setup = step.told(self.setup)

    def _problem(self, before: int) -> str:
        """What keeps the steps below `before` from being complete."""
        found = self.instrument.problem() if before > 0 else ""
        found = found or (self.design.problem() if before > 2 else "")
        self.say_problem(found)
        return found

    def _on_changed(self) -> None:
        self.say_problem("")
        self._take()
        if self._at in (1, 2):
            self._drawn = None if self._at == 1 else self._drawn
            self._timer.start()
            if self._at == 1:
                self._show_drawn()

    # drawing ------------------------------------------------------------------------------------

    def _draw(self) -> None:
        self._timer.stop()
        if self._drawing is not None:
            self._drawing.cancel()
        ctx = self._ctx
        self._drawing = ctx.runner.run(
            Lane.CPU, making.draw, ctx.ws, ctx.viewer, self.setup,
            done=self._alive(self._on_drawn), failed=self._alive(self._on_failed),
        )  # fmt: skip

    def _on_drawn(self, drawn: Drawn) -> None:
        self._drawing, self._drawn = None, drawn
        self._show_drawn()

    def _show_drawn(self) -> None:
        self.calls.show_drawn(self._drawn)
        if self._drawn is not None:
            self.design.show_drawn(self._drawn)
        if self._opening is None:
            self.preview.show_drawn(self.setup, self._drawn)
        last = self._at == len(STEPS) - 1
        fits = self._drawn is not None and not self._drawn.problem
        self.go.setEnabled(self._opening is None and (fits or not last))

    # making -------------------------------------------------------------------------------------

    def _on_go(self) -> None:
        if self._at < len(STEPS) - 1:
            self.show_step(self._at + 1)
        elif self._opening is None:
            self._begin_opening()

    def _begin_opening(self) -> None:
        self.preview.begin(
            "Rendering the clips" if self.setup.instrument != "rubric" else "Opening"
        )
        for button in (self.go, self.back, self.keep):
            button.setEnabled(False)
        ctx, known = self._ctx, self._known()
        if known is not None:
            self._open(known)
            return
        task = ctx.runner.task(
            Lane.WRITE, lambda _ctx, setup: making.make(ctx.ws, ctx.viewer, setup), self.setup
        )
        self._follow(task, self._on_drafted)

    def _on_drafted(self, study: Study) -> None:
        """The draft is stored apart from the rest, so that one is made however often it stops."""
        self._draft = (self.setup.made_of, study)
        self._open(study)

    def _open(self, study: Study) -> None:
        ctx = self._ctx
        task = ctx.runner.task(Lane.CPU, making.open_it, ctx.ws, ctx.viewer, self.setup, study.id)
        task.progressed.connect(
            lambda *told: self.preview.show_progress(*told) if isValid(self) else None
        )
        self._follow(task, self._on_made)

    def _follow(self, task: Task, take: Callable[[Study], None]) -> None:
        task.succeeded.connect(self._alive(take))
        task.failed.connect(self._alive(self._on_failed))
        task.finished.connect(lambda: self._on_stopped(task) if isValid(self) else None)
        self._opening = task.start()

    def _known(self) -> Study | None:
        """The draft that was made of exactly this setup."""
        kept = self._draft
        return kept[1] if kept is not None and kept[0] == self.setup.made_of else None

    def _on_keep(self) -> None:
        self._take()
        if self._problem(len(STEPS)):
            return
        known = self._known()
        if known is not None:
            self._on_made(known)
            return
        ctx = self._ctx
        ctx.runner.run(
            Lane.WRITE, making.make, ctx.ws, ctx.viewer, self.setup,
            done=self._alive(self._on_made), failed=self._alive(self._on_failed),
        )  # fmt: skip

    def _on_made(self, study: Study) -> None:
        self._opening = None
        self.made.emit(study)
        self.accept()

    def _on_cancel(self) -> None:
        """Stop rendering, which leaves a draft; else close."""
        if self._opening is not None:
            self._opening.cancel()
        else:
            self.reject()

    def reject(self) -> None:
        """Close; what is rendering stops."""
        if self._opening is not None:
            self._opening.cancel()
        if self._draft is not None and self._draft[1] is not None:
            self.made.emit(self._draft[1])
        super().reject()

    def _on_stopped(self, task: Task) -> None:
        """Work ended without a study: it can be tried again."""
        if self._opening is not task:
            return
        self._opening = None
        self.preview.show_facts()
        for button in (self.back, self.keep):
            button.setEnabled(True)
        self._show_drawn()

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self.say_problem(f"{error.what} {error.remedy}".strip())
        else:
            self._ctx.runner.failed.emit(error)


def _from_draft(study: Study, rubric_key: str) -> Setup:
    return Setup(
        name=study.name, instrument=study.instrument, query=study.query, design=study.design,
        rubric_key=rubric_key if study.instrument == "rubric" else "", seed=study.seed,
        due=study.due,
    )  # fmt: skip
