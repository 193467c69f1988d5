"""The editor before the first flow: what a flow is, and ways to get one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

WIDTH_PX, WORDS_PX = 680, 560
ABOUT = (
    "A flow says what an agent has to do in a call: key steps, branches with their trigger, and "
    "what has to come before what. Task flow compliance is judged by it, node by node."
)
STEPS = (
    (
        "From an SOP",
        "Paste a procedure, or open a file. By rules it takes a moment and no key; a model words "
        "the steps as criteria. You see what no node covers, mend it and approve.",
    ),
    (
        "From a scenario",
        "Scenarios carry their agent's steps. Import some, and each is here with a flow to review.",
    ),
)


class EmptyFlows(QWidget):
    """Two ways to start."""

    derive_asked = Signal()
    library_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self._theme = theme
        self.derive = Button(
            theme, "Derive", icon="plus", kind="primary", action="flows.derive", actions=actions
        )
        self.library = Button(theme, "Go to the library", action="go.library", actions=actions)
        self.derive.clicked.connect(self.derive_asked)
        self.library.clicked.connect(self.library_asked)
        inner = QWidget()
        inner.setMaximumWidth(theme.px(WIDTH_PX))
        inner.setLayout(self._column())
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 24)
        row.addStretch(1)
        row.addWidget(inner, 100)
        row.addStretch(1)

    def _column(self) -> QVBoxLayout:
        theme = self._theme
        column = QVBoxLayout()
        column.setContentsMargins(0, 74, 0, 0)
        column.setSpacing(0)
        column.addWidget(Label(theme, "No flows yet", "figure"))
        column.addSpacing(6)
        words = Label(theme, ABOUT, "body", "t2", wrap=True)
        words.setMaximumWidth(theme.px(WORDS_PX))
        column.addWidget(words)
        column.addSpacing(22)
        for at, ((title, note), button) in enumerate(
            zip(STEPS, (self.derive, self.library), strict=True), start=1
        ):
            column.addWidget(Hairline(theme))
            column.addLayout(self._step(str(at), title, note, button))
        column.addWidget(Hairline(theme))
        column.addStretch()
        return column

    def _step(self, number: str, title: str, note: str, button: Button) -> QHBoxLayout:
        theme = self._theme
        row = QHBoxLayout()
        row.setContentsMargins(0, 16, 0, 14)
        row.setSpacing(0)
        count = Label(theme, number, "body", "t3")
        count.setFixedWidth(40)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(theme, title, "body", weight=500))
        words.addWidget(Label(theme, note, "small", "t2", wrap=True))
        row.addWidget(count)
        row.addLayout(words, 1)
        row.addSpacing(24)
        row.addWidget(button)
        return row
