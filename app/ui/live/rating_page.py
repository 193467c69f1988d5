"""How the call was, by whoever was in it: asked before any figure is shown."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.ratings import Answer
from app.domain.rubrics import Criterion, Level, RubricVersion
from app.ui.actions import ActionTable
from app.ui.live.setup_page import scrolled
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.keycap import cap_width, paint_cap
from app.ui.widgets.labels import ElidedLabel, Label

WIDTH_PX = 820
NA = -1


class LevelButton(QAbstractButton):
    """The scale's value as a key cap, and its word."""

    def __init__(self, theme: Theme, cap: str, word: str, tip: str) -> None:
        super().__init__()
        self._theme, self._cap = theme, cap
        self.setText(word)
        self.setCheckable(True)
        self.setAccessibleName(f"{cap} {word}")
        self.setAccessibleDescription(tip)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """As wide as cap and word."""
        theme = self._theme
        word = QFontMetricsF(theme.font("small", 600)).horizontalAdvance(self.text())
        return QSize(round(cap_width(theme, self._cap) + word) + 26, theme.px(Size.CONTROL))

    def nextCheckState(self) -> None:
        """The page says which one is on."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint box, cap, word."""
        painter, theme, is_on = QPainter(self), self._theme, self.isChecked()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(theme.pen("accent" if is_on else "line2"))
        painter.setBrush(theme.color("accent" if is_on else "bg2"))
        painter.drawRoundedRect(box, Size.RADIUS, Size.RADIUS)
        ink = "accentInk" if is_on else "t1"
        middle = self.height() / 2
        line = "accentInk" if is_on else "line2"
        width = paint_cap(painter, theme, 8, middle, self._cap, ink=ink, line=line)
        painter.setFont(theme.font("small", 600 if is_on else 500))
        painter.setPen(theme.color(ink))
        area = QRectF(8 + width + 6, 0, self.width(), self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())


class QuestionRow(QWidget):
    """One question: title, words, the points of its scale, the anchor of the chosen one."""

    picked = Signal(int)
    """A value, or `NA`."""

    def __init__(self, theme: Theme, criterion: Criterion) -> None:
        super().__init__()
        self._theme, self.criterion = theme, criterion
        self._is_current = False
        self.value: int | None = None
        self.anchor = ElidedLabel(theme, "", "label", "t3")
        self.buttons: dict[int, LevelButton] = {}
        row = QHBoxLayout()
        row.setSpacing(6)
        levels: list[tuple[int, str, str, str]] = [
            (lv.value, str(lv.value), lv.label, lv.anchor) for lv in criterion.levels
        ]
        if criterion.na_allowed:
            levels.append((NA, "Backspace", "Cannot say", "It does not apply to this call."))
        for value, cap, word, anchor in levels:
            button = LevelButton(theme, cap, word, anchor)
            button.clicked.connect(lambda _=False, v=value: self.picked.emit(v))
            row.addWidget(button)
            self.buttons[value] = button
        row.addStretch()
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(Label(theme, criterion.title, "body", "t1", weight=600))
        head.addWidget(ElidedLabel(theme, criterion.question, "small", "t2"), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 9, 10, 7)
        column.setSpacing(5)
        column.addLayout(head)
        column.addLayout(row)
        column.addWidget(self.anchor)

    def set_current(self, current: bool) -> None:
        """Whether digits answer this one."""
        self._is_current = current
        self._say()
        self.update()

    def set_value(self, value: int | None) -> None:
        """Show an answer."""
        self.value = value
        for key, button in self.buttons.items():
            button.setChecked(key == value)
        self._say()

    def _say(self) -> None:
        level = self._level()
        if level is not None:
            self.anchor.setText(level.anchor)
        elif self.value == NA:
            self.anchor.setText("It does not apply to this call.")
        else:
            self.anchor.setText("Press the number of your answer" if self._is_current else " ")

    def _level(self) -> Level | None:
        return None if self.value is None else self.criterion.level(self.value)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make it the current one."""
        self.picked.emit(-2)
        super().mousePressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The current question is tinted."""
        if self._is_current:
            self._theme.paint_selection(QPainter(self), self.rect())


class RatingPage(QWidget):
    """Digits answer the question in focus and go on to the next one."""

    submitted = Signal()
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
        whole.addWidget(scrolled(inner))

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
