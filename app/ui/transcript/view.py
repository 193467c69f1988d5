"""The transcript of a session: follows what is heard, selects turns, is searched."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.latency import Thresholds
from app.domain.ratings import Evidence
from app.ui.transcript.correcting import Correcting, segments_of
from app.ui.transcript.find_bar import FindBar
from app.ui.transcript.list import RowList
from app.ui.transcript.role_bar import RoleBar
from app.ui.transcript.row_painter import RowPainter, RowState
from app.ui.transcript.rows import Piece, Row, found
from app.ui.widgets.empty import EmptyState

if TYPE_CHECKING:
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession


class TranscriptView(QWidget):
    """Rows of turns, linked both ways with the session.

    Args:
        ctx: theme, settings and the rest.
        session: whose turns are shown; a click selects a turn and moves the play-head.
        dense: lower rows, as beside a scoring sheet.
    """

    row_opened = Signal(object)
    """A turn was double-clicked."""

    def __init__(
        self,
        ctx: UiContext,
        session: ReviewSession,
        *,
        dense: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.ctx, self.session = ctx, session
        self.rows: tuple[Row, ...] = ()
        self._starts: list[int] = []
        self._now: tuple[int, Piece | None] = (-1, None)
        self._selected = -1
        self._evidence: dict[str, int] = {}
        self._hits: list[tuple[int, int]] = []
        self._hit = -1
        self.painter = RowPainter(ctx.theme, dense=dense)
        self.list = RowList(ctx.theme, self.painter, self._state_of)
        self.find_bar = FindBar(ctx.theme)
        self.role_bar = RoleBar(ctx.theme)
        self._is_dense = dense
        self._marks: dict[int, str] = {}
        self.correcting = Correcting(self)
        self._empty = EmptyState(ctx.theme, "No transcript and no turns")
        self._empty.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.role_bar)
        column.addWidget(self.find_bar)
        column.addWidget(self.list, 1)
        column.addWidget(self._empty, 1)
        self._connect()
        self._take_settings()
        self._on_changed()

    def _connect(self) -> None:
        session = self.session
        session.opened.connect(self._on_changed)
        session.changed.connect(self._on_changed)
        session.turn_changed.connect(self._on_turn)
        session.playback.changed.connect(self._on_cursor)
        session.view.on("cursor", self._on_cursor)
        self.ctx.settings.changed.connect(lambda _key: self._take_settings())
        self.list.row_clicked.connect(self._on_clicked)
        self.list.row_double_clicked.connect(self._on_double_clicked)
        self.role_bar.chosen.connect(session.use_text)
        self.find_bar.changed.connect(self._search)
        self.find_bar.stepped.connect(self._step)
        self.find_bar.closed.connect(self._on_find_closed)

    # content ---------------------------------------------------------------------------------

    def _on_changed(self) -> None:
        self.role_bar.show_text(None if self._is_dense else self.session.text)
        if self.rows is self.session.rows and self.rows:
            self._note_settled()
            self._say_empty()
            return
        self.rows = self.session.rows
        self._starts = [r.span.start for r in self.rows]
        self.painter.rate_hz = self.session.view.rate_hz
        self._now, self._selected = (-1, None), -1
        self.list.set_rows(self.rows)
        self._note_settled()
        self.correcting.place()
        self._say_empty()
        self._on_turn()
        self._on_cursor()
        if self.find_bar.isVisible():
            self._search(self.find_bar.field.text())

    def _note_settled(self) -> None:
        """Which rows hold words that a person corrected or confirmed."""
        text, review = self.session.text, self.session.review
        self._marks = {}
        if text is not None and review is not None and (text.corrected or text.confirmed):
            for n, row in enumerate(self.rows):
                ids = {s.id for s in segments_of(row, review.transcript)}
                if ids & text.corrected:
                    self._marks[n] = "corrected"
                elif ids & text.confirmed:
                    self._marks[n] = "confirmed"
        self.list.viewport().update()

    def correct(self) -> None:
        """Correct the words of the selected row."""
        self.correcting.open(self._here())

    def confirm(self) -> None:
        """Confirm the words of the selected row as heard."""
        self.correcting.confirm(self._here())

    def _here(self) -> int:
        """The selected row, else the one at the play-head."""
        if self._selected >= 0:
            return self._selected
        return bisect_right(self._starts, self.session.view.cursor) - 1

    def _say_empty(self) -> None:
        session = self.session
        if session.state == "ready" and not self.rows:
            self._empty.set_words(
                "No turns yet", "Speech has not been detected in this call, or there is none."
            )
        elif session.state == "failed" and session.error is not None:
            self._empty.set_words(session.error.what, session.error.remedy)
        else:
            self._empty.set_words("")
        is_empty = not self.rows
        self._empty.setVisible(is_empty)
        self.list.setVisible(not is_empty)

    def _take_settings(self) -> None:
        settings = self.ctx.settings
        self.painter.thresholds = Thresholds(
            settings.number("latency_slow_ms"), settings.number("latency_late_ms")
        )
        self.list.viewport().update()

    def show_evidence(self, evidence: Iterable[Evidence]) -> None:
        """Mark the turns that a score rests on: E1, E2 and so on, in the order given."""
        self._evidence = {e.turn_id: n for n, e in enumerate(evidence, 1)}
        self.list.viewport().update()

    def _state_of(self, n: int) -> RowState:
        row, needle = self.rows[n], len(self.find_bar.field.text())
        turn_id = row.turn.id if row.turn is not None else ""
        return RowState(
            selected=n == self._selected,
            sounding=self._now[1] if n == self._now[0] else None,
            matches=[(at, needle) for i, at in self._hits if i == n],
            evidence=self._evidence.get(turn_id, 0),
            settled=self._marks.get(n, ""),
        )

    # selection and sound ---------------------------------------------------------------------

    def _on_turn(self) -> None:
        turn, before = self.session.turn, self._selected
        self._selected = next(
            (n for n, r in enumerate(self.rows) if turn is not None and r.turn == turn), -1
        )
        if self._selected != before:
            self.list.update_row(before)
            self.list.update_row(self._selected)
            self.list.reveal(self._selected)
            self._describe()

    def _describe(self) -> None:
        if not 0 <= self._selected < len(self.rows):
            self.list.setAccessibleDescription("No turn is selected.")
            return
        row = self.rows[self._selected]
        late = f", latency {round(row.latency_ms)} ms" if row.latency_ms is not None else ""
        index = row.turn.index if row.turn else 0
        settled = f", {mark}" if (mark := self._marks.get(self._selected)) else ""
        words = f"Turn {index}, {row.speaker}{late}{settled}: {row.text}"
        self.list.setAccessibleDescription(words)

    def _on_cursor(self) -> None:
        playing = self.session.playback.is_playing
        cursor = self.session.view.cursor
        n = bisect_right(self._starts, cursor) - 1 if playing else -1
        while n > 0 and not self.rows[n].span.contains(cursor) and self.rows[n].turn is None:
            n -= 1  # a backchannel that is over: the turn it lies in goes on
        piece = self.rows[n].piece_at(cursor) if n >= 0 else None
        if (n, piece) == self._now:
            return
        before, self._now = self._now[0], (n, piece)
        self.list.update_row(before)
        self.list.update_row(n)
        if n != before and n >= 0 and self.ctx.settings.flag("transcript_follow"):
            self.list.reveal(n)

    def _on_clicked(self, n: int, piece: Piece | None) -> None:
        row = self.rows[n]
        if row.turn is not None:
            self.session.select_turn(row.turn)
        spoken = piece.span if piece is not None and piece.heard and piece.span else row.span
        self.session.playback.seek(spoken.start)
        self.session.view.reveal(spoken)

    def _on_double_clicked(self, n: int) -> None:
        row = self.rows[n]
        if row.turn is not None:
            self.row_opened.emit(row.turn)
        if not self._is_dense and self.session.text is not None:
            self.correcting.open(n)
        else:
            self.session.playback.play_span(row.span)

    # find ------------------------------------------------------------------------------------

    def open_find(self) -> None:
        """Open the field for words to find."""
        self.find_bar.open_bar()

    def _search(self, words: str) -> None:
        self._hits = found(self.rows, words)
        first = self.session.view.cursor
        later = (i for i, (n, _) in enumerate(self._hits) if self.rows[n].span.end >= first)
        self._hit = next(later, 0 if self._hits else -1)
        self._show_hit()

    def _step(self, steps: int) -> None:
        if self._hits:
            self._hit = (self._hit + steps) % len(self._hits)
            self._show_hit()

    def _show_hit(self) -> None:
        self.find_bar.show_count(self._hit + 1, len(self._hits))
        if self._hits:
            self.list.reveal(self._hits[self._hit][0])
        self.list.viewport().update()

    def _on_find_closed(self) -> None:
        if self._hits:
            row = self.rows[self._hits[self._hit][0]]
            if row.turn is not None:
                self.session.select_turn(row.turn, seek=True, reveal=True)
        self._hits, self._hit = [], -1
        self.list.viewport().update()
        self.list.setFocus()
