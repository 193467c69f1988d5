"""The table of runs: heads span it, columns fill its width, one run is selected."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ui.runs.columns import COLUMNS, fitted
from app.ui.runs.delegate import GROUP_PX, PAD, ROW_PX, RunDelegate, head_margin
from app.ui.runs.model import RunTableModel
from app.ui.runs.rows import RunRow
from app.ui.theme import Theme
from app.ui.tokens import Size

Index = QModelIndex | QPersistentModelIndex


class RunHeader(QHeaderView):
    """28 px of words in `t3` over a rule."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(24)
        self.setAccessibleName("Columns")
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """28 px high."""
        return QSize(super().sizeHint().width(), self._theme.px(Size.TABLE_HEAD))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint the word and the rule."""
        theme, column = self._theme, COLUMNS[section]
        painter.fillRect(rect, theme.color("bg1"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line2"))
        area = rect.adjusted(PAD, 0, -head_margin(column), -1)
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        font = theme.font("label")
        painter.setFont(font)
        painter.setPen(theme.color("t3"))
        title = QFontMetrics(font).elidedText(
            column.title, Qt.TextElideMode.ElideRight, area.width() + 2
        )
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, title)


class RunTable(QTableView):
    """Runs in groups. `chosen` tells that another run is selected, or its row has changed place."""

    chosen = Signal(str)
    """Id of the run that is selected; empty for none."""
    opened = Signal()

    def __init__(self, theme: Theme, model: RunTableModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._runs = theme, model
        self._wanted = self._pending = ""
        self.setProperty("ring", "inside")
        self.setAccessibleName("Runs")
        self.setModel(model)
        self.setItemDelegate(RunDelegate(theme, self))
        self.head = RunHeader(theme, self)
        self.setHorizontalHeader(self.head)
        self.head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        heads = self.verticalHeader()
        heads.hide()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.setMinimumSectionSize(20)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        model.modelAboutToBeReset.connect(self._on_about_to_reset)
        model.modelReset.connect(self._on_reset)
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        theme.changed.connect(self._restyle)
        self._offset = 0
        self._restyle()

    # geometry -----------------------------------------------------------------------------------

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(ROW_PX))
        self._shape_heads()
        self._fit_columns()

    def _shape_heads(self) -> None:
        self.clearSpans()
        for at, row in enumerate(self._runs.rows):
            is_run = isinstance(row, RunRow)
            self.setRowHeight(at, self._theme.px(ROW_PX if is_run else GROUP_PX))
            if not is_run:
                self.setSpan(at, 0, 1, len(COLUMNS))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the width anew."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        widths = fitted(COLUMNS, self.viewport().width(), self._theme.scale)
        for at, width in enumerate(widths):
            if self.head.isSectionHidden(at) != (width == 0):
                self.head.setSectionHidden(at, width == 0)
            if width and self.head.sectionSize(at) != width:
                self.head.resizeSection(at, width)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the surface, then the cells."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg1"))
        painter.end()
        super().paintEvent(event)

    # choosing -----------------------------------------------------------------------------------

    @property
    def current(self) -> RunRow | None:
        """The selected run."""
        rows = self.selectionModel().selectedRows()
        return self._runs.run_row(rows[0].row()) if rows else None

    def choose(self, run_id: str) -> None:
        """Select a run as soon as it is listed."""
        if self._runs.position(run_id) is None:
            self._pending = run_id
        else:
            self._wanted, self._pending = run_id, ""
            self._take_wanted(scroll=True)

    def step(self, by: int) -> None:
        """Select the next or previous run, over heads."""
        rows = self.selectionModel().selectedRows()
        at = rows[0].row() + by if rows else 0
        while 0 <= at < len(self._runs.rows):
            row = self._runs.run_row(at)
            if row is not None:
                self.choose(row.run.id)
                if at == 1:  # the head above the first run comes into sight with it
                    self.scrollToTop()
                return
            at += by if by else 1

    def _on_about_to_reset(self) -> None:
        self._offset = self.verticalScrollBar().value()

    def _on_reset(self) -> None:
        self._shape_heads()
        if self._runs.position(self._pending) is not None:
            self.choose(self._pending)
            return
        self._take_wanted(scroll=False)
        bar = self.verticalScrollBar()
        bar.setValue(min(self._offset, bar.maximum()))

    def _take_wanted(self, *, scroll: bool) -> None:
        """Select the wanted run; where it is not listed, the first one."""
        at = self._runs.position(self._wanted)
        if at is None:
            at = next((n for n, r in enumerate(self._runs.rows) if isinstance(r, RunRow)), None)
        if at is None:
            self.chosen.emit("")
            return
        index = self._runs.index(at, 0)
        flags = (
            QItemSelectionModel.SelectionFlag.ClearAndSelect
            | QItemSelectionModel.SelectionFlag.Rows
        )
        self.selectionModel().setCurrentIndex(index, flags)
        if scroll:
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which run it is."""
        super().currentChanged(current, previous)
        row = self._runs.run_row(current.row()) if current.isValid() else None
        if row is not None:
            self._wanted = row.run.id
            self.chosen.emit(row.run.id)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a head selects nothing."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self._runs.run_row(index.row()) is None:
            return
        super().mousePressEvent(event)
