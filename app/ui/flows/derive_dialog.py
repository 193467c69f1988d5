"""Deriving a flow: an SOP pasted, opened or taken from a scenario; by rules or by a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.domain.errors import UserError
from app.domain.flows import FlowVersion
from app.services.judging.flow_deriving import Sop
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.flows import work
from app.ui.flows.picker import Picker
from app.ui.widgets.buttons import Button
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.progress import ProgressPage
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.domain.endpoints import EndpointProfile
    from app.services.judging.flows import FlowEntry

WIDTH_PX, HEIGHT_PX, PAUSE_MS = 720, 580, 250
RULES = (
    "Numbered steps become nodes, sentences that begin with if or when become branches. Nothing "
    "leaves this machine. A first flow to edit, not one to trust."
)
MODEL = (
    "The model parses the steps, words them as criteria and gives prerequisites; coverage and "
    "overlap are checked and repaired in between. Every round is kept."
)
NO_ENDPOINT = "No endpoint is saved yet. Add one in the tab Endpoints, or derive by rules."
EXAMPLE = "1. Greet the customer.\n2. Verify who is calling. If they refuse, offer a letter.\n3. …"


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
        self._profiles: tuple[EndpointProfile, ...] = ()
        self._build(entries)
        self.cancel_button = self.add_button("Cancel", self.reject)
        self.go_button = self.add_button("Derive", self.derive, primary=True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._count)
        self.text.textChanged.connect(self._pause.start)
        self.text.textChanged.connect(self._show_ready)
        run = ctx.runner.run
        run(Lane.READ, work.endpoints, ctx.ws, done=self._alive(self._on_endpoints),
            failed=lambda _error: None)  # fmt: skip
        self._show_maker("rules")
        self.scenario.setCurrentIndex(max(0, self.scenario.findData(scenario)))
        if scenario:
            self._on_scenario()
        self._show_ready()

    def sizeHint(self) -> QSize:
        """Room for the text."""
        return QSize(self.theme.px(WIDTH_PX), self.theme.px(HEIGHT_PX))

    # composition --------------------------------------------------------------------------------

    def _build(self, entries: Sequence[FlowEntry]) -> None:
        theme = self.theme
        self.scenario = Picker(theme, "Where the SOP comes from", "body")
        self.scenario.addItem("Pasted text", "")
        for entry in entries:
            self.scenario.addItem(f"{entry.key}  {entry.title}", entry.key)
        self.scenario.activated.connect(lambda _at: self._on_scenario())
        self.file_button = Button(theme, "Open a file", icon="folder-open")
        self.file_button.clicked.connect(self._ask_file)
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(EXAMPLE)
        self.text.setAccessibleName("SOP")
        self.text.setTabChangesFocus(True)
        self.found = Label(theme, "", "small", "t2")
        self.key, self.title_edit = QLineEdit(), QLineEdit()
        self.key.setAccessibleName("Key")
        self.key.setPlaceholderText("As 1.1")
        self.key.textChanged.connect(lambda _words: self._show_ready())
        self.title_edit.setAccessibleName("Title")
        self.maker = Segmented(
            theme, [Segment("rules", "Rules (baseline)"), Segment("model", "Model")], name="By"
        )
        self.maker.chosen.connect(self._show_maker)
        self.endpoint, self.model = Picker(theme, "Endpoint", "body"), QLineEdit()
        self.endpoint.currentIndexChanged.connect(lambda _at: self._on_endpoint())
        self.model.setAccessibleName("Model")
        self.about = Label(theme, "", "small", "t2", wrap=True)
        for field in (self.text, self.key, self.title_edit, self.model):
            field.setFont(theme.font("body"))
        self.progress = ProgressPage(theme)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._form())
        self.pages.addWidget(self.progress)
        self.body.addWidget(self.pages, 1)

    def _form(self) -> QWidget:
        theme, page = self.theme, QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        source = QHBoxLayout()
        source.setSpacing(8)
        source.addWidget(self.scenario, 1)
        source.addWidget(self.file_button)
        column.addLayout(source)
        column.addWidget(self.text, 1)
        column.addWidget(self.found)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        fields = (("Key", self.key, 0), ("Title", self.title_edit, 1))
        for word, field, at in fields:
            grid.addWidget(Label(theme, word, "small", "t2"), 0, at)
            grid.addWidget(field, 1, at)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        by = QHBoxLayout()
        by.setSpacing(8)
        by.addWidget(self.maker)
        by.addWidget(self.endpoint, 1)
        by.addWidget(self.model, 1)
        by.addStretch()
        column.addSpacing(4)
        column.addLayout(by)
        column.addWidget(self.about)
        return page

    # form ---------------------------------------------------------------------------------------

    def _alive(self, take: Callable[[Any], None]) -> Callable[[Any], None]:
        """Answers to a dialog that was closed meanwhile are dropped."""
        return lambda value: take(value) if isValid(self) else None

    def _show_maker(self, key: str) -> None:
        by_model = key == "model"
        self.endpoint.setVisible(by_model and bool(self._profiles))
        self.model.setVisible(by_model and bool(self._profiles))
        words = RULES if not by_model else MODEL if self._profiles else NO_ENDPOINT
        self.about.setText(words)
        self._show_ready()

    def _on_endpoints(self, found: tuple[EndpointProfile, ...]) -> None:
        self._profiles = found
        for profile in found:
            self.endpoint.addItem(profile.name)
        self._show_maker(self.maker.current or "rules")

    def _on_endpoint(self) -> None:
        at = self.endpoint.currentIndex()
        if 0 <= at < len(self._profiles):
            self.model.setText(self._profiles[at].model)

    def _on_scenario(self) -> None:
        key = str(self.scenario.currentData() or "")
        if key:
            self._ctx.runner.run(
                Lane.READ, work.scenario_text, self._ctx.ws, key,
                done=self._alive(self._on_steps), failed=self._alive(self._on_failed),
            )  # fmt: skip

    def _on_steps(self, found: FlowVersion | None) -> None:
        if found is None:
            self.say_problem("This flow has no scenario with steps. Paste its SOP.")
            return
        self._fill(found.sop, found.key, found.title)

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, "Open an SOP")
        dialog.setNameFilter("Texts (*.md *.txt *.markdown);;All files (*)")
        dialog.fileSelected.connect(lambda chosen: self.open_file(Path(chosen)))
        dialog.open()

    def open_file(self, path: Path) -> None:
        """Take the text of a file."""

        def take(words: str) -> None:
            self._fill(words, self.key.text() or path.stem, self.title_edit.text() or path.stem)

        self._ctx.runner.run(
            Lane.READ, work.read_sop, path, done=self._alive(take),
            failed=self._alive(self._on_failed),
        )  # fmt: skip

    def _fill(self, text: str, key: str, title: str) -> None:
        self.say_problem("")
        self.text.setPlainText(text)
        self.key.setText(key)
        self.title_edit.setText(title)

    def _count(self) -> None:
        self._ctx.runner.run(
            Lane.CPU, work.steps_in, self.text.toPlainText(), done=self._alive(self.found.setText),
            failed=self._alive(self._on_failed),
        )  # fmt: skip

    def _show_ready(self) -> None:
        if hasattr(self, "go_button"):
            by_model = self.maker.current == "model"
            has_text = not self.text.document().isEmpty() and bool(self.key.text().strip())
            can = has_text and (not by_model or bool(self._profiles))
            self.go_button.setEnabled(can and self._task is None)

    # deriving -----------------------------------------------------------------------------------

    def derive(self) -> None:
        """Derive what the form says."""
        if not self.go_button.isEnabled():
            return
        ctx, by_model = self._ctx, self.maker.current == "model"
        sop = Sop(key=self.key.text(), title=self.title_edit.text(), text=self.text.toPlainText())
        endpoint = self.endpoint.currentText() if by_model else ""
        lane = Lane.NET if by_model else Lane.CPU
        task = ctx.runner.task(
            lane, work.derive, ctx.ws, ctx.viewer, sop, endpoint, self.model.text().strip()
        )
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
