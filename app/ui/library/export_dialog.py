"""Exporting from the library: which calls, which format, where to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import UserError
from app.tasks.runner import Lane, Task
from app.ui.context import UiContext
from app.ui.library.words import calls_words
from app.ui.widgets.buttons import Button
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.progress import ProgressPage
from app.ui.widgets.segmented import Segment, Segmented

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.exporting import ExportResult
    from app.services.workspace import Workspace

FORMAT_WORDS = {
    "csv": "CSV tables",
    "jsonl": "JSON lines",
    "parquet": "Parquet tables",
    "textgrid": "Praat TextGrid",
    "rttm": "RTTM",
    "ctm": "CTM",
    "stm": "STM",
    "eaf": "ELAN",
    "vtt": "WebVTT",
    "srt": "SubRip",
    "audacity": "Audacity labels",
}
_COLUMNS = 4


class ExportDialog(Dialog):
    """Writes an export folder with its manifest; a reviewer's is masked as the screens are."""

    def __init__(self, ctx: UiContext, query: str, seqs: list[int], parent: QWidget | None) -> None:
        super().__init__(ctx.theme, "Export", parent, width=640)
        from app.services.exporting import FORMATS

        self._ctx, self._query, self._seqs = ctx, query, seqs
        self._formats = FORMATS
        self._task: Task | None = None
        self._usual_folder = ""
        self.pages = QStackedWidget()
        self.progress = ProgressPage(ctx.theme)
        self.pages.addWidget(self._make_form())
        self.pages.addWidget(self.progress)
        self.body.addWidget(self.pages)
        self.cancel_button = self.add_button("Cancel", self.reject)
        self.go_button = self.add_button("Export", self._go, primary=True)
        self._choose("csv")

    def _make_form(self) -> QWidget:
        theme = self._ctx.theme
        form = QWidget()
        layout = QVBoxLayout(form)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(Label(theme, "Calls", "small", "t2"))
        what = [Segment("selected", f"{calls_words(len(self._seqs))} selected")]
        found = "All calls" if not self._query.strip() else f"All that “{self._query[:40]}” finds"
        what.append(Segment("found", found))
        self.which = Segmented(theme, what, name="Calls")
        self.which.set_current("selected" if len(self._seqs) > 1 else "found")
        layout.addWidget(self.which)
        layout.addSpacing(4)
        layout.addWidget(Label(theme, "Format", "small", "t2"))
        grid = QGridLayout()
        grid.setSpacing(6)
        group = QButtonGroup(self)
        group.setExclusive(True)
        self.formats: dict[str, Button] = {}
        for at, name in enumerate(self._formats):
            button = Button(theme, FORMAT_WORDS.get(name, name), checkable=True)
            button.clicked.connect(lambda _=False, n=name: self._choose(n))
            group.addButton(button)
            self.formats[name] = button
            grid.addWidget(button, at // _COLUMNS, at % _COLUMNS)
        grid.setColumnStretch(_COLUMNS, 1)
        layout.addLayout(grid)
        layout.addSpacing(4)
        layout.addWidget(Label(theme, "Folder", "small", "t2"))
        row = QHBoxLayout()
        self.folder = QLineEdit()
        self.folder.setFont(theme.font("body"))
        self.folder.setAccessibleName("Folder")
        browse = Button(theme, "Choose…", icon="folder-open")
        browse.clicked.connect(self._browse)
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        layout.addLayout(row)
        note = "Times in the files are seconds from the start of the recording; a manifest says "
        note += "what made them."
        layout.addWidget(Label(theme, note, "small", "t3", wrap=True))
        return form

    def _choose(self, name: str) -> None:
        own = self.folder.text() not in ("", self._usual_folder)  # the person's choice stays
        self.format = name
        self._usual_folder = str(self._ctx.ws.export_dir / name)
        self.formats[name].setChecked(True)
        if not own:
            self.folder.setText(self._usual_folder)

    def _browse(self) -> None:
        dialog = QFileDialog(self, "Export to a folder", self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _go(self) -> None:
        if self.go_button.text() == "Close":
            self.accept()
            return
        seqs = self._seqs if self.which.current == "selected" else None
        task = self._ctx.runner.task(
            Lane.CPU,
            _export,
            self._ctx.ws,
            self._ctx.viewer,
            self.format,
            Path(self.folder.text()).expanduser(),
            self._query,
            seqs,
        )
        task.progressed.connect(self.progress.step)
        task.succeeded.connect(self._on_done)
        task.failed.connect(self._on_failed)
        self._task = task
        self.progress.begin("Exporting")
        self.pages.setCurrentWidget(self.progress)
        self.go_button.hide()
        task.start()

    def _on_done(self, result: ExportResult) -> None:
        self._task = None
        counts = f"{calls_words(result.calls)}, {result.turns} turns, {result.scores} scores"
        self.progress.begin(f"Wrote {counts} in {len(result.files)} files to {result.out_dir}.")
        self.progress.step(1, 1, "; ".join(result.warnings[:3]))
        self._finish()

    def _on_failed(self, error: BaseException) -> None:
        self._task = None
        if not isinstance(error, UserError):
            self._ctx.runner.failed.emit(error)
        words = str(error) if isinstance(error, UserError) else "The export failed; see the log."
        self.progress.fail(words)
        self._finish()

    def _finish(self) -> None:
        self.go_button.set_text("Close")
        self.go_button.show()
        self.cancel_button.hide()

    def done(self, code: int) -> None:
        """Close: stop what runs; nothing half-written stays."""
        if self._task is not None:
            self._task.cancel()
        super().done(code)


def _export(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    format_name: str,
    out: Path,
    query: str,
    seqs: list[int] | None,
) -> ExportResult:
    from app.services import browsing, exporting

    if seqs is not None:
        ids = browsing.uuids(ws, seqs)
        return exporting.export(ctx, ws, viewer, format_name, out, call_ids=ids)
    return exporting.export(ctx, ws, viewer, format_name, out, query=query)
