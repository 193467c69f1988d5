"""The widgets of adjudication and how they lie; knows nothing of what they show."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.ui.actions import ActionTable
from app.ui.adjudicating.answers import AnswersRow
from app.ui.adjudicating.decision import DecisionPanel
from app.ui.adjudicating.lanes import EvidenceLanes
from app.ui.adjudicating.work import Waiting
from app.ui.judges.line_list import LineModel, LineView
from app.ui.runs.sections import OverlayArea
from app.ui.studies.grid import Column, Grid, Row
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.buttons import Button
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import ElidedLabel, Hairline, Label
from app.ui.widgets.splitter import LineSplitter

QUEUE_PX, DECISION_PX = 210, 362
NOTHING = (
    "Nothing to adjudicate",
    "A call comes here once two raters have submitted it and some line has no final value.",
    "Go to the studies",
)
REVIEWER = (
    "Leads adjudicate",
    "What raters gave on the same call is settled by a lead. Your votes stay as they are.",
    "Back to scoring",
)


class AdjudicatingParts(QWidget):
    """Head; below it queue, table with evidence and answers, decision."""

    back_asked = Signal()
    agreed_asked = Signal()
    review_asked = Signal()
    grid_changed = Signal(object)
    """Another table took the place of the one before."""

    def __init__(self, theme: Theme, actions: ActionTable, owner: QWidget) -> None:
        super().__init__(owner)
        self._theme, self._actions = theme, actions
        self.model = LineModel()
        self.queue = LineView(theme, self.model, "Calls that wait")
        self.grid = Grid(theme, (Column(title="Criterion", stretch=True),), "Criteria and raters")
        self.lanes, self.answers = EvidenceLanes(theme), AnswersRow(theme)
        self.decision = DecisionPanel(theme, actions)
        self.words = EmptyState(theme, NOTHING[0], NOTHING[1], button=NOTHING[2])
        self._tables = QStackedWidget()
        self._tables.addWidget(self.grid)
        self._columns: tuple[Column, ...] = ()
        self._full, self._pages = QWidget(), QStackedWidget()
        self._lay_out()
        outer = QVBoxLayout(owner)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self)

    def _lay_out(self) -> None:
        theme = self._theme
        self._answers_area = OverlayArea(self)
        self._answers_area.setWidget(self.answers)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.lanes)
        column.addWidget(Hairline(theme))
        column.addWidget(self._answers_area, 1)
        self._middle = LineSplitter(theme, Qt.Orientation.Vertical)
        self._middle.addWidget(self._tables)
        self._middle.addWidget(below)
        self._middle.setSizes([400, 280])
        self._split = LineSplitter(theme)
        for part in (self.queue, self._middle, self.decision):
            self._split.addWidget(part)
        self.queue.setMinimumWidth(theme.px(160))
        self.decision.setMinimumWidth(theme.px(DECISION_PX))
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([QUEUE_PX, 700, DECISION_PX])
        full = QVBoxLayout(self._full)
        full.setContentsMargins(0, 0, 0, 0)
        full.setSpacing(0)
        full.addWidget(self._head())
        full.addWidget(Hairline(theme))
        full.addWidget(self._split, 1)
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
        row.setContentsMargins(Size.INSET - 6, 0, Size.INSET, 0)
        row.setSpacing(8)
        back = Button(theme, icon="arrow-left", kind="quiet", name="Back to the studies")
        back.clicked.connect(lambda _c=False: self.back_asked.emit())
        self.title = ElidedLabel(theme, "", "small", "t2")
        agreed = Button(theme, "Take what most gave", icon="checks", kind="quiet")
        agreed.setToolTip("Every open line of this call on which more than half agree")
        agreed.clicked.connect(lambda _c=False: self.agreed_asked.emit())
        review = Button(
            theme, "Open in Review", kind="quiet", action="adjudicate.review", actions=actions
        )
        review.clicked.connect(lambda _c=False: self.review_asked.emit())
        row.addWidget(back)
        row.addWidget(Label(theme, "Adjudicate", "title"))
        row.addWidget(self.title, 1)
        row.addWidget(agreed)
        row.addWidget(review)
        return head

    def show_head(self, found: Waiting) -> None:
        """Name the study, and how much waits."""
        many = len(found.calls)
        study = f"{found.study.code}  {found.study.name}, " if found.study is not None else ""
        self.title.setText(
            f"{study}{found.rubric.title} "
            f"v{found.rubric.version}, {many} call{'' if many == 1 else 's'} wait"
        )

    def show_grid(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """Show a call's lines; other raters need another table."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            fresh = Grid(self._theme, columns, "Criteria and raters")
            self._tables.addWidget(fresh)
            self._tables.setCurrentWidget(fresh)
            self._tables.removeWidget(self.grid)
            self.grid.deleteLater()
            self.grid = fresh
            self.grid_changed.emit(fresh)
        self.grid.show_rows(rows)

    def show_full(self) -> None:
        """Queue, table, decision."""
        self._pages.setCurrentWidget(self._full)

    def say(self, title: str, text: str = "", button: str = "") -> None:
        """Words in place of all."""
        self.words.set_words(title, text, button)
        self._pages.setCurrentWidget(self.words)
