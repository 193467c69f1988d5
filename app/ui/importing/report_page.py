"""The report of a dry run: what was found, who is on which channel, what to leave out."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.calls import ChannelMap
from app.domain.imports import DryRun, DryRunEntry
from app.ui.importing.report_model import COLUMNS, WIDTHS, ReportModel
from app.ui.importing.source_row import SourceRow
from app.ui.theme import Theme
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.tick import paint_tick

Index = QModelIndex | QPersistentModelIndex
_ROW = 28
_SHOWN_SOURCES = 4
_REASON = 2
"""Column in which a line that cannot be imported says why, across all that follow."""


class ReportDelegate(QStyledItemDelegate):
    """Plain text cells with a hairline, a tick box in the first."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        rect: QRect = option.rect
        theme = self._theme
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, theme.color("line1"))
        state = index.data(Qt.ItemDataRole.CheckStateRole)
        if index.column() == 0:
            if state is not None:
                is_on = Qt.CheckState(state) == Qt.CheckState.Checked
                paint_tick(painter, theme, rect.left() + 8, rect.center().y(), is_on)
            return
        font = theme.font("small")
        painter.setFont(font)
        painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole))
        area = rect.adjusted(6, 0, -6, -1)
        words = QFontMetrics(font).elidedText(
            str(index.data()), Qt.TextElideMode.ElideRight, area.width()
        )
        side = index.data(Qt.ItemDataRole.TextAlignmentRole)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(area, Qt.AlignmentFlag(side) if side is not None else left, words)


class ReportPage(QWidget):
    """Summary, table, and a row for each source whose channels must be confirmed."""

    changed = Signal()
    hear = Signal(object, str, str)
    """An entry, the map in force, and who to hear."""
    columns_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.model = ReportModel(theme, self)
        self.model.ticked.connect(self.changed)
        self.summary = Label(theme, "", "body", "t1", weight=500, wrap=True)
        self.notes = Label(theme, "", "small", "t3", wrap=True)
        self.table = self._make_table()
        self._sources = QVBoxLayout()
        self._sources.setSpacing(6)
        self._rows: dict[str, SourceRow] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for part in (self.summary, self.notes, Hairline(theme)):
            layout.addWidget(part)
        layout.addWidget(self.table, 1)
        layout.addLayout(self._sources)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setItemDelegate(ReportDelegate(self._theme, table))
        table.setShowGrid(False)
        table.setProperty("ring", "inside")
        table.setAccessibleName("Recordings found")
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)
        table.setFont(self._theme.font("small"))
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(self._theme.px(_ROW))
        head = table.horizontalHeader()
        head.setFont(self._theme.font("label"))
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        for index, width in enumerate(WIDTHS):
            table.setColumnWidth(index, self._theme.px(width))
        head.setStretchLastSection(True)
        table.clicked.connect(lambda index: self.model.toggle(index.row()))
        return table

    def show_run(self, run: DryRun) -> None:
        """Show a dry run."""
        self.table.clearSpans()
        self.model.show_run(run)
        for row in range(len(run.fresh), self.model.rowCount()):
            self.table.setSpan(row, _REASON, 1, len(COLUMNS) - _REASON)
        self.summary.setText(summary_words(run))
        notes = list(run.warnings)
        if run.unused:
            notes.append(f"Transcripts without a recording: {', '.join(run.unused[:4])}")
        if run.ignored:
            notes.append(f"{run.ignored} other files are left alone.")
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))
        self._show_sources(run)

    def _show_sources(self, run: DryRun) -> None:
        for row in self._rows.values():
            self._sources.removeWidget(row)
            row.deleteLater()
        self._rows = {}
        for source, guess in run.sources.items():
            entries = [e for e in run.fresh if e.source == source and not e.confirmed]
            row = SourceRow(self._theme, source, guess, len(entries))
            row.confirmed.connect(self.changed)
            row.hear.connect(partial(self._hear, entries[0], row))
            row.setVisible(len(self._rows) < _SHOWN_SOURCES)
            self._rows[source] = row
            self._sources.addWidget(row)

    def _hear(self, entry: DryRunEntry, row: SourceRow, who: str) -> None:
        self.hear.emit(entry, row.channel_map, who)

    @property
    def channel_maps(self) -> dict[str, ChannelMap]:
        """The maps as they stand, by source."""
        return {source: row.channel_map for source, row in self._rows.items()}

    @property
    def unconfirmed(self) -> int:
        """How many sources still wait for a yes."""
        return sum(not row.is_confirmed for row in self._rows.values())

    def show_next_source(self) -> None:
        """Bring sources that still wait into sight."""
        waiting = [row for row in self._rows.values() if not row.is_confirmed]
        for row in waiting[:_SHOWN_SOURCES]:
            row.show()


def summary_words(run: DryRun) -> str:
    """How many of what."""
    found = len(run.fresh)
    words = [f"{found} recording{'' if found == 1 else 's'} to import"]
    if run.duplicates:
        words.append(f"{len(run.duplicates)} already here")
    if run.failed:
        words.append(f"{len(run.failed)} cannot be read")
    missing = sum(not entry.transcripts for entry in run.fresh)
    if found and missing:
        words.append(f"{missing} without transcript")
    return ", ".join(words)
