"""Everything about one item on which judge and people differ, to be read from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.domain.clock import format_time
from app.services.calibrating.disagreement import PATTERN_TIPS
from app.ui.calibrating.disagreement_model import judge_words, number
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.speaker import SpeakerSquare

if TYPE_CHECKING:
    from app.domain.rubrics import Criterion
    from app.services.calibrating.disagreement import Differing
    from app.services.calibrating.disagreement_detail import Detail, Heard, Line, Note
    from app.ui.context import UiContext

NO_WORDS = "No turns are known where the judge points."
NO_REASON = "The judge gave no reason."


class DisagreementView(QScrollArea):
    """Transcript, the judge's reasons, people's votes with their notes, the rubric's clause."""

    reveal_asked = Signal()

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self._notes = QVBoxLayout()
        self.reveal: Button | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_detail(self, detail: Detail, criterion: Criterion) -> None:
        """Show an item; people's notes are closed."""
        row = detail.row
        page = QWidget()
        self._column = column = QVBoxLayout(page)
        column.setContentsMargins(20, 14, 20, 20)
        column.setSpacing(6)
        self._head(detail)
        self._said(detail.first, "What was said" if detail.second is None else detail.first.code)
        if detail.second is not None:
            self._said(detail.second, detail.second.code)
        self._section(f"Judge gave {judge_words(row)}")
        self._say(detail.rationale or NO_REASON, "t1" if detail.rationale else "t3")
        self._section(f"People gave {', '.join(map(number, row.votes))}")
        self._notes = QVBoxLayout()
        self._notes.setSpacing(4)
        column.addLayout(self._notes)
        self._closed_notes()
        self._clause(criterion, row)
        column.addStretch()
        self.setWidget(page)

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show what people wrote, which is on record as revealed."""
        if self.reveal is not None:
            self.reveal.hide()
        for note in notes:
            row = QHBoxLayout()
            row.setSpacing(10)
            theme = self._ctx.theme
            top = Qt.AlignmentFlag.AlignTop
            row.addWidget(Label(theme, number(note.value), "small", weight=600), 0, top)
            name = Label(theme, note.rater, "small", "t2")
            name.setMinimumWidth(theme.px(96))
            row.addWidget(name, 0, top)
            words = Label(
                theme, note.text or "wrote nothing", "small", "t1" if note.text else "t3", wrap=True
            )
            row.addWidget(words, 1)
            self._notes.addLayout(row)

    def clear(self) -> None:
        """Nothing is selected."""
        self.reveal = None
        self.setWidget(QWidget())

    # parts --------------------------------------------------------------------------------------

    def _head(self, detail: Detail) -> None:
        row, theme = detail.row, self._ctx.theme
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(Label(theme, f"{row.name} {row.second_code}".strip(), "mono"))
        line.addWidget(Label(theme, detail.first.title, "body", "t2"), 1)
        line.addWidget(Label(theme, f"z {row.z:.1f}, {row.role} split", "small", "t3"))
        self._column.addLayout(line)
        self._say(f"{PATTERN_TIPS[row.pattern]}.", "t2")

    def _said(self, heard: Heard, name: str) -> None:
        self._section(f"{name}, {_span_words(heard)}")
        for line in heard.lines:
            self._column.addLayout(self._line(line, heard.rate_hz))
        if not heard.lines:
            self._say(NO_WORDS, "t3")

    def _section(self, title: str) -> None:
        self._column.addSpacing(8)
        self._column.addWidget(Hairline(self._ctx.theme))
        self._column.addSpacing(2)
        self._column.addWidget(Label(self._ctx.theme, title, "small", "t1", weight=600))

    def _say(self, words: str, token: str) -> None:
        self._column.addWidget(Label(self._ctx.theme, words, "small", token, wrap=True))

    def _line(self, line: Line, rate_hz: int) -> QHBoxLayout:
        theme = self._ctx.theme
        row = QHBoxLayout()
        row.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        at = format_time(line.span.start, rate_hz)
        row.addWidget(Label(theme, at, "mono_small", "t3"), 0, top)
        row.addWidget(SpeakerSquare(theme, line.speaker), 0, top)
        words = Label(
            theme, line.text or "\u2026", "body" if line.is_evidence else "small",
            "t1" if line.is_evidence else "t2", wrap=True,
        )  # fmt: skip
        row.addWidget(words, 1)
        return row

    def _closed_notes(self) -> None:
        ctx = self._ctx
        self.reveal = Button(
            ctx.theme, "Reveal what raters wrote", icon="eye", compact=True,
            action="differ.reveal", actions=ctx.actions,
        )  # fmt: skip
        self.reveal.clicked.connect(self.reveal_asked)
        self.reveal.setToolTip("It is noted that you have seen it")
        self._notes.addWidget(self.reveal, 0, Qt.AlignmentFlag.AlignLeft)

    def _clause(self, criterion: Criterion, row: Differing) -> None:
        theme = self._ctx.theme
        self._section(criterion.title)
        self._say(criterion.question, "t1")
        given = set(row.votes) | set(row.judge_values)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        for at, level in enumerate(criterion.levels):
            is_given = float(level.value) in given
            token = "t1" if is_given else "t3"
            value = Label(theme, number(level.value), "small", token, weight=600)
            grid.addWidget(value, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Label(theme, level.anchor, "small", token, wrap=True), at, 1)
        self._column.addLayout(grid)


def _span_words(heard: Heard) -> str:
    start, end = (format_time(f, heard.rate_hz) for f in (heard.span.start, heard.span.end))
    return f"{start} to {end}"
