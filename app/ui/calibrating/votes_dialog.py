"""The votes behind a figure: its items, everybody's score of each, and the sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.domain.calls import Span
from app.domain.errors import UserError
from app.tasks.runner import Lane
from app.ui.calibrating.plots.words import counted
from app.ui.calibrating.span_player import SpanPlayer
from app.ui.calibrating.votes_filters import VotesFilters
from app.ui.calibrating.votes_rows import columns, item_rows, vote_lines
from app.ui.library.words import thousands
from app.ui.scores.line_list import Line, LineList
from app.ui.studies.grid import Grid, Row
from app.ui.widgets.dialog import Dialog
from app.ui.widgets.labels import Label
from app.ui.widgets.splitter import LineSplitter

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.calibrating.detail_confusion import ConfusionView
    from app.services.calibrating.detail_source import Source
    from app.services.calibrating.votes_behind import ItemRow, Listed, Spot, VoteLine, Wanted
    from app.services.workspace import Workspace
    from app.tasks.runner import Task
    from app.ui.context import UiContext

WIDE_PX, HIGH_PX = 1040, 460
SECOND = "/2"
"""Ends the name of what plays, where it is the second call of a pair."""
REST_MS = 60
"""Votes are read when a row has been rested on for so long."""


class VotesDialog(Dialog):
    """Enter opens the review at the item, Space plays it here; with Shift, a pair's second call."""

    open_item = Signal(str, int, int)
    """A call's id and a stretch of it in frames."""
    left_at = Signal(str)
    """The item that was selected when it was closed."""

    def __init__(
        self,
        ctx: UiContext,
        source: Source,
        wanted: Wanted,
        parent: QWidget | None,
        item: str = "",
    ) -> None:
        """`item` is selected at first, where it is among those listed."""
        from app.services.calibrating.detail_confusion import confusion_of

        cell = source.cell
        super().__init__(
            ctx.theme, f"Votes on {cell.criterion.title}, {cell.judge.label}", parent, WIDE_PX
        )
        self._ctx, self._source, self._first = ctx, source, item
        self._table = confusion_of(source)
        self._rows: dict[str, ItemRow] = {}
        self._votes: tuple[VoteLine, ...] = ()
        self._listing: Task | None = None
        self._reading: Task | None = None
        self.player = SpanPlayer(ctx, self)
        self.filters = VotesFilters(ctx.theme, source, self._table, wanted)
        self.filters.changed.connect(self._list)
        self.count = Label(ctx.theme, "", "small", "t2")
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._read)
        self.is_paired = cell.criterion.scope == "pair"
        self.items = Grid(ctx.theme, columns(is_paired=self.is_paired), "Items")
        self.items.chosen.connect(lambda _key: self._rest.start())
        self.items.opened.connect(lambda _key: self._open())
        self.votes = LineList(ctx.theme, "Votes on the selected item")
        self.votes.entered_row.connect(lambda _key: self._open())
        for view in (self.items, self.votes):
            view.installEventFilter(self)
        self._lay_out()
        self._list(wanted)

    def _lay_out(self) -> None:
        self._split = split = LineSplitter(self.theme)
        split.addWidget(self.items)
        split.addWidget(self.votes)
        split.setSizes([620, 400])
        split.setMinimumHeight(self.theme.px(HIGH_PX))
        self.count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.body.addWidget(self.filters)
        self.body.addWidget(self.count)
        holder = QVBoxLayout()
        holder.setContentsMargins(0, 0, 0, 0)
        holder.addWidget(split)
        self.body.addLayout(holder, 1)
        self._add_buttons()
        self.items.setFocus()

    def _add_buttons(self) -> None:
        self.add_button("Close", self.reject)
        first = "first " if self.is_paired else ""
        self.play = self.add_button(f"Play {first} Space", self._toggle, icon="play")
        self.play_second = self.add_button(
            "Play second  Shift+Space", lambda: self._toggle(second=True), icon="play"
        )
        self.open_second = self.add_button(
            "Open second  Shift+Enter", lambda: self._open(second=True)
        )
        for button in (self.play_second, self.open_second):
            button.setVisible(self.is_paired)
        whole = "Open first  Enter" if self.is_paired else "Open in review  Enter"
        self.add_button(whole, self._open, primary=True)
        self.player.playing_changed.connect(self._show_playing)

    def _show_playing(self, name: str) -> None:
        is_second = name.endswith(SECOND)
        self.play.set_icon("pause" if name and not is_second else "play")
        self.play_second.set_icon("pause" if is_second else "play")

    # --- items

    def _list(self, wanted: Wanted) -> None:
        if self._listing is not None:
            self._listing.cancel()
        self.count.setText("Looking…")
        task = self._ctx.runner.task(Lane.CPU, _listed, self._source, self._table, wanted)
        task.succeeded.connect(self._on_listed)
        task.failed.connect(self._on_failed)
        self._listing = task.start()

    def _on_listed(self, told: tuple[Listed, tuple[Row, ...]]) -> None:
        self._listing = None
        listed, rows = told
        self._rows = {str(row.place): row for row in listed.rows}
        self.items.show_rows(rows)
        self.items.choose(self._first)
        self._first = ""
        shown = len(rows)
        some = (
            f", the {thousands(shown)} with the largest residuals are listed"
            if shown < listed.total
            else ""
        )
        self.count.setText(f"{counted(listed.total, 'item')}{some}")
        if not rows:
            self._votes = ()
            self.votes.show_lines([Line(key="", title="No item is like that.")])
        self._rest.start()

    def _on_failed(self, error: BaseException) -> None:
        words = error.what if isinstance(error, UserError) else "The votes could not be read."
        self.say_problem(words)

    @property
    def row(self) -> ItemRow | None:
        """The selected item."""
        return self._rows.get(self.items.key)

    # --- votes

    def _read(self) -> None:
        row = self.row
        if row is None:
            return
        if self._reading is not None:
            self._reading.cancel()
        ctx, calls = self._ctx, self._source.found.calls
        rates_hz = tuple(calls[s.call_id].rate_hz for s in (row.spot, row.second or row.spot))
        task = ctx.runner.task(
            Lane.READ, _votes, ctx.ws, ctx.viewer, self._source, row.place, rates_hz
        )
        task.succeeded.connect(self._on_votes)
        task.failed.connect(self._on_failed)
        self._reading = task.start()

    def _on_votes(self, told: tuple[tuple[VoteLine, ...], tuple[Line, ...]]) -> None:
        self._reading = None
        self._votes = told[0]
        self.votes.show_lines(told[1])

    # --- acts

    def _spot(self, second: bool) -> Spot | None:
        from app.services.calibrating.votes_behind import spot_of

        return None if self.row is None else spot_of(self.row, self._votes, second=second)

    def _toggle(self, *, second: bool = False) -> None:
        row, spot = self.row, self._spot(second)
        if row is not None and spot is not None:
            name = f"{row.place}{SECOND if second else ''}"
            self.player.toggle(name, spot.call_id, Span(spot.start, spot.end))

    def _open(self, *, second: bool = False) -> None:
        spot = self._spot(second)
        if spot is not None:
            self.open_item.emit(spot.call_id, spot.start, spot.end)
            self.accept()

    def done(self, result: int) -> None:
        """Fall silent, and tell where it was."""
        self.player.leave()
        if self.items.key:
            self.left_at.emit(self.items.key)
        super().done(result)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space plays wherever the focus is in the lists; Shift goes to a pair's second call."""
        if not (isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress):
            return super().eventFilter(watched, event)
        second = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.key() == Qt.Key.Key_Space:
            self._toggle(second=second)
            return True
        if second and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(second=True)
            return True
        return super().eventFilter(watched, event)


def _listed(
    _ctx: Work, source: Source, table: ConfusionView, wanted: Wanted
) -> tuple[Listed, tuple[Row, ...]]:
    from app.services.calibrating.votes_behind import matching, rows_of

    listed = rows_of(source, matching(source, table, wanted))
    return listed, item_rows(listed)


def _votes(
    _ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    source: Source,
    place: int,
    rates_hz: tuple[int, int],
) -> tuple[tuple[VoteLine, ...], tuple[Line, ...]]:
    from app.services.calibrating.votes_behind import votes_of

    found = votes_of(ws, viewer, source, place)
    return found, vote_lines(found, rates_hz)
