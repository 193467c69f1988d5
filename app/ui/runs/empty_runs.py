"""The screen of runs before the first one: what a run is, and three ways to start."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label

WIDTH_PX, WORDS_PX = 680, 560


class EmptyRuns(QWidget):
    """Says what to do; with no calls to run over, says that first."""

    new_asked = Signal()
    judge_asked = Signal()
    library_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.new = Button(
            theme, "New run", icon="plus", kind="primary", action="runs.new", actions=actions
        )
        self.new.clicked.connect(self.new_asked)
        self.judge = Button(
            theme, "New judge run", icon="scales", action="runs.new_judge", actions=actions
        )
        self.judge.clicked.connect(self.judge_asked)
        self.library = Button(theme, "Go to the library", action="go.library", actions=actions)
        self.library.clicked.connect(self.library_asked)
        self._all = Label(theme, "", "small", "t2", wrap=True)
        body = QWidget()
        inner = QWidget()
        inner.setMaximumWidth(theme.px(WIDTH_PX))
        inner.setLayout(self._column())
        row = QHBoxLayout(body)
        row.setContentsMargins(24, 0, 24, 24)
        row.addStretch(1)
        row.addWidget(inner, 100)
        row.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self.show_calls(any_calls=True)

    def _column(self) -> QVBoxLayout:
        theme = self._theme
        column = QVBoxLayout()
        column.setContentsMargins(0, 74, 0, 0)
        column.setSpacing(0)
        column.addWidget(Label(theme, "No runs yet", "figure"))
        column.addSpacing(6)
        words = Label(
            theme,
            "A run computes metrics over calls in the background: transcripts, turn-taking, "
            "error rates, voice and sound. It goes on where it stopped when the window is "
            "closed, and computes nothing twice.",
            "body",
            "t2",
            wrap=True,
        )
        words.setMaximumWidth(theme.px(WORDS_PX))
        column.addWidget(words)
        column.addSpacing(22)
        self._step(column, "1", "Run over every call", self._all, self.new)
        some = Label(
            theme,
            "Select calls in the library, or filter it, and press Evaluate in the bar beneath.",
            "small",
            "t2",
            wrap=True,
        )
        self._step(column, "2", "Run over some calls", some, self.library)
        judges = Label(
            theme,
            "Judges give verdicts on what was said. Baselines work by rules and need no key; "
            "models need an endpoint.",
            "small",
            "t2",
            wrap=True,
        )
        self._step(column, "3", "Let judges judge", judges, self.judge)
        column.addWidget(Hairline(theme))
        column.addStretch()
        return column

    def _step(
        self, column: QVBoxLayout, number: str, title: str, note: Label, button: Button
    ) -> None:
        theme = self._theme
        column.addWidget(Hairline(theme))
        row = QHBoxLayout()
        row.setContentsMargins(0, 16, 0, 14)
        row.setSpacing(0)
        count = Label(theme, number, "body", "t3")
        count.setFixedWidth(40)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(theme, title, "body", weight=500))
        words.addWidget(note)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(count, 0, top)
        row.addLayout(words, 1)
        row.addSpacing(24)
        row.addWidget(button, 0, top)
        column.addLayout(row)

    def show_calls(self, *, any_calls: bool) -> None:
        """Whether there is anything to run over."""
        self.new.setEnabled(any_calls)
        self.judge.setEnabled(any_calls)
        self._all.setText(
            "Choose what to measure, and where. The usual choice needs no setting up and no "
            "network."
            if any_calls
            else "There are no calls yet. Import some in the library first."
        )
