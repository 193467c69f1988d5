"""The section that says what a run can be repeated from, to be read and copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from app.services.evaluating.provenance import Provenance
from app.ui.library.words import thousands
from app.ui.runs.judge_words import source_facts
from app.ui.runs.loader import Detail
from app.ui.runs.sections import Facts, Section
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from app.services.judging.run_figures import JudgeProvenance

QUIET_PX = 10
"""Room inside a quiet button: its word, not its edge, lines up with what is above."""
COPIED_MS = 1500


class SourceSection(Section):
    """A run's calls, evaluators or judges, and the program's version."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Can be repeated from")
        self._provenance: Provenance | JudgeProvenance | None = None
        self.facts = Facts(theme)
        self.copy = Button(theme, "Copy", icon="copy", kind="quiet", compact=True)
        self.copy.clicked.connect(self._copy)
        self._copied = QTimer(self)
        self._copied.setInterval(COPIED_MS)
        self._copied.timeout.connect(self.rest)
        self.head.addWidget(self.copy)
        self.head.setContentsMargins(Size.INSET, 0, Size.INSET - QUIET_PX, 0)
        self.body.addWidget(self.facts)

    def show_detail(self, detail: Detail) -> None:
        """Show what a run was made of."""
        if detail.judging is not None:
            self._provenance = detail.judging.provenance
            self.facts.show_facts(source_facts(detail.judging.provenance))
        elif detail.provenance is not None:
            self._provenance = detail.provenance
            self.facts.show_facts(_facts(detail.provenance))

    def _copy(self) -> None:
        if self._provenance is not None:
            QGuiApplication.clipboard().setText(self._provenance.to_json())
            self.copy.set_text("Copied")
            self._copied.start()

    def rest(self) -> None:
        """Nothing has been copied lately."""
        self._copied.stop()
        self.copy.set_text("Copy")


def _facts(found: Provenance) -> tuple[tuple[str, str], ...]:
    run = found.run
    facts = [("Calls", f"{thousands(run.calls)}, listed with the run")]
    if run.query.strip():
        facts.append(("Query", run.query.strip()))
    for at, used in enumerate(found.evaluators):
        facts.append(("" if at else "Evaluators", used.words))
    if run.retry_failed:
        facts.append(("Failures", "tried again"))
    facts.append(("App", f"callbench {found.app_version}"))
    return tuple(facts)
