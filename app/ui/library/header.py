"""The table's head: 28 px, words in `t3`, the sorted one in `t1` with an arrow."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from app.domain.browsing import Sort
from app.domain.figure_columns import BY_COLUMN
from app.ui.library.columns import BY_KEY, COLUMNS, HIDDEN_AT_FIRST
from app.ui.theme import Theme
from app.ui.tokens import Size

_PAD = 8


class CallHeader(QHeaderView):
    """Click sorts, a second click turns round; the context menu chooses columns."""

    sort_chosen = Signal(object)
    columns_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._sort = Sort()
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(24)
        self.setStretchLastSection(False)
        self.sectionClicked.connect(self._on_clicked)
        self.sectionMoved.connect(lambda *_: self.columns_changed.emit())
        self.setAccessibleName("Columns")
        theme.changed.connect(self.updateGeometry)

    def set_sort(self, sort: Sort) -> None:
        """Mark the sorted column."""
        self._sort = sort
        self.viewport().update()

    def _on_clicked(self, section: int) -> None:
        key = COLUMNS[section].sort
        if key is None:
            return
        turned = self._sort.key == key
        first_down = COLUMNS[section].right or key in ("flagged", "code", "raters")
        descending = not self._sort.descending if turned else first_down
        self.sort_chosen.emit(Sort(key, descending))

    def sizeHint(self) -> QSize:
        """28 px high."""
        return QSize(super().sizeHint().width(), self._theme.px(Size.TABLE_HEAD))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint the word, the arrow of the sorted one, the rule."""
        theme, column = self._theme, COLUMNS[section]
        painter.fillRect(rect, theme.color("bg1"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line2"))
        is_sorted = column.sort is not None and column.sort == self._sort.key
        arrow = (" ↓" if self._sort.descending else " ↑") if is_sorted else ""
        font = theme.font("label", 600 if is_sorted else 400)
        left = 4 if column.cell == "spark" else _PAD
        area = rect.adjusted(left, 0, -_PAD, -1)
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        painter.setFont(font)
        painter.setPen(theme.color("t1" if is_sorted else "t3"))
        title = column.title
        metrics = QFontMetrics(font)
        if arrow and metrics.horizontalAdvance(title + arrow) > area.width():
            title = title.removesuffix(" ms")
        words = metrics.elidedText(title + arrow, Qt.TextElideMode.ElideRight, area.width() + 4)
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, words)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Choose which columns are shown."""
        self.open_menu(event.globalPos())

    def open_menu(self, where: QPoint) -> None:
        """The menu of columns, at a place on the screen."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        measured = QMenu("Measured", menu)
        for section, column in enumerate(COLUMNS):
            if not column.hideable:
                continue
            is_figure = column.key in BY_COLUMN
            where_to = measured if is_figure else menu
            action = where_to.addAction(column.tip if is_figure else column.title)
            action.setCheckable(True)
            action.setChecked(not self.isSectionHidden(section))
            action.toggled.connect(lambda on, s=section: self._show(s, on))
        menu.addMenu(measured)
        menu.popup(where)

    def shown_figures(self) -> tuple[str, ...]:
        """Keys of the measured figures whose columns are shown."""
        return tuple(
            BY_COLUMN[column.key].key
            for section, column in enumerate(COLUMNS)
            if column.key in BY_COLUMN and not self.isSectionHidden(section)
        )

    def _show(self, section: int, shown: bool) -> None:
        self.setSectionHidden(section, not shown)
        self.columns_changed.emit()

    def show_column(self, key: str, shown: bool) -> None:
        """Show or hide a column by its key."""
        section = next(i for i, column in enumerate(COLUMNS) if column.key == key)
        self.setSectionHidden(section, not shown)

    def column_state(self) -> dict[str, object]:
        """Order, widths and hidden ones, for the session."""
        return {
            "order": [COLUMNS[self.logicalIndex(v)].key for v in range(self.count())],
            "hidden": [c.key for i, c in enumerate(COLUMNS) if self.isSectionHidden(i)],
        }

    def restore(self, state: dict[str, object]) -> None:
        """Take `column_state` back; columns that are no more are passed over."""
        order, hidden = state.get("order"), state.get("hidden")
        index = {column.key: i for i, column in enumerate(COLUMNS)}
        if isinstance(order, list):
            known = [key for key in order if key in BY_KEY]
            for visual, key in enumerate(known):
                self.moveSection(self.visualIndex(index[key]), visual)
        chosen = set(hidden) if isinstance(hidden, list) else set(HIDDEN_AT_FIRST)
        for section, column in enumerate(COLUMNS):
            self.setSectionHidden(section, column.hideable and column.key in chosen)
