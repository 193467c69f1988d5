"""A part of the calibration screen: it shows a board and says where a person wants to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board


class BoardPage(QWidget):
    """Base of the tabs of the screen and of the areas below its matrix."""

    open_item = Signal(str, int, int)
    """A call's id and a stretch of it in frames: to be opened in the review."""
    show_cell = Signal(str, str)
    """A judge version's id and a criterion's key: to be selected in the matrix."""
    go = Signal(str, dict)
    """To another screen: its key and what it is told."""
    changed = Signal()
    """Something was stored that the board is made of: it must be read anew."""

    def show_board(self, board: Board, cell: Cell | None) -> None:
        """Show a board and the cell that is selected; called again with every change of either.

        Boards arrive while their matrix is still being computed (`board.awaited`).
        """

    def clear(self) -> None:
        """Nothing is selected or there is no board."""
