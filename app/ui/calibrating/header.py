"""The head of the screen: tabs, which rubric, slice and split, the gate, export and more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu

from app.eval.calibration.gate import gate
from app.services.calibrating.agreement import Cell
from app.services.calibrating.board import Board, Offered
from app.services.calibrating.dimension import Slice
from app.ui.actions import ActionTable
from app.ui.calibrating import choices
from app.ui.calibrating.choice import ChoiceButton
from app.ui.calibrating.gate_light import GateLight
from app.ui.key_events import cap_words
from app.ui.theme import Theme
from app.ui.tokens import Size
from app.ui.widgets.bar import Bar
from app.ui.widgets.buttons import Button
from app.ui.widgets.labels import Hairline, Label
from app.ui.widgets.segmented import Segment, Segmented

TABS = (
    Segment("judges", "Judges", "calibrate.judges"), Segment("drift", "Drift", "calibrate.drift"),
    Segment("raters", "Raters", "calibrate.raters"), Segment("mos", "MOS", "calibrate.mos"),
)  # fmt: skip
MORE: tuple[tuple[str, ...], ...] = (
    ("calibrate.label_next", "calibrate.versions"),
    ("calibrate.import", "calibrate.dataset"),
    ("calibrate.record", "calibrate.rule", "calibrate.freeze"),
    ("calibrate.report", "calibrate.refresh"),
)
"""Actions of the menu, in groups."""
AT_ONCE = frozenset({"calibrate.refresh"})
"""Open no dialog."""


class CalibrateHead(Bar):
    """44 px."""

    tab_chosen = Signal(str)
    rubric_chosen = Signal(str)
    slice_chosen = Signal(object)
    asked = Signal(str)
    """An action of the buttons and the menu."""

    def __init__(self, theme: Theme, actions: ActionTable) -> None:
        super().__init__(theme, Size.HEADER, gap=8)
        self._actions = actions
        self._board: Board | None = None
        self._offered: Sequence[Offered] = ()
        self._ref = ""
        self.holds: Callable[[str], bool] = lambda _action: True
        """Whether an action holds now; the menu greys those that do not."""
        self.tabs = Segmented(theme, TABS, name="Pages", actions=actions)
        self.tabs.chosen.connect(self.tab_chosen)
        self.rubric, self.slice, self.split = (
            ChoiceButton(theme, word) for word in ("Rubric", "Slice", "Split")
        )
        self.rubric.filling.connect(self._fill_rubrics)
        self.slice.filling.connect(self._fill_slices)
        self.split.filling.connect(self._fill_splits)
        self.gate = GateLight(theme)
        self.export = Button(theme, "Export", action="calibrate.export", actions=actions)
        self.export.clicked.connect(lambda: self.asked.emit("calibrate.export"))
        self.more = Button(theme, icon="dots-three", kind="quiet", name="More")
        self.more.clicked.connect(lambda: self.open_more())
        for part in (Label(theme, "Calibrate", "title"), self.tabs):
            self.row.addWidget(part)
        self._line = Hairline(theme, vertical=True)
        self._line.setFixedHeight(theme.px(20))
        self.row.addSpacing(4)
        self.row.addWidget(self._line)
        self.row.addSpacing(4)
        for choice in (self.rubric, self.slice, self.split):
            self.row.addWidget(choice)
        self.row.addStretch(1)
        self.row.addWidget(self.gate)
        self.row.addWidget(self.export)
        self.row.addWidget(self.more)
        self.show_offered((), "")

    def show_offered(self, offered: Sequence[Offered], ref: str) -> None:
        """Say which rubric versions there are, and which one is shown."""
        self._offered, self._ref = offered, ref
        current = next((o for o in offered if o.ref == ref), None)
        self.rubric.set_value(
            choices.rubric_words(current) if current else "none",
            tip="Rubric version. Scores of different versions are never pooled.",
        )
        for part in (self._line, self.rubric, self.slice, self.split):
            part.setVisible(bool(offered))
        self.export.setEnabled(bool(offered))

    def show_where(self, where: Slice) -> None:
        """Say which items count, before the board is there."""
        self.slice.set_value(choices.slice_words(where))
        is_frozen = self._board is not None and self._board.found.splits.is_frozen
        lock = "lock-simple" if is_frozen and "anchor_test" in where.roles else ""
        split = choices.split_words(where)
        frozen = " Frozen: no prompt and no correction has seen them." if lock else ""
        self.split.set_value(split, icon=lock, tip=f"Split: {split}.{frozen}")

    def show_board(self, board: Board | None, cell: Cell | None) -> None:
        """Follow the board and the selected cell."""
        self._board = board
        if board is not None:
            self.show_where(board.where)
        self.gate.show_gate(cell, gate(cell.found.evidence) if cell is not None else None)

    def open_more(self) -> QMenu:
        """Open the menu below its button."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for at, group in enumerate(MORE):
            if at:
                menu.addSeparator()
            for action in group:
                keys = self._actions.keys(action)
                text = self._actions.spec(action).text + ("" if action in AT_ONCE else "…")
                entry = menu.addAction(f"{text}\t{cap_words(keys[0])}" if keys else text)
                entry.setEnabled(self.holds(action))
                entry.triggered.connect(lambda _=False, name=action: self.asked.emit(name))
        self._add_blind(menu)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))
        return menu

    def _add_blind(self, menu: QMenu) -> None:
        """Whether scores count that were given after seeing others'."""
        board = self._board
        if board is None:
            return
        menu.addSeparator()
        entry = menu.addAction("Count scores that were not blind")
        entry.setCheckable(True)
        entry.setChecked(not board.where.blind_only)
        other = replace(board.where, blind_only=not board.where.blind_only)
        entry.triggered.connect(lambda _=False: self.slice_chosen.emit(other))

    def _fill_rubrics(self, menu: QMenu) -> None:
        choices.fill_rubrics(menu, self._offered, self._ref, self.rubric_chosen.emit)

    def _fill_slices(self, menu: QMenu) -> None:
        if self._board is not None:
            choices.fill_slices(menu, self._board, self.slice_chosen.emit)

    def _fill_splits(self, menu: QMenu) -> None:
        if self._board is not None:
            choices.fill_splits(menu, self._board, self.slice_chosen.emit)
