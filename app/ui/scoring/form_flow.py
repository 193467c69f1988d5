"""From a call and a rubric to a form that can be filled: reads, rereads, confirms.

Main thread only; reading and writing happen on the lanes. Shows nothing itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.domain.forms import Form, Saved
from app.domain.ratings import ItemRef, Score
from app.domain.rubrics import RubricVersion
from app.services import rating, rubrics
from app.tasks.runner import Lane
from app.ui.context import UiContext
from app.ui.review.session import ReviewSession
from app.ui.scoring.controller import ScoringController
from app.ui.scoring.form_state import FormState


class FormFlow(QObject):
    """Keeps one `ScoringController` in step with the session's call and the chosen rubric."""

    rubrics_changed = Signal()
    """The rubrics on offer, or the one in use, changed."""
    opened = Signal(object)
    """A controller with a form to fill."""
    nothing = Signal(str, str)
    """There is nothing to fill: a title and what to do about it."""
    saved = Signal(str, object)
    """(UTC stamp, Changes) of a row that is on disk."""

    def __init__(self, ctx: UiContext, session: ReviewSession) -> None:
        super().__init__()
        self._ctx, self._session = ctx, session
        self._found: Sequence[RubricVersion] = ()
        self.rubrics: Sequence[RubricVersion] = ()
        self.rubric_id = ""
        self.auto_advance = True
        self.controller: ScoringController | None = None
        self._request = 0
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_review)

    @property
    def rubric(self) -> RubricVersion | None:
        """The rubric in use."""
        return next((r for r in self.rubrics if r.id == self.rubric_id), None)

    def load_rubrics(self) -> None:
        """Read which rubrics there are; the newest version of each is offered."""
        self._ctx.runner.run(
            Lane.READ, rubrics.rubric_versions, self._ctx.ws, done=self._on_rubrics
        )

    def _on_rubrics(self, found: list[RubricVersion]) -> None:
        self._found = found
        self._offer()
        self.open_form()

    def _offer(self) -> None:
        """Offer the rubrics that fit the call that is open."""
        review = self._session.review
        scenario = review.call.scenario_key if review is not None else ""
        found = [r for r in self._found if r.has_form and r.fits(scenario)]
        newest = {rubric.key: rubric for rubric in found}
        chosen = next((r for r in found if r.id == self.rubric_id), None)
        if chosen is not None and chosen.id != newest[chosen.key].id:
            newest[f"{chosen.key} {chosen.version}"] = chosen  # a form begun on it goes on
        offered = tuple(newest.values())
        if chosen is not None and offered == self.rubrics:
            return
        self.rubrics = offered
        if chosen is None and self.rubrics:
            self.rubric_id = self.rubrics[0].id
        self.rubrics_changed.emit()

    def use_rubric(self, rubric_id: str) -> None:
        """Fill another rubric; what is drafted on this one stays."""
        self.rubric_id = rubric_id
        self.rubrics_changed.emit()
        self.open_form()

    def _on_opened(self) -> None:
        self.controller = None
        error = self._session.error
        if self._session.state == "failed" and error is not None:
            self.nothing.emit("This call cannot be shown", f"{error.what} {error.remedy}")
        elif self._session.state == "empty":
            self.nothing.emit(
                "No call to score",
                "Open a call in the library, then press Score call. Every key is saved at once.",
            )
        elif self._session.state == "ready":
            self._offer()
            self.open_form()

    def _on_review(self) -> None:
        """The timing changed, as after a boundary edit: items are read again."""
        review, shown = self._session.review, self.controller
        if review is None or review.turn_set is None or shown is None:
            return
        items = rating.items_of(review.call.id, shown.state.form.rubric, review.turn_set)
        if items != shown.state.form.items:
            self.open_form()

    def open_form(self) -> None:
        """Read the form from the database, as far as it has come."""
        review = self._session.review
        if review is None or not self.rubrics:
            return
        if review.turn_set is None:
            self.nothing.emit(
                "Not timed yet",
                "This call has no speech layer. Open it in Review and detect speech first.",
            )
            return
        self._request += 1
        request = self._request
        self._ctx.runner.run(
            Lane.READ, rating.open_form, self._ctx.ws, self._ctx.viewer, review.call.id,
            self.rubric_id, review.turn_set, done=lambda form: self._on_form(request, form),
        )  # fmt: skip

    def _on_form(self, request: int, form: Form) -> None:
        if request != self._request or self._session.call_id != form.call_id:
            return
        state = FormState(form)
        if state.is_empty:
            self.nothing.emit(
                "Nothing to score here",
                f"“{form.rubric.title}” asks about agent turns, and this call has none.",
            )
            return
        if state.is_set(state.cell):
            state.next_unset()
        ctx = self._ctx
        controller = ScoringController(ctx.runner, ctx.ws, ctx.viewer, state)
        controller.auto_advance = self.auto_advance
        controller.clock.total_ms = form.active_ms
        controller.saved.connect(self.saved)
        controller.failed.connect(ctx.runner.failed)
        self.controller = controller
        self.opened.emit(controller)

    def confirm_stale(self, score: Score, item: ItemRef) -> None:
        """Give an answer whose boundaries moved again, for the new stretch of speech."""

        def on_saved(row: Saved) -> None:
            self.saved.emit(row.created_at, row.changes)
            self.open_form()

        self._ctx.runner.run(
            Lane.WRITE, rating.confirm_stale, self._ctx.ws, self._ctx.viewer, score.id, item,
            done=on_saved,
        )  # fmt: skip
