"""After submitting, where the study says so: judges' and others' answers beside one's own."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.services.opinions import REASONS
from app.ui.actions import ActionTable
from app.ui.runs.sections import OverlayArea
from app.ui.scoring.reveal_rows import Beside, RevealedLine
from app.ui.studies.grid import Cell, Column, Grid, Row
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.splitter import LineSplitter

COLUMNS = (
    Column(title="Criterion", px=180, right=False, stretch=True),
    Column(title="Mine", px=56),
    Column(title="Others", px=150, right=False, stretch=True),
)


class AnswerCard(QWidget):
    """One answer with its rationale; a judge's can be agreed with or not."""

    agreed = Signal(str)
    disagreed = Signal(str)

    def __init__(self, theme: Theme, actions: ActionTable, told: Beside, *, first: bool) -> None:
        super().__init__()
        self._theme, self.told = theme, told
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label(theme, told.name, "small", weight=500))
        head.addWidget(Label(theme, "judge" if told.is_judge else "rater", "label", "t3"))
        head.addStretch()
        head.addWidget(Label(theme, told.value, "body", "t1" if told.differs else "t2", weight=600))
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.INSET, 8, Size.INSET, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(
            Label(theme, told.rationale or "No rationale was given.", "small",
                  "t2" if told.rationale else "t3", wrap=True)
        )  # fmt: skip
        if told.is_judge:
            column.addLayout(self._foot(actions, first=first))

    def _foot(self, actions: ActionTable, *, first: bool) -> QHBoxLayout:
        theme, told = self._theme, self.told
        row = QHBoxLayout()
        row.setSpacing(6)
        keys = ("score.agree", "score.disagree") if first else ("", "")
        said = told.opinion
        for word, action, signal, on in (
            ("Agree", keys[0], self.agreed, said is not None and said.agrees),
            ("Disagree", keys[1], self.disagreed, said is not None and not said.agrees),
        ):
            button = Button(
                theme, word, action=action, actions=actions if action else None, compact=True,
                checkable=True,
            )  # fmt: skip
            button.setChecked(on)
            button.clicked.connect(lambda _c=False, s=signal: s.emit(told.score_id))
            row.addWidget(button)
        if said is not None and not said.agrees:
            row.addWidget(Label(theme, REASONS.get(said.reason_code, ""), "small", "t2"))
        row.addStretch()
        return row

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A line below."""
        painter, theme = QPainter(self), self._theme
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line1"))


class RevealPanel(QWidget):
    """Criteria above; everyone's answer to the selected one below. The vote stays as it is."""

    opinion_given = Signal(str, bool, str)
    """(score id, agrees, reason code)"""
    next_asked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._lines: tuple[RevealedLine, ...] = ()
        self._cards: list[AnswerCard] = []
        self.table = Grid(theme, COLUMNS, "Answers beside mine")
        self.table.chosen.connect(lambda _k: self._show_cards())
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch()
        body = QWidget()
        body.setLayout(self._column)
        self._area = OverlayArea(self)
        self._area.setWidget(body)
        self._split = LineSplitter(theme, Qt.Orientation.Vertical)
        self._split.addWidget(self.table)
        self._split.addWidget(self._area)
        self._split.setSizes([360, 300])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(Hairline(theme))
        column.addWidget(self._split, 1)
        self.setFocusProxy(self.table)

    def _head(self) -> QHBoxLayout:
        theme = self._theme
        row = QHBoxLayout()
        row.setContentsMargins(Size.INSET, 6, Size.INSET, 6)
        row.setSpacing(8)
        row.addWidget(Label(theme, "Beside mine", "body", weight=600))
        self._count = Label(theme, "", "small", "t3")
        row.addWidget(self._count)
        row.addStretch()
        back = Button(theme, "My form", kind="quiet", compact=True, action="score.reveal",
                      actions=self._actions)  # fmt: skip
        back.clicked.connect(lambda _c=False: self.closed.emit())
        self.next = Button(theme, "Next call", kind="primary", compact=True,
                           action="transport.next_item", actions=self._actions)  # fmt: skip
        self.next.clicked.connect(lambda _c=False: self.next_asked.emit())
        row.addWidget(back)
        row.addWidget(self.next)
        return row

    def show_lines(self, lines: tuple[RevealedLine, ...]) -> None:
        """Show other answers; the selected criterion stays."""
        self._lines = lines
        rows = [_row(line) for line in lines]
        differ = sum(line.differs for line in lines)
        self._count.setText(f"{differ} of {len(lines)} differ")
        self.table.show_rows(rows)
        self._show_cards()

    @property
    def line(self) -> RevealedLine | None:
        """The selected one."""
        at = self.table.selected
        return self._lines[at] if at is not None and at < len(self._lines) else None

    def _show_cards(self) -> None:
        for card in self._cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        line = self.line
        for at, other in enumerate(line.others if line is not None else ()):
            card = AnswerCard(self._theme, self._actions, other, first=at == 0)
            card.agreed.connect(lambda i: self.opinion_given.emit(i, True, ""))
            card.disagreed.connect(self._ask_reason)
            self._column.insertWidget(at, card)
            self._cards.append(card)

    @property
    def _judge(self) -> Beside | None:
        """Whose answer the keys are about: the first judge without an opinion, or the first."""
        line = self.line
        found = [o for o in line.others if o.is_judge] if line is not None else []
        return next((o for o in found if o.opinion is None), found[0] if found else None)

    def agree(self) -> None:
        """Agree with the judge's answer, and go on to the next criterion."""
        judge = self._judge
        if judge is not None:
            self.opinion_given.emit(judge.score_id, True, "")
            self._step()

    def disagree(self) -> None:
        """Ask why."""
        judge = self._judge
        if judge is not None:
            self._ask_reason(judge.score_id)

    def _ask_reason(self, score_id: str) -> None:
        menu = QMenu(self)
        for number, (code, words) in enumerate(REASONS.items(), start=1):
            action = menu.addAction(f"&{number}  {words}")
            action.triggered.connect(lambda _c=False, k=code: self._on_reason(score_id, k))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.table.mapToGlobal(self.table.rect().bottomLeft()))

    def _on_reason(self, score_id: str, code: str) -> None:
        self.opinion_given.emit(score_id, False, code)
        self._step()

    def _step(self) -> None:
        at = self.table.selected
        line = self.line
        judges = sum(o.is_judge for o in line.others) if line is not None else 0
        if at is not None and judges == 1 and at + 1 < len(self._lines):
            self.table.select(at + 1)


def _row(line: RevealedLine) -> Row:
    words = ", ".join(map(_words, line.others)) or "nobody yet"
    return Row(
        key=f"{line.cell}",
        cells=(
            Cell(text=line.title, weight=500),
            Cell(text=line.mine, weight=600),
            Cell(text=words, token="t1" if line.differs else "t3"),
        ),
        tip=words,
    )


def _words(other: Beside) -> str:
    said = other.opinion
    mark = "" if said is None else " ✓" if said.agrees else " ✗"
    return f"{other.name} {other.value}{mark}"
