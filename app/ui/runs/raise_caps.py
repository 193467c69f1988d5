"""Let a judge run that stopped at a cap use more, and go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.domain.evaluation import Run
from app.tasks.runner import Lane
from app.ui.context import UiContext
from app.ui.runs.caps_fields import CapsFields
from app.ui.runs.judge_words import uses
from app.ui.runs.use_bars import UseBars
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.domain.changes import Changes
    from app.services.judging.caps import Caps
    from app.services.judging.run_figures import Spending
    from app.services.workspace import Workspace

WIDTH_PX = 420
STILL = "That is used already: raise it, or leave it empty for no limit."


class RaiseCaps(Dialog):
    """What is used, and the caps to change."""

    def __init__(self, ctx: UiContext, run: Run, spending: Spending, parent: QWidget) -> None:
        super().__init__(ctx.theme, f"Let {run.code} use more", parent, width=WIDTH_PX)
        self._ctx, self._run, self._spending = ctx, run, spending
        theme = ctx.theme
        bars = UseBars(theme)
        bars.show_uses(uses(run, spending))
        words = f"{run.title} stopped where it was told to. What it has asked is not asked again."
        self.body.addWidget(Label(theme, words, "small", "t2", wrap=True))
        self.body.addSpacing(4)
        self.body.addWidget(bars)
        self.body.addSpacing(8)
        self.body.addWidget(Label(theme, "Stop at", "small", "t2"))
        self.caps = CapsFields(theme)
        self.caps.show_caps(spending.caps)
        self.caps.changed.connect(lambda: self.say_problem(""))
        self.body.addWidget(self.caps)
        self.add_button("Cancel", self.reject)
        self.go = self.add_button("Go on", self._go, primary=True)
        self.caps.requests.setFocus()

    def _go(self) -> None:
        try:
            caps = self.caps.caps()
        except UserError as error:
            self.say_problem(str(error))
            return
        cost = self._spending.cost
        micro = cost.priced_micro.get(caps.currency, 0)
        if caps.reached(cost.asked, cost.tokens, micro):
            self.say_problem(STILL)
            return
        ctx, run_id = self._ctx, self._run.id

        def done(changes: Changes) -> None:
            ctx.bus.saved.emit(utc_now())
            ctx.bus.changed.emit(changes, None)
            ctx.runs.resume(run_id)
            if isValid(self):
                self.accept()

        self.go.setEnabled(False)
        ctx.runner.run(Lane.WRITE, _raise, ctx.ws, run_id, caps, done=done, failed=self._on_failed)

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self._ctx.runner.failed.emit(error)
        elif isValid(self):
            self.go.setEnabled(True)
            self.say_problem(str(error))


def open_raise_caps(ctx: UiContext, run: Run, parent: QWidget) -> None:
    """Ask how much more a run may use."""

    def read() -> Spending:
        from app.services.judging.run_figures import spending

        return spending(ctx.ws, [run.id])[run.id]

    def show(spending: Spending) -> None:
        if isValid(parent):
            RaiseCaps(ctx, run, spending, parent.window()).open()

    ctx.runner.run(Lane.READ, read, done=show, failed=ctx.runner.failed.emit)


def _raise(ws: Workspace, run_id: str, caps: Caps) -> Changes:
    from app.services.judging import judging_runs

    return judging_runs.raise_caps(ws, run_id, caps)
