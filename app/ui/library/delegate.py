"""Paints the cells of the library: plain text, right-aligned figures, colour past thresholds."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.domain.browsing import CallRow
from app.domain.figure_columns import BY_COLUMN
from app.ui.icons import paint_icon
from app.ui.library.columns import COLUMNS, Column
from app.ui.library.model import CallTableModel
from app.ui.library.sparkline import SparkCache
from app.ui.library.words import (
    DASH,
    clock,
    figure_words,
    optional,
    scenario_words,
    thousands,
)
from app.ui.settings.store import SettingsStore
from app.ui.theme import Theme
from app.ui.tokens import Size

_PAD = 8
_KEPT_TEXTS = 20_000
_MANY_INTERRUPTIONS = 3
_SELECTED = QStyle.StateFlag.State_Selected.value
"""As an int: Python's enum arithmetic would cost a tenth of a repaint."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class CallDelegate(QStyledItemDelegate):
    """One delegate for all columns; which cell it is, the column table says."""

    def __init__(self, theme: Theme, settings: SettingsStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._settings = theme, settings
        self._sparks = SparkCache(theme)
        self.playing_id: str | None = None
        self._painters: dict[str, Callable[[QPainter, QRect, CallRow, Column], None]] = {
            "play": self._play,
            "spark": self._spark,
            "code": self._code,
            "text": self._text,
            "length": self._length,
            "count": self._count,
            "latency": self._latency,
            "judge": self._judge,
            "raters": self._raters,
            "flag": self._flag,
            "figure": self._figure,
        }
        theme.changed.connect(self._restyle)
        settings.changed.connect(lambda _key: self._restyle())
        self._restyle()

    def _restyle(self) -> None:
        theme = self._theme
        self._font = theme.font("small")
        self._bold = theme.font("small", 700)
        self._strong = theme.font("small", 600)
        self._mono = theme.font("mono_small")
        self._fits: dict[tuple[str, int, int], str] = {}
        self._slow = self._settings.number("latency_slow_ms")
        self._late = self._settings.number("latency_late_ms")

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """40 px rows."""
        return QSize(60, self._theme.px(Size.ROW_LIBRARY))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Surface, cell, hairline."""
        rect: QRect = option.rect
        if option.state.value & _SELECTED:
            self._theme.paint_selection(painter, rect, first=index.column() == 0)
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, self._theme.color("line1"))
        model = index.model()
        assert isinstance(model, CallTableModel)
        row = model.row(index.row())
        column = COLUMNS[index.column()]
        if row is None:
            self._placeholder(painter, rect, column)
        else:
            self._painters[column.cell](painter, rect, row, column)

    def _write(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        *,
        font: QFont | None = None,
        token: str = "t1",
        right: bool = False,
    ) -> None:
        area = rect.adjusted(_PAD, 0, -_PAD, -1)
        font = font or self._font
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        fitting = self._fitting(text, font, area.width(), number=right)
        painter.drawText(area, _RIGHT if right else _LEFT, fitting)

    def _fitting(self, text: str, font: QFont, width: int, *, number: bool) -> str:
        """The text as it fits, kept: measuring it costs as much as painting it."""
        key = (text, id(font), width)
        found = self._fits.get(key)
        if found is None:
            if len(self._fits) > _KEPT_TEXTS:
                self._fits.clear()
            metrics = QFontMetrics(font)
            if not number:
                found = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            elif metrics.horizontalAdvance(text) > width + 2:
                found = "…"  # part of a number would be another number
            else:
                found = text
            self._fits[key] = found
        return found

    def _placeholder(self, painter: QPainter, rect: QRect, column: Column) -> None:
        """A row that is still being fetched keeps its geometry."""
        if column.cell == "spark":
            middle = rect.top() + rect.height() // 2
            line = QRect(rect.left() + _PAD, middle, Size.SPARK_W, 1)
            painter.fillRect(line, self._theme.color("line1"))
        elif column.cell == "code":
            self._write(painter, rect, "…", token="t3")

    def _play(self, painter: QPainter, rect: QRect, row: CallRow, _column: Column) -> None:
        playing = row.id == self.playing_id
        area = rect.adjusted(5, 0, 0, -1)
        name, token = ("pause", "accent") if playing else ("play", "t2")
        paint_icon(painter, self._theme, name, area, token, size=14, filled=playing)

    def _spark(self, painter: QPainter, rect: QRect, row: CallRow, _column: Column) -> None:
        if row.sparkline:
            top = rect.top() + (rect.height() - 1 - Size.SPARK_H) // 2
            image = self._sparks.image(row.sparkline, row.ticks)
            painter.drawImage(QPoint(rect.left() + 4, top), image)

    def _code(self, painter: QPainter, rect: QRect, row: CallRow, _column: Column) -> None:
        self._write(painter, rect, row.code, font=self._mono)

    def _text(self, painter: QPainter, rect: QRect, row: CallRow, column: Column) -> None:
        if column.key == "scenario":
            self._write(painter, rect, scenario_words(row))
        elif column.key == "title":
            self._write(painter, rect, row.title)
        elif column.key == "agent":
            self._write(painter, rect, f"{row.agent} {row.agent_version}".strip(), token="t2")
        elif row.hidden and row.reason is None:
            self._lock(painter, rect.adjusted(_PAD, 0, 0, 0), right=False)
        else:
            self._write(painter, rect, row.reason or "", token="t2")

    def _length(self, painter: QPainter, rect: QRect, row: CallRow, _column: Column) -> None:
        self._write(painter, rect, clock(row.duration_ms), right=True)

    def _count(self, painter: QPainter, rect: QRect, row: CallRow, column: Column) -> None:
        value: int | None = getattr(row, column.key)
        text = optional(value)
        if column.key == "interruptions" and (value or 0) >= _MANY_INTERRUPTIONS:
            self._write(painter, rect, text, font=self._bold, token="overlap", right=True)
        else:
            self._write(painter, rect, text, token="t2" if value is not None else "t3", right=True)

    def _latency(self, painter: QPainter, rect: QRect, row: CallRow, column: Column) -> None:
        value = row.p50_ms if column.key == "p50" else row.p95_ms
        if value is None:
            self._write(painter, rect, "–", token="t3", right=True)
            return
        token = self._theme.latency_token(value, self._slow, self._late)
        font = self._bold if token == "latLate" else self._font
        ink = "t2" if token == "latOk" else token
        self._write(painter, rect, thousands(value), font=font, token=ink, right=True)

    def _figure(self, painter: QPainter, rect: QRect, row: CallRow, column: Column) -> None:
        text = figure_words(row, BY_COLUMN[column.key])
        self._write(painter, rect, text, token="t3" if text == DASH else "t2", right=True)

    def _judge(self, painter: QPainter, rect: QRect, row: CallRow, _column: Column) -> None:
        if row.hidden:
            self._lock(painter, rect, right=True)
        elif row.judge is None:
            self._write(painter, rect, "–", token="t3", right=True)
        else:
            self._write(painter, rect, f"{row.judge:.1f}", font=self._strong, right=True)

    def _lock(self, painter: QPainter, rect: QRect, *, right: bool) -> None:
        left = rect.right() - _PAD - 13 if right else rect.left()
        area = QRect(left, rect.top(), 14, rect.height() - 1)
        paint_icon(painter, self._theme, "lock", area, "t3", size=13)

    def _raters(self, painter: QPainter, rect: QRect, row: CallRow, _column: Column) -> None:
        dots = max(row.raters_assigned, row.raters_done)
        x, side = rect.left() + _PAD, 7
        if dots > 4:
            self._write(painter, rect, f"{row.raters_done}/{dots}", token="t2")
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = rect.top() + (rect.height() - 1 - side) / 2
        for index in range(dots):
            box = QRectF(x + index * (side + 5) + 0.5, top, side, side)
            done = index < row.raters_done
            painter.setPen(self._theme.pen("accent" if done else "line3"))
            painter.setBrush(self._theme.color("accent") if done else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(box)
        painter.restore()

    def _flag(self, painter: QPainter, rect: QRect, row: CallRow, _column: Column) -> None:
        if row.flagged:
            paint_icon(painter, self._theme, "flag", rect.adjusted(0, 0, 0, -1), "warn", size=14)
