"""The dry run as a table: one row a recording, then duplicates, then files that failed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.domain.imports import DryRun, DryRunEntry
from app.ui.theme import Theme
from app.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("", "File", "Length", "Rate", "Ch.", "Transcript", "Speakers", "Notes")
WIDTHS = (30, 250, 62, 66, 36, 150, 168, 260)
RIGHT = (2, 3, 4)
BLANK = ("",) * 5
MAP_WORDS = {
    "caller,agent": "caller left",
    "agent,caller": "agent left",
    "mono": "one mixed channel",
}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line of the report. `entry` is None where nothing can be imported."""

    cells: tuple[str, ...]
    token: str
    tip: str
    entry: DryRunEntry | None = None


def rows_of(run: DryRun) -> list[ReportRow]:
    """What there is to say, what can be imported first."""
    rows = [_fresh(entry) for entry in run.fresh]
    for entry in run.duplicates:
        of = entry.duplicate.code if entry.duplicate and entry.duplicate.code else "a file above"
        cells = ("", entry.path.name, f"already here as {of}", *BLANK)
        rows.append(ReportRow(cells, "t3", str(entry.path)))
    for failed in run.failed:
        cells = ("", Path(failed.path).name, failed.reason, *BLANK)
        rows.append(ReportRow(cells, "danger", f"{failed.path}\n{failed.reason}"))
    return rows


def _fresh(entry: DryRunEntry) -> ReportRow:
    notes = [finding.message for finding in entry.findings] + list(entry.warnings)
    name = entry.path.name + (f" + {entry.audio[1].path.name}" if len(entry.audio) > 1 else "")
    cells = (
        "",
        name,
        _length(entry),
        f"{entry.rate_hz / 1000:g} kHz",
        str(sum(audio.channels for audio in entry.audio)),
        transcript_words(entry),
        speaker_words(entry),
        "; ".join(notes),
    )
    tip = "\n".join([str(entry.path), entry.guess.reason, *notes])
    return ReportRow(cells, "warn" if notes else "t2", tip, entry)


def _length(entry: DryRunEntry) -> str:
    minutes, seconds = divmod(round(entry.duration_s), 60)
    return f"{minutes:02d}:{seconds:02d}"


def transcript_words(entry: DryRunEntry) -> str:
    """What was found beside the recording."""
    if not entry.transcripts:
        return "none"
    first = entry.transcripts[0]
    if first.transcript is None:
        return f"{first.path.name}: cannot be read"
    more = f" +{len(entry.transcripts) - 1}" if len(entry.transcripts) > 1 else ""
    return f"{first.path.suffix.lstrip('.').upper()}, {len(first.transcript.cues)} lines{more}"


def speaker_words(entry: DryRunEntry) -> str:
    """Who is on which channel, and how sure that is."""
    words = MAP_WORDS[entry.guess.channel_map]
    if len(entry.audio) > 1:
        return "one file each"
    if entry.guess.channel_map == "mono":
        return words
    return f"{words}, " + ("confirmed" if entry.confirmed else f"{entry.guess.confidence:.0%} sure")


class ReportModel(QAbstractTableModel):
    """The rows, with a tick for each that can be imported."""

    ticked = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[ReportRow] = []
        self.skipped: set[str] = set()

    def show_run(self, run: DryRun) -> None:
        """Show a dry run."""
        self.beginResetModel()
        self._rows = rows_of(run)
        self.skipped.clear()
        self.endResetModel()

    @property
    def chosen(self) -> int:
        """How many are ticked."""
        return sum(r.entry is not None and r.entry.key not in self.skipped for r in self._rows)

    def entry(self, row: int) -> DryRunEntry | None:
        """The entry of a row, if it can be imported."""
        return self._rows[row].entry if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many lines."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Column titles."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in RIGHT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Cells."""
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(row.tip or "") or None
        if role == Qt.ItemDataRole.CheckStateRole and column == 0 and row.entry is not None:
            is_on = row.entry.key not in self.skipped
            return Qt.CheckState.Checked if is_on else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ForegroundRole:
            plain = "t1" if column == 1 and row.entry is not None else "t2"
            return self._theme.color(row.token if column == 7 or row.entry is None else plain)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in RIGHT and row.entry is not None:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def toggle(self, row: int) -> None:
        """Tick or untick a recording."""
        entry = self.entry(row)
        if entry is None:
            return
        self.skipped ^= {entry.key}
        at = self.index(row, 0)
        self.dataChanged.emit(at, at)
        self.ticked.emit()
