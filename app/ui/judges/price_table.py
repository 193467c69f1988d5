"""Prices, edited in place: what a million tokens cost, as the person wrote it down."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.endpoints import Price
from app.ui.judges.price_model import ADD_HINT, COLUMNS, PriceModel
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

Index = QModelIndex | QPersistentModelIndex
ROW_PX, PAD, EDGE = 28, 8, 16
WIDTHS = {"model": 200, "endpoint": 120, "currency": 80, "as_of": 104}
NUMBER_PX = 92
ABOUT = (
    "Per million tokens. A model without a price shows its tokens and no cost: an unknown price "
    "is not 0. The price that fits best is taken: an exact name before a prefix, one endpoint "
    "before any."
)
_SELECTED = QStyle.StateFlag.State_Selected.value


class PriceHeader(QHeaderView):
    """28 px of words over a rule; numbers have their head at the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setAccessibleName("Columns")

    def sizeHint(self) -> QSize:
        """28 px high."""
        return QSize(super().sizeHint().width(), self._theme.px(Size.TABLE_HEAD))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint the word and the rule."""
        theme, column = self._theme, COLUMNS[section]
        painter.fillRect(rect, theme.color("bg1"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line2"))
        area = rect.adjusted(EDGE if section == 0 else PAD, 0, -PAD, -1)
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(theme.font("label"))
        painter.setPen(theme.color("t3"))
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, column.title)


class PriceDelegate(QStyledItemDelegate):
    """Cells; what cannot be stored is underlined in the colour of danger."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A line in the cell."""
        edit = QLineEdit(parent)
        edit.setFont(self._theme.font("small"))
        edit.setAccessibleName(COLUMNS[index.column()].title)
        if COLUMNS[index.column()].right:
            edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        return edit

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        model, theme, rect = index.model(), self._theme, QRect(option.rect)
        assert isinstance(model, PriceModel)
        column, row = COLUMNS[index.column()], model.rows[index.row()]
        if option.state.value & _SELECTED:
            theme.paint_selection(painter, rect, first=index.column() == 0)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line1"))
        area = rect.adjusted(EDGE if index.column() == 0 else PAD, 0, -PAD, -1)
        problem = model.problem(index.row(), index.column())
        text, token = getattr(row, column.key), "t1"
        if row.is_blank:
            text, token = (ADD_HINT if index.column() == 0 else ""), "t3"
        elif not text:
            text, token = (problem or ("any" if column.key == "endpoint" else "–")), "t3"
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        font = theme.font("small")
        painter.setFont(font)
        painter.setPen(theme.color("danger" if problem else token))
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 1)
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, shown)
        if problem:
            wide = min(area.width(), max(24, metrics.horizontalAdvance(shown)))
            left = area.right() - wide if column.right else area.left()
            painter.fillRect(left, area.bottom() - 4, wide, 2, theme.color("danger"))


class PriceView(QTableView):
    """Typing or Enter edits a cell, Del takes the row out."""

    remove_asked = Signal()

    def __init__(self, theme: Theme, model: PriceModel) -> None:
        super().__init__()
        self._theme = theme
        self.setModel(model)
        self.setItemDelegate(PriceDelegate(theme, self))
        self.setHorizontalHeader(PriceHeader(theme, self))
        self.setProperty("ring", "inside")
        self.setAccessibleName("Prices")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(True)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            trigger.DoubleClicked | trigger.AnyKeyPressed | trigger.EditKeyPressed
            | trigger.SelectedClicked
        )  # fmt: skip
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads = self.verticalHeader()
        heads.hide()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(ROW_PX))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The model's column takes what is left."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        theme, head = self._theme, self.horizontalHeader()
        widths = [theme.px(WIDTHS.get(column.key, NUMBER_PX)) for column in COLUMNS]
        widths[0] = max(120, self.viewport().width() - sum(widths[1:]))
        for at, width in enumerate(widths):
            head.resizeSection(at, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter edits, Del removes; arrows move."""
        key = event.key()
        if self.state() == QAbstractItemView.State.EditingState:
            event.accept()  # what the cell's editor has let through is not meant for the table
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit(self.currentIndex())
        elif key == Qt.Key.Key_Delete:
            self.remove_asked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill, then the cells."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.color("bg1"))
        painter.end()
        super().paintEvent(event)


class PriceTable(QWidget):
    """Head with what it means, the table, and a button that takes a row out."""

    changed = Signal(object)
    """Every price, whenever all rows can be stored."""
    removed = Signal(int, object)
    """Where a row was, and the row."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = PriceModel(self)
        self.view = PriceView(theme, self.model)
        self.status = Label(theme, "", "small", "danger")
        self.drop = Button(theme, "Remove row", compact=True, kind="quiet")
        head = QHBoxLayout()
        head.setContentsMargins(Size.INSET, 0, Size.INSET, 0)
        head.setSpacing(10)
        head.addWidget(Label(theme, "Prices", "body", "t1", weight=500))
        head.addWidget(self.status)
        head.addStretch()
        head.addWidget(self.drop)
        about = Label(theme, ABOUT, "small", "t3", wrap=True)
        about.setContentsMargins(Size.INSET, 0, Size.INSET, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(about)
        column.addWidget(Hairline(theme))
        column.addWidget(self.view, 1)
        self.model.edited.connect(self._on_edited)
        self.drop.clicked.connect(self.remove)
        self.view.remove_asked.connect(self.remove)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._show_drop())
        self._show_drop()

    def show_prices(self, prices: Sequence[Price]) -> None:
        """Show what is stored; a row that cannot be stored yet stays as it is being typed."""
        if not self.has_unsaved and tuple(prices) != self.model.prices:
            self.model.show_prices(prices)
            self._show_drop()

    @property
    def has_unsaved(self) -> bool:
        """Whether a row cannot be stored as it stands, or a cell is being typed in."""
        editing = self.view.state() == QAbstractItemView.State.EditingState
        return self.model.prices is None or editing

    def _show_drop(self) -> None:
        at = self.view.currentIndex().row()
        self.drop.setEnabled(0 <= at < len(self.model.rows) - 1)

    def remove(self) -> None:
        """Take the current row out."""
        at = self.view.currentIndex().row()
        row = self.model.remove(at)
        if row is not None:
            self.removed.emit(at, row)
        self._show_drop()

    def say_problem(self, words: str) -> None:
        """Why the table could not be stored."""
        self.status.setText(f"Not saved: {words}")

    def _on_edited(self) -> None:
        prices = self.model.prices
        self.status.setText("" if prices is not None else "Not saved: a cell needs mending")
        self._show_drop()
        if prices is not None:
            self.changed.emit(prices)
