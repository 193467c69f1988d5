"""Calibration: how far each judge may be trusted, and the votes behind it. For leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.services.calibrating.agreement import Cell
from app.services.calibrating.board import Board
from app.ui.calibrating import empty, keys
from app.ui.calibrating.banner import synthetic_words
from app.ui.calibrating.desk import CalibrateDesk
from app.ui.calibrating.page import BoardPage
from app.ui.calibrating.parts import CalibrateParts
from app.ui.calibrating.state import TABS, Asked, asked_from_json
from app.ui.calibrating.verbs import CalibrateVerbs
from app.ui.context import UiContext
from app.ui.judges.words import when_words
from app.ui.screen import Screen, StatusKey

SETTLE_MS = 800
"""Scores of a run arrive one by one: they are read again once they pause."""


class CalibrateScreen(Screen):
    """Composition only: the desk asks, the loader computes, the parts show."""

    key: ClassVar[str] = "calibrate"
    title: ClassVar[str] = "Calibrate"

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self._note = ""
        self.desk = CalibrateDesk(ctx, self)
        self.loader = self.desk.loader
        self.parts = CalibrateParts(ctx)
        self.head, self.judges = self.parts.head, self.parts.judges
        self.verbs = CalibrateVerbs(self)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE_MS)
        self._settling.timeout.connect(self.refresh)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.parts)
        self._wire()

    def _wire(self) -> None:
        desk, head, parts = self.desk, self.head, self.parts
        desk.asked_changed.connect(self._show_asked)
        desk.board_read.connect(self._on_board)
        desk.selected.connect(self._show)
        desk.told.connect(self._say)
        desk.loader.progressed.connect(self._on_progress)
        desk.loader.busy_changed.connect(self._on_busy)
        head.tab_chosen.connect(self.show_tab)
        head.rubric_chosen.connect(desk.show_rubric)
        head.slice_chosen.connect(desk.show_slice)
        head.asked.connect(self._act)
        parts.acted.connect(self._act)
        parts.page_made.connect(self._wire_page)
        self._wire_page(self.judges)
        self.judges.judge_run_asked.connect(self._judge_run)
        self.judges.adjudicate.connect(self._adjudicate)
        self.ctx.bus.changed.connect(self._on_bus)
        enabled = partial(keys.is_enabled, self)
        self.head.holds = enabled
        self.ctx.actions.bind(self, keys.handlers(self), enabled=enabled)

    def _judge_run(self) -> None:
        """Ask for a judge run over the calls that people scored."""
        from app.ui.runs.new_judge_run import open_new_judge_run

        if self.board is not None:
            ids = tuple(dict.fromkeys(item.call_id for item in self.board.found.items))
            open_new_judge_run(self.ctx, self, self.navigate.emit, call_ids=ids)

    def _adjudicate(self, call_id: str, rubric_version_id: str) -> None:
        place = {"call_id": call_id, "rubric": rubric_version_id}
        self.navigate.emit("adjudicate", place)

    def _wire_page(self, page: BoardPage) -> None:
        page.open_item.connect(self.open_item)
        page.show_cell.connect(self.desk.show_cell)
        page.changed.connect(self.refresh)
        page.go.connect(self.navigate)

    @property
    def asked(self) -> Asked:
        """What is asked for."""
        return self.desk.asked

    @property
    def board(self) -> Board | None:
        """The board in front."""
        return self.desk.board

    @property
    def cell(self) -> Cell | None:
        """The cell that is selected."""
        return self.desk.cell

    # showing ------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the scores anew; what is selected stays so."""
        self.desk.refresh()

    def show_tab(self, tab: str) -> None:
        """Bring a tab to the front."""
        if tab in TABS:
            self.desk.asked = replace(self.asked, tab=tab)
            self.head.tabs.set_current(tab)
            self._show()
            self._take_focus()
            self.status_changed.emit()

    def _show_asked(self) -> None:
        self.head.show_offered(self.desk.offered, self.asked.ref if self.desk.offered else "")
        self.head.show_where(self.asked.where)

    def _on_board(self, partly: bool) -> None:
        first = self.parts.shows_words
        self._show(partly=partly)
        if first:
            self._take_focus()
        self.status_changed.emit()

    def _show(self, *, partly: bool = False) -> None:
        """Show the board; `partly` where only other cells of the matrix have come."""
        board, cell = self.board, self.cell
        if board is None:
            self._show_without()
            return
        if partly and self.asked.tab == "judges" and not self.parts.shows_words:
            self.judges.show_matrix(board)
            return
        self.head.show_board(board, cell)
        synthetic = board.facts.synthetic
        self.parts.banner.say(synthetic_words(synthetic, len(board.found.people)))
        self.judges.matrix.wanted = self.asked.cell
        self.parts.show_page(self.asked.tab).show_board(board, cell)

    def _show_without(self) -> None:
        """Opinion studies need no scores of a rubric; everything else does."""
        if self.asked.tab == "mos" and self.ctx.viewer.is_lead:
            self.parts.show_page("mos")
        else:
            self.parts.show_words()

    def _on_progress(self, done: int, total: int, note: str) -> None:
        self.parts.progress.show_share(done, total)
        self._note = f"{note}, {done} of {total}" if total else note
        self.status_changed.emit()

    def _on_busy(self, is_busy: bool) -> None:
        if not is_busy:
            self.parts.progress.rest()
            self._note = ""
            self.status_changed.emit()

    def _say(self, said: empty.Said) -> None:
        self.parts.banner.say("")
        self.head.show_board(None, None)
        self.parts.say(said)
        self._show_without()
        self.status_changed.emit()

    # acting -------------------------------------------------------------------------------------

    def _act(self, action: str) -> None:
        if action == "score":
            self.navigate.emit("score", {})
        elif action == "stop":
            self.desk.stop()
        elif action == "calibrate.refresh":
            self.refresh()
        else:
            self.verbs.do(action)

    def escape(self) -> None:
        """Stop computing; else to the matrix, from there to the library."""
        if self.loader.is_busy:
            self.desk.stop()
        elif self.board is not None and not self.judges.matrix.hasFocus():
            self.show_tab("judges")
        else:
            self.navigate.emit("library", {})

    def open_item(self, call_id: str, start: int, _end: int) -> None:
        """To the review of a call, at a frame."""
        self.navigate.emit("review", {"call_id": call_id, "frame": start})

    def _take_focus(self) -> None:
        page = self.parts.page(self.asked.tab)
        if not self.isVisible() or self.parts.shows_words:
            return
        if page is self.judges:
            self.judges.take_focus()
        else:
            page.setFocus()

    # screen -------------------------------------------------------------------------------------

    def activate(self, **kwargs: Any) -> None:
        """Come to the front; scores that arrived meanwhile are read.

        Args:
            kwargs: `rubric` (`key@version`), `tab`, `judge` and `dimension` (ids) select.
        """
        told = [str(kwargs.get(k) or "") for k in ("rubric", "tab", "judge", "dimension")]
        is_other = self.desk.ask_for(*told)
        self.head.tabs.set_current(self.asked.tab)
        if self.desk.is_stale or self.board is None or is_other:
            self.refresh()

    def deactivate(self) -> None:
        """A board that nobody waits for is stopped; it is made when the screen comes back."""
        self.desk.is_stale |= self.loader.is_busy
        self.loader.cancel()
        self._settling.stop()

    def _on_bus(self, changes: Changes, _initiator: object) -> None:
        if not (changes.scores or changes.rubrics or changes.judges or changes.everything):
            return
        self.desk.is_stale = True
        if self.isVisible():
            self._settling.start()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        return keys.status_keys(self)

    def status_notes(self) -> Sequence[str]:
        """What is being computed, or how long it took and how old the data are."""
        board = self.board
        if self._note:
            return (self._note,)
        if board is None:
            return ()
        stale = sum(board.found.stale.values())
        left_out = (f"{stale} scores of speech that is gone left out",) if stale else ()
        data = f"data of {when_words(board.found.frozen_at)}"
        return (*left_out, f"Computed in {board.seconds:.1f} s", data)

    def session_state(self) -> dict[str, Any]:
        """Rubric, items, tab, cell, lines."""
        return {**self.asked.to_json(), "sizes": self.judges.sizes()}

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take them back."""
        self.desk.asked = asked_from_json(state)
        sizes = state.get("sizes")
        if isinstance(sizes, list) and all(isinstance(s, list) for s in sizes):
            self.judges.set_sizes(sizes)
