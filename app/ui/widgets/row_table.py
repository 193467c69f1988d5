"""A table in which one row is selected: heads in small words, columns that fill its width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.ui.theme import Theme
from app.ui.tokens import Size

LEAST_SECTION_PX = 20


class Headed(Protocol):
    """What a head needs of a column."""

    @property
    def title(self) -> str:
        """Its word."""

    @property
    def right(self) -> bool:
        """Whether it stands at the right, as numbers do."""


class RowHead(QHeaderView):
    """28 px of words in `t3` over a rule."""

    def __init__(
        self,
        theme: Theme,
        columns: Sequence[Headed],
        insets: Callable[[int], tuple[int, int]],
        *,
        centred: Sequence[int] = (),
    ) -> None:
        """`insets` are px left and right of a column's word, as its cells have them."""
        super().__init__(Qt.Orientation.Horizontal)
        self._theme, self._columns, self._insets = theme, columns, insets
        self._centred = frozenset(centred)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(24)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setAccessibleName("Columns")
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """28 px high."""
        return QSize(super().sizeHint().width(), self._theme.px(Size.TABLE_HEAD))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint the word and the rule."""
        theme, column = self._theme, self._columns[section]
        painter.fillRect(rect, theme.color("bg1"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line2"))
        left, right = self._insets(section)
        area = rect.adjusted(left, 0, -right, -1)
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        if section in self._centred:
            side = Qt.AlignmentFlag.AlignHCenter
        font = theme.font("label")
        painter.setFont(font)
        painter.setPen(theme.color("t3"))
        title = QFontMetrics(font).elidedText(
            column.title, Qt.TextElideMode.ElideMiddle, area.width() + 2
        )
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, title)


class RowTable(QTableView):
    """Selection by row, one at a time; scrolling moves pixels."""

    def __init__(
        self,
        theme: Theme,
        model: QAbstractTableModel,
        head: RowHead,
        fit: Callable[[int, float], Sequence[int]],
        *,
        row_px: int,
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        """`fit` gives widths in px for a room in px at a scale; 0 leaves a column out."""
        super().__init__(parent)
        self._theme, self._fit, self._row_px = theme, fit, row_px
        self.head = head
        self.setProperty("ring", "inside")
        self.setAccessibleName(name)
        self.setModel(model)
        self.setHorizontalHeader(head)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(LEAST_SECTION_PX)
        # Filled by `paintEvent`, so that scrolling paints only the new rows.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self.restyle)

    def restyle(self) -> None:
        """Take the theme's measures."""
        self.verticalHeader().setDefaultSectionSize(self._theme.px(self._row_px))
        self.fit_columns()

    def fit_columns(self) -> None:
        """Fill the width anew."""
        for at, width in enumerate(self._fit(self.viewport().width(), self._theme.scale)):
            if self.head.isSectionHidden(at) != (width == 0):
                self.head.setSectionHidden(at, width == 0)
            if width and self.head.sectionSize(at) != width:
                self.head.resizeSection(at, width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the width anew."""
        super().resizeEvent(event)
        self.fit_columns()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the surface, then the cells."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg1"))
        painter.end()
        super().paintEvent(event)

    @property
    def selected(self) -> int | None:
        """Number of the selected row."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else None

    def select(self, at: int, *, scroll: bool = True) -> None:
        """Select a row, and bring it into sight."""
        index = self.model().index(at, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        if scroll:
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
