"""The criterion in focus: question, anchors in full, confidence, evidence, rationale."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.domain.ratings import Answer
from app.domain.rubrics import Criterion
from app.ui.actions import ActionTable
from app.ui.scoring.criterion_row import INSET, NUMBER_W
from app.ui.scoring.evidence_bar import EvidenceBar
from app.ui.scoring.level_option import LevelOption
from app.ui.scoring.marks import SCOPE_WORDS, paint_tag, tag_width
from app.ui.scoring.rationale import RationaleEdit
from app.ui.theme import Theme
from app.ui.widgets.buttons import Button
from app.ui.widgets.keycap import KeyCap
from app.ui.widgets.labels import Label
from app.ui.widgets.segmented import Segment, Segmented


class ScopeTag(QWidget):
    """What the criterion is about: the call, a turn, an agent turn."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme, self._text = theme, text
        self.setFixedSize(tag_width(theme, text), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_tag(QPainter(self), self._theme, 0, self.rect(), self._text)


class CriterionCard(QWidget):
    """One criterion, tall. Rebuilt when another comes into focus; shows answers as saved."""

    scored = Signal(int)
    marked_na = Signal()
    confidence = Signal(int)
    examples = Signal()

    def __init__(
        self, theme: Theme, actions: ActionTable, number: int, criterion: Criterion, rate_hz: int
    ) -> None:
        super().__init__()
        self._theme, self._actions, self._criterion = theme, actions, criterion
        self.evidence = EvidenceBar(theme, actions, rate_hz)
        self.rationale = RationaleEdit(theme)
        self._levels: dict[int, LevelOption] = {}
        self._na: LevelOption | None = None
        self._reason = Label(theme, "", "label", "t3", wrap=True)
        self.setAccessibleName(f"{number}. {criterion.title}. {criterion.question}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(INSET, 8, INSET, 12)
        column.setSpacing(4)
        column.addLayout(self._make_head(number))
        body = QVBoxLayout()
        body.setContentsMargins(NUMBER_W - 8, 0, 0, 0)
        body.setSpacing(2)
        question = Label(theme, criterion.question, "small", "t2", wrap=True)
        question.setContentsMargins(8, 0, 0, 6)
        body.addWidget(question)
        self._make_levels(body)
        body.addSpacing(6)
        body.addLayout(self._make_details())
        column.addLayout(body)
        self.show_answer(None)

    def _make_head(self, number: int) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(8)
        index = Label(self._theme, str(number), "small", "t3")
        index.setFixedWidth(NUMBER_W - 8)
        head.addWidget(index)
        head.addWidget(Label(self._theme, self._criterion.title, "title", wrap=False))
        head.addWidget(ScopeTag(self._theme, SCOPE_WORDS[self._criterion.scope]))
        head.addStretch(1)
        if self._criterion.examples:
            button = Button(
                self._theme, "Examples", icon="info", kind="quiet", compact=True,
                action="score.examples", actions=self._actions,
            )  # fmt: skip
            button.clicked.connect(self.examples)
            head.addWidget(button)
        return head

    def _make_levels(self, body: QVBoxLayout) -> None:
        for level in sorted(self._criterion.levels, key=lambda lv: -lv.value):
            words = f"{level.label}. {level.anchor}" if level.label else level.anchor
            option = LevelOption(self._theme, str(level.value), words, parent=self)
            option.clicked.connect(lambda _=False, v=level.value: self.scored.emit(v))
            self._levels[level.value] = option
            body.addWidget(option)
        if self._criterion.na_allowed:
            cap = self._actions.cap("score.not_applicable") or "n/a"
            self._na = LevelOption(
                self._theme, "⌫" if cap == "Backspace" else cap, "Not applicable",
                dashed=True, parent=self,
            )  # fmt: skip
            self._na.setToolTip(self._actions.tip("score.not_applicable"))
            self._na.clicked.connect(lambda _=False: self.marked_na.emit())
            body.addWidget(self._na)

    def _make_details(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(8, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for row, word in enumerate(("Confidence", "Evidence", "Rationale")):
            top = Qt.AlignmentFlag.AlignTop if row == 2 else Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(Label(self._theme, word, "small", "t3"), row, 0, top)
        levels = [Segment("1", "1 low"), Segment("2", "2"), Segment("3", "3 high")]
        self._confidence = Segmented(self._theme, levels, name="Confidence", compact=True)
        self._confidence.set_current(None)
        self._confidence.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._confidence.chosen.connect(lambda key: self.confidence.emit(int(key)))
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self._confidence)
        line.addSpacing(6)
        caps = self._actions.cap("score.confidence_1"), self._actions.cap("score.confidence_3")
        if caps == ("Shift+1", "Shift+3"):
            for cap in ("Shift", "1"):
                line.addWidget(KeyCap(self._theme, cap))
            line.addWidget(Label(self._theme, "–", "label", "t3"))
            line.addWidget(KeyCap(self._theme, "3"))
        line.addStretch(1)
        grid.addLayout(line, 0, 1)
        grid.addWidget(self.evidence, 1, 1)
        grid.addWidget(self.rationale, 2, 1)
        grid.addWidget(self._reason, 3, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def show_answer(self, answer: Answer | None) -> None:
        """Show a saved answer, or none."""
        status = answer.status if answer is not None else "cleared"
        for value, option in self._levels.items():
            option.setChecked(status == "observed" and answer is not None and answer.value == value)
        if self._na is not None:
            self._na.setChecked(status == "not_applicable")
        confidence = answer.confidence if answer is not None else None
        self._confidence.set_current(None if confidence is None else str(confidence))
        self.evidence.show_evidence(answer.evidence if answer is not None else ())
        self.rationale.show_text(answer.rationale if answer is not None else "")
        self._reason.setText(self._note(answer))
        self._reason.setVisible(bool(self._reason.text()))

    def _note(self, answer: Answer | None) -> str:
        if answer is None:
            return ""
        notes = []
        if answer.status == "abstained":
            notes.append(f"Skipped: {answer.na_reason}")
        if answer.status == "not_applicable" and answer.na_reason:
            notes.append(f"Not applicable: {answer.na_reason}")
        if answer.flagged:
            notes.append("Flagged for adjudication.")
        asked = self._criterion.rationale_required_at
        if answer.status == "observed" and answer.value in asked and not answer.rationale.strip():
            notes.append("This score needs a reason before the form can be submitted.")
        return " ".join(notes)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.fillRect(self.rect(), theme.color("bg2"))
        painter.fillRect(0, 0, 3, self.height(), theme.color("accent"))
        painter.setPen(theme.pen("line2"))
        painter.drawLine(0, 0, self.width(), 0)
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)
