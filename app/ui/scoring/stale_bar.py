"""Answers whose stretch of speech is no longer there, offered one by one for the new one.

A boundary edit never moves a score. Only its rater can say that it holds for the new stretch.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.clock import format_time
from app.domain.forms import Form
from app.domain.ratings import ItemRef, Score
from app.ui.scoring.marks import score_text
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label


def heir(form: Form, score: Score) -> int | None:
    """Index of the item that covers most of a stale score's span, same speaker; None if none."""
    best: tuple[int, int] | None = None
    for index, item in enumerate(form.items):
        if item.kind != score.item.kind or item.speaker != score.item.speaker:
            continue
        common = item.span.overlap(score.item.span)
        if common is not None and (best is None or common.frames > best[0]):
            best = (common.frames, index)
    return best[1] if best is not None else None


class StaleBar(QWidget):
    """One stale answer at a time, with what can be done about it."""

    confirmed = Signal(object, object)
    """(Score, ItemRef): give this answer again for that item."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._left: list[tuple[Score, ItemRef | None]] = []
        self._form: Form | None = None
        self._rate_hz = 1
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(6)
        self._words = Label(theme, "", "small", "t1", wrap=True)
        column.addWidget(self._words)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._confirm = Button(theme, "Confirm", compact=True)
        self._confirm.clicked.connect(self._on_confirm)
        leave = Button(theme, "Leave it", kind="quiet", compact=True)
        leave.clicked.connect(self._next)
        row.addWidget(self._confirm)
        row.addWidget(leave)
        row.addStretch(1)
        column.addLayout(row)
        self.hide()

    def show_stale(self, form: Form, rate_hz: int) -> None:
        """Offer the form's stale answers; hides where there is none."""
        self._form, self._rate_hz = form, rate_hz
        found = []
        for score in form.stale:
            index = heir(form, score)
            found.append((score, form.items[index] if index is not None else None))
        self._left = found
        self._show()

    @property
    def count(self) -> int:
        """How many are still to be decided."""
        return len(self._left)

    def _next(self) -> None:
        self._left = self._left[1:]
        self._show()

    def _on_confirm(self) -> None:
        score, item = self._left[0]
        if item is not None:
            self._next()
            self.confirmed.emit(score, item)

    def _show(self) -> None:
        self.setVisible(bool(self._left))
        if not self._left or self._form is None:
            return
        score, item = self._left[0]
        titles = {c.id: c.title for c in self._form.rubric.criteria}
        start, end = (format_time(f, self._rate_hz) for f in _ends(score))
        more = f" ({len(self._left)} in all)" if len(self._left) > 1 else ""
        self._words.setText(
            f"“{titles.get(score.criterion_id, score.criterion_key)}” {score_text(score.answer)} "
            f"was given to {start} – {end}, whose boundaries have since been edited{more}. "
            "The score stays with what you heard."
        )
        self._confirm.setVisible(item is not None)
        if item is not None:
            self._confirm.set_text(f"It holds for turn {item.turn_index} too")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("warnBg"))
        painter.fillRect(0, 0, 3, self.height(), theme.color("warn"))


def _ends(score: Score) -> Sequence[int]:
    return score.item.span.start, score.item.span.end
