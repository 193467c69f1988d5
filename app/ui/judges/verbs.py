"""What can be done with the judge that is shown: edit, save, discard, compare, try out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.domain.changes import Changes
from app.domain.clock import utc_now
from app.domain.errors import UserError
from app.domain.judging import JudgeDefinition
from app.tasks.runner import Lane
from app.ui.context import UiContext
from app.ui.judges import work
from app.ui.judges.draft import Draft
from app.ui.judges.editing import Editing
from app.ui.judges.judge_detail import JudgeDetail
from app.ui.judges.state import JudgesState
from app.ui.judges.try_flow import TryFlow
from app.ui.widgets.dialog import TextDialog

UNMENDED = (
    "The check of the texts, under Variables, found something to mend first. It can be saved as it "
    "is, and runs with it may then fail or be led astray."
)
NOTE_ASKED = "What has changed, for the list of versions"


class JudgeVerbs(QObject):
    """Acts on the page's state; the page shows what has become of it."""

    saved = Signal(object)
    """The new version."""
    diff_shown = Signal()
    """The differences have come to the front, or gone."""
    done = Signal()
    """The person is back at the list."""

    def __init__(
        self,
        ctx: UiContext,
        state: JudgesState,
        detail: JudgeDetail,
        editing: Editing,
        trying: TryFlow,
    ) -> None:
        super().__init__()
        self._ctx, self._state, self._detail = ctx, state, detail
        self._editing, self._trying = editing, trying
        self.problems = 0
        """What the last check found wrong with the texts."""
        self._wire()

    def _wire(self) -> None:
        detail, head, pane = self._detail, self._detail.head, self._detail.pane
        head.edit_asked.connect(self.edit)
        head.diff_asked.connect(self.toggle_diff)
        head.try_asked.connect(self.try_out)
        head.save_asked.connect(self.save)
        head.close_asked.connect(self._editing.leave)
        head.discard_asked.connect(self.discard)
        detail.save_asked.connect(self.save)
        detail.diff.left.connect(self.toggle_diff)
        pane.prompt_changed.connect(lambda part, text: self._put("prompt", part, text))
        pane.field_changed.connect(lambda name, value: self._put("field", name, value))
        pane.params_changed.connect(lambda params: self._put("params", params))
        detail.variables.line_asked.connect(pane.go_to_line)
        detail.variables.insert_asked.connect(pane.insert)

    # editing ------------------------------------------------------------------------------------

    def edit(self) -> None:
        """Change the judge that is shown; the result becomes its next version."""
        if self._state.shown is None:
            return
        if not self._ctx.viewer.is_lead:
            words = ("Only a lead changes judges.", "Sign in as a lead.")
            self._ctx.bus.message.emit("info", *words)
            return
        self._detail.show_diff(shown=False)
        self._editing.begin(self._state.shown)
        self._detail.pane.focus_text()

    def _put(self, what: str, *args: Any) -> None:
        draft = self._editing.draft
        if not self._editing.active or draft is None:
            return
        takes: Mapping[str, Any] = {
            "prompt": draft.with_prompt, "field": draft.with_field, "params": draft.with_params,
        }  # fmt: skip
        self._editing.put(takes[what](*args))

    def save(self) -> None:
        """Ask for a note, then store the next version."""
        draft, entry = self._editing.draft, self._state.entry
        if draft is None or entry is None or not draft.is_changed:
            return
        ref = f"{entry.name}@{entry.newest.version + 1}"
        window = self._detail.window()
        dialog = TextDialog(self._ctx.theme, f"Save as {ref}", NOTE_ASKED, self.save_as, window)
        if self.problems:
            dialog.say_problem(UNMENDED)
        dialog.open()

    def save_as(self, note: str) -> str | None:
        """Store the next version with a note; what is wrong with the note, or None."""
        draft, ctx = self._editing.draft, self._ctx
        if draft is not None:
            ctx.runner.run(
                Lane.WRITE, work.save, ctx.ws, ctx.viewer, draft.base, dict(draft.changes), note,
                done=self._on_saved, failed=self._on_failed,
            )  # fmt: skip
        return None

    def _on_saved(self, made: JudgeDefinition) -> None:
        self._editing.saved()
        self._ctx.bus.saved.emit(utc_now())
        words = f"Saved as {made.ref}. Earlier versions and their scores stay as they are."
        notice = self._detail.notice
        notice.say(words, ("Dismiss", lambda: notice.say("")))
        self.saved.emit(made)
        self._ctx.bus.changed.emit(Changes(judges=True), self)

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self._ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)

    def discard(self) -> None:
        """Drop what is not saved; it can be brought back at once."""
        was = self._editing.discard()
        if was is None or not was.is_changed:
            return
        notice = self._detail.notice
        notice.say(
            f"Changes to {was.base.ref} were discarded.",
            ("Undo", lambda: self._restore(was)),
            ("Dismiss", lambda: notice.say("")),
        )

    def _restore(self, draft: Draft) -> None:
        self._detail.notice.say("")
        self._editing.restore(draft)

    # looking ------------------------------------------------------------------------------------

    def toggle_diff(self) -> None:
        """Show what differs between two versions, or go back to the texts."""
        state, detail = self._state, self._detail
        if detail.shows_diff or state.entry is None or state.shown is None:
            detail.show_diff(shown=False)
            self.done.emit()
        else:
            draft = self._editing.draft
            unsaved = draft.definition if draft is not None and draft.is_changed else None
            ref = draft.base.ref if draft is not None and unsaved is not None else state.shown.ref
            detail.diff.show_versions(state.entry.versions, unsaved, ref)
            detail.show_diff(shown=True)
            detail.diff.view.setFocus()
        self.diff_shown.emit()

    def try_out(self) -> None:
        """Bring the try-out to the front."""
        self._detail.show_diff(shown=False)
        self._detail.show_side("try")
        self._trying.look()
        self._detail.trying.focus_call()
        self.diff_shown.emit()

    def escape(self) -> None:
        """Stop or close what is in front; then back to the list."""
        if self._detail.shows_diff:
            self.toggle_diff()
            return
        if self._trying.is_busy:
            self._trying.stop()
        elif self._editing.active:
            self._editing.leave()
        self.done.emit()
