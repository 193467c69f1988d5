"""What the panel shows of judge runs alone: what they used, what has no verdict, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.evaluation import Run
from app.domain.judging import ASK_FAILURE_WORDS
from app.ui.library.words import thousands
from app.ui.runs.failure_list import FailureList
from app.ui.runs.failure_model import FailureRow, by_kind
from app.ui.runs.judge_words import left_out, uses
from app.ui.runs.loader import JudgeDetail
from app.ui.runs.sections import Facts, Section
from app.ui.runs.use_bars import UseBars
from app.ui.theme import Theme

if TYPE_CHECKING:
    from app.services.judging.run_figures import Spending


class JudgeSections(QWidget):
    """Used, unscored, failed, left out; each only where there is something to say."""

    call_asked = Signal(str)
    traced = Signal(object)
    """A failure whose request and reply are to be shown."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.bars = UseBars(theme)
        self.used = Section(theme, "Used")
        self.used.body.addWidget(self.bars)
        self.unscored = FailureList(theme)
        self.unscored.setAccessibleName("Unscored")
        self.failures = FailureList(theme)
        self._unscored = Section(theme, "Unscored", inset=False)
        self._unscored.figure.set_token("warn")
        self._unscored.setToolTip("There is a reply, and it cannot be used: no verdict, not a zero")
        self._failed = Section(theme, "Failed", inset=False)
        self._failed.figure.set_token("danger")
        self._failed.setToolTip("There is no reply")
        for section, found in ((self._unscored, self.unscored), (self._failed, self.failures)):
            section.body.addWidget(found)
            found.opened.connect(self.call_asked)
            found.traced.connect(self.traced)
        self.left_out = Facts(theme)
        self._left_out = Section(theme, "Does not apply")
        self._left_out.body.addWidget(self.left_out)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for section in (self.used, self._unscored, self._failed, self._left_out):
            column.addWidget(section)

    @property
    def lists(self) -> tuple[FailureList, FailureList]:
        """The lists, whose arrows are their own."""
        return self.unscored, self.failures

    def show_spending(self, run: Run, spending: Spending | None) -> None:
        """What is used by now."""
        told = uses(run, spending) if spending is not None else []
        self.bars.show_uses(told)
        self.used.setVisible(bool(told))

    def show_detail(self, run: Run, detail: JudgeDetail | None) -> None:
        """All about a judge run; nothing of others."""
        self.setVisible(detail is not None)
        if detail is None:
            return
        self.show_spending(run, detail.spending)
        self._show(self._unscored, self.unscored, detail.unscored)
        self._show(self._failed, self.failures, detail.failed)
        skipped = left_out(detail.skipped)
        self.left_out.show_facts(skipped)
        self._left_out.setVisible(bool(skipped))

    def _show(self, section: Section, view: FailureList, found: Sequence[FailureRow]) -> None:
        rows = by_kind(found, ASK_FAILURE_WORDS)
        view.failures.set_rows(rows)
        section.setVisible(bool(rows))
        section.figure.setText(thousands(len(found)))
