"""Call and form follow each other: the scored turn is selected, its evidence marked, time told.

Main thread only.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.ui.review.session import ReviewSession
from app.ui.scoring.controller import ScoringController
from app.ui.scoring.form_flow import FormFlow
from app.ui.scoring.parts import ScoringParts

TICK_MS = 1000


class Following(QObject):
    """Keeps what is seen of the call in step with the form that the flow has open."""

    def __init__(
        self, session: ReviewSession, flow: FormFlow, parts: ScoringParts, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._flow, self._parts = session, flow, parts
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        session.turn_changed.connect(self._on_turn)

    def wake(self) -> None:
        """The screen is in front: the time is told each second."""
        self._timer.start()

    def rest(self) -> None:
        """The screen is in the back."""
        self._timer.stop()

    def follow(self, controller: ScoringController) -> None:
        """From now on, each change of this form as well."""
        controller.changed.connect(self._on_form)

    def show(self) -> None:
        """Show how the form that is open stands."""
        self._on_form()
        self._on_turn()
        self._on_tick()

    def _on_form(self) -> None:
        controller = self._flow.controller
        if controller is not None and not controller.state.is_empty:
            self._select_item(controller)
            self._mark_evidence(controller)

    def _select_item(self, controller: ScoringController) -> None:
        """Select the turn that is being scored."""
        item, session = controller.state.item, self._session
        if item.kind != "turn":
            return
        turn = next((t for t in session.data.turns.items if t.index == item.turn_index), None)
        if turn is not None and turn != session.turn:
            session.select_turn(turn, seek=not session.playback.is_playing, reveal=True)

    def _mark_evidence(self, controller: ScoringController) -> None:
        answer = controller.state.answers.get(controller.state.cell)
        evidence = answer.evidence if answer else ()
        self._parts.transcript.show_evidence(evidence)
        self._parts.timing.set_evidence(e.turn_id for e in evidence)

    def _on_turn(self) -> None:
        turn = self._session.turn or self._session.current_turn()
        self._parts.panel.show_turn(turn.index if turn else None)

    def _on_tick(self) -> None:
        controller = self._flow.controller
        if controller is not None:
            self._parts.header.show_time(controller.clock.total_ms)
            if self._session.turn is None:
                self._on_turn()
