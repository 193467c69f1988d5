"""What is behind the selected figure: its basis, its calls, and their single verdicts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.services.judging.score_drill import Verdict
from app.services.judging.scores_table import ScoreTable
from app.ui.scores.line_list import Line, LineList
from app.ui.scores.rows import Shown
from app.ui.scores.words import basis, interval_words, share
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import ElidedLabel, Hairline, Label
from app.ui.widgets.splitter import LineSplitter

MOST_CALLS = 300
NOBODY = "No single verdicts are behind it."
LOW = 0.34
"""Of its scale: a verdict below it stands out."""


class BehindPage(QWidget):
    """Figure above, calls in the middle, verdicts below."""

    call_chosen = Signal(str)
    open_asked = Signal(str, object)
    """A call, and the frame to go to or None."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._column = ""
        self._verdicts: tuple[Verdict, ...] = ()
        self.title = ElidedLabel(theme, "", "title")
        self.figure = Label(theme, "", "figure")
        self.interval = Label(theme, "", "small", "t2")
        self.basis = _wrapped(theme, "t2")
        self.about = _wrapped(theme, "t3")
        self.calls_title = Label(theme, "Calls", "small", "t2", weight=500)
        self.calls = LineList(theme, "Calls behind the figure", uniform=True)
        self.verdicts_title = Label(theme, "", "small", "t2", weight=500)
        self.verdicts = LineList(theme, "Verdicts behind the call's figure")
        self.calls.chosen.connect(self.call_chosen)
        self.calls.entered_row.connect(lambda _key: self.verdicts.setFocus())
        self.verdicts.entered_row.connect(self._open)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(Size.INSET, 12, Size.INSET, 12)
        head.setSpacing(3)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.figure)
        row.addWidget(self.interval, 1, Qt.AlignmentFlag.AlignBottom)
        head.addWidget(self.title)
        head.addLayout(row)
        head.addWidget(self.basis)
        head.addWidget(self.about)
        split = LineSplitter(self._theme, Qt.Orientation.Vertical)
        split.addWidget(_titled(self._theme, self.calls_title, self.calls))
        split.addWidget(_titled(self._theme, self.verdicts_title, self.verdicts))
        split.setSizes([220, 320])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Hairline(self._theme))
        column.addWidget(split, 1)

    def show_cell(self, table: ScoreTable, shown: Shown, row: int, column: int) -> None:
        """Another figure."""
        cell, about = shown.cell(row, column), shown.columns[column]
        self._column = about.id
        self.title.setText(f"{shown.title(column)}, {shown.rows[row].name}")
        self.figure.setText(share(cell.value))
        self.interval.setText(interval_words(cell) if cell.value is not None else "")
        told = [basis(cell, by_scenario=about.by_scenario)]
        if cell.macro is not None:
            told.append(f"mean of means over scenarios {share(cell.macro)}")
        told += [f"{n} without: {why}" for why, n in cell.missing[:3]]
        self.basis.setText("\n".join(told))
        self.about.setText(about.about)
        base = about.id.partition(".")[0] if about.by_scenario else about.id
        having = set(cell.call_ids)
        calls = [c for c in table.calls if c.call.id in having]
        calls.sort(key=lambda c: (c.values.get(base) or 0.0, c.call.code))
        self.calls_title.setText(_calls_words(len(calls)))
        lines = [
            Line(
                key=c.call.id,
                title=c.call.code,
                value=share(c.values.get(base)),
                lower=((c.call.title, "t3"),),
            )
            for c in calls[:MOST_CALLS]
        ]
        if not lines:
            self.show_verdicts("", ())
        self.calls.show_lines(lines, select=self.calls.key)

    @property
    def column(self) -> str:
        """Id of the figure whose calls are listed."""
        return self._column

    def show_verdicts(self, code: str, verdicts: Sequence[Verdict]) -> None:
        """The verdicts of the selected call."""
        self._verdicts = tuple(verdicts)
        count = len(verdicts)
        words = f"{count} verdict{'' if count == 1 else 's'} in {code}" if count else NOBODY
        self.verdicts_title.setText(words if code else "")
        self.verdicts.show_lines([_line(at, v) for at, v in enumerate(verdicts)])

    def open_current(self) -> None:
        """Open the review at the selected verdict's turn, or the selected call."""
        if self.verdicts.key:
            self._open(self.verdicts.key)
        elif self.calls.key:
            self.open_asked.emit(self.calls.key, None)

    def _open(self, key: str) -> None:
        if self.calls.key:
            self.open_asked.emit(self.calls.key, self._verdicts[int(key)].frame)


def _calls_words(count: int) -> str:
    if count > MOST_CALLS:
        return f"The {MOST_CALLS} lowest of {count} calls"
    return "Calls, the lowest first" if count else "No call has it"


def _line(at: int, v: Verdict) -> Line:
    token = "t2" if v.share is None else "warn" if v.share < LOW else "t1"
    flag = "contradicts itself: " if v.flagged else ""
    where = "" if v.turn is None else f"Turn {v.turn + 1}"
    said = ": ".join(t for t in (where, f"“{v.text}”" if v.text else "") if t)
    lower = [(said, "t3")] if said else []
    lower.append((f"{flag}{v.reason}" if v.reason else v.who, "t2" if v.reason else "t3"))
    return Line(
        key=str(at),
        title=v.title,
        value=v.value,
        token=token,
        lower=tuple(lower),
        tip="\n".join(t for t in (v.reason, v.text, v.who) if t),
    )


def _titled(theme: Theme, title: Label, inner: QWidget) -> QWidget:
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 8, 0, 0)
    column.setSpacing(6)
    title.setContentsMargins(Size.INSET, 0, Size.INSET, 0)
    column.addWidget(title)
    column.addWidget(Hairline(theme))
    column.addWidget(inner, 1)
    column.setSpacing(4)
    return box


def _wrapped(theme: Theme, token: str) -> Label:
    label = Label(theme, "", "small", token, wrap=True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
