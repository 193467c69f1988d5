"""What the calibration screen is about: which scores are asked for, and the board that came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.errors import UserError
from app.services.calibrating.agreement import Cell
from app.services.calibrating.board import Board, Offered
from app.services.calibrating.dimension import Slice
from app.ui.calibrating import choices, empty
from app.ui.calibrating.loader import BoardLoader
from app.ui.calibrating.state import TABS, Asked

if TYPE_CHECKING:
    from app.ui.context import UiContext


class CalibrateDesk(QObject):
    """Asks the loader, keeps the board in front and what is selected in it. Shows nothing."""

    asked_changed = Signal()
    """Another rubric or other items are asked for, or others are offered."""
    board_read = Signal(bool)
    """A board is there; True where only other cells than the selected one have come."""
    selected = Signal()
    told = Signal(object)
    """Words in place of a board: `empty.Said`."""

    def __init__(self, ctx: UiContext, parent: QObject) -> None:
        super().__init__(parent)
        self._ctx = ctx
        self.asked = Asked()
        self.board: Board | None = None
        self.offered: Sequence[Offered] = ()
        self.is_stale = True
        """Whether scores have come since the last reading."""
        self.loader = BoardLoader(ctx)
        self.loader.offered.connect(self._on_offered)
        self.loader.grown.connect(self._on_board)
        self.loader.loaded.connect(self._on_board)
        self.loader.failed.connect(self._on_failed)

    @property
    def cell(self) -> Cell | None:
        """The cell that is selected."""
        return None if self.board is None else self.board.cell(*self.asked.cell)

    # asking -------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the scores anew; what is selected stays so."""
        if not self._ctx.viewer.is_lead:
            self.told.emit(empty.REVIEWER)
            return
        self.is_stale = False
        self.loader.ask_offered()

    def _on_offered(self, offered: Sequence[Offered]) -> None:
        self.offered = offered
        refs = [o.ref for o in offered]
        if refs and self.asked.ref not in refs:
            self.asked = replace(self.asked, ref=refs[0])
        self.asked_changed.emit()
        if not offered:
            self.board = None
            self.told.emit(empty.NOTHING_SCORED)
            return
        if self.board is None:
            self.told.emit(empty.READING)
        self._ask(fresh=True)

    def _ask(self, *, fresh: bool) -> None:
        kept = None if fresh or self.board is None else self.board.found
        self.loader.ask_board(self.asked.ref, self.asked.where, kept, self.asked.cell)

    def show_rubric(self, ref: str) -> None:
        """Another rubric version."""
        self.asked = replace(self.asked, ref=ref)
        self.asked_changed.emit()
        self._ask(fresh=True)

    def show_slice(self, where: Slice) -> None:
        """Other items of the same scores."""
        if where != self.asked.where:
            self.asked = replace(self.asked, where=where)
            self.asked_changed.emit()
            self._ask(fresh=False)

    def step_slice(self, by: int) -> None:
        """The slice before or after this one."""
        if self.board is None:
            return
        every = choices.single_slices(self.board)
        now = dict(self.asked.where.classes)
        at = every.index(now) if now in every else 0
        self.show_slice(replace(self.asked.where, classes=every[(at + by) % len(every)]))

    def show_cell(self, judge_id: str, criterion_key: str) -> None:
        """Select a cell of the matrix."""
        self.asked = replace(self.asked, judge_id=judge_id, criterion_key=criterion_key)
        self.selected.emit()

    def ask_for(self, ref: str, tab: str, judge_id: str, criterion_key: str) -> bool:
        """Take what somebody who opens the screen asks for; whether that was anything."""
        told = (ref, tab, judge_id, criterion_key)
        asked = self.asked
        self.asked = replace(
            asked, ref=ref or asked.ref, tab=tab if tab in TABS else asked.tab,
            judge_id=judge_id or asked.judge_id, criterion_key=criterion_key or asked.criterion_key,
        )  # fmt: skip
        return any(told)

    def stop(self) -> None:
        """Stop computing; what is there stays."""
        self.loader.cancel()
        if self.board is None:
            self.told.emit(empty.STOPPED)

    # answers ------------------------------------------------------------------------------------

    def _on_board(self, board: Board) -> None:
        before = self.cell
        self.board = board
        self.asked = replace(self.asked, where=board.where)
        if board.cells and self.cell is None and not self._is_awaited(board):
            one = board.cells[0]
            self.asked = replace(self.asked, judge_id=one.judge.id, criterion_key=one.criterion.key)
        partly = bool(board.awaited) and before is not None and self.cell is before
        self.board_read.emit(partly)

    def _is_awaited(self, board: Board) -> bool:
        """Whether the selected cell is one that is still being computed."""
        ids = (j.id for j in board.facts.judges)
        return bool(board.awaited) and self.asked.judge_id in ids

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, UserError):
            self._ctx.runner.failed.emit(error)
            error = UserError("The figures could not be computed.", "The report says more.")
        self.board = None
        self.told.emit(empty.failed(error.what, error.remedy))
