"""A calibration dataset that was exported elsewhere comes in: folder, what it holds, what came."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.domain.clock import utc_now
from app.tasks.runner import Lane
from app.ui.calibrating import dataset_words
from app.ui.calibrating.dialog_work import OneTask
from app.ui.calibrating.writing import PlaceRow
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.progress import ProgressPage

if TYPE_CHECKING:
    from app.domain.work import Work
    from app.services.calibrating.dataset_glance import Glance
    from app.services.calibrating.dataset_import import DatasetImported
    from app.ui.context import UiContext

WIDTH_PX, SETTLE_MS = 600, 250
ABOUT = (
    "Calls, rubric, scores, judges and splits come in together or not at all. People come as "
    "pseudonyms whom nobody can sign in as; what is here already stays as it is."
)


class DatasetDialog(Dialog):
    """Looks at a folder as it is named; takes it in when Import is pressed.

    Args:
        ctx: of the window.
        parent: the window.
        folder: a dataset to begin with.
        as_recordings: what else the folder could be imported as, where somebody dropped it.
    """

    show_asked = Signal(str)
    """The rubric that came, `key@version`."""

    def __init__(
        self,
        ctx: UiContext,
        parent: QWidget | None,
        folder: Path | None = None,
        as_recordings: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(ctx.theme, "Import a calibration dataset", parent, width=WIDTH_PX)
        self._ctx = ctx
        self.work = OneTask(ctx, self._on_failed)
        self._seen: Glance | None = None
        self.imported: DatasetImported | None = None
        self.place = PlaceRow(ctx, "Dataset folder", folder or Path(), is_file=False)
        if folder is None:
            self.place.edit.clear()
        self.holds = Label(ctx.theme, "", "body", "t1", wrap=True)
        self.progress = ProgressPage(ctx.theme)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._form())
        self.pages.addWidget(self.progress)
        self.body.addWidget(self.pages)
        self.plain_button = self.add_button("As plain recordings", self._as(as_recordings))
        self.plain_button.setVisible(as_recordings is not None)
        self.cancel_button = self.add_button("Cancel", self.reject)
        self.go_button = self.add_button("Import", self._go, primary=True)
        self.go_button.setEnabled(False)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self.look)
        self.place.edit.textChanged.connect(self._on_typed)
        if folder is not None:
            self.look()

    def _form(self) -> QWidget:
        theme, holder = self.theme, QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(Label(theme, "Folder of the dataset", "small", "t2"))
        column.addWidget(self.place)
        column.addSpacing(4)
        column.addWidget(self.holds)
        column.addWidget(Label(theme, ABOUT, "small", "t3", wrap=True))
        column.addStretch()
        return holder

    def _as(self, then: Callable[[], None] | None) -> Callable[[], None]:
        def act() -> None:
            self.reject()
            if then is not None:
                then()

        return act

    # looking ------------------------------------------------------------------------------------

    def _on_typed(self) -> None:
        self._seen = None
        self.go_button.setEnabled(False)
        self.holds.setText("")
        self.say_problem("")
        self._settle.start()

    def look(self) -> None:
        """Say what the folder that is named holds."""
        if self.place.edit.text().strip():
            task = self._ctx.runner.task(Lane.READ, _glance, self.place.path)
            self.work.start(task, self._on_seen)

    def _on_seen(self, found: Glance) -> None:
        self._seen = found
        self.holds.setText(dataset_words.holds(found))
        self.go_button.setEnabled(True)
        self.go_button.setFocus()

    # taking in ----------------------------------------------------------------------------------

    def _go(self) -> None:
        ctx = self._ctx
        if self.imported is not None:
            self.show_asked.emit(self.imported.rubric)
            self.accept()
        elif self._seen is not None:
            self.progress.begin("Importing. All of it comes in, or nothing.")
            self.pages.setCurrentWidget(self.progress)
            self.go_button.hide()
            self.plain_button.hide()
            task = ctx.runner.task(Lane.CPU, _import, ctx.ws, ctx.viewer, self._seen.folder)
            task.progressed.connect(self.progress.step)
            self.work.start(task, self._on_imported)

    def _on_imported(self, found: DatasetImported) -> None:
        self.imported = found
        self.progress.begin(dataset_words.came(found))
        self.progress.step(1, 0, "")
        self.say_problem("\n".join(found.notes))
        self.problem.set_token("warn")
        self._ctx.bus.saved.emit(utc_now())
        self._ctx.bus.changed.emit(found.changes, self)
        self.cancel_button.set_text("Close")
        self.go_button.set_text("Show its figures")
        self.go_button.show()
        self.go_button.setFocus()

    def _on_failed(self, words: str) -> None:
        """Back to the form with what went wrong: another folder may be right."""
        self.pages.setCurrentIndex(0)
        self.go_button.show()
        self.say_problem(words)

    def done(self, code: int) -> None:
        """Close: stop what runs; nothing of it stays."""
        self.work.cancel()
        super().done(code)


def _glance(_ctx: Work, folder: Path) -> Glance:
    from app.services.calibrating.dataset_glance import glance

    return glance(folder)


def _import(ctx: Work, ws: Any, viewer: Any, folder: Path) -> DatasetImported:
    from app.services.calibrating.dataset_import import import_dataset

    return import_dataset(ctx, ws, viewer, folder)
