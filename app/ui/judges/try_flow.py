"""Trying a judge out: reads calls and endpoints, renders, asks, takes it back. Main thread only."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.domain.errors import UserError
from app.domain.judging import JudgeDefinition
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.judges import try_work as work
from app.ui.judges.try_panel import TryPanel
from app.ui.judges.trying import Preview

PAUSE_MS = 250
NO_ENDPOINT = "There is no endpoint yet: add one in the tab Endpoints. Baselines need none."
NO_MODEL = "Name a model first."
NO_CALL = "Name a call first, by its code."
NO_CALLS = "There is no call to try it on yet. Import some, or open the sample project."
STOPPED = "Stopped"


class TryFlow(QObject):
    """Keeps a `TryPanel` in step with the judge that is shown, saved or not."""

    endpoints_missing = Signal()

    def __init__(self, ctx: UiContext, panel: TryPanel) -> None:
        super().__init__()
        self._ctx, self._panel = ctx, panel
        self._definition: JudgeDefinition | None = None
        self._rendering: Task | None = None
        self._asking: Task | None = None
        self._read, self._any_calls = False, True
        self._timer = QTimer(panel)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.render)
        panel.picker.call_changed.connect(self.render)
        panel.picker.endpoint_changed.connect(self._fetch_models)
        panel.run_asked.connect(self.run)
        panel.stop_asked.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """Whether a judge is being asked."""
        return self._asking is not None

    # what is tried ------------------------------------------------------------------------------

    def show_judge(self, definition: JudgeDefinition) -> None:
        """Another judge, or another version of it."""
        self.stop()
        self._definition = definition
        self._panel.show_judge(
            llm=definition.kind == "llm",
            pair=definition.unit == "pair",
            lead=self._ctx.viewer.is_lead,
        )
        self._render_soon()

    def show_changed(self, definition: JudgeDefinition) -> None:
        """The same judge with other words; what was asked goes on."""
        self._definition = definition
        self._render_soon()

    def look(self) -> None:
        """The panel has come to the front: read calls and endpoints, and render."""
        run = self._ctx.runner.run
        if not self._read:
            self._read = True
            run(Lane.READ, work.calls, self._ctx.ws, self._ctx.viewer, done=self._on_calls)
        run(Lane.READ, work.endpoints, self._ctx.ws, done=self._on_endpoints)
        self.render()

    def refresh_endpoints(self) -> None:
        """Endpoints have changed."""
        self._ctx.runner.run(Lane.READ, work.endpoints, self._ctx.ws, done=self._on_endpoints)

    def take_call(self, code: str) -> None:
        """Try on this call from now on."""
        self._panel.picker.call.setText(code)
        self._render_soon()

    def _on_calls(self, found: Any) -> None:
        self._any_calls = bool(found)
        self._panel.picker.show_calls(found)
        self.render()

    def _on_endpoints(self, found: Any) -> None:
        self._panel.picker.show_endpoints(found, ())
        self._fetch_models()

    def _fetch_models(self) -> None:
        name = self._panel.picker.endpoint_name
        if name:
            run = self._ctx.runner.run
            run(Lane.READ, work.known_models, self._ctx.ws, name, done=self._on_models)

    def _on_models(self, found: tuple[str, tuple[str, ...]]) -> None:
        name, models = found
        if name == self._panel.picker.endpoint_name and models:
            self._panel.picker.show_models(models)

    # rendering ----------------------------------------------------------------------------------

    def _render_soon(self) -> None:
        if self._panel.isVisible():
            self._timer.start()

    def render(self) -> None:
        """Show what would be asked."""
        self._timer.stop()
        definition, (code, other) = self._definition, self._panel.picker.codes
        if definition is None or not self._panel.isVisible():
            return
        if self._rendering is not None:
            self._rendering.cancel()
        if not code:
            words = NO_CALL if self._any_calls else NO_CALLS
            self._panel.show_preview(Preview(code="", words=words))
            return
        task = self._ctx.runner.task(Lane.READ, work.preview, self._ctx.ws, definition, code, other)
        task.succeeded.connect(self._panel.show_preview)
        task.failed.connect(self._on_unrendered)
        self._rendering = task.start()

    def _on_unrendered(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            words = f"{error.what} {error.remedy}".strip()
            self._panel.show_preview(Preview(code="", words=words))
        else:
            self._ctx.runner.failed.emit(error)

    # asking -------------------------------------------------------------------------------------

    def run(self) -> None:
        """Ask the judge about what is chosen."""
        definition, picker = self._definition, self._panel.picker
        if definition is None or self.is_busy or not self._ctx.viewer.is_lead:
            return
        missing = self._missing(definition)
        if missing:
            self._panel.status.setText(missing)
            return
        code, other = picker.codes
        ask = self._panel.ask
        task = self._ctx.runner.task(
            Lane.NET, work.try_out, self._ctx.ws, self._ctx.viewer, definition,
            work.TryWhat(
                code=code, other=other, item=ask.item if ask is not None else None,
                endpoint=picker.endpoint_name if definition.kind == "llm" else "",
                model=picker.model.currentText().strip() if definition.kind == "llm" else "",
            ),
        )  # fmt: skip
        task.progressed.connect(self._panel.show_progress)
        task.succeeded.connect(self._panel.show_tried)
        task.failed.connect(self._on_failed)
        task.finished.connect(lambda: self._on_finished(task))
        self._asking = task.start()
        self._panel.show_busy()

    def _missing(self, definition: JudgeDefinition) -> str:
        picker = self._panel.picker
        if not picker.codes[0]:
            return NO_CALL
        if definition.kind == "llm" and not picker.endpoint_name:
            self.endpoints_missing.emit()
            return NO_ENDPOINT
        if definition.kind == "llm" and not picker.model.currentText().strip():
            return NO_MODEL
        return ""

    def rest(self) -> None:
        """Nobody looks: ask nothing, show nothing."""
        self._timer.stop()
        self.stop()

    def stop(self) -> None:
        """Give up asking; a request that is under way is dropped."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
            self._panel.show_idle(STOPPED)

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            from app.ui.judges.trying import Tried

            self._panel.show_tried(Tried(problem=f"{error.what} {error.remedy}".strip()))
        else:
            self._ctx.runner.failed.emit(error)

    def _on_finished(self, task: Task) -> None:
        if self._asking is task:
            self._asking = None
            self._panel.show_idle()
