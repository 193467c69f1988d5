"""The verdict on the selected cell: its state, the rule, each clause, and what would settle it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from app.eval.calibration.rules import Rule
from app.services.calibrating.agreement import Cell
from app.services.calibrating.published import Figure
from app.ui.calibrating import words
from app.ui.calibrating.ladder_icon import icon_width, paint_ladder
from app.ui.calibrating.verdict_rows import Mark, Row, published_row, rows
from app.ui.icons import paint_icon
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import RIGHT, write_line
from app.ui.widgets.tips import plain_tip

LEAST_PX, GAP_PX, ICON_PX = 250, 9, 14
ICONS: dict[Mark, tuple[str, str]] = {
    "holds": ("check-circle", "success"), "fails": ("x-circle", "danger"),
    "unknown": ("question", "t3"), "settles": ("target", "accent"), "advice": ("info", "t2"),
}  # fmt: skip
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class VerdictPanel(QWidget):
    """Head over a list of clauses that scrolls; what would settle it stays in sight."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setMinimumWidth(theme.px(LEAST_PX))
        self.head, self.list, self.foot = _Head(theme), _Clauses(theme), _Clauses(theme)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(area, 1)
        column.addWidget(self.foot)

    def show_cell(
        self, cell: Cell | None, rule: Rule | None, published: Sequence[Figure] = ()
    ) -> None:
        """Show a cell's verdict, and what was published; nothing where none is selected."""
        self.head.show_cell(cell, rule)
        every = rows(cell.verdict, cell.where) if cell is not None else ()
        last = every[-1:] if cell is not None and cell.verdict.failing else ()
        beside = published_row(published, cell) if cell is not None else None
        first = [] if beside is None else [beside]
        self.list.show_rows([*first, *every[: len(every) - len(last)]])
        self.foot.show_rows(last)
        told = "" if cell is None else words.with_measures(cell.verdict.words)
        self.setAccessibleName(f"Verdict: {told}")


class _Head(QWidget):
    """Icon, state, rule; judge and dimension below."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cell: Cell | None = None
        self._rule: Rule | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """Two lines."""
        theme = self._theme
        return QSize(LEAST_PX, theme.line("title") + theme.line("small") + theme.px(26))

    def show_cell(self, cell: Cell | None, rule: Rule | None) -> None:
        """Show another one."""
        self._cell, self._rule = cell, rule
        changed = f"\n{rule.reason}" if rule is not None and rule.reason else ""
        self.setToolTip(plain_tip(f"Rule {rule.ref}.{changed}") if rule is not None else "")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Both lines."""
        painter, theme, cell, rule = QPainter(self), self._theme, self._cell, self._rule
        painter.fillRect(self.rect(), theme.color("bg1"))
        if cell is None or rule is None:
            return
        state = cell.verdict.state
        top = theme.px(12)
        first = QRect(Size.INSET, top, self.width() - 2 * Size.INSET, theme.line("title"))
        paint_ladder(painter, theme, first.left(), first.bottom() - theme.px(3), state)
        font = theme.font("label")
        name = f"rule {rule.ref}"
        wide = QFontMetrics(font).horizontalAdvance(name)
        write_line(painter, theme, first, name, font, "t3", RIGHT)
        told = first.adjusted(icon_width(theme) + theme.px(9), 0, -wide - 8, 0)
        title = words.STATES_AT_LENGTH[state]
        token = "danger" if state == 1 else "t1"
        write_line(painter, theme, told, title, theme.font("title"), token)
        second = QRect(first.left(), first.bottom() + 4, first.width(), theme.line("small"))
        who = f"{words.judge_words(cell.judge)[0]}, {cell.criterion.title}"
        write_line(painter, theme, second, who, theme.font("small"), "t2")


class _Clauses(QWidget):
    """Painted lines with a tooltip each; long ones wrap."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: Sequence[Row] = ()
        self._places: list[QRect] = []
        theme.changed.connect(self._lay_out)

    def show_rows(self, found: Sequence[Row]) -> None:
        """Show other lines."""
        self.rows = found
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        self._lay_out()

    def _text_area(self, row: Row, top: int) -> QRect:
        """Where the words of a row go, px; its height is what they need."""
        theme = self._theme
        small = QFontMetrics(theme.font("small"))
        left = Size.INSET + (0 if row.mark == "heading" else theme.px(ICON_PX) + 8)
        value = QFontMetrics(theme.font("small", 600)).horizontalAdvance(row.value)
        wide = self.width() - left - Size.INSET - (value + 12 if row.value else 0)
        high = small.boundingRect(QRect(0, 0, max(wide, 60), 10_000), _WRAP, row.text).height()
        return QRect(left, top, max(wide, 60), max(high, theme.line("small")))

    def _lay_out(self) -> None:
        top, self._places = self._theme.px(4), []
        for row in self.rows:
            if row.mark == "heading":
                top += self._theme.px(8)
            area = self._text_area(row, top)
            self._places.append(area)
            top = area.bottom() + 1 + self._theme.px(GAP_PX)
        self.setMinimumHeight(top)
        self.update()

    def event(self, event: QEvent) -> bool:
        """A row's tooltip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            y = event.pos().y()
            inside = (r for r, a in zip(self.rows, self._places) if a.top() <= y <= a.bottom())
            tip = next((r.tip for r in inside), "")
            QToolTip.showText(event.globalPos(), plain_tip(tip), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Mark, words, value; a hairline above a heading."""
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg1"))
        for row, area in zip(self.rows, self._places):
            if row.mark == "heading":
                wide = self.width() - 2 * Size.INSET
                line = theme.color("line1")
                painter.fillRect(Size.INSET, area.top() - theme.px(9), wide, 1, line)
                write_line(painter, theme, area, row.text, theme.font("small"), "t3")
                continue
            icon, token = ICONS[row.mark]
            side = theme.px(ICON_PX)
            box = QRect(Size.INSET, area.top() + 1, side, theme.line("small"))
            paint_icon(painter, theme, icon, box, token, size=side)
            bold = row.mark == "settles"
            painter.setFont(theme.font("small", 600 if bold else 400))
            painter.setPen(theme.color("t1" if row.mark != "advice" else "t2"))
            painter.drawText(area, _WRAP, row.text)
            if row.value:
                right = QRect(0, area.top(), self.width() - Size.INSET, theme.line("small"))
                ink = "t3" if row.mark == "unknown" else "t1"
                write_line(painter, theme, right, row.value, theme.font("small", 600), ink, RIGHT)
