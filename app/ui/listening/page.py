"""The base of what a session shows: one thing at a time, in the middle, with its keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.ui.screen import StatusKey
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

if TYPE_CHECKING:
    from app.ui.listening.session import ListenSession

WIDE = 620


class Page(QWidget):
    """One page. `keys` says which actions it takes; the screen hands them on."""

    def __init__(self, session: ListenSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.theme, self.table = session.ctx.theme, session.ctx.actions
        self.keys: dict[str, Callable[[], object]] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setProperty("ring", "none")

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints for the status bar."""
        return ()

    def arrive(self) -> None:
        """The page comes to the front."""

    def depart(self) -> None:
        """The page goes to the back."""

    def tick(self) -> None:
        """Some thirty times a second while a device is open and the page is in front."""


class SetupPage(Page):
    """A page of set-up: where one is, a heading, a body, one button that is also Enter."""

    passed = Signal()

    def __init__(
        self, session: ListenSession, heading: str, button: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(session, parent)
        theme = self.theme
        self.place = Label(theme, "", "body", "t2")
        self.heading = Label(theme, heading, "question", wrap=True)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.problem = Label(theme, "", "body", "danger", wrap=True)
        self.problem.hide()
        self.go = Button(theme, button, kind="primary", action="listen.confirm", actions=self.table)
        self.go.clicked.connect(self.confirm)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(12)
        self.foot.addWidget(self.go)
        self.foot.addStretch()
        self._lay_out()
        self.keys = {"listen.confirm": self.confirm}

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setMaximumWidth(self.theme.px(WIDE))
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.heading)
        column.addSpacing(14)
        column.addLayout(self.body)
        column.addSpacing(10)
        column.addWidget(self.problem)
        column.addSpacing(14)
        column.addLayout(self.foot)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(24, 0, 24, 24)
        row.addStretch(1)
        middle = QVBoxLayout()
        middle.addStretch(2)
        middle.addWidget(inner)
        middle.addStretch(3)
        row.addLayout(middle, 100)
        row.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.place.setContentsMargins(32, 26, 32, 0)
        outer.addWidget(self.place)
        outer.addWidget(area, 1)

    def say(self, words: str, token: str = "t2") -> Label:
        """Add a paragraph."""
        label = Label(self.theme, words, "body", token, wrap=True)
        self.body.addWidget(label)
        return label

    def say_problem(self, words: str) -> None:
        """Say what is in the way; empty takes it back."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def confirm(self) -> None:
        """Enter, or the button."""
        self.passed.emit()

    def status_keys(self) -> Sequence[StatusKey]:
        """Enter and the way out."""
        return ((("listen.confirm",), "go on"), (("listen.escape",), "leave"))
