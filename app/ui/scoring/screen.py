"""Scoring: the call on the left, the form on the right, hands on the keyboard.

Composition only: the session shows the call, the controller keeps the form, the panel draws it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.ratings import Evidence
from app.domain.rubrics import Criterion
from app.ui.context import UiContext
from app.ui.review.session import ReviewSession
from app.ui.scoring.controller import ScoringController
from app.ui.scoring.dialogs import ExamplesDialog, SkipDialog
from app.ui.scoring.following import Following
from app.ui.scoring.form_flow import FormFlow
from app.ui.scoring.keys import bind_scoring_keys
from app.ui.scoring.parts import ScoringParts
from app.ui.scoring.queue_flow import QueueFlow
from app.ui.scoring.study_queue import StudyQueue
from app.ui.screen import Screen, StatusKey

if TYPE_CHECKING:
    from app.domain.forms import Submission


class ScoringScreen(Screen):
    """One call and one rater's form on it."""

    key: ClassVar[str] = "score"
    title: ClassVar[str] = "Score"

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self.session = ReviewSession(ctx)
        self.flow = FormFlow(ctx, self.session)
        self.queue = StudyQueue(ctx, self)
        self.call_ids: Sequence[str] = ()
        self._stay = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.parts = parts = ScoringParts(ctx, self.session)
        self.header, self.pages, self.empty = parts.header, parts.pages, parts.empty
        self.timing, self.transport, self.transcript = (
            parts.timing, parts.transport, parts.transcript
        )  # fmt: skip
        self.panel, self.reveal = parts.panel, parts.reveal
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(parts)
        self.following = Following(self.session, self.flow, parts, self)
        self._connect()
        self.queues = QueueFlow(self)
        self.queues.wire()
        bind_scoring_keys(self)

    @property
    def controller(self) -> ScoringController | None:
        """What drives the form on the screen, if there is one."""
        return self.flow.controller

    def _connect(self) -> None:
        header, panel, flow = self.header, self.panel, self.flow
        self.session.opened.connect(self._on_opened)
        flow.rubrics_changed.connect(self._on_rubrics)
        flow.opened.connect(self._show_form)
        flow.nothing.connect(self._show_nothing)
        flow.saved.connect(self._on_saved)
        header.rubric_chosen.connect(self.use_rubric)
        header.skip_asked.connect(self.ask_skip)
        header.flag_asked.connect(self._toggle_flag)
        panel.evidence_asked.connect(self.toggle_evidence)
        panel.evidence_played.connect(self._play_evidence)
        panel.examples_asked.connect(self.show_examples)
        panel.stale.confirmed.connect(flow.confirm_stale)
        panel.submit_asked.connect(self.submit)
        panel.auto_advance_changed.connect(self._keep_auto_advance)

    # ------------------------------------------------------------------ life of the screen

    def activate(self, **kwargs: Any) -> None:
        """Show `call_id`, within `call_ids`, on `rubric_id`; without them, what was shown.

        `study_id` begins or goes on with the queue of a rubric study.
        """
        if "call_ids" in kwargs:
            self.call_ids = tuple(kwargs["call_ids"])
        if kwargs.get("call_id"):
            self.queue.leave()
        if kwargs.get("rubric_id"):
            self.flow.rubric_id = kwargs["rubric_id"]
        self.session.activate()
        self.following.wake()
        call_id = kwargs.get("call_id") or self.session.call_id
        if call_id and call_id == self.session.call_id:
            self.session.reload()  # its boundaries may have been edited meanwhile
        elif call_id:
            self.session.open(call_id)
        else:
            self._on_opened()
        self.flow.load_rubrics()
        self.queues.load_offers()
        self.setFocus()
        self.queue.wake()
        if kwargs.get("study_id"):
            self.queues.begin(str(kwargs["study_id"]))

    def deactivate(self) -> None:
        """Be silent; what is being typed is saved."""
        self.flush()
        self.following.rest()
        self.queue.rest()
        self.session.deactivate()

    def flush(self) -> None:
        """Save what is being typed."""
        if self.panel.card is not None:
            self.panel.card.rationale.flush()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints of the form."""
        return (
            (("score.up", "score.down"), "criterion"),
            (self._digits(), "score"),
            (("score.not_applicable",), "not applicable"),
            (("score.evidence",), "add evidence"),
            (("transport.play",), "play"),
            (("app.keys",), "all keys"),
        )

    def _digits(self) -> tuple[str, str]:
        values = [0, 9]
        if self.controller is not None and not self.controller.state.is_empty:
            values = [level.value for level in self.controller.state.criterion.levels]
        return f"score.digit_{min(values)}", f"score.digit_{max(values)}"

    def session_state(self) -> dict[str, Any]:
        """Call, rubric and the width of the form."""
        return {
            "call_id": self.session.call_id,
            "rubric_id": self.flow.rubric_id,
            "auto_advance": self.flow.auto_advance,
            "sizes": self.parts.splitter.sizes(),
        }

    def restore_session(self, state: dict[str, Any]) -> None:
        """Show what was shown."""
        if isinstance(state.get("sizes"), list):
            self.parts.splitter.setSizes([int(n) for n in state["sizes"]])
        self.flow.rubric_id = str(state.get("rubric_id") or self.flow.rubric_id)
        self.flow.auto_advance = state.get("auto_advance") is not False
        if state.get("call_id"):
            self.session.open(str(state["call_id"]))

    # ------------------------------------------------------------------ call and form

    def _on_rubrics(self) -> None:
        self.header.show_rubrics(self.flow.rubrics, self.flow.rubric)

    def use_rubric(self, rubric_id: str) -> None:
        """Score with another rubric; what is drafted on this one stays."""
        self.flush()
        self.flow.use_rubric(rubric_id)

    def _on_opened(self) -> None:
        self.reveal.forget()
        self.queues.show_place()

    def _show_nothing(self, title: str, text: str) -> None:
        if self.session.state == "empty" and self.empty.has_offers:
            self.empty.show_list()
        else:
            self.empty.say(title, text)
        self.pages.setCurrentWidget(self.empty)

    def _show_form(self, controller: ScoringController) -> None:
        self.following.follow(controller)
        controller.submitted.connect(self._on_submitted)
        if self.session.call is not None:
            self.panel.rate_hz = self.session.call.rate_hz
        self.panel.show_form(controller)
        self.pages.setCurrentWidget(self.parts.splitter)
        self.following.show()
        self.status_changed.emit()

    def _on_saved(self, stamp: str, changes: object) -> None:
        self.ctx.bus.changed.emit(changes, self)
        if stamp:
            self.ctx.bus.saved.emit(stamp)

    # ------------------------------------------------------------------ verbs of the screen

    def toggle_evidence(self) -> None:
        """Add the selected turn (or the one at the play-head) as evidence, or take it away."""
        turn = self.session.turn or self.session.current_turn()
        if self.controller is not None and turn is not None:
            self.controller.toggle_evidence(Evidence(turn_id=turn.id, span=turn.span))

    def _keep_auto_advance(self, on: bool) -> None:
        self.flow.auto_advance = on

    def _toggle_flag(self) -> None:
        if self.controller is not None:
            self.controller.toggle_flag()

    def _play_evidence(self, piece: Evidence) -> None:
        self.session.playback.play_span(piece.span)

    def show_examples(self, criterion: Criterion | None = None) -> None:
        """Open the examples of the criterion in focus."""
        if self.controller is None:
            return
        criterion = criterion or self.controller.state.criterion
        if criterion.examples:
            ExamplesDialog(self.ctx.theme, criterion, self).open()

    def ask_skip(self) -> None:
        """Ask why the criterion in focus is skipped."""
        if self.controller is None or self.controller.state.is_empty:
            return
        criterion = self.controller.state.criterion
        dialog = SkipDialog(self.ctx.theme, criterion, self, in_queue=self.queue.is_on)
        dialog.call_chosen.connect(self.queue.skip)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.controller.skip)
        dialog.open()

    def submit(self, *, stay: bool = False) -> None:
        """Commit the form; then go on to the next call of the list, unless asked to stay.

        Where others' answers are open already, it goes on at once.
        """
        if self.reveal.is_shown and not stay:
            self.step_call(1)
        elif self.controller is not None:
            self.flush()
            self._stay = stay
            self.controller.submit()

    def _on_submitted(self, submission: Submission) -> None:
        self.panel.say(f"Submitted as version {submission.version}.")
        if self.controller is None:
            return
        if self.queue.is_on:
            self.queues.after_submit(self.controller, stay=self._stay)
        elif not self._stay and self.controller.auto_advance:
            self.step_call(1)

    def step_call(self, steps: int) -> None:
        """Go to another call of the queue, or of the list that the library handed over."""
        if self.queue.is_on:
            self.queues.step(steps)
            return
        ids = list(self.call_ids)
        if self.session.call_id not in ids:
            return
        at = ids.index(self.session.call_id) + steps
        if 0 <= at < len(ids):
            self.flush()
            self.session.open(ids[at])
        elif steps > 0:
            self.panel.say("That was the last call of this list.")
