"""The plots of the selected cell: a chooser, and as many panes below it as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.errors import UserError
from app.ui.calibrating.detail_parts import CHOSEN, FEWEST, MOST, chosen, parts_of
from app.ui.calibrating.page import BoardPage
from app.ui.calibrating.plots.catalogue import PANELS
from app.ui.calibrating.plots.chooser import Chooser
from app.ui.calibrating.plots.pane import Pane
from app.ui.calibrating.plots.saving import PlotSaving
from app.ui.widgets.splitter import LineSplitter

if TYPE_CHECKING:
    from app.services.calibrating.agreement import Cell
    from app.services.calibrating.board import Board
    from app.services.calibrating.detail import Part, Source
    from app.services.calibrating.votes_behind import Wanted
    from app.tasks.runner import Task
    from app.ui.context import UiContext

PANE_PX = 330
"""Width that a pane wants at least."""
NO_CELL = "Select a judge's cell above to see how it differs from people."
COMPUTING = "Computing…"


class DetailArea(BoardPage):
    """Follows the selected cell. Parts are computed when they are first shown."""

    def __init__(self, ctx: UiContext) -> None:
        super().__init__()
        self._ctx = ctx
        self._board: Board | None = None
        self._cell: Cell | None = None
        self._source: Source | None = None
        self._parts: dict[str, Part] = {}
        self._left: dict[Wanted, str] = {}
        """List of votes → the item that was selected in it last."""
        self._task: Task | None = None
        self._shown = chosen(ctx.settings.text(CHOSEN))
        self._recent = list(PANELS)
        """The one chosen longest ago comes first."""
        self._panes: dict[str, Pane] = {}
        self._saving = PlotSaving(ctx)
        self.chooser = Chooser(ctx.theme, [(p.key, p.short) for p in PANELS.values()])
        self.chooser.chosen.connect(self.bring)
        self.split = LineSplitter(ctx.theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.chooser)
        column.addWidget(self.split, 1)
        self.setFocusProxy(self.chooser)
        self._arrange()

    # --- what is shown

    @property
    def shown(self) -> tuple[str, ...]:
        """Keys of the plots that are shown, from left to right."""
        return tuple(self._shown)

    def pane(self, key: str) -> Pane:
        """The pane of a plot, made at first use."""
        if key not in self._panes:
            pane = self._panes[key] = Pane(self._ctx.theme, PANELS[key](self._ctx.theme))
            pane.panel.asked.connect(self._open_votes)
            pane.save_asked.connect(lambda ending, k=key: self._save(k, ending))
        return self._panes[key]

    def bring(self, key: str) -> None:
        """Show a plot in place of the one that was chosen longest ago."""
        if key in self._shown:
            self.pane(key).panel.setFocus()
            return
        oldest = next(k for k in self._recent if k in self._shown)
        self._shown[self._shown.index(oldest)] = key
        self._recent = [k for k in self._recent if k != key] + [key]
        self._keep()
        self._arrange()
        self._compute([key])
        QTimer.singleShot(0, self, self.pane(key).panel.setFocus)

    def turn(self, by: int) -> None:
        """Show the plots before or after those that are shown."""
        order = list(PANELS)
        at = order.index(self._shown[0]) + by * len(self._shown)
        self._shown = [order[(at + n) % len(order)] for n in range(len(self._shown))]
        self._keep()
        self._arrange()
        self._compute(self._shown)

    def _keep(self) -> None:
        self._ctx.settings.set(CHOSEN, ",".join(self._shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many panes as there is room for."""
        super().resizeEvent(event)
        room = self.width() // self._ctx.theme.px(PANE_PX)
        count = max(FEWEST, min(MOST, room))
        if count != len(self._shown):
            spare = [k for k in PANELS if k not in self._shown]
            self._shown = (self._shown + spare)[:count]
            self._arrange()
            self._compute(spare)

    def _arrange(self) -> None:
        for at in reversed(range(self.split.count())):
            widget = self.split.widget(at)
            if widget is not None:
                widget.setParent(None)
        for key in self._shown:
            self.split.addWidget(self.pane(key))
            self.pane(key).show()
        wide = max(1, self.width() // len(self._shown))
        self.split.setSizes([wide] * len(self._shown))
        self.chooser.set_shown(self._shown)

    # --- data

    def show_board(self, board: Board, cell: Cell | None) -> None:
        """Follow the board; the same cell keeps its plots."""
        is_same = (
            self._board is not None and board.found is self._board.found and cell is self._cell
        )
        self._board = board
        if is_same:
            return
        self._cell, self._source, self._parts, self._left = cell, None, {}, {}
        if cell is None:
            self._say(NO_CELL)
        else:
            self._compute()

    def clear(self) -> None:
        """No board."""
        self._stop()
        self._board = self._cell = self._source = None
        self._parts = {}
        self._say(NO_CELL)

    def _say(self, words: str) -> None:
        for key in self._shown:
            self.pane(key).show_words(words)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _compute(self, fresh: Sequence[str] = ()) -> None:
        """Compute what is missing; `fresh` are plots that have just been brought in."""
        from app.tasks.runner import Lane

        board, cell = self._board, self._cell
        if board is None or cell is None:
            self._say(NO_CELL)
            return
        self._draw_known()
        missing = [k for k in self._shown if k not in self._parts]
        self._stop()
        if not missing:
            return
        for key in set(missing) & set(fresh):  # others keep the last cell's plot meanwhile
            self.pane(key).show_words(COMPUTING)
        self._task = task = self._ctx.runner.task(
            Lane.CPU, parts_of, self._ctx.ws, board, cell, self._source, tuple(missing)
        )
        task.succeeded.connect(self._on_parts)
        task.failed.connect(self._on_failed)
        task.start()

    def _on_parts(self, told: tuple[Source, dict[str, Part]]) -> None:
        self._task = None
        self._source = told[0]
        self._parts |= told[1]
        for at, key in enumerate(told[1]):  # a turn each: a plot takes tens of milliseconds
            QTimer.singleShot(at, self, lambda k=key: self._draw(k))

    def _on_failed(self, error: BaseException) -> None:
        self._task = None
        self._say(error.what if isinstance(error, UserError) else "The plots could not be made.")

    def _draw_known(self) -> None:
        for key in self._shown:
            self._draw(key)

    def _draw(self, key: str) -> None:
        if self._source is not None and key in self._parts and key in self._shown:
            self.pane(key).show_part(self._source, self._parts[key])

    # --- acts

    def open_votes(self) -> None:
        """All items of the cell with their votes."""
        from app.services.calibrating.votes_behind import Wanted

        self._open_votes(Wanted())

    def _open_votes(self, wanted: Wanted) -> None:
        from app.ui.calibrating.votes_dialog import VotesDialog

        if self._source is None:
            return
        left = self._left
        dialog = VotesDialog(self._ctx, self._source, wanted, self.window(), left.get(wanted, ""))
        dialog.open_item.connect(self.open_item)
        dialog.left_at.connect(partial(left.__setitem__, wanted))
        dialog.open()

    def _save(self, key: str, ending: str) -> None:
        if self._cell is None:
            return
        pane = self.pane(key)
        cell = self._cell
        name = f"{cell.judge.ref}_{cell.criterion.key}_{key}.{ending}".replace("@", "-")
        self._saving.ask(self.window(), pane, name, pane.panel.title)

    def save_focused(self) -> None:
        """Ask how to save the plot that has the focus; the first where none has it."""
        (self._focused() or self.pane(self._shown[0])).ask_format()

    def _focused(self) -> Pane | None:
        focus: QWidget | None = self.focusWidget()
        while focus is not None and not isinstance(focus, Pane):
            focus = focus.parentWidget()
        return focus
