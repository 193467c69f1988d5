"""What the forms of a rubric study say: each criterion by condition, and how raters agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.studies.grid import Cell, Column, Grid, Row
from app.ui.studies.words import NONE, number, percent
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Hairline, Label

if TYPE_CHECKING:
    from app.ui.studies.work import CriterionRead, StudyRead

MOST_CONDITIONS = 6
"""Columns; more conditions are in the export."""
NOTE = (
    "Plain means of the values that were given, with how many they are; “not applicable” is left "
    "out, never counted as zero. Alike: lines on which all of two or more raters agree."
)


class FormsPage(QWidget):
    """A table; above it what waits."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._columns: tuple[Column, ...] = ()
        self.words = Label(theme, "", "small", "t2", wrap=True)
        self.words.setContentsMargins(Size.INSET, 10, Size.INSET, 10)
        note = Label(theme, NOTE, "label", "t3", wrap=True)
        note.setContentsMargins(Size.INSET, 8, Size.INSET, 8)
        self.table = Grid(theme, (Column(title="Criterion", stretch=True),), "Criteria", plain=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.words)
        self._column.addWidget(Hairline(theme))
        self._column.addWidget(self.table, 1)
        self._column.addWidget(note)

    def show_study(self, read: StudyRead) -> None:
        """Show a rubric study's criteria."""
        assert read.forms is not None
        done, waiting = sum(r.done for r in read.forms.raters), len(read.waiting)
        self.words.setText(
            f"{done} forms. On {waiting} of {len(read.forms.items)} calls some line has no final "
            "value yet."
            if waiting
            else f"{done} forms. Every line that two raters answered has its final value."
        )
        names = sorted({name for c in read.criteria for name in c.means})[:MOST_CONDITIONS]
        columns = (
            Column(title="Criterion", px=270, right=False, stretch=True),
            *(Column(title=name, px=84) for name in names),
            Column(title="Answers", px=70),
            Column(title="n/a", px=50),
            Column(title="Alike", px=96, tip="Of the lines that two or more raters answered"),
        )
        if columns != self._columns:
            self._columns = columns
            fresh = Grid(self._theme, columns, "Criteria by condition", plain=True)
            self._column.replaceWidget(self.table, fresh)
            self.table.hide()
            self.table.deleteLater()
            self.table = fresh
        self.table.show_rows([_row(c, names) for c in read.criteria])


def _row(found: CriterionRead, names: list[str]) -> Row:
    cells = [Cell(text=found.title, weight=500)]
    for name in names:
        told = found.means.get(name)
        cells.append(Cell(text=NONE if told is None else f"{number(told[0])} ({told[1]})"))
    alike = percent(found.unanimous / found.doubled) if found.doubled else NONE
    cells += [
        Cell(text=str(found.answers), token="t2"),
        Cell(text=str(found.not_applicable), token="t2" if found.not_applicable else "t3"),
        Cell(text=f"{alike} of {found.doubled}" if found.doubled else NONE, token="t2"),
    ]
    return Row(key=found.title, cells=tuple(cells))
