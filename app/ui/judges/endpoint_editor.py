"""One endpoint in full: the form, its verbs, and what a test says."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.endpoints import EndpointProfile
from app.domain.errors import BadInput
from app.ui.actions import ActionTable
from app.ui.judges.endpoint_form import EndpointForm
from app.ui.judges.test_report import TestReport
from app.ui.runs.sections import OverlayArea
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

QUIET_PX = 10
"""Room inside a quiet button: its word, not its edge, lines up with what is above."""


class EndpointEditor(QWidget):
    """Its buttons only ask."""

    changed = Signal()
    save_asked = Signal()
    revert_asked = Signal()
    remove_asked = Signal()
    test_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = EndpointForm(theme)
        self.report = TestReport(theme, actions)
        self.problem = Label(theme, "", "small", "danger", wrap=True)
        self.save = Button(theme, "Save", kind="primary", action="judges.save", actions=actions)
        self.revert = Button(theme, "Revert")
        self.remove = Button(theme, "Remove", kind="quiet", action="judges.remove", actions=actions)
        self._lay_out(theme)
        self.form.changed.connect(self.changed)
        self.save.clicked.connect(self.save_asked)
        self.revert.clicked.connect(self.revert_asked)
        self.remove.clicked.connect(self.remove_asked)
        self.report.test_asked.connect(self.test_asked)

    def _lay_out(self, theme: Theme) -> None:
        self.form.side.insertSpacing(self.form.side.count() - 1, 14)
        self.form.side.insertWidget(self.form.side.count() - 1, Hairline(theme))
        self.form.side.insertSpacing(self.form.side.count() - 1, 8)
        self.form.side.insertWidget(self.form.side.count() - 1, self.report)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(Size.INSET, 12, Size.INSET, 12)
        column.addWidget(self.form)
        area = OverlayArea(self)
        area.setWidget(body)
        foot = QHBoxLayout()
        foot.setContentsMargins(Size.INSET - QUIET_PX, 8, Size.INSET, 8)
        foot.setSpacing(8)
        foot.addWidget(self.remove)
        foot.addWidget(self.problem, 1)
        foot.addWidget(self.revert)
        foot.addWidget(self.save)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(area, 1)
        outer.addWidget(Hairline(theme))
        outer.addLayout(foot)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What a text field lets through: Ctrl+S saves."""
        if event.matches(QKeySequence.StandardKey.Save):
            self.save_asked.emit()
        else:
            super().keyPressEvent(event)

    def show_state(self, *, changed: bool, stored: bool) -> None:
        """What can be done with it now."""
        self.save.setEnabled(changed)
        self.revert.setEnabled(changed)
        self.remove.setEnabled(stored or changed)

    def say_problem(self, words: str) -> None:
        """What is wrong; empty takes it back."""
        self.problem.setText(words)

    def read(self, taken: Collection[str]) -> EndpointProfile | None:
        """The endpoint as it stands; None, and why in words, where it cannot be so."""
        try:
            profile = self.form.profile()
        except BadInput as error:
            self.say_problem(f"{error.what} {error.remedy}".strip())
            return None
        if profile.name in taken:
            self.say_problem(f"Another endpoint is called {profile.name}.")
            return None
        self.say_problem("")
        return profile

    def focus_first(self) -> None:
        """Put the cursor where one begins."""
        self.form.preset.setFocus()
