"""Exporting a rubric's calibration dataset: what goes in, and where to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app.ui.calibrating.writing import PlaceRow, WritingDialog
from app.ui.context import UiContext
from app.ui.library.words import thousands
from app.ui.widgets.tick import TickBox

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.calibrating.export import DatasetWritten
    from app.services.workspace import Workspace

FORM_WORDS = {
    "alt-test": "Alternative annotator test (JSON)",
    "arena": "Arena battles, of pairs",
    "preference": "Preferences for training (DPO and OpenAI), of pairs",
    "few-shot": "Examples for prompts, from training calls alone",
}


class ExportDialog(WritingDialog):
    """A lead's: everybody's scores leave the workspace under pseudonyms."""

    def __init__(self, ctx: UiContext, rubric_ref: str, parent: QWidget | None) -> None:
        folder = ctx.ws.export_dir / f"calibration-{plain_name(rubric_ref)}"
        place = PlaceRow(ctx, "Folder", folder, is_file=False)
        super().__init__(ctx, f"Export the dataset of {rubric_ref}", place, parent, "Export")
        self._rubric = rubric_ref
        self.heading_words("What goes along")
        self.judges = self._tick("Judges: scores, prompts, corrections, verdicts", on=True)
        self.audio = self._tick("Sound: a clip of each item", on=False)
        self.note_words(
            "Without judges the folder can go to people who are to rate blind. What is redacted is "
            "masked and silent in every file; raters are pseudonyms."
        )
        self.heading_words("Also in the form of other tools")
        self.forms = {name: self._tick(words, on=False) for name, words in FORM_WORDS.items()}
        self.heading_words("Folder")
        self.form.addWidget(place)
        self.form.addStretch()

    def _tick(self, words: str, *, on: bool) -> TickBox:
        box = TickBox(self._ctx.theme, words)
        box.setChecked(on)
        self.form.addWidget(box)
        return box

    def write(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The export as it is ticked."""
        forms = tuple(name for name, box in self.forms.items() if box.isChecked())
        how = (self.judges.isChecked(), self.audio.isChecked(), forms)
        return _export, (self._ctx.ws, self._ctx.viewer, self._rubric, self.place.path, *how)

    def said(self, result: DatasetWritten) -> tuple[str, str, Path]:
        """How much was written, and what could not be."""
        counts = result.counts
        words = (
            f"Wrote {thousands(counts['items'])} items and {thousands(counts['scores'])} scores of "
            f"{thousands(counts['calls'])} calls"
        )
        if result.clips:
            words += f", with {thousands(result.clips)} clips,"
        words += f" in {thousands(result.files)} files to {result.path}."
        return words, "\n".join(result.notes), result.path


def plain_name(rubric_ref: str) -> str:
    """A rubric's name as any file system takes it."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", rubric_ref)


def _export(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    rubric: str,
    out: Path,
    with_judges: bool,
    audio: bool,
    forms: tuple[str, ...],
) -> DatasetWritten:
    from app.services.calibrating.export import export_dataset

    return export_dataset(
        ctx, ws, viewer, rubric, out, with_judges=with_judges, audio=audio, forms=forms
    )
