"""A new judge run: which calls, which judges, where they are asked, where it stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.endpoints import EndpointProfile
from app.domain.errors import UserError
from app.domain.evaluation import Run
from app.tasks.runner import Lane
from app.ui.context import UiContext
from app.ui.runs.judge_offers import estimate_words
from app.ui.runs.new_judge_form import JudgeRunForm
from app.ui.runs.starting import library_counts, once_stored, takes_enter, while_open
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import ElidedLabel

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.services.judging.choosing import Offered, Which
    from app.services.judging.estimating import Estimate
    from app.services.workspace import Workspace

WIDTH_PX, HEIGHT_PX = 900, 620
ESTIMATE_MS = 350
READING = "Reading which judges there are."
RECKONING = "Reckoning what it would ask."


class NewJudgeRun(Dialog):
    """Asks for everything a judge run is made of.

    Args:
        ctx: the context.
        which: the calls that are meant; every call where it names none.
        started: gets the run once it is stored.
        setup: leads to where endpoints are set up.
        parent: the window.
    """

    def __init__(
        self,
        ctx: UiContext,
        which: Which,
        started: Callable[[Run], object],
        setup: Callable[[], object],
        parent: QWidget | None,
    ) -> None:
        super().__init__(ctx.theme, "New judge run", parent, width=WIDTH_PX)
        self._ctx, self._started, self._setup = ctx, started, setup
        self._offered: Offered | None = None
        self._starting = False
        self._request = 0
        self._estimate = QTimer(self)
        self._estimate.setSingleShot(True)
        self._estimate.setInterval(ESTIMATE_MS)
        self._estimate.timeout.connect(self._reckon)
        self.form = JudgeRunForm(ctx.theme, which)
        self.form.changed.connect(self._on_changed)
        self.form.endpoint.setup_asked.connect(self._go_to_setup)
        self.form.endpoint.models_asked.connect(self._list_models)
        self.body.addWidget(self.form, 1)
        self._needs = ElidedLabel(ctx.theme, READING, "small", "t1")
        self._source = ElidedLabel(ctx.theme, "", "label", "t3")
        told = QVBoxLayout()
        told.setSpacing(1)
        told.addWidget(self._needs)
        told.addWidget(self._source)
        self.foot.insertLayout(0, told, 100)
        self.cancel_button = self.add_button("Cancel", self.reject)
        self.go_button = self.add_button("Start", self._go, primary=True)
        self.go_button.setEnabled(False)
        self._ask(Lane.READ, _read, ctx.viewer, which.query, done=self._on_read)

    def sizeHint(self) -> QSize:
        """Room for the list."""
        return QSize(self.theme.px(WIDTH_PX), self.theme.px(HEIGHT_PX))

    # reading ------------------------------------------------------------------------------------

    def _ask(
        self, lane: Lane, fn: Callable[..., Any], *args: object, done: Callable[[Any], None]
    ) -> None:
        run = self._ctx.runner.run
        run(lane, fn, self._ctx.ws, *args, done=while_open(self, done), failed=self._on_failed)

    def _on_read(self, found: tuple[Offered, dict[str, int]]) -> None:
        self._offered, counts = found
        self.form.show_offered(self._offered, counts)
        self.form.judges.setFocus()

    def _list_models(self, profile: EndpointProfile | None) -> None:
        field = self.form.endpoint

        def listed(models: tuple[str, ...]) -> None:
            field.list.setEnabled(True)
            field.show_models(models)
            field.model.showPopup()

        if profile is not None:
            field.list.setEnabled(False)
            self._ask(Lane.NET, _models, profile, done=listed)

    # the estimate -------------------------------------------------------------------------------

    def _on_changed(self) -> None:
        """Something else is chosen: say what is missing, or reckon what it needs."""
        self.say_problem("")
        self._request += 1
        self._source.setText("")
        missing = self.form.missing
        self.go_button.setEnabled(not missing and not self._starting)
        self._needs.setText(missing or RECKONING)
        if missing:
            self._estimate.stop()
        else:
            self._estimate.start()

    def _reckon(self) -> None:
        from app.services.judging import choosing

        if self._offered is None or self.form.missing:
            return
        request, picked = self._request, self.form.picked(with_caps=False)
        asked = choosing.choices(picked, self._offered.judges)

        def show(found: Estimate) -> None:
            if request == self._request:
                needs, source = estimate_words(found)
                self._needs.setText(needs)
                self._source.setText(source)

        def failed(error: BaseException) -> None:
            if request == self._request and isValid(self):
                self._needs.setText("")
                self._on_failed(error)

        self._ctx.runner.run(
            Lane.READ, _reckon, self._ctx.ws, self._ctx.viewer, self.form.chosen_calls(), asked,
            done=while_open(self, show), failed=failed,
        )  # fmt: skip

    # starting -----------------------------------------------------------------------------------

    def _go(self) -> None:
        if not self.go_button.isEnabled() or self._offered is None:
            return
        try:
            picked = self.form.picked()
        except UserError as error:
            self.say_problem(str(error))
            return

        self._starting = True
        self.go_button.setEnabled(False)
        self._ctx.runner.run(
            Lane.WRITE, _start, self._ctx.ws, self._ctx.viewer, self.form.chosen_calls(), picked,
            self._offered.judges, done=once_stored(self, self._started), failed=self._on_failed,
        )  # fmt: skip

    def _go_to_setup(self) -> None:
        self.reject()
        self._setup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the focused button, else it starts the run."""
        if not takes_enter(self, event, self._go):
            super().keyPressEvent(event)

    def _on_failed(self, error: BaseException) -> None:
        self._starting = False
        if not isinstance(error, UserError):
            self._ctx.runner.failed.emit(error)
        elif isValid(self):
            self.form.endpoint.list.setEnabled(True)
            self.go_button.setEnabled(not self.form.missing)
            self.say_problem(str(error))


def open_new_judge_run(
    ctx: UiContext,
    parent: QWidget,
    navigate: Callable[[str, dict[str, Any]], object],
    *,
    call_ids: tuple[str, ...] = (),
    seqs: tuple[int, ...] = (),
    query: str = "",
    started: Callable[[Run], object] | None = None,
) -> NewJudgeRun:
    """Ask for a judge run over some calls, what a query finds, or all; it starts when it is made.

    Args:
        ctx: the context.
        parent: the window, or a widget in it.
        navigate: shows another screen by its key with arguments, as `Screen.navigate` does.
        call_ids: the calls that are meant, by id.
        seqs: the same by number, as the library knows them.
        query: of the library.
        started: told of the run once it goes; else the list of runs is shown with it.
    """
    from app.services.judging.choosing import Which

    def made(run: Run) -> None:
        ctx.bus.saved.emit(utc_now())
        ctx.runs.start(run.id)
        ctx.bus.changed.emit(Changes(runs=True), None)
        if started is not None:
            started(run)
        else:
            navigate("runs", {"run_id": run.id})

    which = Which(call_ids=call_ids, seqs=seqs, query=query.strip())
    dialog = NewJudgeRun(
        ctx, which, made, lambda: navigate("judges", {"tab": "endpoints"}), parent.window()
    )
    dialog.open()
    return dialog


def _read(ws: Workspace, viewer: Viewer, query: str) -> tuple[Offered, dict[str, int]]:
    from app.services.judging import choosing

    return choosing.offered(ws, viewer), library_counts(ws, viewer, query)


def _models(_ws: Workspace, profile: EndpointProfile) -> tuple[str, ...]:
    from app.services.judging import choosing

    return choosing.models(profile)


def _reckon(ws: Workspace, viewer: Viewer, which: Which, asked: Any) -> Estimate:
    from app.services.judging import choosing

    return choosing.reckon(ws, viewer, which, asked)


def _start(ws: Workspace, viewer: Viewer, which: Which, picked: Any, judges: Any) -> Run:
    from app.services.judging import choosing

    return choosing.start(ws, viewer, which, picked, judges)
