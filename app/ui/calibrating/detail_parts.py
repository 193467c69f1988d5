"""Which plots of a cell are chosen, and what a worker makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.calibrating.plots.catalogue import PANELS

if TYPE_CHECKING:
    from app.domain.work import Work
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.services.calibrating.detail import Part, Source
    from app.services.workspace import Workspace

FEWEST, MOST = 2, 4
USUAL = ("confusion", "limits")
CHOSEN = "calibrate.plots"
"""The setting."""


def chosen(kept: str) -> list[str]:
    """The plots that were chosen last, by their keys; the usual ones where there are too few."""
    known = [k for k in dict.fromkeys(kept.split(",")) if k in PANELS]
    return [*known, *(k for k in USUAL if k not in known)][: max(FEWEST, min(len(known), MOST))]


def parts_of(
    ctx: Work,
    ws: Workspace,
    board: Board,
    cell: Cell,
    source: Source | None,
    names: tuple[str, ...],
) -> tuple[Source, dict[str, Part]]:
    """Parts of a cell, off the window's thread; `source` where the cell has been looked at."""
    import pyqtgraph  # noqa: F401 - takes a quarter of a second, here and not on the window

    from app.services.calibrating import detail

    known = source or detail.source_of(board.found, cell, board.rule)
    found = {}
    for name in names:
        ctx.raise_if_cancelled()
        found[name] = detail.part_of(ws, known, name)
    return known, found
