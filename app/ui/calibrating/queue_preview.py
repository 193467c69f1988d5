"""What a queue would hold: figures in words, and its first calls."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.services.calibrating.queues import QueuePlan
from app.ui.theme import Theme
from app.ui.widgets.labels import ElidedLabel, Hairline, Label

MOST_SHOWN = 7
NONE = "\u2013"


def figures(told: QueuePlan) -> list[tuple[str, str]]:
    """(figure, words) of a queue, the most asked for first."""
    picks = told.picks
    three, two = (sum(p.raters == n for p in picks) for n in (3, 2))
    rows = [
        (f"{len(picks)}", f"of {told.pool} calls"),
        (f"{told.minutes:.0f} min", f"of experts, {told.votes} forms"),
        (f"{three}", f"rated by three, {two} by two"),
    ]
    if told.wish.kind == "learn":
        return rows
    rows.append((_change(told), "half-width of the average"))
    if told.per_minute is not None:
        rows.append((f"{told.per_minute:.4f}", "narrower per expert minute"))
    return rows


def _change(told: QueuePlan) -> str:
    now, after = (
        NONE if w is None else f"{w:.2f}" for w in (told.half_width, told.half_width_after)
    )
    return f"{now} \u2192 {after}"


class QueuePreview(QWidget):
    """Figures in a row, then a short table."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._page: QWidget | None = None

    def clear(self) -> None:
        """Nothing can be said yet."""
        if self._page is not None:
            self._layout.removeWidget(self._page)
            self._page.deleteLater()
            self._page = None

    def show_plan(self, told: QueuePlan, codes: Sequence[str]) -> None:
        """Show a queue; `codes` are those of its calls."""
        self.clear()
        self._page = page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self._figures(told))
        column.addWidget(Hairline(self._theme))
        column.addLayout(self._calls(told, codes))
        left = len(told.picks) - MOST_SHOWN
        if left > 0:
            column.addWidget(Label(self._theme, f"and {left} more", "small", "t3"))
        column.addStretch()
        self._layout.addWidget(page)

    def _figures(self, told: QueuePlan) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(0)
        for at, (figure, words) in enumerate(figures(told)):
            grid.addWidget(Label(self._theme, figure, "figure"), 0, at)
            grid.addWidget(Label(self._theme, words, "label", "t2"), 1, at)
        grid.setColumnStretch(len(figures(told)), 1)
        return grid

    def _calls(self, told: QueuePlan, codes: Sequence[str]) -> QGridLayout:
        theme, grid = self._theme, QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(4, 1)
        right = Qt.AlignmentFlag.AlignRight
        is_lesson = told.wish.kind == "learn"
        last = "Why" if is_lesson else "Rarest class"
        titles = ("Call", "Minutes", "Probability", "Raters", last)
        for at, title in enumerate(titles):
            side = right if 0 < at < 4 else Qt.AlignmentFlag.AlignLeft
            grid.addWidget(Label(theme, title, "label", "t3"), 0, at, side)
        for row, (pick, code) in enumerate(zip(told.picks[:MOST_SHOWN], codes), start=1):
            chance = "none" if is_lesson else f"{pick.probability:.2f}"
            grid.addWidget(Label(theme, code, "mono_small"), row, 0)
            grid.addWidget(Label(theme, f"{pick.minutes:.1f}", "small"), row, 1, right)
            grid.addWidget(Label(theme, chance, "small"), row, 2, right)
            grid.addWidget(Label(theme, str(pick.raters), "small"), row, 3, right)
            why = pick.reason.partition(": ")[2] if is_lesson else pick.stratum
            grid.addWidget(ElidedLabel(theme, why or NONE, "small", "t2"), row, 4)
        return grid
