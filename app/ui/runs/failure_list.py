"""What failed in a run, by kind: call, evaluator, reason. Enter or a click opens the call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.domain.evaluation import FAILURE_WORDS, Failure, FailureKind
from app.ui.library.words import thousands
from app.ui.theme import Theme
from app.ui.tokens import Size

ROW_PX = 26
CODE_SAMPLE = "CB-00000"
CHIP_PAD = 6
_SELECTED = QStyle.StateFlag.State_Selected.value
_HOVER = QStyle.StateFlag.State_MouseOver.value
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class KindHead:
    """The head over the failures of one kind."""

    kind: FailureKind
    count: int


@dataclass(frozen=True, slots=True)
class FailureRow:
    """One failure with its evaluator's title."""

    failure: Failure
    title: str


Row = KindHead | FailureRow


def failure_rows(failures: Sequence[Failure], titles: dict[str, str]) -> list[Row]:
    """Failures under a head for each kind, the commonest kind first; by call within one."""
    by_kind: dict[FailureKind, list[Failure]] = {}
    for failure in failures:
        by_kind.setdefault(failure.kind, []).append(failure)
    out: list[Row] = []
    for kind, found in sorted(by_kind.items(), key=lambda item: -len(item[1])):
        out.append(KindHead(kind, len(found)))
        ordered = sorted(found, key=lambda f: (f.code, f.evaluator))
        out += [FailureRow(f, titles.get(f.evaluator, f.evaluator)) for f in ordered]
    return out


class FailureModel(QAbstractListModel):
    """Heads and failures."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other failures."""
        if list(rows) != self.rows:
            self.beginResetModel()
            self.rows = list(rows)
            self.endResetModel()

    def failure(self, at: int) -> Failure | None:
        """The failure in a row; None for a head."""
        row = self.rows[at] if 0 <= at < len(self.rows) else None
        return row.failure if isinstance(row, FailureRow) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Heads and failures."""
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Failures can be selected, heads cannot."""
        if self.failure(index.row()) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A row in words."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, FailureRow):
            return f"{row.title}: {row.failure.reason}"
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if isinstance(row, KindHead):
            return f"{FAILURE_WORDS[row.kind]}, {row.count}"
        return f"{row.failure.code}, {row.title}: {row.failure.reason}"


class FailureDelegate(QStyledItemDelegate):
    """Paints code, evaluator, the reason in a frame, and how often it was tried."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """26 px a line."""
        return QSize(60, self._theme.px(ROW_PX))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a head or a failure."""
        model = index.model()
        assert isinstance(model, FailureModel)
        row, rect, theme = model.rows[index.row()], option.rect, self._theme
        area = rect.adjusted(Size.INSET, 0, -Size.INSET, 0)
        if isinstance(row, KindHead):
            font = theme.font("small")
            self._write(painter, area, FAILURE_WORDS[row.kind], font, "t3", _LEFT)
            self._write(painter, area, thousands(row.count), font, "t3", _RIGHT)
            return
        if option.state.value & _SELECTED:
            theme.paint_selection(painter, rect)
        elif option.state.value & _HOVER:
            painter.fillRect(rect, theme.mixed("bg3", 0.5, "bg1"))
        self._failure(painter, area, row)

    def _failure(self, painter: QPainter, area: QRect, row: FailureRow) -> None:
        theme, failure = self._theme, row.failure
        mono, small, label = theme.font("mono_small"), theme.font("small"), theme.font("label")
        tries = f"tried {failure.attempt}×" if failure.attempt > 1 else ""
        self._write(painter, area, tries, label, "t3", _RIGHT)
        room = QFontMetrics(label).horizontalAdvance(tries) + 10 if tries else 0
        code_px = QFontMetrics(mono).horizontalAdvance(CODE_SAMPLE) + 14
        self._write(painter, area, failure.code, mono, "t1", _LEFT)
        left = area.left() + code_px
        most = max(40, (area.width() - code_px - room) * 40 // 100)
        title_px = min(QFontMetrics(small).horizontalAdvance(row.title) + 2, most)
        title = QRect(left, area.top(), title_px, area.height())
        self._write(painter, title, row.title, small, "t2", _LEFT)
        left += title_px + 10
        self._chip(painter, left, area.right() + 1 - room - left, area, failure.reason)

    def _chip(self, painter: QPainter, left: int, room: int, area: QRect, reason: str) -> None:
        theme = self._theme
        font = theme.font("label")
        metrics = QFontMetrics(font)
        words = metrics.elidedText(reason, Qt.TextElideMode.ElideRight, room - 2 * CHIP_PAD)
        high = theme.px(18)
        top = area.top() + (area.height() - high) // 2
        wide = metrics.horizontalAdvance(words) + 2 * CHIP_PAD
        box = QRectF(left + 0.5, top + 0.5, wide - 1, high - 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.pen("line2"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, Size.RADIUS_CAP, Size.RADIUS_CAP)
        painter.setFont(font)
        painter.setPen(theme.color("t1"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()

    def _write(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        font: QFont,
        token: str,
        flags: Qt.AlignmentFlag,
    ) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        fitting = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 1)
        painter.drawText(area, flags, fitting)


class FailureList(QListView):
    """As high as its rows: the panel around it scrolls. Only what is in view is painted."""

    opened = Signal(str)
    """Id of the call to open."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.failures = FailureModel()
        self.setModel(self.failures)
        self.setItemDelegate(FailureDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setProperty("ring", "inside")
        self.setAccessibleName("Failures")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for which in (self.setVerticalScrollBarPolicy, self.setHorizontalScrollBarPolicy):
            which(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(lambda index: self._open(index.row()))
        self.failures.modelReset.connect(self._fit)
        theme.changed.connect(self._fit)

    def _fit(self) -> None:
        self.setFixedHeight(self._theme.px(ROW_PX) * len(self.failures.rows))

    def _open(self, at: int) -> None:
        failure = self.failures.failure(at)
        if failure is not None:
            self.opened.emit(failure.call_id)

    def open_current(self) -> None:
        """Open the call of the selected failure."""
        self._open(self.currentIndex().row())

    def step(self, by: int) -> None:
        """Go to the next or previous failure, over heads."""
        at = self.currentIndex().row() + by
        while 0 <= at < len(self.failures.rows):
            if self.failures.failure(at) is not None:
                self.setCurrentIndex(self.failures.index(at, 0))
                return
            at += by
