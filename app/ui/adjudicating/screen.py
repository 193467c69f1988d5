"""Adjudication: the calls that wait, criteria × raters, evidence to hear, the final value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from PySide6.QtWidgets import QWidget

from app.domain.adjudication import Line, Table
from app.domain.changes import Changes
from app.domain.errors import UserError
from app.services import adjudicating
from app.tasks.runner import Lane as TaskLane
from app.ui.adjudicating import work
from app.ui.adjudicating.evidence import LineEvidence
from app.ui.adjudicating.keys import bind_adjudicating_keys, status_keys
from app.ui.adjudicating.parts import NOTHING, REVIEWER, AdjudicatingParts
from app.ui.adjudicating.rows import call_row, columns, row_of
from app.ui.adjudicating.work import Waiting, next_open
from app.ui.context import UiContext
from app.ui.review.session import ReviewSession
from app.ui.screen import Screen, StatusKey


class AdjudicateScreen(Screen):
    """For leads. Final values are a rater of their own; no vote changes."""

    key: ClassVar[str] = "adjudicate"
    title: ClassVar[str] = "Adjudicate"

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self.session = ReviewSession(ctx)
        self.waiting: Waiting | None = None
        self.table: Table | None = None
        self._study, self._call_id = "", ""
        self._rubric, self._asked = "", ""
        """A rubric version and a call that were asked for by themselves."""
        self._decided = False
        """Whether the table is read since a line was decided: then it goes on to the next."""
        self.parts = AdjudicatingParts(ctx.theme, ctx.actions, self)
        self.evidence = LineEvidence(self.parts, self.session)
        self._wire()
        bind_adjudicating_keys(self)

    def _wire(self) -> None:
        parts = self.parts
        parts.queue.chosen.connect(self.open_call)
        parts.grid_changed.connect(lambda grid: grid.chosen.connect(self._on_line))
        parts.decision.kept.connect(self._keep)
        parts.back_asked.connect(self._leave)
        parts.agreed_asked.connect(self.settle_agreed)
        parts.review_asked.connect(self.review)
        parts.words.acted.connect(self._leave)

    # reading ------------------------------------------------------------------------------------

    def activate(self, **kwargs: Any) -> None:
        """Come to the front.

        `study` (id or code) says whose calls; else the newest with forms. `rubric` (a version's
        id) and `call_id` ask for one call, whatever study it is in.
        """
        self._study = str(kwargs.get("study") or self._study)
        self._rubric = str(kwargs.get("rubric") or "")
        if self._rubric:
            self._call_id, self._asked = "", str(kwargs["call_id"])
        self.session.activate()
        if not self.ctx.viewer.is_lead:
            self.parts.say(*REVIEWER)
            return
        self._read()

    def _read(self) -> None:
        ctx = self.ctx
        of = (work.waiting_of, self._rubric, self._asked) if self._rubric else (
            work.waiting, self._study
        )  # fmt: skip
        ctx.runner.run(
            TaskLane.READ, of[0], ctx.ws, ctx.viewer, *of[1:],
            done=self._on_waiting, failed=self._on_failed,
        )  # fmt: skip

    def _on_waiting(self, found: Waiting) -> None:
        self.waiting = found
        self._study = found.study.id if found.study is not None else self._study
        self.parts.show_head(found)
        self.parts.model.set_rows([call_row(call) for call in found.calls])
        if not found.calls:
            self._call_id, self.table = "", None
            self.evidence.forget()
            self.session.close()
            self.parts.say(*NOTHING)
            return
        self.parts.show_full()
        ids = [call.call_id for call in found.calls]
        first = self._asked if self._rubric and self._asked in ids else ids[0]
        wanted = self._call_id if self._call_id in ids else first
        if self._call_id not in ids:
            self._call_id = ""
        self.parts.queue.choose(wanted)
        if not self._call_id:
            self.open_call(wanted)

    def open_call(self, call_id: str) -> None:
        """Show a call's table, and have its sound at hand."""
        if self.waiting is None or call_id == self._call_id:
            return
        self._call_id = call_id
        self.session.open(call_id)
        self._read_table()

    def _read_table(self) -> None:
        ctx, waiting = self.ctx, self.waiting
        if waiting is not None and self._call_id:
            ctx.runner.run(
                TaskLane.READ, adjudicating.table, ctx.ws, ctx.viewer, self._call_id,
                waiting.rubric.id, done=self._on_table, failed=self._on_failed,
            )  # fmt: skip

    def _on_table(self, table: Table) -> None:
        if table.call_id != self._call_id:
            return
        before = self.table
        self.table = table
        rows = [row_of(at, line, table) for at, line in enumerate(table.lines)]
        self.parts.show_grid(columns(table), rows)
        same = before is not None and before.call_id == table.call_id
        at = int(self.parts.grid.key or 0)
        if not same or self._decided:
            found = next_open(table, at if same else -1)
            at = at if found is None else found
        self._decided = False
        self.parts.grid.choose(str(at))
        self._on_line(str(at))
        if not self.parts.decision.note.hasFocus():
            self.parts.grid.setFocus()

    # one line -----------------------------------------------------------------------------------

    @property
    def line(self) -> Line | None:
        """The line in focus."""
        if self.table is None or not self.parts.grid.key:
            return None
        return self.table.lines[int(self.parts.grid.key)]

    def _on_line(self, _key: str) -> None:
        line = self.line
        self.parts.decision.show_line(line)
        self.evidence.show_line(self.table, line)

    def step_line(self, by: int) -> None:
        """The next or previous line of the table."""
        at = self.parts.grid.selected
        if at is not None and self.table is not None and 0 <= at + by < len(self.table.lines):
            self.parts.grid.select(at + by)

    # deciding -----------------------------------------------------------------------------------

    def _keep(self, value: float | None, cause: str) -> None:
        line, ctx = self.line, self.ctx
        if line is not None:
            ctx.runner.run(
                TaskLane.WRITE,
                lambda: adjudicating.settle(ctx.ws, ctx.viewer, line, value, cause=cause),
                done=self._on_kept, failed=self._on_failed,
            )  # fmt: skip

    def _on_kept(self, changes: Changes) -> None:
        self.parts.grid.setFocus()
        self.ctx.bus.changed.emit(changes, self)
        self._after_change()

    def settle_agreed(self) -> None:
        """Give every line of the call that most agree on that value."""
        ctx, waiting = self.ctx, self.waiting
        if waiting is None or not self._call_id:
            return
        ctx.runner.run(
            TaskLane.WRITE, adjudicating.settle_agreed, ctx.ws, ctx.viewer, self._call_id,
            waiting.rubric.id, done=self._on_agreed, failed=self._on_failed,
        )  # fmt: skip

    def _on_agreed(self, count: int) -> None:
        words = f"{count} line{'' if count == 1 else 's'} took what most gave."
        self.ctx.bus.message.emit("info", words, "")
        self.ctx.bus.changed.emit(Changes(scores=frozenset({self._call_id})), self)
        self._after_change()

    def _after_change(self) -> None:
        self._decided = True
        self._read_table()
        self._read()

    # screen -------------------------------------------------------------------------------------

    def review(self) -> None:
        """Open the call in the review."""
        if self._call_id:
            self.navigate.emit("review", {"call_id": self._call_id})

    def _leave(self) -> None:
        if self.ctx.viewer.is_lead:
            self.navigate.emit("studies", {"study": self._study} if self._study else {})
        else:
            self.navigate.emit("score", {})

    def escape(self) -> None:
        """Leave the note, else the sound, else the screen."""
        if self.parts.decision.note.hasFocus():
            self.parts.grid.setFocus()
        elif self.session.playback.is_playing:
            self.session.playback.pause()
        else:
            self._leave()

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            if self.table is None:
                self.parts.say(error.what, error.remedy, "Go to the studies")
            self.ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self.ctx.runner.failed.emit(error)

    def deactivate(self) -> None:
        """Be silent."""
        self.session.deactivate()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        return status_keys(self)

    def session_state(self) -> dict[str, Any]:
        """Which study."""
        return {"study": self._study}

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take it back."""
        self._study = str(state.get("study") or "")
