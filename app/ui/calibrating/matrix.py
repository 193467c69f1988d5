"""The matrix of judges and dimensions: one cell is selected; heads stay where the rest scrolls."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.ui.calibrating.matrix_delegate import LEAST_PX, MOST_PX, PAD, ROW_PX, MatrixDelegate
from app.ui.calibrating.matrix_heads import HEAD_PX, DimensionHead, JudgeHead
from app.ui.calibrating.matrix_model import MatrixModel, Shown
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.cell_table import CellTable, Index
from app.ui.widgets.line_text import write_line


class Matrix(CellTable):
    """Judge versions by dimensions. `chosen` tells that another cell is selected by the person."""

    chosen = Signal(str, str)
    """Judge version's id, criterion's key."""

    def __init__(self, theme: Theme, model: MatrixModel, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._matrix, self._quiet = model, False
        self.wanted: tuple[str, str] = ("", "")
        """The cell that is selected, or shall be once it is there."""
        self.dimensions, self.judges = DimensionHead(theme, model), JudgeHead(theme, model)
        self._corner = _Corner(theme, self)
        self.set_up(
            "Verdicts by judge version and dimension", model, MatrixDelegate(theme, self),
            self.dimensions, self.judges, (ROW_PX, LEAST_PX, MOST_PX),
        )  # fmt: skip

    def show_matrix(self, shown: Shown) -> None:
        """Show another matrix; the selected cell stays so where it is still there."""
        self._quiet = True
        self._matrix.set_shown(shown)
        self.widen()
        if shown.judges and shown.criteria:
            at = shown.place(*self.wanted) or self._first(shown)
            self.go(*at)
            self.wanted = (shown.judges[at[0]].id, shown.criteria[at[1]].key)
        self._quiet = False

    @staticmethod
    def _first(shown: Shown) -> tuple[int, int]:
        """The first cell that has anything in it."""
        places = (
            (row, column)
            for row in range(len(shown.judges))
            for column in range(len(shown.criteria))
            if shown.is_scored(row, column)
        )
        return next(places, (0, 0))

    @property
    def wanted_height(self) -> int:
        """All rows and the head, px."""
        rows = max(1, len(self._matrix.shown.judges)) * self._theme.px(ROW_PX)
        return self._theme.px(HEAD_PX) + rows + 2

    @property
    def wanted_width(self) -> int:
        """All dimensions at their least width and the judges' names, px."""
        dimensions = max(1, len(self._matrix.shown.criteria)) * self._theme.px(LEAST_PX)
        return self.judges.width() + dimensions + 2

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The corner stays on its place."""
        super().resizeEvent(event)
        self._corner.setGeometry(0, 0, self.judges.width(), self.dimensions.height())

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell which cell it is."""
        super().currentChanged(current, previous)
        shown = self._matrix.shown
        if self._quiet or not current.isValid():
            return
        self.wanted = (shown.judges[current.row()].id, shown.criteria[current.column()].key)
        self.chosen.emit(*self.wanted)


class _Corner(QWidget):
    """Says what the rows are."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Words, hairlines."""
        painter, theme, rect = QPainter(self), self._theme, self.rect()
        painter.fillRect(rect, theme.color("bg1"))
        painter.fillRect(0, rect.bottom(), rect.width(), 1, theme.color("line2"))
        painter.fillRect(rect.right(), 0, 1, rect.height(), theme.color("line1"))
        area = rect.adjusted(Size.INSET, 0, -PAD, -1)
        write_line(painter, theme, area, "Judge version", theme.font("label"), "t3")
