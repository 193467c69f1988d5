"""What dialogs that write something out share: where to, progress, cancelling, and what came."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import UserError
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.widgets.buttons import Button
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.progress import ProgressPage

Said = Callable[[Any], tuple[str, str, Path]]
"""Of what was written: a sentence, a note, and the folder or file to open."""


class PlaceRow(QWidget):
    """Where to: a line to type in, and a button to look."""

    def __init__(self, ctx: UiContext, label: str, place: Path, *, is_file: bool) -> None:
        super().__init__()
        self._label, self._is_file = label, is_file
        self.edit = QLineEdit(str(place))
        self.edit.setFont(ctx.theme.font("body"))
        self.edit.setAccessibleName(label)
        browse = Button(ctx.theme, "Choose…", icon="folder-open")
        browse.clicked.connect(self._browse)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.edit, 1)
        row.addWidget(browse)

    @property
    def path(self) -> Path:
        """The place as it stands."""
        return Path(self.edit.text().strip()).expanduser()

    def _browse(self) -> None:
        dialog = QFileDialog(self, self._label, self.edit.text())
        if self._is_file:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setNameFilter("Web page (*.html)")
            dialog.setDefaultSuffix("html")
        else:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.edit.setText)
        dialog.open()


class WritingDialog(Dialog):
    """Fill `form`; `write` gives the work, `said` the words for what came of it."""

    def __init__(
        self, ctx: UiContext, title: str, place: PlaceRow, parent: QWidget | None, button: str
    ) -> None:
        super().__init__(ctx.theme, title, parent, width=600)
        self._ctx = ctx
        self._task: Task | None = None
        self._written: Path | None = None
        self.place = place
        self.form = QVBoxLayout()
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setSpacing(6)
        self.pages = QStackedWidget()
        holder = QWidget()
        holder.setLayout(self.form)
        self.progress = ProgressPage(ctx.theme)
        self.pages.addWidget(holder)
        self.pages.addWidget(self.progress)
        self.body.addWidget(self.pages)
        self.open_button = self.add_button("Open", self._open, icon="folder-open")
        self.cancel_button = self.add_button("Cancel", self.reject)
        self.go_button = self.add_button(button, self._go, primary=True)
        self.open_button.hide()

    def write(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The work, and what it is given after its context."""
        raise NotImplementedError

    def said(self, result: Any) -> tuple[str, str, Path]:
        """A sentence, a note, and what to open."""
        raise NotImplementedError

    def heading_words(self, words: str) -> None:
        """A small heading in the form."""
        label = Label(self._ctx.theme, words, "small", "t2")
        label.setContentsMargins(0, 6, 0, 0)
        self.form.addWidget(label)

    def note_words(self, words: str) -> None:
        """A quiet sentence in the form."""
        self.form.addWidget(Label(self._ctx.theme, words, "small", "t3", wrap=True))

    def _go(self) -> None:
        if not self.place.edit.text().strip():
            self.say_problem("Say where to.")
            return
        self.say_problem("")
        work, given = self.write()
        task = self._ctx.runner.task(Lane.CPU, work, *given)
        task.progressed.connect(self.progress.step)
        task.succeeded.connect(self._on_done)
        task.failed.connect(self._on_failed)
        self._task = task
        self.progress.begin("Reading scores")
        self.pages.setCurrentWidget(self.progress)
        self.go_button.hide()
        task.start()

    def _on_done(self, result: Any) -> None:
        self._task = None
        words, note, self._written = self.said(result)
        self.progress.begin(words)
        self.progress.step(1, 0, "")
        self.say_problem(note)
        self.problem.set_token("warn")
        self.cancel_button.set_text("Close")
        self.open_button.show()
        self.open_button.setFocus()

    def _on_failed(self, error: BaseException) -> None:
        """Back to the form with what went wrong: most is mended there."""
        self._task = None
        if not isinstance(error, UserError):
            self._ctx.runner.failed.emit(error)
        words = str(error) if isinstance(error, UserError) else "It failed; the log says why."
        self.pages.setCurrentIndex(0)
        self.go_button.show()
        self.say_problem(words)

    def _open(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written)))

    def done(self, code: int) -> None:
        """Close: stop what runs; nothing half-written stays."""
        if self._task is not None:
            self._task.cancel()
        super().done(code)
