"""Opens others' answers after submitting, keeps opinions, and shows them in place of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain.changes import Changes
from app.domain.errors import NotAllowed, UserError
from app.services import opinions, rubric_queues
from app.tasks.runner import Lane
from app.ui.context import UiContext
from app.ui.scoring.controller import ScoringController
from app.ui.scoring.reveal_panel import RevealPanel
from app.ui.scoring.reveal_rows import lines

if TYPE_CHECKING:
    from app.services.rubric_queues import Revealed
    from app.services.workspace import Workspace


class RevealFlow(QObject):
    """Holds form and reveal in one place; only one is seen. Main thread only."""

    refused = Signal(str)
    withheld = Signal()
    """Nothing may be opened on what was submitted, as while another study keeps it hidden."""

    def __init__(self, ctx: UiContext, form: QWidget) -> None:
        super().__init__()
        self._ctx = ctx
        self._form = form
        self.panel = RevealPanel(ctx.theme, ctx.actions)
        self.stack = QStackedWidget()
        self.stack.addWidget(form)
        self.stack.addWidget(self.panel)
        self._controller: ScoringController | None = None
        self.told: Revealed | None = None
        self.panel.closed.connect(self.hide)
        self.panel.opinion_given.connect(self._give)

    @property
    def is_shown(self) -> bool:
        """Whether others' answers are in front."""
        return self.stack.currentWidget() is self.panel

    def forget(self) -> None:
        """Another form is shown: nothing of it is open."""
        self.told, self._controller = None, None
        self.stack.setCurrentWidget(self._form)

    def open(self, controller: ScoringController) -> None:
        """Open what was given on a form that has just been submitted."""
        self._controller = controller
        form, ctx = controller.state.form, self._ctx
        ctx.runner.run(
            Lane.WRITE, rubric_queues.reveal, ctx.ws, ctx.viewer, form.call_id, form.rubric.id,
            done=lambda told: self._on_told(controller, told),
            failed=lambda error: self._on_withheld(controller, error),
        )  # fmt: skip

    def _on_withheld(self, controller: ScoringController, error: Any) -> None:
        self._on_failed(error)
        if isinstance(error, NotAllowed) and controller is self._controller:
            self.withheld.emit()

    def _on_told(self, controller: ScoringController, told: Revealed) -> None:
        if controller is not self._controller:
            return
        self.told = told
        self._show()
        self.stack.setCurrentWidget(self.panel)
        self.panel.setFocus()

    def _show(self) -> None:
        if self._controller is not None and self.told is not None:
            state = self._controller.state
            self.panel.show_lines(lines(state.form, state.answers, self.told))

    def toggle(self) -> None:
        """Between the form and what was opened."""
        if self.told is not None:
            self.stack.setCurrentWidget(self._form if self.is_shown else self.panel)

    def hide(self) -> None:
        """Back to the form."""
        self.stack.setCurrentWidget(self._form)

    def _give(self, score_id: str, agrees: bool, reason: str) -> None:
        ctx, controller, told = self._ctx, self._controller, self.told
        if controller is None or told is None:
            return
        call_id = controller.state.form.call_id

        def work(ws: Workspace) -> tuple[Changes, Revealed]:
            changes = opinions.give(ws, ctx.viewer, score_id, agrees=agrees, reason_code=reason)
            return changes, rubric_queues.with_opinions(ws, ctx.viewer, call_id, told)

        ctx.runner.run(
            Lane.WRITE, work, ctx.ws, done=lambda out: self._on_given(controller, *out),
            failed=self._on_failed,
        )  # fmt: skip

    def _on_given(self, controller: ScoringController, changes: Changes, told: Revealed) -> None:
        self._ctx.bus.changed.emit(changes, self)
        if controller is self._controller:
            self.told = told
            self._show()

    def _on_failed(self, error: Any) -> None:
        if isinstance(error, UserError):
            self.refused.emit(f"{error.what} {error.remedy}".strip())
        else:
            self._ctx.runner.failed.emit(error)
