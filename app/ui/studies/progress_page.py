"""How far a study is: by rater, and by item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.studies.grid import Cell, Column, Grid, Row, cells
from app.ui.studies.words import NONE, number, pace_words
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.splitter import LineSplitter

if TYPE_CHECKING:
    from app.services.studies.result_values import ItemResult, RaterResult
    from app.services.study_progress import FormItem, FormRater
    from app.ui.studies.work import StudyRead

RATERS = (
    Column(title="Rater", px=160, right=False, stretch=True),
    Column(title="Class", px=90, right=False),
    Column(title="Done", px=64),
    Column(title="Left", px=64),
    Column(title="Void", px=64, tip="Votes that do not count, or calls that were skipped"),
    Column(title="Pace", px=80, tip="Median from one vote to the next, breaks left out"),
    Column(title="Time left", px=90, tip="At this pace"),
)
ITEMS = (
    Column(title="No.", px=56, right=False),
    Column(title="Call", px=100, right=False),
    Column(title="Condition", px=180, right=False, stretch=True),
    Column(title="Why it was chosen", px=180, right=False, stretch=True),
    Column(title="Votes", px=90),
    Column(title="Void", px=64),
    Column(title="Mean", px=72),
)


class ProgressPage(QWidget):
    """Raters above, items below."""

    call_opened = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.raters = Grid(theme, RATERS, "Raters", plain=True)
        self.items = Grid(theme, ITEMS, "Items")
        self.items.opened.connect(self._open)
        self._calls: dict[str, str] = {}
        self._raters_title = Label(theme, "Raters", "body", weight=500)
        self._items_title = Label(theme, "Items", "body", weight=500)
        self._split = split = LineSplitter(theme, Qt.Orientation.Vertical)
        for title, grid in ((self._raters_title, self.raters), (self._items_title, self.items)):
            holder = QWidget()
            column = QVBoxLayout(holder)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            title.setContentsMargins(Size.INSET, 10, Size.INSET, 6)
            column.addWidget(title)
            column.addWidget(Hairline(theme))
            column.addWidget(grid, 1)
            split.addWidget(holder)
        split.setSizes([240, 420])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)
        self.setFocusProxy(self.raters)

    def show_study(self, read: StudyRead) -> None:
        """Show a study's raters and items."""
        if read.forms is not None:
            raters = [_form_rater(r) for r in read.forms.raters]
            items = [
                _form_item(item, read.codes.get(item.call_id, NONE)) for item in read.forms.items
            ]
            self._calls = {i.key: f.call_id for i, f in zip(items, read.forms.items, strict=True)}
        elif read.results is not None:
            raters = [_rater(r) for r in read.results.raters]
            wanted = read.study.design.raters_per_item
            items = [_item(i, wanted, read.codes) for i in read.results.items]
            self._calls = {i.stimulus.id: i.stimulus.call_id for i in read.results.items}
        else:
            raters, items = [], []
        self.raters.show_rows(raters)
        self.items.show_rows(items)
        self._say(raters, items)

    def _say(self, raters: Sequence[Row], items: Sequence[Row]) -> None:
        self._raters_title.setText(
            f"Raters ({len(raters)})" if raters else "No rater has begun yet"
        )
        self._items_title.setText(f"Items ({len(items)})")

    def _open(self, key: str) -> None:
        if key in self._calls:
            self.call_opened.emit(self._calls[key])


def _left(left: int, pace_s: float | None) -> str:
    return pace_words(left * pace_s) if left and pace_s else NONE


def _rater(found: RaterResult) -> Row:
    name = f"{found.name}, from {found.imported}" if found.imported else found.name
    return Row(
        key=found.rater_id,
        cells=cells(
            name, found.rater_class or NONE, str(found.done), str(found.left), str(found.voids),
            pace_words(found.pace_s), _left(found.left, found.pace_s),
        ),
    )  # fmt: skip


def _form_rater(found: FormRater) -> Row:
    return Row(
        key=found.rater_id,
        cells=cells(
            found.name, NONE, str(found.done), str(found.left), str(found.skipped),
            pace_words(found.pace_s), _left(found.left, found.pace_s),
        ),
    )  # fmt: skip


def _item(found: ItemResult, wanted: int, codes: object) -> Row:
    stimulus, told = found.stimulus, found.opinion
    code = codes.get(stimulus.call_id, NONE) if isinstance(codes, dict) else NONE
    condition = stimulus.condition
    if stimulus.other_condition:
        condition = f"{condition} against {stimulus.other_condition}"
    return Row(
        key=stimulus.id,
        cells=(
            *cells(str(stimulus.number), code, condition, stimulus.reason or NONE),
            _share(told.n, wanted),
            *cells(str(found.voids), number(told.mean)),
        ),
        tip=_chosen(stimulus.reason, stimulus.inclusion_prob),
    )


def _form_item(found: FormItem, code: str) -> Row:
    return Row(
        key=str(found.number),
        cells=(
            *cells(str(found.number), code, found.condition, found.reason or NONE),
            _share(found.done, found.wanted),
            *cells(str(len(found.skips)), NONE),
        ),
        tip="; ".join([_chosen(found.reason, found.inclusion_prob), *found.skips]),
    )


def _share(done: int, wanted: int) -> Cell:
    return Cell(text=f"{done} of {wanted}", token="t2" if done < wanted else "t1")


def _chosen(reason: str, chance: float) -> str:
    return ", ".join(filter(None, [reason, f"inclusion probability {chance:.2f}"]))
