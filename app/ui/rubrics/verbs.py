"""What a lead does to rubrics: begin, copy, save, import, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from app.domain.changes import Changes
from app.domain.errors import UserError
from app.domain.rubrics import RubricVersion
from app.services import rubric_editing
from app.tasks.runner import Lane
from app.ui.comparing.saving import Saving
from app.ui.context import UiContext
from app.ui.rubrics.draft import RubricDraft

if TYPE_CHECKING:
    from app.ui.rubrics.screen import RubricsScreen

FILES = "Rubrics (*.yaml *.yml)"


class RubricVerbs:
    """Acts on the draft in front of the screen."""

    def __init__(self, ctx: UiContext, screen: RubricsScreen) -> None:
        self._ctx, self._screen = ctx, screen
        self._saving = Saving(ctx, screen)

    def new(self) -> None:
        """Begin a rubric."""
        screen = self._screen
        screen.take(RubricDraft(rubric_editing.blank()))
        screen.list.view.clearSelection()
        screen.editor.title.setFocus()

    def copy(self) -> None:
        """Begin a rubric from this one."""
        screen = self._screen
        if screen.draft is not None:
            screen.take(RubricDraft(rubric_editing.copy_of(screen.draft.rubric)))
            screen.editor.title.setFocus()
            screen.editor.title.selectAll()

    def save(self) -> None:
        """Save the draft as a version; where it cannot be, say why and go there."""
        screen, draft = self._screen, self._screen.draft
        if draft is None:
            return
        screen.show_preview()
        problems = draft.problems
        screen.editor.say(problems)
        if problems:
            if problems[0].criterion is not None:
                screen.focus_criterion(problems[0].criterion)
            return
        ctx = self._ctx
        ctx.runner.run(
            Lane.WRITE, rubric_editing.save, ctx.ws, ctx.viewer, draft.to_save(),
            done=lambda made: self._on_saved(draft, made), failed=self._on_failed,
        )  # fmt: skip

    def _on_saved(self, draft: RubricDraft, made: RubricVersion) -> None:
        self._screen.take_saved(draft, made)
        self._ctx.bus.changed.emit(Changes(rubrics=True), self._screen)
        words = f"{made.title} is saved as version {made.version}."
        self._ctx.bus.message.emit("info", words, "")

    def ask_import(self) -> None:
        """Ask for a file."""
        dialog = QFileDialog(self._screen, "Import a rubric")
        dialog.setNameFilter(FILES)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.take_file(Path(path)))
        dialog.open()

    def take_file(self, path: Path) -> None:
        """Read a rubric from a file as a draft, to be looked at before it is saved."""
        self._ctx.runner.run(
            Lane.READ, rubric_editing.import_file, path, done=self._on_file,
            failed=self._on_failed,
        )  # fmt: skip

    def _on_file(self, found: RubricVersion) -> None:
        versions = self._screen.versions(found.key)
        draft = RubricDraft(versions[-1] if versions else rubric_editing.blank())
        draft.put(found)
        self._screen.take(draft)

    def ask_export(self) -> None:
        """Ask where to write the draft."""
        draft = self._screen.draft
        if draft is not None:
            name = f"{draft.rubric.key or rubric_editing.slug(draft.rubric.title)}.yaml"
            rubric = draft.to_save()
            self._saving.ask(
                "Export rubric", name, FILES, lambda p: rubric_editing.export_file(rubric, p)
            )

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self._ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)
