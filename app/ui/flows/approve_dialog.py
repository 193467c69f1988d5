"""Approving a version: what experts let stand, here and over all flows, and a note."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QWidget

from app.eval.judging.flow_acceptance import Acceptance
from app.eval.judging.flow_checks import Checks
from app.ui.flows.words import paper_words, rate
from app.ui.theme import Theme
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label

ABOUT = (
    "Calls of this scenario are judged by an approved flow. The rates say how much of what was "
    "proposed stands without an edit."
)


MOST_FINDINGS = 4


class ApproveDialog(Dialog):
    """Tells the note; the screen does the rest."""

    accepted_note = Signal(str)

    def __init__(
        self,
        theme: Theme,
        title: str,
        figures: Sequence[tuple[str, Acceptance]],
        checks: Checks | None,
        *,
        parent: QWidget | None,
    ) -> None:
        """`figures` are rows of the table; what `checks` still say against it is listed."""
        super().__init__(theme, title, parent, width=520)
        self.body.addWidget(Label(theme, ABOUT, "small", "t2", wrap=True))
        self.body.addSpacing(4)
        self.body.addLayout(_table(theme, figures))
        self.body.addWidget(Label(theme, paper_words(), "small", "t3", wrap=True))
        for words in _findings(checks):
            self.body.addWidget(Label(theme, words, "small", "warn", wrap=True))
        self.body.addSpacing(4)
        self.body.addWidget(Label(theme, "Note: what was checked", "small", "t2"))
        self.note = QPlainTextEdit()
        self.note.setFont(theme.font("body"))
        self.note.setFixedHeight(theme.px(72))
        self.note.setTabChangesFocus(True)
        self.note.setAccessibleName("Note: what was checked")
        self.note.textChanged.connect(self._show_ready)
        self.body.addWidget(self.note)
        self.add_button("Cancel", self.reject)
        self.go_button = self.add_button("Approve", self._done, primary=True)
        self._show_ready()
        self.note.setFocus()

    def _show_ready(self) -> None:
        self.go_button.setEnabled(bool(self.note.toPlainText().strip()))

    def _done(self) -> None:
        if self.go_button.isEnabled():
            self.accepted_note.emit(self.note.toPlainText().strip())
            self.accept()


def _table(theme: Theme, figures: Sequence[tuple[str, Acceptance]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(4)
    for at, word in enumerate(("Stand without an edit", "Nodes", "", "Edges", "")):
        grid.addWidget(Label(theme, word, "label", "t3"), 0, at)
    for row, (word, found) in enumerate(figures, start=1):
        cells = (
            rate(found.node_rate), f"{found.nodes_kept} of {found.nodes_proposed}",
            rate(found.edge_rate), f"{found.edges_kept} of {found.edges_proposed}",
        )  # fmt: skip
        grid.addWidget(Label(theme, word, "body", "t1"), row, 0)
        for at, words in enumerate(cells, start=1):
            share = at % 2 == 1
            grid.addWidget(
                Label(theme, words, "body", "t1" if share else "t3", weight=600 if share else 400),
                row,
                at,
            )
    grid.setColumnStretch(0, 1)
    return grid


def _findings(checks: Checks | None) -> list[str]:
    """What is left open, at most a few lines of it."""
    if checks is None:
        return []
    found = [f"No node covers “{u.text}”" for u in checks.uncovered]
    found += [o.words for o in checks.overlaps]
    more = len(found) - MOST_FINDINGS
    return found[:MOST_FINDINGS] + ([f"and {more} more."] if more > 0 else [])
