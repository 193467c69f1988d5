"""The right panel: one run with its verbs, steps, pace, failures and provenance."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.evaluation import Run, StepProgress
from app.services.evaluating.attending import CLOSED_NOTE, PAUSED_NOTE
from app.services.evaluating.pace import Pace
from app.ui.actions import ActionTable
from app.ui.library.words import thousands
from app.ui.runs import words
from app.ui.runs.failure_list import FailureList
from app.ui.runs.failure_model import failure_rows
from app.ui.runs.judge_sections import JudgeSections
from app.ui.runs.judge_words import is_capped, is_judging
from app.ui.runs.loader import MOST_FAILURES, Detail
from app.ui.runs.pace_section import PaceSection
from app.ui.runs.rows import Hints
from app.ui.runs.sections import OverlayArea, Section
from app.ui.runs.source_section import QUIET_PX, SourceSection
from app.ui.runs.step_list import StepList
from app.ui.runs.step_rows import step_rows
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Hairline, Label

if TYPE_CHECKING:
    pass

LEAST_PX = 270
WAITS = "Two runs are worked on at a time in one window; this one is next in line."


class RunPanel(QWidget):
    """Shows one run. Its buttons only ask."""

    pause_asked = Signal()
    """Pause, or go on: whichever the button says."""
    stop_asked = Signal()
    retry_asked = Signal()
    call_asked = Signal(str)
    """Id of one of the run's calls; empty for the first."""
    traced = Signal(object)
    """A failure whose request and reply are to be shown."""
    caps_asked = Signal()
    """Let the run use more."""

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._run_id = ""
        self._widen()
        theme.changed.connect(self._widen)
        self.title = ElidedLabel(theme, "", "title", "t1")
        self.code = Label(theme, "", "mono_small", "t3")
        self.covers = Label(theme, "", "small", "t2", wrap=True)
        self.note = Label(theme, "", "small", "t3", wrap=True)
        self.pause = Button(theme, "Pause", icon="pause")
        self.stop = Button(theme, "Stop")
        self.stop.setToolTip("End it; what is computed stays")
        self.retry = Button(theme, "Retry failed")
        self.caps = Button(theme, "Raise the cap")
        self.caps.setToolTip("It stopped because it used all it may; it goes on where it stopped")
        self.open = Button(theme, "Open calls", kind="quiet")
        for button, action in ((self.retry, "runs.retry"), (self.open, "runs.open")):
            button.setToolTip(actions.tip(action))
        self.steps = StepList(theme)
        self.pace = PaceSection(theme)
        self.failures = FailureList(theme)
        self.judging = JudgeSections(theme)
        self.source = SourceSection(theme)
        self._body = QWidget()
        self._area = OverlayArea(self)
        self._build()
        self._wire()
        self.show_nothing()

    def _widen(self) -> None:
        self.setMinimumWidth(self._theme.px(LEAST_PX))

    def _build(self) -> None:
        theme = self._theme
        self.failed = Section(theme, "Failures", inset=False)
        self.failed.figure.set_token("danger")
        self.failed.body.addWidget(self.failures)
        self.more = Label(theme, "", "small", "t3")
        self.more.setContentsMargins(Size.INSET, 4, Size.INSET, 0)
        self.failed.body.addWidget(self.more)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addSpacing(8)
        column.addWidget(self.steps)
        column.addSpacing(8)
        for section in (self.pace, self.judging, self.failed, self.source):
            column.addWidget(section)
        column.addStretch()
        self._area.setWidget(self._body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(self._head())
        self._rule = Hairline(theme)
        outer.addWidget(self._rule)
        outer.addWidget(self._area, 1)

    def _head(self) -> QVBoxLayout:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.title, 1)
        top.addWidget(self.code)
        verbs = QHBoxLayout()
        verbs.setSpacing(8)
        verbs.addWidget(self.pause)
        verbs.addWidget(self.caps)
        verbs.addWidget(self.stop)
        verbs.addWidget(self.retry)
        verbs.addStretch()
        verbs.addWidget(self.open)
        head = QVBoxLayout()
        head.setContentsMargins(Size.INSET, 10, 0, 12)
        head.setSpacing(2)
        top.setContentsMargins(0, 0, Size.INSET, 0)
        verbs.setContentsMargins(0, 8, Size.INSET - QUIET_PX, 0)
        for told in (self.covers, self.note):
            told.setContentsMargins(0, 0, Size.INSET, 0)
        head.addLayout(top)
        head.addWidget(self.covers)
        head.addWidget(self.note)
        head.addLayout(verbs)
        return head

    def _wire(self) -> None:
        self.pause.clicked.connect(self.pause_asked)
        self.stop.clicked.connect(self.stop_asked)
        self.retry.clicked.connect(self.retry_asked)
        self.open.clicked.connect(lambda: self.call_asked.emit(""))
        self.failures.opened.connect(self.call_asked)
        self.caps.clicked.connect(self.caps_asked)
        self.judging.call_asked.connect(self.call_asked)
        self.judging.traced.connect(self.traced)
        for found in self.failure_lists:
            found.selectionModel().currentChanged.connect(partial(self._reveal, found))

    @property
    def failure_lists(self) -> tuple[FailureList, ...]:
        """Every list of failures, whose arrows are its own."""
        return (self.failures, *self.judging.lists)

    # showing ------------------------------------------------------------------------------------

    def show_nothing(self) -> None:
        """No run is selected."""
        self._run_id = ""
        for part in (self.title, self.code, self.covers, self.note):
            part.setText("")
        hidden: tuple[QWidget, ...] = (
            self.note,
            self.pause,
            self.stop,
            self.retry,
            self.caps,
            self.open,
            self._rule,
            self._area,
        )
        for widget in hidden:
            widget.hide()

    def show_run(self, run: Run, hints: Hints) -> None:
        """The head of a run; the rest follows when it has been read."""
        if run.id != self._run_id:
            self._run_id = run.id
            self._area.hide()
            self._area.verticalScrollBar().setValue(0)
            self.steps.fold()
            self.source.rest()
        self._rule.show()
        self.title.setText(run.title)
        self.code.setText(run.code)
        by = f", by {run.created_by}" if run.created_by else ""
        self.covers.setText(f"{words.covers_words(run)}, {words.measures_words(run)}{by}")
        note = _note(run, hints)
        self.note.setText(note)
        if is_judging(run):
            self.judging.show_spending(run, hints.spending)
        is_odd = run.state == "paused" and run.note != CLOSED_NOTE and not hints.waits_here
        self.note.set_token("warn" if is_odd else "t3")
        self.note.setVisible(bool(note))
        self._show_verbs(run, hints)

    def _show_verbs(self, run: Run, hints: Hints) -> None:
        goes_on = run.state == "paused" and not hints.waits_here
        self.open.show()
        capped = is_capped(run)
        self.caps.setVisible(capped)
        self.pause.setVisible(run.is_live and not capped)
        self.stop.setVisible(run.is_live)
        self.pause.set_text("Resume" if goes_on else "Pause")
        self.pause.set_icon("play" if goes_on else "pause", filled=goes_on)
        self.pause.setEnabled(not hints.asked)
        self.stop.setEnabled(hints.asked != "cancel")
        self.retry.setVisible(run.failed > 0 and not run.is_live)
        self.retry.setEnabled(not hints.is_settled)

    def show_progress(self, run: Run, steps: Sequence[StepProgress], busy: Sequence[str]) -> None:
        """How far each step is."""
        if run.id == self._run_id:
            self.steps.show_rows(step_rows(run, steps, busy))

    def show_pace(self, run_id: str, pace: Pace | None, *, runs: bool) -> None:
        """The bars over time; a run that computed nothing has none."""
        if run_id == self._run_id:
            self.pace.show_pace(pace, runs=runs)

    def show_detail(self, detail: Detail, busy: Sequence[str]) -> None:
        """All about the run."""
        run = detail.run
        if run.id != self._run_id:
            return
        self.show_progress(run, detail.steps, busy)
        self.show_pace(run.id, detail.pace, runs=run.state == "running")
        self.pace.show_unit(requests=is_judging(run))
        self.judging.show_detail(run, detail.judging)
        titles = {step.name: step.title for step in detail.steps}
        rows = failure_rows(detail.failures, titles)
        self.failures.failures.set_rows(rows)
        self.failed.setVisible(bool(rows))
        self.failed.figure.setText(thousands(len(detail.failures)))
        is_cut = len(detail.failures) >= MOST_FAILURES
        self.more.setVisible(is_cut)
        self.more.setText(f"The first {thousands(MOST_FAILURES)} are listed.")
        self.source.show_detail(detail)
        self._area.show()

    def _reveal(self, found: FailureList, *_indices: object) -> None:
        """Keep the selected failure in sight while it is moved by keys."""
        rect = found.visualRect(found.currentIndex())
        middle = found.mapTo(self._body, QPoint(0, rect.center().y()))
        self._area.ensureVisible(0, middle.y(), 0, 3 * max(1, rect.height()))


def _note(run: Run, hints: Hints) -> str:
    """Why it stands still, where that needs saying."""
    if hints.waits_here or run.state == "queued":
        return WAITS if hints.waits_here else "Nobody works on it yet."
    return "" if run.note == PAUSED_NOTE else run.note
