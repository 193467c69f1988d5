"""What a rater's keys do to a form: in order, each durable before the next takes effect.

Every verb is queued. A verb that writes holds the queue until its row is on disk; only then does
the state, and with it the screen, change. So a fast typist loses nothing, and what the screen shows
has been saved.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.ratings import Answer, Evidence
from app.services import rating, undo
from app.tasks.runner import Lane, TaskRunner
from app.ui.scoring.active_clock import ActiveClock
from app.ui.scoring.form_state import FormState, not_applicable, scored, skipped

if TYPE_CHECKING:
    from app.domain.forms import Cell, Form, Saved, Step, Submission
    from app.domain.ratings import Viewer
    from app.domain.turns import TurnSet
    from app.services.workspace import Workspace

Change = Callable[[Answer | None], Answer | None]
"""An answer's next value, or None for no change."""


class ScoringController(QObject):
    """Drives one `FormState`. Main thread only; writes on the WRITE lane."""

    changed = Signal()
    """Focus or answers changed, after the write."""
    saved = Signal(str, object)
    """(UTC stamp, Changes) of a row that is on disk."""
    refused = Signal(str)
    """A key that does not apply here, in words."""
    submitted = Signal(object)
    failed = Signal(object)

    def __init__(self, runner: TaskRunner, ws: Workspace, viewer: Viewer, state: FormState) -> None:
        super().__init__()
        self._runner, self._ws, self._viewer = runner, ws, viewer
        self.state = state
        self.auto_advance = True
        self.clock = ActiveClock()
        self._queue: deque[Callable[[], None]] = deque()
        self._busy = False

    # ------------------------------------------------------------------ verbs of the keyboard

    def score(self, value: int) -> None:
        """Give the criterion in focus one of its scale's own values."""

        def verb() -> None:
            criterion = self.state.criterion
            if criterion.level(value) is None:
                given = ", ".join(str(level.value) for level in criterion.levels)
                self.refused.emit(f"{value} is not on this scale ({given}).")
            else:
                self._write(lambda before: scored(before, value), advance=True)

        self._enqueue(verb)

    def mark_not_applicable(self, reason: str = "") -> None:
        """Mark the criterion in focus as not applicable, where its rubric allows that."""

        def verb() -> None:
            if not self.state.criterion.na_allowed:
                self.refused.emit("This criterion always applies.")
            else:
                self._write(lambda before: not_applicable(before, reason), advance=not reason)

        self._enqueue(verb)

    def skip(self, reason: str) -> None:
        """Leave the criterion in focus unscored, with the reason."""
        self._enqueue(lambda: self._write(lambda before: skipped(before, reason), advance=True))

    def set_confidence(self, level: int) -> None:
        """Say how sure the score in focus is: 1 low to 3 high."""

        def change(before: Answer | None) -> Answer | None:
            if before is None:
                self.refused.emit("Give a score first, then say how sure it is.")
                return None
            return replace(before, confidence=None if before.confidence == level else level)

        self._enqueue(lambda: self._write(change))

    def toggle_evidence(self, evidence: Evidence) -> None:
        """Add a turn as evidence for the criterion in focus, or take it away again."""

        def change(before: Answer | None) -> Answer:
            base = before or Answer(status="cleared")
            kept = tuple(e for e in base.evidence if e.turn_id != evidence.turn_id)
            added = (evidence,) if len(kept) == len(base.evidence) else ()
            return replace(base, evidence=(*kept, *added))

        self._enqueue(lambda: self._write(change))

    def set_rationale(self, cell: Cell, text: str) -> None:
        """Keep the written reason of a cell, which may no longer be the one in focus."""

        def change(before: Answer | None) -> Answer | None:
            base = before or Answer(status="cleared")
            return None if base.rationale == text else replace(base, rationale=text)

        self._enqueue(lambda: self._write(change, cell=cell))

    def toggle_flag(self) -> None:
        """Flag the criterion in focus for adjudication."""

        def change(before: Answer | None) -> Answer:
            base = before or Answer(status="cleared")
            return replace(base, flagged=not base.flagged)

        self._enqueue(lambda: self._write(change))

    def move(self, steps: int) -> None:
        """Move the focus by whole criteria."""
        self._enqueue(lambda: self._moved(self.state.move(steps)))

    def focus(self, cell: Cell) -> None:
        """Put the focus on a cell."""
        self._enqueue(lambda: self._moved(self.state.focus(cell)))

    def focus_item(self, item_index: int) -> None:
        """Put the focus on an item's first gap."""
        self._enqueue(lambda: self._moved(self.state.focus_item(item_index)))

    def next_unset(self) -> None:
        """Go to the next gap."""

        def verb() -> None:
            if not self.state.next_unset():
                self.refused.emit("Every criterion is answered. Ctrl+Enter submits.")
            self.changed.emit()

        self._enqueue(verb)

    # ------------------------------------------------------------------ whole-form verbs

    def submit(self) -> None:
        """Commit the form as one version; with gaps, go to the first one instead."""

        def verb() -> None:
            missing = self.state.missing()
            if missing:
                self.state.focus(missing[0])
                self.refused.emit(_what_is_missing(self.state, missing))
                self.changed.emit()
                return
            form = self.state.form
            self._busy = True
            self._runner.run(
                Lane.WRITE, rating.submit, self._ws, self._viewer, form.call_id, form.rubric.id,
                done=self._on_submitted, failed=self._on_failed,
            )  # fmt: skip

        self._enqueue(verb)

    def undo(self, turn_set: TurnSet) -> None:
        """Take back the last action on this call."""
        self._step(undo.undo, turn_set)

    def redo(self, turn_set: TurnSet) -> None:
        """Do again what was taken back."""
        self._step(undo.redo, turn_set)

    @property
    def is_idle(self) -> bool:
        """True when every key has been carried out and saved."""
        return not self._busy and not self._queue

    # ------------------------------------------------------------------ the queue

    def _enqueue(self, verb: Callable[[], None]) -> None:
        self.clock.tick()
        self._queue.append(verb)
        self._drain()

    def _drain(self) -> None:
        while self._queue and not self._busy:
            verb = self._queue.popleft()
            if not self.state.is_empty:
                verb()

    def _moved(self, moved: bool) -> None:
        if moved:
            self.changed.emit()

    def _write(self, change: Change, *, advance: bool = False, cell: Cell | None = None) -> None:
        at = self.state.cell if cell is None else cell
        answer = change(self.state.answers.get(at))
        if answer is None:
            return
        form, (item_index, criterion_index) = self.state.form, at

        def on_saved(row: Saved) -> None:
            self.state.answers[at] = answer
            if advance and self.auto_advance and self.state.cell == at:
                self.state.move(1)
            self._busy = False
            self.saved.emit(row.created_at, row.changes)
            self.changed.emit()
            self._drain()

        self._busy = True
        item, criterion = form.items[item_index], form.rubric.criteria[criterion_index]
        duration_ms = self.clock.take()
        self._runner.run(
            Lane.WRITE,
            lambda: rating.draft(
                self._ws, self._viewer, item, criterion.id, answer, duration_ms=duration_ms
            ),
            done=on_saved,
            failed=self._on_failed,
        )

    def _step(
        self, verb: Callable[[Workspace, Viewer, str], Step | None], turn_set: TurnSet
    ) -> None:
        form = self.state.form

        def work() -> tuple[Step | None, Form]:
            step = verb(self._ws, self._viewer, form.call_id)
            fresh = rating.open_form(self._ws, self._viewer, form.call_id, form.rubric.id, turn_set)
            return step, fresh

        def start() -> None:
            self._busy = True
            self._runner.run(Lane.WRITE, work, done=self._on_stepped, failed=self._on_failed)

        self._enqueue(start)

    def _on_stepped(self, outcome: tuple[Step | None, Form]) -> None:
        step, form = outcome
        before, cell = self.state.answers, self.state.cell
        self.state = FormState(form)
        touched = [c for c in self.state.cells if before.get(c) != self.state.answers.get(c)]
        self.state.focus(touched[0] if touched else cell)
        self._busy = False
        if step is None:
            self.refused.emit("Nothing left to undo or redo on this call.")
        else:
            self.saved.emit("", step.changes)
        self.changed.emit()
        self._drain()

    def _on_submitted(self, submission: Submission) -> None:
        self._busy = False
        self.state.form = replace(
            self.state.form,
            version=submission.version,
            submitted_at=submission.submitted_at,
            has_draft=False,
        )
        self.saved.emit(submission.submitted_at, submission.changes)
        self.submitted.emit(submission)
        self.changed.emit()
        self._drain()

    def _on_failed(self, error: BaseException) -> None:
        self._busy = False
        self._queue.clear()  # later keys were meant for a state that did not come about
        self.failed.emit(error)


def _what_is_missing(state: FormState, missing: list[Cell]) -> str:
    reasons = sum(state.needs_rationale(cell) for cell in missing)
    gaps = len(missing) - reasons
    parts = []
    if gaps:
        parts.append(f"{gaps} criteria unset" if gaps > 1 else "1 criterion unset")
    if reasons:
        parts.append(f"{reasons} scores need a reason" if reasons > 1 else "1 score needs a reason")
    return f"Not submitted: {' and '.join(parts)}."
