"""The table of compared metrics: columns fill its width, one metric is selected."""

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
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ui.comparing.delegate import EDGE, PAD, ROW_PX, CompareDelegate
from app.ui.comparing.model import COLUMNS, CompareModel
from app.ui.comparing.rows import MetricRow
from app.ui.theme import Theme
from app.ui.tokens import Size

Index = QModelIndex | QPersistentModelIndex


class CompareHeader(QHeaderView):
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
        area = rect.adjusted(EDGE if section == 0 else PAD, 0, -PAD, -1)
        centred = Qt.AlignmentFlag.AlignHCenter
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        if column.key == "interval":
            side = centred
        font = theme.font("label")
        painter.setFont(font)
        painter.setPen(theme.color("t3"))
        title = QFontMetrics(font).elidedText(
            column.title, Qt.TextElideMode.ElideRight, area.width() + 2
        )
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, title)


class CompareTable(QTableView):
    """Metrics. `chosen` tells that another one is selected."""

    chosen = Signal(object)
    """The `MetricRow` that is selected."""

    def __init__(self, theme: Theme, model: CompareModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._model = theme, model
        self._wanted: tuple[str, str, str] | None = None
        self.setProperty("ring", "inside")
        self.setAccessibleName("Compared metrics")
        self.setModel(model)
        self.setItemDelegate(CompareDelegate(theme, self))
        self.head = CompareHeader(theme, self)
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
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        model.modelReset.connect(self._on_reset)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(ROW_PX))
        self._fit_columns()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the width anew."""
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        room = self.viewport().width()
        widths = [self._theme.px(column.width) for column in COLUMNS]
        for column in sorted(COLUMNS, key=lambda c: -c.drop):
            if column.drop and sum(widths) > room:
                widths[COLUMNS.index(column)] = 0
        widths[0] = max(60, widths[0] + room - sum(widths))
        for at, width in enumerate(widths):
            self.head.setSectionHidden(at, width == 0)
            if width:
                self.head.resizeSection(at, width)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the surface, then the cells."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg1"))
        painter.end()
        super().paintEvent(event)

    @property
    def current(self) -> MetricRow | None:
        """The selected metric."""
        rows = self.selectionModel().selectedRows()
        return self._model.rows[rows[0].row()] if rows else None

    def step(self, by: int) -> None:
        """Select the next or previous metric."""
        rows = self.selectionModel().selectedRows()
        self._choose(rows[0].row() + by if rows else 0)

    def _choose(self, at: int) -> None:
        if 0 <= at < len(self._model.rows):
            index = self._model.index(at, 0)
            flags = (
                QItemSelectionModel.SelectionFlag.ClearAndSelect
                | QItemSelectionModel.SelectionFlag.Rows
            )
            self.selectionModel().setCurrentIndex(index, flags)
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def _on_reset(self) -> None:
        """The metric that was selected stays so where it is still listed."""
        keys = [row.key for row in self._model.rows]
        self._choose(keys.index(self._wanted) if self._wanted in keys else 0)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which metric it is."""
        super().currentChanged(current, previous)
        if current.isValid() and current.row() < len(self._model.rows):
            row = self._model.rows[current.row()]
            self._wanted = row.key
            self.chosen.emit(row)
