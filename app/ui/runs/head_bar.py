"""The head of the screen of runs: title, which runs, Pause all, New run."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.ui.actions import ActionTable
from app.ui.library.words import thousands
from app.ui.runs.rows import Filter
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented

FILTERS: tuple[tuple[Filter, str], ...] = (
    ("all", "All"), ("active", "Active"), ("failed", "Failed"),
)  # fmt: skip
COUNT_GAP = "  "


class CountedSegments(Segmented):
    """Segments with a count in a paler ink after the word."""

    def set_counts(self, counts: dict[str, int]) -> None:
        """Show other counts, by key; a segment without one has only its word."""
        words: dict[str, str] = dict(FILTERS)
        made = tuple(
            replace(s, text=words[s.key] + _tail(counts.get(s.key))) for s in self._segments
        )
        if made != self._segments:
            self._segments = made
            self._describe()
            self.updateGeometry()
            self.update()

    def _paint_segment(self, painter: QPainter, segment: Segment, box: QRectF) -> None:
        theme = self._theme
        is_on = segment.key == self.current
        if is_on:
            painter.fillRect(box, theme.color("bg3"))
            line = QRectF(box.left(), box.bottom() - 2, box.width(), 2)
            painter.fillRect(line, theme.color("accent"))
        word, gap, count = segment.text.partition(COUNT_GAP)
        metrics = QFontMetricsF(theme.font("small", 500))
        left = box.left() + (box.width() - metrics.horizontalAdvance(segment.text)) / 2
        for text, token in ((word, "t1" if is_on else "t2"), (count, "t3")):
            painter.setFont(theme.font("small", 600 if is_on and text is word else 500))
            painter.setPen(theme.color(token))
            width = metrics.horizontalAdvance(text) + 4
            area = QRectF(left, box.top(), width, box.height())
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)
            left += metrics.horizontalAdvance(word + gap)


class RunsHead(QWidget):
    """44 px."""

    filter_chosen = Signal(str)
    pause_all_asked = Signal()
    new_asked = Signal()
    new_judge_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        segments = [Segment(key, word) for key, word in FILTERS]
        self.filters = CountedSegments(theme, segments, name="Runs")
        self.filters.chosen.connect(self.filter_chosen)
        self.pause_all = Button(theme, "Pause all", icon="pause")
        self.pause_all.clicked.connect(self.pause_all_asked)
        self.new = Button(
            theme, "New run", icon="plus", kind="primary", action="runs.new", actions=actions
        )
        self.new.clicked.connect(self.new_asked)
        self.judge = Button(
            theme, "New judge run", icon="scales", action="runs.new_judge", actions=actions
        )
        self.judge.clicked.connect(self.new_judge_asked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(Size.INSET, 0, Size.INSET, 1)
        layout.setSpacing(12)
        layout.addWidget(Label(theme, "Runs", "title"))
        layout.addWidget(self.filters)
        layout.addStretch()
        layout.addWidget(self.pause_all)
        layout.addWidget(self.judge)
        layout.addWidget(self.new)
        self._resize()
        theme.changed.connect(self._resize)

    def _resize(self) -> None:
        self.setFixedHeight(self._theme.px(Size.HEADER))

    def show_counts(self, active: int, failed: int) -> None:
        """How many are active, and how many need someone."""
        self.filters.set_counts({"active": active, "failed": failed})
        self.pause_all.setEnabled(active > 0)

    def show_empty(self, *, is_empty: bool, can_start: bool) -> None:
        """Without runs there is nothing to choose from; without calls nothing to start."""
        self.filters.setVisible(not is_empty)
        self.pause_all.setVisible(not is_empty)
        for button in (self.new, self.judge):
            button.setVisible(not is_empty)
            button.setEnabled(can_start)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill, hairline below."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("bg1"))
        line = QRect(0, self.height() - 1, self.width(), 1)
        painter.fillRect(line, self._theme.color("line1"))


def _tail(count: int | None) -> str:
    return "" if count is None else COUNT_GAP + thousands(count)
