"""The strip of checks: coverage, overlaps, problems, and what of the proposal stands. Live."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.eval.judging.flow_acceptance import Acceptance
from app.eval.judging.flow_checks import LEAST_COVERAGE, Checks
from app.ui.flows.words import (
    coverage_words,
    overlap_words,
    problem_words,
    stood_words,
)
from app.ui.theme import Theme
from app.ui.widgets.bar import Bar
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel

STRIP_PX, METER_W, METER_H = 36, 84, 6


class Meter(QWidget):
    """Coverage as a bar, with a tick where it has to reach."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._value = theme, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Coverage")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """84 px."""
        return QSize(METER_W, 14)

    def show_value(self, value: float | None) -> None:
        """Show a share."""
        self._value = value or 0.0
        self.setAccessibleDescription(f"{self._value:.0%}")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar."""
        theme, painter = self._theme, QPainter(self)
        box = QRectF(0, (self.height() - METER_H) / 2, self.width(), METER_H)
        painter.fillRect(box, theme.color("bg3"))
        token = "t2" if self._value >= LEAST_COVERAGE else "warn"
        filled = QRectF(box.left(), box.top(), box.width() * self._value, box.height())
        painter.fillRect(filled, theme.color(token))
        tick = QRectF(box.width() * LEAST_COVERAGE, 1, 1, self.height() - 2)
        painter.fillRect(tick, theme.color("t1"))


class ChecksBar(Bar):
    """36 px. A press on a finding asks to see the next one of its kind."""

    uncovered_asked = Signal()
    overlap_asked = Signal()
    problem_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, STRIP_PX)
        self.meter = Meter(theme)
        self.coverage = Button(theme, "", icon="check-circle", kind="quiet", compact=True)
        self.overlaps = Button(theme, "", icon="check-circle", kind="quiet", compact=True)
        self.problems = Button(theme, "", icon="check-circle", kind="quiet", compact=True)
        self.stood = ElidedLabel(theme, "", "small", "t2")
        self.coverage.clicked.connect(self.uncovered_asked)
        self.overlaps.clicked.connect(self.overlap_asked)
        self.problems.clicked.connect(self.problem_asked)
        self.row.addWidget(self.meter)
        for button in (self.coverage, self.overlaps, self.problems):
            self.row.addWidget(button)
        self.stood.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.row.addWidget(self.stood, 1)

    def show_checks(self, checks: Checks) -> None:
        """Show how the flow stands."""
        self.meter.show_value(checks.coverage)
        for button, words, is_good in (
            (self.coverage, coverage_words(checks), not checks.uncovered),
            (self.overlaps, overlap_words(checks), not checks.overlaps),
            (self.problems, problem_words(checks), not checks.problems),
        ):
            button.set_text(words)
            button.set_icon(
                "check-circle" if is_good else "warning-circle",
                token="success" if is_good else "warn",
            )
        self.problems.setAccessibleDescription(" ".join(checks.problems))

    def show_stood(self, found: Acceptance | None) -> None:
        """Show what of the machine's proposal stands by now."""
        self.stood.setText("" if found is None else stood_words(found))
