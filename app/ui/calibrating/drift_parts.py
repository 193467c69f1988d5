"""The widgets of the page of drift and how they lie."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.calibrating.drift_plots import CusumPlot, MomentsPlot, StabilityPlot
from app.ui.calibrating.flip_map import FlipMap
from app.ui.studies.grid import Column, Grid
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import ElidedLabel, Hairline, Label
from app.ui.widgets.splitter import LineSplitter
from app.ui.widgets.tips import plain_tip

LIST_PX = 540
ROWS = (
    Column(title="Judge version", px=150, right=False, stretch=True),
    Column(title="Dimension", px=104, right=False),
    Column(title="Anchors", px=112, right=False),
    Column(title="Change of mean", px=146, tip="With its 95 % interval, by calls"),
)
PEOPLE = (
    Column(title="Rater", px=120, right=False, stretch=True),
    Column(title="Repeats", px=66, tip="Items that came again, blind"),
    Column(title="Alike", px=70),
    Column(title="α of both rounds", px=140, tip="Intra-rater, interval"),
    Column(title="Change", px=140, tip="Second round less first, in points"),
    Column(title="Trend", px=100, tip="Of the distance from the other raters"),
)


class Titled(QWidget):
    """A plot below its title and a line of words."""

    def __init__(self, theme: Theme, title: str, plot: QWidget) -> None:
        super().__init__()
        self.words = ElidedLabel(theme, "", "small", "t2")
        head = QHBoxLayout()
        head.setContentsMargins(Size.INSET, 8, Size.INSET, 4)
        head.setSpacing(8)
        head.addWidget(Label(theme, title, "body", weight=600))
        head.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(plot, 1)

    def say(self, words: str, at_length: str, token: str = "t2") -> None:
        """A few words beside the title; all of them in the tooltip of the whole."""
        self.words.setText(words)
        self.words.set_token(token)
        self.setToolTip(plain_tip(at_length))


class DriftParts(QWidget):
    """The list at the left; at the right what the row in front has."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.list = Grid(theme, ROWS, "Judge versions and dimensions")
        self.title = ElidedLabel(theme, "", "title")
        self.words = Label(theme, "", "small", "t2", wrap=True)
        self.rerun = Button(theme, "Rerun anchors", icon="arrow-clockwise")
        self.keep = Button(theme, "Keep this look", kind="quiet")
        self.record = Button(theme, "On record", kind="quiet")
        self.moments, self.cusum = MomentsPlot(theme), CusumPlot(theme)
        self.flips, self.stability = FlipMap(theme), StabilityPlot(theme)
        self.over_time = Titled(theme, "Agreement", self.moments)
        self.chart = Titled(theme, "Audit stream", self.cusum)
        self.flipped = Titled(theme, "Flips", self.flips)
        self.inputs = Titled(theme, "Calls and scores", self.stability)
        self.people = Grid(theme, PEOPLE, "Blind repeats of raters", plain=True)
        self.people_words = Label(theme, "", "small", "t2", wrap=True)
        self.split = split = LineSplitter(theme)
        split.addWidget(self.list)
        split.addWidget(self._right(theme))
        split.setSizes([theme.px(LIST_PX), 900])
        split.setStretchFactor(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)
        self.setFocusProxy(self.list)

    def _right(self, theme: Theme) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head(theme))
        column.addWidget(Hairline(theme))
        column.addWidget(self._plots(theme), 1)
        column.addWidget(Hairline(theme))
        self.people_words.setContentsMargins(Size.INSET, 8, Size.INSET, 6)
        column.addWidget(self.people_words)
        column.addWidget(self.people)
        return right

    def _head(self, theme: Theme) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(Size.INSET, 10, Size.INSET, 10)
        row.setSpacing(8)
        told = QVBoxLayout()
        told.setSpacing(2)
        told.addWidget(self.title)
        told.addWidget(self.words)
        row.addLayout(told, 1)
        for button in (self.record, self.keep, self.rerun):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _plots(self, theme: Theme) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        places = ((self.over_time, 0, 0), (self.chart, 0, 2), (self.flipped, 2, 0),
                  (self.inputs, 2, 2))  # fmt: skip
        for part, row, column in places:
            grid.addWidget(part, row, column)
        grid.addWidget(Hairline(theme, vertical=True), 0, 1, 3, 1)
        grid.addWidget(Hairline(theme), 1, 0, 1, 3)
        for at in (0, 2):
            grid.setRowStretch(at, 1)
            grid.setColumnStretch(at, 1)
        return holder
