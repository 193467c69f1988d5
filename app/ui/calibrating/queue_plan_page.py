"""How many labels it takes: kappa's half-width, the division of a check's labels, power."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.services.calibrating import label_planning
from app.services.calibrating.label_planning import KappaPlan, LabelSplit, Observed, Power
from app.tasks.runner import Lane
from app.ui.widgets.labels import Hairline, Label

if TYPE_CHECKING:
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.ui.context import UiContext

ASK_AFTER_MS = 250
USUAL_HALF_WIDTH = 0.10
USUAL_EPSILON = 0.15
ALIKE_FROM = 1.05
"""Design effect that is told; below it is 1.0 to the digits shown."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class KappaNeeded:
    """What a kappa takes."""

    observed: Observed
    plan: KappaPlan
    widths: Sequence[tuple[int, float]]
    split: LabelSplit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """Everything that the page shows."""

    kappa: KappaNeeded | None
    no_kappa: str
    """Why there is none."""
    power: Sequence[Power]
    no_power: str
    """Why there is no power."""


def needed(board: Board, cell: Cell, half_width: float) -> Needed:
    """Compute a page; what cannot be planned from says why."""
    kappa, no_kappa = _or_why(lambda: _kappa(board, cell, half_width))
    power, no_power = _or_why(lambda: _power(board, cell))
    return Needed(kappa=kappa, no_kappa=no_kappa, power=power or (), no_power=no_power)


def _or_why(compute: Callable[[], T]) -> tuple[T | None, str]:
    try:
        return compute(), ""
    except UserError as error:
        return None, f"{error.what} {error.remedy}"


def _kappa(board: Board, cell: Cell, half_width: float) -> KappaNeeded:
    found, judge, key, where = board.found, cell.judge, cell.criterion.key, board.where
    told = label_planning.observed(found, judge, key, where)
    plan = label_planning.for_kappa(told, half_width)
    return KappaNeeded(
        observed=told, plan=plan, widths=label_planning.half_widths(told),
        split=label_planning.for_error_rates(found, judge, key, plan.items, where),
    )  # fmt: skip


def _power(board: Board, cell: Cell) -> Sequence[Power]:
    found, judge, key, where = board.found, cell.judge, cell.criterion.key, board.where
    epsilon = board.rule.thresholds.epsilon or USUAL_EPSILON
    memo = ("alt_test_power", key, judge.rater_id, where.words, f"{epsilon}")
    if memo not in found.memo:
        found.memo[memo] = label_planning.alt_test_power(found, judge, key, epsilon, where)
    kept: Sequence[Power] = found.memo[memo]
    return kept


class QueuePlanPage(QWidget):
    """Answers a moment after a change."""

    def __init__(self, ctx: UiContext, board: Board, cell: Cell) -> None:
        super().__init__()
        self._ctx, self._board, self._cell = ctx, board, cell
        self.shown: Needed | None = None
        self.half_width = QDoubleSpinBox()
        self.half_width.setRange(0.01, 1.0)
        self.half_width.setSingleStep(0.01)
        self.half_width.setValue(USUAL_HALF_WIDTH)
        self.half_width.setPrefix("\u00b1 ")
        self.half_width.setFont(ctx.theme.font("body"))
        self.half_width.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.half_width.setFixedWidth(ctx.theme.px(96))
        self.half_width.setAccessibleName("Half-width of kappa's interval")
        self.half_width.setEnabled(cell.criterion.scale != "interval")
        self._timer = QTimer(self, singleShot=True, interval=ASK_AFTER_MS)
        self._timer.timeout.connect(self.ask)
        self.half_width.valueChanged.connect(lambda _: self._timer.start())
        self._asked = 0
        self._page: QWidget | None = None
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(Label(ctx.theme, "Kappa's 95 % interval shall be", "small", "t2"))
        row.addWidget(self.half_width)
        row.addStretch()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self._column.addLayout(row)
        self._column.addStretch()

    def ask(self) -> None:
        """Compute, off the window's thread."""
        self._asked += 1
        self._ctx.runner.run(
            Lane.CPU, needed, self._board, self._cell, self.half_width.value(),
            done=partial(self._on_needed, self._asked),
        )  # fmt: skip

    def stop(self) -> None:
        """The dialog goes: take no more answers."""
        self._timer.stop()
        self._asked += 1

    def _on_needed(self, asked: int, told: Needed) -> None:
        if asked != self._asked:
            return
        self.shown = told
        theme = self._ctx.theme
        self._put(
            [
                *self._kappa(told),
                Hairline(theme),
                Label(theme, "Chance to pass as a stand-in, by calls", "small", weight=600),
                *self._power(told),
            ]
        )

    def _kappa(self, told: Needed) -> list[QWidget]:
        theme, kappa = self._ctx.theme, told.kappa
        if kappa is None:
            return [Label(theme, told.no_kappa, "small", wrap=True)]
        return [
            Label(theme, f"{kappa.plan.items} items in {kappa.plan.calls} calls", "figure"),
            Label(theme, observed_words(kappa.observed), "small", "t2", wrap=True),
            Hairline(theme),
            Label(theme, "Half-width by items", "small", weight=600),
            self._table([str(n) for n, _ in kappa.widths],
                        [f"\u00b1{w:.2f}" for _, w in kappa.widths]),
            *self._split(kappa.split),
        ]  # fmt: skip

    def _split(self, split: LabelSplit | None) -> list[QWidget]:
        if split is None:
            return []
        theme = self._ctx.theme
        words = (
            f"{split.positives} that are yes and {split.negatives} that are no: at a prevalence "
            f"of {split.prevalence:.2f}, sensitivity {split.sensitivity:.2f} and specificity "
            f"{split.specificity:.2f} both then weigh alike."
        )
        title = Label(theme, "Labels of this check", "small", weight=600)
        return [Hairline(theme), title, Label(theme, words, "small", "t2", wrap=True)]

    def _power(self, told: Needed) -> list[QWidget]:
        theme = self._ctx.theme
        if not told.power:
            return [Label(theme, told.no_power, "small", "t2", wrap=True)]
        table = self._table(
            [str(p.calls) for p in told.power], [f"{100 * p.share:.0f} %" for p in told.power]
        )
        words = (
            "How often the alternative annotator test passes when so many calls are drawn "
            "from those that are labelled."
        )
        return [table, Label(theme, words, "small", "t2", wrap=True)]

    def _table(self, heads: Sequence[str], cells: Sequence[str]) -> QWidget:
        page, theme = QWidget(), self._ctx.theme
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        for at, (head, cell) in enumerate(zip(heads, cells)):
            right = Qt.AlignmentFlag.AlignRight
            grid.addWidget(Label(theme, head, "small", "t3"), 0, at, right)
            grid.addWidget(Label(theme, cell, "body", weight=600), 1, at, right)
        grid.setColumnStretch(len(heads), 1)
        return page

    def _put(self, widgets: Sequence[QWidget]) -> None:
        if self._page is not None:
            self._column.removeWidget(self._page)
            self._page.deleteLater()
        self._page = page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in widgets:
            column.addWidget(widget)
        self._column.insertWidget(1, page)


def observed_words(one: Observed) -> str:
    """What the plan is made from."""
    told = f"{one.per_call:.1f} items a call, alike by {one.within_call:.2f}"
    clusters = (
        "one item a call" if one.per_call <= 1
        else f"{told}, so that more turns help as more calls do" if one.design_effect < ALIKE_FROM
        else f"{told}: labels count as 1 in {one.design_effect:.1f}, so that more calls beat more "
        "turns"
    )  # fmt: skip
    return (
        f"From {one.items} labelled items in {one.calls} calls: agreement {one.agreement:.2f}, "
        f"by chance {one.chance:.2f}; {clusters}."
    )
