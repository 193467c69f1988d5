"""What failed in a run, by kind: call, evaluator, reason. Enter or a click opens the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

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
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.domain.evaluation import FAILURE_WORDS, Failure
from app.ui.library.words import thousands
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.tips import plain_tip

ROW_PX = 26
NO_WORDS: Mapping[str, str] = {}
CODE_SAMPLE = "CB-00000"
CHIP_PAD = 6
MOST_TIP = 600
"""Characters of a tooltip."""
_SELECTED = QStyle.StateFlag.State_Selected.value
_HOVER = QStyle.StateFlag.State_MouseOver.value
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class Failed(Protocol):
    """What a row needs of a failure, an evaluator's or a judge's."""

    @property
    def call_id(self) -> str:
        """Of the call that it failed on."""

    @property
    def code(self) -> str:
        """The same for people."""

    @property
    def kind(self) -> str:
        """What sort of failure."""

    @property
    def reason(self) -> str:
        """Why, in words."""

    @property
    def attempt(self) -> int:
        """How often it was tried."""


@dataclass(frozen=True, slots=True)
class KindHead:
    """The head over the failures of one kind."""

    kind: str
    count: int
    told: str = ""

    @property
    def words(self) -> str:
        """The kind in words."""
        return self.told or FAILURE_WORDS.get(self.kind, self.kind)


@dataclass(frozen=True, slots=True)
class FailureRow:
    """One failure with the title of what failed."""

    failure: Failed
    title: str


Row = KindHead | FailureRow


def failure_rows(failures: Sequence[Failure], titles: dict[str, str]) -> list[Row]:
    """Failures under a head for each kind, the commonest kind first; by call within one."""
    ordered = sorted(failures, key=lambda f: (f.code, f.evaluator))
    return by_kind([FailureRow(f, titles.get(f.evaluator, f.evaluator)) for f in ordered])


def by_kind(rows: Sequence[FailureRow], told: Mapping[str, str] = NO_WORDS) -> list[Row]:
    """Rows under a head for each kind, the commonest first; `told` are the kinds' words."""
    kinds: dict[str, list[FailureRow]] = {}
    for row in rows:
        kinds.setdefault(row.failure.kind, []).append(row)
    out: list[Row] = []
    for kind, found in sorted(kinds.items(), key=lambda item: -len(item[1])):
        out += [KindHead(kind, len(found), told.get(kind, "")), *found]
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

    def failure(self, at: int) -> Failed | None:
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
            return plain_tip(f"{row.title}: {row.failure.reason}"[:MOST_TIP])
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if isinstance(row, KindHead):
            return f"{row.words}, {row.count}"
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
            self._write(painter, area, row.words, font, "t3", _LEFT)
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
    traced = Signal(object)
    """A failure whose request and reply are to be shown."""

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Shift+Enter shows what was asked."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            failure = self.failures.failure(self.currentIndex().row())
            if failure is not None:
                self.traced.emit(failure)
            return
        super().keyPressEvent(event)

    def step(self, by: int) -> None:
        """Go to the next or previous failure, over heads."""
        at = self.currentIndex().row() + by
        while 0 <= at < len(self.failures.rows):
            if self.failures.failure(at) is not None:
                self.setCurrentIndex(self.failures.index(at, 0))
                return
            at += by
