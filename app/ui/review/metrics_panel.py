"""The metrics tab: figures of the call, and the spans that they came from, to be heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.domain.errors import UserError
from app.tasks.runner import Lane
from app.ui.review.metrics_list import MetricList
from app.ui.review.metrics_measuring import Measuring
from app.ui.review.metrics_words import MetricRow, metric_rows
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.services.call_figures import CallFigures
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession

INSET_PX = 16
AWAITS_CALLER = "Figures follow once you have rated this call as its caller."
SYMBOLS = "symbol_error"
"""The figure whose answers are given symbol by symbol, not on a form."""


class MetricsPanel(QWidget):
    """Read when it comes to the front, and again as figures arrive."""

    score_asked = Signal()
    symbols_asked = Signal()
    """Go and score the call with the rubric of voice metrics."""

    def __init__(self, ctx: UiContext, session: ReviewSession) -> None:
        super().__init__()
        self._ctx, self._session = ctx, session
        self.measuring = Measuring(ctx, session)
        self.figures: CallFigures | None = None
        self._unfolded: set[str] = set()
        self._reading = 0
        theme = ctx.theme
        self.list = MetricList(theme)
        self.status = Label(theme, "", "label", "t3", wrap=True)
        self.again = Button(theme, "Try again", compact=True)
        self.measure = Button(theme, "Measure", compact=True)
        foot = QHBoxLayout()
        foot.setContentsMargins(INSET_PX, 6, INSET_PX, 6)
        foot.addWidget(self.status, 1, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(self.again)
        foot.addWidget(self.measure)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(foot)
        column.addWidget(self.list, 1)
        self.list.acted.connect(self.act)
        self.again.clicked.connect(lambda: self.measuring.start(retry_failed=True))
        self.measure.clicked.connect(lambda: self.measuring.start())
        self.measuring.changed.connect(self._say)
        self.measuring.measured.connect(self.refresh)
        session.opened.connect(self._on_opened)
        session.changed.connect(self.refresh)
        session.turn_changed.connect(self._show)
        self._say()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def _on_opened(self) -> None:
        self.figures = None
        self._unfolded.clear()
        self._show()
        self.refresh()

    def refresh(self) -> None:
        """Read the figures again, where somebody looks at them."""
        if self._session.state != "ready" or not self.isVisible():
            return
        self._reading += 1
        request, ctx, call_id = self._reading, self._ctx, self._session.call_id

        def read() -> CallFigures:
            from app.services.call_figures import call_figures

            return call_figures(ctx.ws, ctx.viewer, call_id)

        ctx.runner.run(
            Lane.READ,
            read,
            done=lambda found: self._on_read(request, found),
            failed=lambda error: self._on_unreadable(request, error),
        )

    def _on_read(self, request: int, found: CallFigures) -> None:
        if isValid(self) and request == self._reading:
            self.figures = found
            self._show()
            self._say()

    def _on_unreadable(self, request: int, error: BaseException) -> None:
        if not isValid(self) or request != self._reading:
            return
        if isinstance(error, UserError):
            self.status.setText(f"{error.what} {error.remedy}".strip())
        else:
            self._ctx.runner.failed.emit(error)

    def _show(self) -> None:
        found, turn = self.figures, self._session.turn
        here = self.list.currentIndex().row()
        scrolled = self.list.verticalScrollBar().value()
        rows = self.list.metrics.rows
        key = rows[here].key if 0 <= here < len(rows) else ()
        turn_id = turn.id if turn is not None else ""
        made = metric_rows(found, turn_id=turn_id, unfolded=self._unfolded) if found else []
        if tuple(made) == rows:
            return
        self.list.metrics.show_rows(made)
        same = next((n for n, r in enumerate(made) if key and r.key == key), -1)
        self.list.setCurrentIndex(self.list.metrics.index(same))
        self.list.verticalScrollBar().setValue(scrolled)

    def _say(self) -> None:
        failures = self.figures.failures if self.figures else ()
        running = self.measuring.is_running
        if running:
            words = self.measuring.words
        elif self.measuring.error:
            words = self.measuring.error
        elif failures:
            first = failures[0]
            more = f" and {len(failures) - 1} more" if len(failures) > 1 else ""
            words = f"{first.evaluator} failed: {first.reason}{more}"
        else:
            measured = bool(self.figures and self.figures.figures)
            words = "" if measured else "Nothing is measured yet."
            if self.figures and self.figures.awaits_caller:
                words = AWAITS_CALLER
        self.status.setText(words)
        self.status.set_token("warn" if failures and not running else "t3")
        self.again.setVisible(not running and bool(failures or self.measuring.error))
        self.measure.setVisible(not running and words != AWAITS_CALLER)

    def act(self, row: MetricRow) -> None:
        """Hear the next span of a figure, unfold a group, or go and answer."""
        if row.kind == "more":
            self._unfolded ^= {row.group}
            self._show()
        elif row.asks and row.key[:1] == (SYMBOLS,):
            self.symbols_asked.emit()
        elif row.asks:
            self.score_asked.emit()
        elif row.evidence:
            key, at = self.list.metrics.played
            at = (at + 1) % len(row.evidence) if key == row.key else 0
            self.list.metrics.played = (row.key, at)
            span = row.evidence[at].span
            self._session.view.select(span)
            self._session.view.reveal(span)
            self._session.playback.play_span(span)
            self.list.viewport().update()
