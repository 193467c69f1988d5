"""What a lead does to studies: make, open, pause, close, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from app.domain.changes import Changes
from app.domain.errors import UserError
from app.domain.studies import Study, StudyState
from app.services.studies import making
from app.tasks.runner import Lane
from app.ui.context import UiContext

if TYPE_CHECKING:
    from app.ui.studies.screen import StudiesScreen


class StudyVerbs:
    """Acts on the study in front of the screen."""

    def __init__(self, ctx: UiContext, screen: StudiesScreen) -> None:
        self._ctx, self._screen = ctx, screen

    def ask_new(self, call_ids: tuple[str, ...] = (), query: str = "") -> None:
        """Ask what the study shall be."""
        from app.ui.studies.wizard import StudyWizard

        wizard = StudyWizard(self._ctx, self._screen.window(), call_ids=call_ids, query=query)
        wizard.made.connect(self._on_made)
        wizard.open()

    def go_on_with_draft(self) -> None:
        """Choose the calls of a draft, and open it."""
        from app.ui.studies.wizard import StudyWizard

        study = self._screen.study
        if study is not None and study.state == "draft" and study.stimuli:
            self._open_drawn(study)
        elif study is not None and study.state == "draft":
            rubric = self._screen.read.rubric.key if self._screen.read is not None else ""
            wizard = StudyWizard(self._ctx, self._screen.window(), draft=study, rubric_key=rubric)
            wizard.made.connect(self._on_made)
            wizard.open()

    def _open_drawn(self, study: Study) -> None:
        """A queue of calibration has its calls: there is nothing to choose."""
        from app.services.studies.opening import open_study

        ctx = self._ctx
        task = ctx.runner.task(Lane.CPU, open_study, ctx.ws, ctx.viewer, study.id, ())
        task.succeeded.connect(self._on_made)
        task.failed.connect(self._on_failed)
        task.start()

    def _on_made(self, study: Study) -> None:
        self._screen.study_id = study.id
        self._ctx.bus.changed.emit(Changes(studies=True), self._screen)
        self._screen.refresh()
        words = "is open" if study.state == "open" else "is kept as a draft"
        self._ctx.bus.message.emit("info", f"{study.code} {words}.", "")

    def pause(self) -> None:
        """Pause an open study; go on with a paused one."""
        study = self._screen.study
        if study is not None and study.state in ("open", "paused"):
            self._set(study, "paused" if study.state == "open" else "open")

    def close(self) -> None:
        """Close a study; reopen a closed one."""
        study = self._screen.study
        if study is not None and study.state != "draft":
            self._set(study, "open" if study.state == "closed" else "closed")

    def _set(self, study: Study, state: StudyState) -> None:
        ctx = self._ctx
        ctx.runner.run(
            Lane.WRITE, making.set_state, ctx.ws, ctx.viewer, study.id, state,
            done=self._on_state, failed=self._on_failed,
        )  # fmt: skip

    def _on_state(self, study: Study) -> None:
        self._ctx.bus.changed.emit(Changes(studies=True), self._screen)
        self._ctx.bus.message.emit("info", f"{study.code} is {study.state}.", "")

    def ask_export(self) -> None:
        """Ask for a folder to write a study's votes and figures into."""
        study = self._screen.study
        if study is None or study.state == "draft":
            return
        dialog = QFileDialog(self._screen, f"Export {study.code}: choose a folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda path: self.export(study, Path(path)))
        dialog.open()

    def export(self, study: Study, folder: Path) -> None:
        """Write a study into a folder of its own inside `folder`."""
        from app.services.studies.exporting import export_study

        ctx, target = self._ctx, folder / study.code
        ctx.runner.run(
            Lane.CPU, export_study, ctx.ws, ctx.viewer, study.id, target,
            done=lambda told: ctx.bus.message.emit(
                "info", f"{len(told.files)} files are written into {target.name}.", ""
            ),
            failed=self._on_failed,
        )  # fmt: skip

    def _on_failed(self, error: BaseException) -> None:
        if isinstance(error, UserError):
            self._ctx.bus.message.emit("error", error.what, error.remedy)
        else:
            self._ctx.runner.failed.emit(error)
