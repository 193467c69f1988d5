"""Keeps the scoring screen in step with a queue: place, offers, what comes after submitting.

Main thread only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.domain.changes import Changes
from app.services import rubric_queues
from app.tasks.runner import Lane

if TYPE_CHECKING:
    from app.services.rubric_queues import QueueOffer
    from app.services.studies.queueing import QueuedCall
    from app.ui.scoring.controller import ScoringController
    from app.ui.scoring.screen import ScoringScreen


class QueueFlow:
    """What a queue does to the screen."""

    def __init__(self, screen: ScoringScreen) -> None:
        self._screen, self._queue = screen, screen.queue

    def wire(self) -> None:
        """Follow queue, reveal and the lists of queues."""
        screen, queue = self._screen, self._queue
        queue.took.connect(self._on_taken)
        queue.emptied.connect(self._on_emptied)
        queue.changed.connect(self.show_place)
        queue.refused.connect(self._say)
        screen.reveal.refused.connect(self._say)
        screen.reveal.withheld.connect(self._on_withheld)
        screen.reveal.panel.next_asked.connect(lambda: screen.step_call(1))
        screen.header.queue_chosen.connect(self.begin)
        screen.empty.begun.connect(self.begin)

    @property
    def place(self) -> str:
        """Where the call stands in the queue or list; empty outside of both."""
        call, ids = self._screen.session.call, list(self._screen.call_ids)
        if self._queue.is_on:
            return self._queue.place
        if call is not None and call.id in ids:
            return f"{ids.index(call.id) + 1} of {len(ids)}"
        return ""

    def load_offers(self) -> None:
        """Read which queues wait for this rater."""
        ctx = self._screen.ctx
        ctx.runner.run(Lane.READ, rubric_queues.offered, ctx.ws, ctx.viewer, done=self._on_offers)

    def _on_offers(self, offers: Sequence[QueueOffer]) -> None:
        screen = self._screen
        screen.header.show_queues(offers)
        if screen.session.state == "empty":
            screen.empty.show_offers(offers)
            if offers and not self._queue.is_on:
                screen.empty.list.setFocus()

    def begin(self, study_id: str) -> None:
        """Take the next call of a rubric study."""
        self._screen.flush()
        self._queue.begin(study_id)

    def step(self, by: int) -> None:
        """The next or previous call; after submitting, the next one that is left."""
        self._screen.flush()
        if by > 0 and self._screen.reveal.told is not None:
            self._queue.go_on()
        else:
            self._queue.step(by)

    def after_submit(self, controller: ScoringController, *, stay: bool) -> None:
        """Show others' answers where the study does, else go on."""
        if self._queue.reveals:
            self._screen.reveal.open(controller)
        elif not stay and controller.auto_advance:
            self._queue.go_on()

    def _on_withheld(self) -> None:
        controller = self._screen.controller
        if self._queue.is_on and controller is not None and controller.auto_advance:
            self._queue.go_on()

    def _on_taken(self, call: QueuedCall) -> None:
        screen, queue = self._screen, self._queue.queue
        if queue is not None:
            screen.flow.rubric_id = queue.rubric_version_id
            screen.flow.rubrics_changed.emit()
        if call.call_id == screen.session.call_id:
            screen.flow.open_form()
        else:
            screen.session.open(call.call_id)
        screen.setFocus()

    def _on_emptied(self) -> None:
        screen, queue = self._screen, self._queue.queue
        done = queue.done if queue is not None else 0
        self._queue.leave()
        screen.session.close()
        screen.empty.say("All done", f"You have submitted {done} calls of this study. Thank you.")
        screen.pages.setCurrentWidget(screen.empty)
        screen.ctx.bus.changed.emit(Changes(studies=True), screen)

    def show_place(self) -> None:
        """Name the call, its place, and whether anything opens; in a study without its title."""
        header = self._screen.header
        header.lock_rubric(self._queue.is_on)
        header.blind.show_reveals(self._queue.reveals or not self._queue.is_on)
        call = self._screen.session.call
        header.show_call(call, self.place, titled=not self._queue.is_on)

    def _say(self, words: str) -> None:
        screen = self._screen
        screen.panel.say(words)
        if screen.session.state == "empty" or screen.reveal.is_shown:
            screen.ctx.bus.message.emit("info", words, "")
