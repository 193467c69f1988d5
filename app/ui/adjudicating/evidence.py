"""The evidence on the line in focus: whose is chosen, and which piece of it is heard next.

Main thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.domain.adjudication import Line, Table
from app.ui.adjudicating.lanes import Lane
from app.ui.adjudicating.parts import AdjudicatingParts
from app.ui.review.session import ReviewSession


class LineEvidence(QObject):
    """Shows every rater's evidence on a line, and plays the chosen rater's piece by piece."""

    def __init__(self, parts: AdjudicatingParts, session: ReviewSession) -> None:
        super().__init__(parts)
        self._parts, self._session = parts, session
        self._table: Table | None = None
        self._line: Line | None = None
        self._piece = 0
        self.rater = ""
        """Whose evidence the key plays."""
        parts.lanes.played.connect(session.playback.play_span)
        parts.lanes.rater_chosen.connect(self.choose_rater)
        parts.answers.rater_chosen.connect(self.choose_rater)
        session.opened.connect(self._show_sound)
        session.changed.connect(self._show_sound)
        session.view.on("cursor", lambda: parts.lanes.set_cursor(session.view.cursor))

    def show_line(self, table: Table | None, line: Line | None) -> None:
        """Show a line of a table; the rater stays chosen where they answered this one too."""
        self._table, self._line, self._piece = table, line, 0
        raters = [g.rater_id for g in line.given] if line is not None else []
        if self.rater not in raters:
            self.rater = raters[0] if raters else ""
        self._show_raters()

    def forget(self) -> None:
        """No table is shown any more."""
        self._table = self._line = None

    def choose_rater(self, rater_id: str) -> None:
        """Whose evidence the key plays."""
        if rater_id != self.rater:
            self.rater, self._piece = rater_id, 0
            self._show_raters()

    def step_rater(self, by: int) -> None:
        """The next or previous rater who answered the line, as the columns stand."""
        line, table = self._line, self._table
        if line is None or table is None:
            return
        raters = [r for r in table.raters if r in {g.rater_id for g in line.given}]
        at = raters.index(self.rater) + by if self.rater in raters else 0
        if 0 <= at < len(raters):
            self.choose_rater(raters[at])

    def play(self) -> None:
        """Hear the rater's evidence piece by piece; stop while it sounds."""
        line, playback = self._line, self._session.playback
        if playback.is_playing:
            playback.pause()
            return
        given = next((g for g in line.given if g.rater_id == self.rater), None) if line else None
        if given is not None and given.evidence:
            playback.play_span(given.evidence[self._piece % len(given.evidence)].span)
            self._piece += 1
        elif line is not None and line.item.kind == "turn":
            playback.play_span(line.item.span)
        else:
            playback.toggle()

    def _show_raters(self) -> None:
        line, table = self._line, self._table
        if table is None:
            return
        self._parts.answers.show_line(line, table.raters, self.rater)
        given = {g.rater_id: g for g in line.given} if line is not None else {}
        lanes = [
            Lane(rater_id=r, name=name, spans=tuple(e.span for e in given[r].evidence))
            for r, name in table.raters.items()
            if r in given
        ]
        self._parts.lanes.show_lanes(lanes, self.rater)

    def _show_sound(self) -> None:
        call = self._session.call
        if call is not None:
            self._parts.lanes.show_call(self._session.data.turns.items, call.frame_count)
