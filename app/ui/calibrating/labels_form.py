"""What the dialog of imported labels shows before anything is imported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.calibrating import labels_work
from app.ui.calibrating.labels_mapping import LabelsMapping
from app.ui.calibrating.labels_table import Head, TextTable
from app.ui.calibrating.labels_work import Looked, counted
from app.ui.library.words import thousands
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.services.calibrating.labels import LabelsImported

PREVIEW_PX, FAULTS_PX = 150, 124
MOST_FAULTS = 2000
"""Rows that are listed; all are counted."""
FAULT_HEADS = (Head("Line", right=True), Head("What"), Head("What to do"))
EMPTY = (
    "A CSV with a header, or JSON lines: one row for each value that a rater gave to an item. "
    "EVA's judge-validation files are known by themselves."
)
EVA = (
    "One of EVA's judge-validation files. Its rubric and its expert are known; there is nothing "
    "to map."
)


class LabelsForm(QWidget):
    """The file, its columns, its first rows, what would come in and what would not."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = QLineEdit()
        self.file.setFont(theme.font("body"))
        self.file.setAccessibleName("File")
        self.file.setPlaceholderText("CSV or JSON lines")
        self.browse = Button(theme, "Choose…", icon="folder-open")
        self.about = Label(theme, EMPTY, "small", "t3", wrap=True)
        self.mapping = LabelsMapping(theme)
        self.preview = TextTable(theme, "First rows")
        self.preview.setFixedHeight(theme.px(PREVIEW_PX))
        self.counts = Label(theme, "", "body", "t1", weight=500, wrap=True)
        self.notes = Label(theme, "", "small", "t3", wrap=True)
        self.faults = TextTable(theme, "Rows that are not taken", _fault_widths)
        self.faults.setFixedHeight(theme.px(FAULTS_PX))
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(self.browse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(row)
        for part in (self.about, self.mapping, self.preview, self.counts, self.notes, self.faults):
            layout.addWidget(part)
        layout.addStretch()
        self.show_nothing()

    def show_nothing(self) -> None:
        """No file, or none that can be read."""
        self.about.setText(EMPTY)
        self.mapping.hide()
        self.preview.hide()
        self.show_found(None)

    def show_file(self, looked: Looked) -> None:
        """A file's columns and first rows."""
        preview = looked.preview
        for part in (self.mapping, self.preview):
            part.setVisible(preview is not None)
        if preview is None:
            self.about.setText(EVA)
            return
        self.about.setText(f"{counted(preview.count, 'row')}. Which column holds what?")
        self.mapping.show_columns(preview, looked.rubrics)
        cells = [[row.get(name, "") for name in preview.columns] for row in preview.rows]
        self.preview.show_rows([Head(name) for name in preview.columns], cells)

    def show_found(self, found: LabelsImported | None) -> None:
        """What a dry run found; None where none was made."""
        has_faults = found is not None and bool(found.faults)
        self.counts.setVisible(found is not None)
        self.faults.setVisible(has_faults)
        self.notes.setVisible(found is not None and (has_faults or bool(found.notes)))
        if found is None:
            return
        left = f"; {counted(len(found.faults), 'row')} left out." if has_faults else "."
        self.counts.setText(labels_work.would_words(found) + left)
        why = "Rows that are not taken; the others come in." if has_faults else ""
        self.notes.setText(" ".join([*found.notes, why]).strip())
        rows = [(thousands(f.row), f.reason, f.hint) for f in found.faults[:MOST_FAULTS]]
        self.faults.show_rows(FAULT_HEADS, rows)


def _fault_widths(room: int, scale: float) -> Sequence[int]:
    line = round(64 * scale)
    hint = round((room - line) * 0.42)
    return line, room - line - hint, hint
