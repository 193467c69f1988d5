"""What the review writes: flag, comments, channels, layers, undo. Each on the WRITE lane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.tasks.runner import Lane

if TYPE_CHECKING:
    from app.domain.calls import Span
    from app.domain.forms import Step
    from app.domain.ratings import Comment
    from app.domain.redaction import Channels
    from app.ui.context import UiContext
    from app.ui.review.session import ReviewSession


class ReviewCommands(QObject):
    """Verbs on the call of a session. Main thread only; what was written is read again."""

    done = Signal(str)
    """Words for what was done, such as `Undid: Move boundary`."""
    refused = Signal(str)
    comment_added = Signal(object)
    busy = Signal(str)
    """Words for long work that has begun; empty when it is over."""

    def __init__(self, ctx: UiContext, session: ReviewSession) -> None:
        super().__init__()
        self._ctx, self._session = ctx, session

    # plumbing --------------------------------------------------------------------------------

    def _write(
        self, work: Callable[[], Any], done: Callable[[Any], None], lane: Lane = Lane.WRITE
    ) -> None:
        self._ctx.runner.run(lane, work, done=done, failed=self._on_failed)

    def _on_failed(self, error: BaseException) -> None:
        self.busy.emit("")
        if isinstance(error, UserError):
            self.refused.emit(f"{error.what} {error.remedy}".strip())
            self._ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)

    def _written(self, changes: Changes) -> None:
        """Read again, and tell the other screens."""
        self._session.reload()
        self._ctx.bus.saved.emit(utc_now())
        self._ctx.bus.changed.emit(changes, self)

    @property
    def _call_id(self) -> str:
        return self._session.call_id if self._session.call is not None else ""

    # call ------------------------------------------------------------------------------------

    def toggle_flag(self) -> None:
        """Flag the call, or take the flag down."""
        call, ctx = self._session.call, self._ctx
        if call is None:
            return

        def work() -> Changes:
            from app.services import calls

            return calls.set_flagged(ctx.ws, ctx.viewer, [call.id], not call.flagged)

        self._write(work, self._written)

    def set_tags(self, tags: Sequence[str]) -> None:
        """Give the call these tags."""
        ctx, call_id = self._ctx, self._call_id

        def work() -> Changes:
            from app.services import calls

            return calls.update_call(ctx.ws, ctx.viewer, call_id, tags=tags)

        if call_id:
            self._write(work, self._written)

    def keep_trim(self, role: str, trim_db: float) -> None:
        """Store the trim of a track; what is heard has changed already."""
        ctx, call_id = self._ctx, self._call_id

        def work() -> Changes:
            from app.services import calls

            return calls.set_trim(ctx.ws, call_id, role, trim_db)

        def done(changes: Changes) -> None:
            ctx.bus.saved.emit(utc_now())
            ctx.bus.changed.emit(changes, self)

        if call_id:
            self._write(work, done)

    def swap_channels(self) -> None:
        """Exchange caller and agent, and detect speech anew, as the layers keep their speakers."""
        call, ctx = self._session.call, self._ctx
        if call is None or call.is_mono:
            return
        swapped = "agent,caller" if call.channel_map == "caller,agent" else "caller,agent"

        def work() -> Changes:
            from app.services import calls

            return calls.update_call(ctx.ws, ctx.viewer, call.id, channel_map=swapped)  # type: ignore[arg-type]

        self._write(work, lambda changes: self._detect_anew(changes))

    def detect(self) -> None:
        """Detect speech again; makes a new layer, the others stay."""
        if self._call_id:
            self._detect_anew(Changes())

    def _detect_anew(self, before: Changes) -> None:
        from app.services import calls, timing
        from app.services.evaluating.inputs import is_one_sided

        ctx, call_id, review = self._ctx, self._call_id, self._session.review
        if review is not None and is_one_sided(review.call, review.layers):
            # A layer of one speaker alone would hide what the platform says of both.
            if before.calls:
                self._session.reopen()
            self._written(before)
            return
        self.busy.emit("Detecting speech")

        def work(task: Any) -> Changes:
            timing.detect(task, ctx.ws, calls.get_call(ctx.ws, call_id))
            return before | Changes(segments=frozenset({call_id}), calls=frozenset({call_id}))

        def done(changes: Changes) -> None:
            self.busy.emit("")
            if before.calls:
                self._session.reopen()
            self._written(changes)

        task = ctx.runner.task(Lane.CPU, work)
        task.progressed.connect(self._on_progress)
        task.succeeded.connect(done)
        task.failed.connect(self._on_failed)
        task.start()

    def _on_progress(self, at: int, total: int, note: str) -> None:
        of = f", {round(100 * at / total)} %" if total else ""
        self.busy.emit(f"Detecting speech{of}")

    # comments --------------------------------------------------------------------------------

    def add_comment(self, **fields: Any) -> None:
        """Add a comment; fields as `services.commenting.add` takes them."""
        ctx, call_id = self._ctx, self._call_id

        def work() -> Comment:
            from app.services import commenting

            return commenting.add(ctx.ws, ctx.viewer, call_id, **fields)

        def done(comment: Comment) -> None:
            self._written(Changes(comments=frozenset({call_id})))
            self.comment_added.emit(comment)

        if call_id:
            self._write(work, done)

    def edit_comment(self, thread_id: str, **fields: Any) -> None:
        """Change one's own comment."""
        ctx, call_id = self._ctx, self._call_id

        def work() -> Comment:
            from app.services import commenting

            return commenting.edit(ctx.ws, ctx.viewer, thread_id, **fields)

        def done(comment: Comment) -> None:
            self._written(Changes(comments=frozenset({call_id})))
            self.comment_added.emit(comment)

        self._write(work, done)

    def delete_comment(self, thread_id: str) -> None:
        """Take away one's own comment; undo brings it back."""
        ctx = self._ctx

        def work() -> Changes:
            from app.services import commenting

            return commenting.delete(ctx.ws, ctx.viewer, thread_id)

        self._write(work, self._written)

    # redaction -------------------------------------------------------------------------------

    def redact(self, span: Span, channels: Channels, reason: str) -> None:
        """Redact a span in all that leaves the workspace."""
        ctx, call_id = self._ctx, self._call_id

        def work() -> Changes:
            from app.services import redacting

            made = redacting.redact(ctx.ws, ctx.viewer, call_id, span, channels, reason)
            return Changes(calls=frozenset({made.call_id}))

        if call_id:
            self._write(work, self._written)

    def take_redaction_back(self, redaction_id: str) -> None:
        """Let a redacted span out again."""
        ctx = self._ctx

        def work() -> Changes:
            from app.services import redacting

            return redacting.take_back(ctx.ws, ctx.viewer, redaction_id)

        self._write(work, self._written)

    def mark_pii(self, state: str) -> None:
        """Say whether personal data was looked for, and what came of it."""
        ctx, call_id = self._ctx, self._call_id

        def work() -> Changes:
            from app.services import redacting

            return redacting.set_pii(ctx.ws, ctx.viewer, call_id, state)

        if call_id:
            self._write(work, self._written)

    # undo ------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take back the last step on this call."""
        self._step(back=True)

    def redo(self) -> None:
        """Do it again."""
        self._step(back=False)

    def _step(self, *, back: bool) -> None:
        ctx, call_id = self._ctx, self._call_id

        def work() -> Step | None:
            from app.services import undo

            verb = undo.undo if back else undo.redo
            return verb(ctx.ws, ctx.viewer, call_id)

        def done(step: Step | None) -> None:
            if step is None:
                self.refused.emit("Nothing to undo." if back else "Nothing to redo.")
                return
            self._written(step.changes)
            self.done.emit(f"{'Undid' if back else 'Did again'}: {step.name}")

        if call_id:
            self._write(work, done)
