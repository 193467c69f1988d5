"""The rubric editor: rubrics at the left, the fields in the middle, the form at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.changes import Changes
from app.domain.rubrics import Criterion, RubricVersion
from app.services import rubric_editing, rubrics
from app.tasks.runner import Lane
from app.ui.context import UiContext
from app.ui.rubrics.draft import RubricDraft
from app.ui.rubrics.keys import bind_rubrics_keys, status_keys
from app.ui.rubrics.parts import RubricsParts
from app.ui.rubrics.rubric_list import newest
from app.ui.rubrics.verbs import RubricVerbs
from app.ui.screen import Screen, StatusKey

PREVIEW_MS = 150


class RubricsScreen(Screen):
    """Rubrics and their versions. For leads."""

    key: ClassVar[str] = "rubrics"
    title: ClassVar[str] = "Rubrics"

    def __init__(self, ctx: UiContext, parent: QWidget | None = None) -> None:
        super().__init__(ctx, parent)
        self.rubrics: tuple[RubricVersion, ...] = ()
        self.draft: RubricDraft | None = None
        self._drafts: dict[str, RubricDraft] = {}
        """Key → unsaved changes of rubrics that are not in front; kept while the window lives."""
        self._wanted = ""
        self.parts = parts = RubricsParts(ctx.theme, ctx.actions)
        self.head, self.list, self.editor = parts.head, parts.list, parts.editor
        self.preview, self.split, self.words = parts.preview, parts.split, parts.words
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(parts)
        self.verbs = RubricVerbs(ctx, self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PREVIEW_MS)
        self._timer.timeout.connect(self.show_preview)
        self._wire()
        bind_rubrics_keys(self)

    def _wire(self) -> None:
        head, preview = self.head, self.preview
        self.words.acted.connect(lambda: self.navigate.emit("score", {}))
        self.list.chosen.connect(self._on_chosen)
        self.editor.rubric_changed.connect(self._on_rubric)
        self.editor.form.changed.connect(self._on_criterion)
        preview.chosen.connect(self.focus_criterion)
        preview.add_asked.connect(self.add)
        preview.remove_asked.connect(self.remove)
        preview.move_asked.connect(self.move_by)
        head.version_chosen.connect(self.show_version)
        head.back_asked.connect(lambda: self.navigate.emit("studies", {}))
        head.undo_asked.connect(self.undo)
        head.redo_asked.connect(self.redo)
        head.take_asked.connect(self.verbs.ask_import)
        head.give_asked.connect(self.verbs.ask_export)
        head.new_asked.connect(self.verbs.new)
        head.copy_asked.connect(self.verbs.copy)
        head.save_asked.connect(self.verbs.save)
        self.ctx.bus.changed.connect(self._on_bus)

    # reading ------------------------------------------------------------------------------------

    def activate(self, **kwargs: Any) -> None:
        """Come to the front. `rubric` is the key of the one to show."""
        self._wanted = str(kwargs.get("rubric") or self._wanted)
        lead = self.ctx.viewer.is_lead
        self.parts.show_full(shown=lead)
        if lead:
            self._read()

    def _read(self) -> None:
        self.ctx.runner.run(Lane.READ, rubrics.rubric_versions, self.ctx.ws, done=self._on_rubrics)

    def _on_bus(self, changes: Changes, initiator: object) -> None:
        if initiator is not self and (changes.rubrics or changes.everything) and self.isVisible():
            self._read()

    def _on_rubrics(self, found: Sequence[RubricVersion]) -> None:
        self.rubrics = tuple(found)
        self._show_list()
        listed = newest(self.rubrics)
        wanted = self._wanted or (self.draft.base.key if self.draft is not None else "")
        keys = [r.key for r in listed]
        if self.draft is None or self._wanted:
            self._wanted = ""
            if keys:
                self.list.view.choose(wanted if wanted in keys else keys[0])
            if self.draft is None and keys:
                self._on_chosen(wanted if wanted in keys else keys[0])
            elif not keys:
                self.verbs.new()
        if self.focusWidget() is None:
            self.list.setFocus()

    def versions(self, key: str) -> list[RubricVersion]:
        """The versions of a rubric, oldest first."""
        return [r for r in self.rubrics if key and r.key == key]

    def _show_list(self) -> None:
        draft = self.draft
        unsaved = draft.base.key if draft is not None and draft.is_changed else "-"
        self.list.show_rubrics(newest(self.rubrics), unsaved)

    # choosing -----------------------------------------------------------------------------------

    def _on_chosen(self, key: str) -> None:
        if self.draft is not None and self.draft.base.key == key:
            return
        kept = self._drafts.get(key)
        versions = self.versions(key)
        if kept is None and not versions:
            return
        self.take(kept or RubricDraft(versions[-1]))

    def take(self, draft: RubricDraft) -> None:
        """Show a draft; unsaved changes of the one before are kept."""
        before = self.draft
        if before is not None and before is not draft and before.is_changed:
            self._drafts[before.base.key] = before
        self._drafts.pop(draft.base.key, None)
        self.draft = draft
        self.editor.say(())
        self._show()
        self.show_preview()

    def show_version(self, version_id: str) -> None:
        """Show another version; it can be saved as the newest again."""
        found = next((r for r in self.rubrics if r.id == version_id), None)
        if found is not None:
            self.take(RubricDraft(found))

    def step_version(self, by: int) -> None:
        """Show the next newer or older version."""
        if self.draft is None:
            return
        versions = self.versions(self.draft.base.key)
        ids = [r.id for r in versions]
        if self.draft.base.id in ids:
            to = ids.index(self.draft.base.id) + by
            if 0 <= to < len(ids):
                self.show_version(ids[to])

    # changing -----------------------------------------------------------------------------------

    def _on_rubric(self, to: Callable[[RubricVersion], RubricVersion], field: str) -> None:
        if self.draft is not None:
            self.draft.put(to(self.draft.rubric), field=field)
            self._after_change()

    def _on_criterion(self, to: Callable[[Criterion], Criterion], field: str) -> None:
        if self.draft is not None:
            self.draft.change(to, field)
            self._after_change()

    def _after_change(self) -> None:
        self._show()
        self._timer.start()
        if self.draft is not None and not self.editor.problems.isHidden():
            self.editor.say(self.draft.problems)

    def _show(self) -> None:
        if self.draft is not None:
            self.editor.show_draft(self.draft)
            self.head.show_draft(self.draft, self.versions(self.draft.base.key))
            self._show_list()

    def show_preview(self) -> None:
        """Show the form as it stands now."""
        self._timer.stop()
        if self.draft is not None:
            self.preview.show_rubric(self.draft.rubric, self.draft.at)

    def focus_criterion(self, at: int) -> None:
        """Put a criterion into focus."""
        if self.draft is not None and self.draft.focus(at):
            self._show()
            self.show_preview()
            self.preview.reveal()

    def _do(self, act: Callable[[RubricDraft], object]) -> None:
        if self.draft is not None:
            act(self.draft)
            self._after_change()
            self.show_preview()

    def add(self) -> None:
        """Add a criterion and begin to name it."""
        self._do(RubricDraft.add)
        self.editor.form.title.setFocus()
        self.editor.area.ensureWidgetVisible(self.editor.form.title)

    def remove(self) -> None:
        """Remove the criterion in focus; undo brings it back."""
        self._do(RubricDraft.remove)

    def move_by(self, by: int) -> None:
        """Move the criterion in focus."""
        self._do(lambda draft: draft.move(by))

    def undo(self) -> None:
        """Take the last change back."""
        self._do(RubricDraft.undo)

    def redo(self) -> None:
        """Do it again."""
        self._do(RubricDraft.redo)

    def take_saved(self, draft: RubricDraft, made: RubricVersion) -> None:
        """A draft has become a version; what is typed meanwhile goes on from it."""
        self._drafts.pop(made.key, None)
        self.rubrics = (*self.rubrics, made)
        if self.draft is draft:
            self.draft = RubricDraft(made)
            if rubric_editing.meaning(draft.to_save()) != rubric_editing.meaning(made):
                self.draft.put(replace(draft.rubric, key=made.key))  # typed while it was saved
            self.draft.focus(draft.at)
            self._show()
            self.show_preview()
            self.list.view.choose(made.key)

    # screen -------------------------------------------------------------------------------------

    def escape(self) -> None:
        """From the fields to the form, from there to the list, from there to the studies."""
        focus = self.focusWidget()
        if focus is self.preview:
            self.list.setFocus()
        elif self.editor.isAncestorOf(focus):
            self.preview.setFocus()
        else:
            self.navigate.emit("studies", {})

    def deactivate(self) -> None:
        """Unsaved changes stay in the window."""
        self.show_preview()

    def status_keys(self) -> Sequence[StatusKey]:
        """Key hints."""
        return status_keys(self)

    def session_state(self) -> dict[str, Any]:
        """Which rubric, and the widths."""
        key = self.draft.base.key if self.draft is not None else ""
        return {"rubric": key, "sizes": self.split.sizes()}

    def restore_session(self, state: dict[str, Any]) -> None:
        """Take them back."""
        self._wanted = str(state.get("rubric") or "")
        if isinstance(state.get("sizes"), list):
            self.split.setSizes([int(n) for n in state["sizes"]])
