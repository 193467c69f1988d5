"""How the call was, by whoever was in it: asked before any figure is shown."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.domain.ratings import Answer
from app.domain.rubrics import RubricVersion
from app.ui.actions import ActionTable
from app.ui.live.column import Column
from app.ui.live.question_row import NA, QuestionRow
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Label

WIDTH_PX = 820


class RatingPage(QWidget):
    """Digits answer the question in focus and go on to the next one."""

    submitted = Signal()
    store_asked = Signal()
    left = Signal()
    """Do not wait until the call can be stored."""
    skip_asked = Signal()

    def __init__(self, theme: Theme, actions: ActionTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: list[QuestionRow] = []
        self._at = 0
        self.title = Label(theme, "How was the call?", "question")
        self.note = Label(theme, "", "body", "t2", wrap=True)
        self.ending = Label(theme, "", "body", "warn", wrap=True)
        self.ending.hide()
        self.store_words = Label(theme, "", "small", "t3")
        self.problem = Label(theme, "", "small", "danger", wrap=True)
        self.submit = Button(theme, "Submit", kind="primary", action="rate.submit", actions=actions)
        self.skip = Button(theme, "Skip with a reason", kind="quiet", action="rate.skip",
                           actions=actions)  # fmt: skip
        self.store = Button(theme, "Store it now")
        self.leave = Button(theme, "Leave it for the next start", kind="quiet")
        self.kept = (self.store, self.leave)
        self.store.clicked.connect(self.store_asked)
        self.leave.clicked.connect(self.left)
        self.submit.clicked.connect(self.submitted)
        self.skip.clicked.connect(self.skip_asked)
        self._questions = QVBoxLayout()
        self._questions.setSpacing(2)
        self._lay_out()

    def _lay_out(self) -> None:
        theme = self._theme
        inner = QWidget()
        column = QVBoxLayout()
        column.setContentsMargins(0, 20, 0, 16)
        column.setSpacing(6)
        for part in (self.title, self.note, self.ending):
            column.addWidget(part)
        after = QHBoxLayout()
        after.setSpacing(8)
        for button in self.kept:
            after.addWidget(button)
            button.hide()
        after.addStretch()
        column.addLayout(after)
        column.addSpacing(6)
        column.addLayout(self._questions)
        column.addWidget(self.problem)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.store_words)
        foot.addStretch()
        foot.addWidget(self.skip)
        foot.addWidget(self.submit)
        column.addSpacing(4)
        column.addLayout(foot)
        column.addStretch()
        middle = QWidget()
        middle.setMaximumWidth(theme.px(WIDTH_PX))
        middle.setLayout(column)
        across = QHBoxLayout(inner)
        across.setContentsMargins(24, 0, 24, 0)
        across.addStretch(1)
        across.addWidget(middle, 100)
        across.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Column(inner))

    # what is shown

    def show_rubric(self, rubric: RubricVersion) -> None:
        """Its questions."""
        for row in self.rows:
            self._questions.removeWidget(row)
            row.deleteLater()
        self.rows = [QuestionRow(self._theme, c) for c in rubric.criteria]
        for index, row in enumerate(self.rows):
            row.picked.connect(lambda value, i=index: self._pick(i, value))
            self._questions.addWidget(row)
        self.begin("")

    def begin(self, ending: str) -> None:
        """Ask about another call; `ending` says why it was cut off."""
        for row in self.rows:
            row.set_value(None)
        self.note.setText("Your rating is stored first. Figures of the call are shown after it.")
        self.say_problem("")
        self.say_ending(ending)
        self._go(0)

    def say_ending(self, words: str) -> None:
        """Why the call was cut off, and what to do."""
        self.ending.setText(words)
        self.ending.setVisible(bool(words))

    def say_stored(self, words: str) -> None:
        """How far storing is."""
        self.store_words.setText(words)
        self._offer(storing=False)

    def say_kept(self, words: str) -> None:
        """Why the call is not stored, and that it can be: now, or at the next start."""
        self.say_ending(words)
        self.store_words.setText("")
        self._offer(storing=True)
        self.store.setFocus()

    def _offer(self, *, storing: bool) -> None:
        for button in self.kept:
            button.setVisible(storing)

    def say_problem(self, words: str) -> None:
        """What keeps the rating from being stored."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    # answering

    @property
    def current(self) -> int:
        """Index of the question that digits answer."""
        return self._at

    def answer(self, value: int) -> None:
        """Answer the question in focus, if its scale has that value."""
        self._pick(self._at, value)

    def step(self, by: int) -> None:
        """To another question."""
        self._go(max(0, min(len(self.rows) - 1, self._at + by)))

    def answers(self) -> Mapping[str, Answer]:
        """What was answered, by the question's key."""
        found = {}
        for row in self.rows:
            if row.value == NA:
                found[row.criterion.key] = Answer(
                    status="not_applicable", na_reason="the caller cannot say"
                )
            elif row.value is not None:
                found[row.criterion.key] = Answer(status="observed", value=row.value)
        return found

    def missing(self) -> list[str]:
        """Titles of questions without an answer."""
        return [r.criterion.title for r in self.rows if r.value is None]

    def _pick(self, index: int, value: int) -> None:
        row = self.rows[index]
        if value not in row.buttons:
            self._go(index)
            return
        row.set_value(value)
        self.say_problem("")
        self._go(min(len(self.rows) - 1, index + 1))

    def _go(self, index: int) -> None:
        self._at = index
        for at, row in enumerate(self.rows):
            row.set_current(at == index)
