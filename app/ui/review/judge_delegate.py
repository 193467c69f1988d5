"""Paints the rows of verdicts; whatever a judge wrote is drawn as plain text."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.icons import paint_icon
from app.ui.review.chip import HEIGHT_PX, chip_width, paint_chip
from app.ui.review.judge_layout import GAP_PX, INSET_PX, LINE_PX, PAD_PX, WRAP, Part, RowLayout
from app.ui.review.judge_model import AnyIndex, JudgeModel
from app.ui.review.verdict_row import JudgeRow
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.line_text import RIGHT, write_line
from app.ui.widgets.speaker import paint_speaker

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_TOKENS = {"text": "t1", "anchor": "t2", "note": "warn", "made_of": "t3", "reply": "accent"}


class JudgeDelegate(QStyledItemDelegate):
    """Heads of judges, of turns or criteria, and verdicts, of which the current one is open."""

    def __init__(self, theme: Theme, view: QListView) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view
        self.layout = RowLayout(theme)
        self._closed: list[QSize] = []
        self._rows: object = None
        theme.changed.connect(self.forget)

    def forget(self) -> None:
        """The heights of rows are not what they were."""
        self._rows = None

    def _row(self, index: AnyIndex) -> JudgeRow:
        model = index.model()
        assert isinstance(model, JudgeModel)
        return model.rows[index.row()]

    def sizeHint(self, _option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        """Qt asks for every row whenever one opens: those of closed ones are kept."""
        at, model = index.row(), index.model()
        if at == self._view.currentIndex().row():
            width = self._view.viewport().width()
            return QSize(width, self.layout.height(self._row(index), width, is_open=True))
        assert isinstance(model, JudgeModel)
        if self._rows is not model.rows:
            self._rows = model.rows
            self._closed = [
                QSize(60, self.layout.height(row, 0, is_open=False)) for row in model.rows
            ]
        return self._closed[at]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        theme, row, rect = self._theme, self._row(index), QRect(option.rect)
        model = index.model()
        assert isinstance(model, JudgeModel)
        is_open = index.row() == self._view.currentIndex().row()
        if row.kind == "judge":
            painter.fillRect(rect, theme.color("bg0"))
        if is_open:
            theme.paint_selection(painter, rect)
        elif row.turn_key is not None and row.turn_key == model.turn:
            self._paint_mark(painter, rect)
        if row.kind == "judge":
            self._paint_judge(painter, rect, row, folded=row.key in model.folded)
        elif row.kind == "group":
            self._paint_group(painter, rect, row)
        else:
            self._paint_verdict(painter, rect, row, model, is_open=is_open)

    def _paint_mark(self, painter: QPainter, rect: QRect) -> None:
        """The selected turn's verdicts: a thin accent line at their left edge."""
        theme = self._theme
        if not theme.is_contrast:
            painter.fillRect(rect, theme.mixed("tint", 0.35, "bg1"))
        painter.fillRect(rect.left(), rect.top(), 1, rect.height(), theme.color("accent"))

    def _paint_judge(self, painter: QPainter, rect: QRect, row: JudgeRow, *, folded: bool) -> None:
        theme = self._theme
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line1"))
        box = rect.adjusted(INSET_PX, 0, -INSET_PX, 0)
        upper, lower = theme.line("small"), theme.line("label")
        top = rect.top() + (rect.height() - upper - lower - 2) // 2
        side = theme.px(10)
        icon = QRect(box.right() - side, top, side, upper)
        paint_icon(painter, theme, "caret-down" if folded else "caret-up", icon, "t3", size=side)
        line = QRect(box.left(), top, box.width() - side - GAP_PX, upper)
        write_line(painter, theme, line, row.chip, theme.font("label"), "t3", RIGHT)
        line.adjust(0, 0, -QFontMetrics(theme.font("label")).horizontalAdvance(row.chip) - 10, 0)
        write_line(painter, theme, line, row.title, theme.font("small", 600), "t1")
        line = QRect(box.left(), top + upper + 2, box.width(), lower)
        write_line(painter, theme, line, row.small, theme.font("label"), "t3")

    def _paint_group(self, painter: QPainter, rect: QRect, row: JudgeRow) -> None:
        theme = self._theme
        painter.fillRect(rect.left(), rect.top(), rect.width(), 1, theme.color("line1"))
        line = rect.adjusted(INSET_PX, 1, -INSET_PX, 0)
        if row.speaker is not None:
            self._speaker(painter, line, row)
        font = theme.font("small", 600)
        wide = QFontMetrics(font).horizontalAdvance(row.title)
        write_line(painter, theme, line, row.title, font, "t2")
        line.adjust(wide + 10, 0, 0, 0)
        write_line(painter, theme, line, row.small, theme.font("label"), "t3")

    def _speaker(self, painter: QPainter, line: QRect, row: JudgeRow) -> None:
        """The square; `line` shrinks by it."""
        side = self._theme.px(Size.SPEAKER)
        assert row.speaker is not None
        top = line.top() + (line.height() - side) // 2
        paint_speaker(painter, self._theme, line.left(), top, row.speaker)
        line.adjust(side + 8, 0, 0, 0)

    def _paint_verdict(
        self, painter: QPainter, rect: QRect, row: JudgeRow, model: JudgeModel, *, is_open: bool
    ) -> None:
        theme = self._theme
        high = theme.px(LINE_PX)
        line = QRect(rect.left() + INSET_PX, rect.top() + PAD_PX, rect.width() - 2 * INSET_PX, high)
        first = QRect(line)
        self._chip(painter, first, row, is_open=is_open)
        if row.notes:
            side = theme.px(13)
            icon = QRect(first.right() - side, first.top(), side, high)
            paint_icon(painter, theme, "warning-circle", icon, "warn", size=side)
            first.adjust(0, 0, -side - GAP_PX, 0)
        place = self._place(row, model)
        if place:
            write_line(painter, theme, first, place, theme.font("label"), "t3", RIGHT)
            taken = QFontMetrics(theme.font("label")).horizontalAdvance(place)
            first.adjust(0, 0, -taken - 8, 0)
        if row.speaker is not None:
            self._speaker(painter, first, row)
        font = theme.font("small", 500 if is_open else 400)
        write_line(painter, theme, first, row.title, font, "t1")
        if is_open:
            for part in self.layout.parts(row, rect.width())[0]:
                self._paint_part(painter, part, rect.topLeft(), model, row)
        elif row.text or row.notes:
            words = " ".join(row.text.split("\n")) or row.notes[0]
            token = "t3" if row.text else "warn"
            write_line(painter, theme, line.translated(0, high), words, theme.font("label"), token)

    def _place(self, row: JudgeRow, model: JudgeModel) -> str:
        """`2 of 3` at the verdict that is being heard, else how many turns it points at."""
        count = len(row.evidence)
        if not count:
            return ""
        key, at = model.played
        return f"{at + 1} of {count}" if key == row.key else f"▸ {count}"

    def _chip(self, painter: QPainter, line: QRect, row: JudgeRow, *, is_open: bool) -> None:
        """The verdict at the right; `line` shrinks by it."""
        theme = self._theme
        words = row.chip
        room = max(40, line.width() // 2)
        if chip_width(theme, words) > room:
            font = QFontMetrics(theme.font("label"))
            words = font.elidedText(words, Qt.TextElideMode.ElideRight, room - 12)
        wide = chip_width(theme, words)
        top = line.top() + (line.height() - theme.px(HEIGHT_PX)) // 2
        edge = "line3" if is_open else "line2"
        paint_chip(
            painter, theme, line.right() + 1 - wide, top, words, ink=row.chip_token,
            line=row.chip_token if row.chip_token in ("warn", "danger") else edge,
        )  # fmt: skip
        line.adjust(0, 0, -wide - 8, 0)

    def _paint_part(
        self, painter: QPainter, part: Part, corner: QPoint, model: JudgeModel, row: JudgeRow
    ) -> None:
        theme, where = self._theme, part.rect.translated(corner)
        if part.kind == "evidence":
            is_heard = model.played == (row.key, part.at)
            paint_chip(
                painter, theme, where.left(), where.top(), part.words,
                ink="t1", line="accent" if is_heard else "line3", icon="play",
            )  # fmt: skip
        elif part.kind in ("made_of", "reply"):
            font = theme.font("small", 500) if part.kind == "reply" else theme.font("label")
            write_line(painter, theme, where, part.words, font, _TOKENS[part.kind])
        else:
            painter.setFont(theme.font("small" if part.kind == "text" else "label"))
            painter.setPen(theme.color(_TOKENS[part.kind]))
            painter.drawText(where, WRAP, part.words)
