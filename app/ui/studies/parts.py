"""The widgets of the studies and how they lie; knows nothing of what they show."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.judges.line_list import LineModel, LineView
from app.ui.studies.study_page import StudyPage
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.splitter import LineSplitter

LIST_PX, LEAST_LIST_PX, PAGE_PX = 310, 220, 900
NO_STUDIES = (
    "No studies yet",
    "A study asks people: how good a voice is, which of two is better, how a call was handled. "
    "Votes are blind, and every one is on disk before the next clip is heard.",
    "New study",
)
REVIEWER = (
    "Studies are made by leads",
    "What you are asked to rate waits under Listen, whole calls under Score.",
    "Go to Listen",
)


class StudiesParts(QWidget):
    """Head; below it the list beside one study. Or words in place of all."""

    rubrics_asked = Signal()
    new_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self.model = LineModel()
        self.list = LineView(theme, self.model, "Studies")
        self.page = StudyPage(theme, actions)
        self.split = LineSplitter(theme)
        self.words = EmptyState(theme, NO_STUDIES[0], NO_STUDIES[1], button=NO_STUDIES[2])
        self._count = Label(theme, "", "small", "t3")
        self._full, self._pages = QWidget(), QStackedWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._theme
        self.list.setMinimumWidth(theme.px(LEAST_LIST_PX))
        self.split.addWidget(self.list)
        self.split.addWidget(self.page)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([LIST_PX, PAGE_PX])
        column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(Hairline(theme))
        column.addWidget(self.split, 1)
        for page in (QWidget(), self.words, self._full):
            self._pages.addWidget(page)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _head(self) -> QWidget:
        theme, actions = self._theme, self._actions
        head = QWidget()
        head.setFixedHeight(theme.px(Size.HEADER))
        row = QHBoxLayout(head)
        row.setContentsMargins(Size.INSET, 0, Size.INSET, 0)
        row.setSpacing(8)
        row.addWidget(Label(theme, "Studies", "title"))
        row.addWidget(self._count)
        row.addStretch(1)
        rubrics = Button(
            theme, "Rubrics", icon="list-bullets", kind="quiet", action="studies.rubrics",
            actions=actions,
        )  # fmt: skip
        rubrics.clicked.connect(lambda _c=False: self.rubrics_asked.emit())
        new = Button(theme, "New study", kind="primary", action="studies.new", actions=actions)
        new.clicked.connect(lambda _c=False: self.new_asked.emit())
        row.addWidget(rubrics)
        row.addWidget(new)
        return head

    def show_count(self, count: int) -> None:
        """How many studies there are; nothing for none."""
        self._count.setText(str(count) if count else "")

    @property
    def shows_full(self) -> bool:
        """Whether list and study are seen."""
        return self._pages.currentWidget() is self._full

    def show_full(self) -> None:
        """List and study."""
        self._pages.setCurrentWidget(self._full)

    def say(self, title: str, text: str, button: str) -> None:
        """Words in place of all."""
        self.words.set_words(title, text, button)
        self._pages.setCurrentWidget(self.words)
