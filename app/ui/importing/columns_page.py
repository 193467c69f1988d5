"""Saying which column of a transcript table holds what, with its first rows in sight."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from app.domain.imports import DryRun
from app.domain.transcript_files import ColumnMap
from app.ui.theme import Theme
from app.ui.widgets.labels import ElidedLabel, Label

FIELDS = (
    ("start", "Start"),
    ("end", "End"),
    ("duration", "Duration"),
    ("speaker", "Speaker"),
    ("text", "Text"),
)
UNITS = (("", "guess"), ("s", "seconds"), ("ms", "milliseconds"), ("frames", "samples"))
TABLES = frozenset({".csv", ".tsv"})
_NONE = "not there"
_SHOWN_ROWS = 4


@dataclass(frozen=True, slots=True)
class TableHead:
    """A table's columns and first rows."""

    path: Path
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def unread_tables(run: DryRun) -> list[Path]:
    """Transcript tables whose columns could not be told apart."""
    return [
        found.path
        for entry in run.fresh
        for found in entry.transcripts
        if found.path.suffix.lower() in TABLES
        and (found.transcript is None or not found.transcript.cues)
    ]


def read_head(path: Path) -> TableHead:
    """The first rows of a table. On a worker.

    Raises:
        UserError: it cannot be read.
    """
    import csv
    import io

    from app.services.formats.text import decode

    text = decode(path.read_bytes()[:65536], name=path.name)[0]
    sample = text[:8192]
    try:
        dialect: type[csv.Dialect] | csv.Dialect = csv.Sniffer().sniff(sample, ",;\t|")
    except csv.Error:
        dialect = csv.excel
    rows = [tuple(row) for row in csv.reader(io.StringIO(text), dialect)][: _SHOWN_ROWS + 1]
    head = rows[0] if rows else ()
    return TableHead(path, head, tuple(rows[1:]))


class ColumnsPage(QWidget):
    """One choice for each field; the rows below show what is chosen from."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._boxes: dict[str, QComboBox] = {}
        self._title = Label(theme, "", "body", "t2", wrap=True)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        for row, (key, word) in enumerate((*FIELDS, ("unit", "Times are in"))):
            self._grid.addWidget(Label(theme, word, "small", "t2"), row, 0)
            box = QComboBox()
            box.setFont(theme.font("small"))
            box.setAccessibleName(word)
            box.setMinimumWidth(theme.px(220))
            self._boxes[key] = box
            self._grid.addWidget(box, row, 1)
        for key, word in UNITS:
            self._boxes["unit"].addItem(word, key)
        self._grid.setColumnStretch(2, 1)
        self._rows = QVBoxLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._title)
        layout.addLayout(self._grid)
        layout.addLayout(self._rows)
        layout.addStretch()

    def show_table(self, head: TableHead, guess: ColumnMap) -> None:
        """Show a table with the guessed columns chosen."""
        self._title.setText(
            f"{head.path.name}: which column holds what? The same columns are used for every "
            "table of this import."
        )
        for key, _word in FIELDS:
            box = self._boxes[key]
            box.clear()
            box.addItem(_NONE, None)
            for name in head.names:
                box.addItem(name, name)
            at = box.findData(getattr(guess, key))
            box.setCurrentIndex(max(0, at))
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for row in (head.names, *head.rows):
            label = ElidedLabel(self._theme, "  |  ".join(row), "mono_small", "t3")
            self._rows.addWidget(label)

    @property
    def columns(self) -> ColumnMap:
        """What was chosen."""
        chosen = {key: self._boxes[key].currentData() for key, _ in FIELDS}
        unit = cast(
            "Literal['s', 'ms', 'frames'] | None", self._boxes["unit"].currentData() or None
        )
        return ColumnMap(**chosen, unit=unit)

    @property
    def problem(self) -> str:
        """What is missing, or empty."""
        columns = self.columns
        if columns.start is None or columns.text is None:
            return "Start and text are needed."
        return ""
