"""The heads of the matrix: judge versions at the left, dimensions above; both stay in sight."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHeaderView

from app.ui.calibrating import words
from app.ui.calibrating.matrix_delegate import PAD
from app.ui.calibrating.matrix_model import MatrixModel
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.cell_table import SideHead
from app.ui.widgets.line_text import write_line

HEAD_PX, JUDGE_PX = 42, 190


class DimensionHead(QHeaderView):
    """The title of a dimension over its measure and what people reach."""

    def __init__(self, theme: Theme, model: MatrixModel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme, self._matrix = theme, model
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setAccessibleName("Dimensions")
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(super().sizeHint().width(), self._theme.px(HEAD_PX))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint both lines."""
        theme, shown = self._theme, self._matrix.shown
        if not 0 <= section < len(shown.criteria):
            return
        painter.save()
        painter.fillRect(rect, theme.color("bg1"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line2"))
        painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), theme.color("line1"))
        area = rect.adjusted(theme.px(PAD), 0, -theme.px(PAD) // 2, -1)
        first, second = _two_lines(theme, area)
        title = shown.criteria[section].title
        write_line(painter, theme, first, title, theme.font("small", 500), "t1")
        people = shown.people(section)
        told = shown.measure(section)
        if people is not None:
            value = words.UNDEFINED if people.value is None else words.number(people.value)
            told += f", humans {value}"
        write_line(painter, theme, second, told, theme.font("label"), "t3")
        painter.restore()


class JudgeHead(SideHead):
    """A judge version in two lines; it stays where the dimensions scroll sideways."""

    def __init__(self, theme: Theme, model: MatrixModel) -> None:
        super().__init__(theme, "Judge versions", JUDGE_PX)
        self._matrix = model

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """What the judge is, over which version."""
        theme, shown = self._theme, self._matrix.shown
        if not 0 <= section < len(shown.judges):
            return
        painter.save()
        painter.fillRect(rect, theme.color("bg1"))
        if section == self.current:
            bar = QRect(rect.left(), rect.top(), Size.SELECTION_BAR, rect.height() - 1)
            painter.fillRect(bar, theme.color("accent"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line1"))
        painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), theme.color("line1"))
        first, second = _two_lines(theme, rect.adjusted(Size.INSET, 0, -6, -1))
        name, which = words.judge_words(shown.judges[section])
        write_line(painter, theme, first, name, theme.font("small", 500), "t1")
        write_line(painter, theme, second, which, theme.font("label"), "t3")
        painter.restore()


def _two_lines(theme: Theme, area: QRect) -> tuple[QRect, QRect]:
    upper, lower = theme.line("small"), theme.line("label")
    top = area.top() + (area.height() - upper - lower - 2) // 2
    first = QRect(area.left(), top, area.width(), upper)
    return first, QRect(area.left(), top + upper + 2, area.width(), lower)
