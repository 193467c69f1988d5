"""Writing the report of a rubric: where to, and then to look at it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from app.ui.calibrating.export_dialog import plain_name
from app.ui.calibrating.writing import PlaceRow, WritingDialog
from app.ui.context import UiContext

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.calibrating.report import ReportWritten
    from app.services.workspace import Workspace


class ReportDialog(WritingDialog):
    """One page with figures and plots, to be passed on."""

    def __init__(self, ctx: UiContext, rubric_ref: str, parent: QWidget | None) -> None:
        file = ctx.ws.export_dir / f"calibration-{plain_name(rubric_ref)}.html"
        place = PlaceRow(ctx, "File", file, is_file=True)
        super().__init__(ctx, f"Report on {rubric_ref}", place, parent, "Write")
        self._rubric = rubric_ref
        self.note_words(
            "Verdicts with their clauses, figures with their intervals, plots and wording, as one "
            "page that needs nothing else. Raters are pseudonyms."
        )
        self.heading_words("File")
        self.form.addWidget(place)
        self.form.addStretch()

    def write(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The report of the rubric."""
        return _report, (self._ctx.ws, self._ctx.viewer, self._rubric, self.place.path)

    def said(self, result: ReportWritten) -> tuple[str, str, Path]:
        """What it is about."""
        judges = "1 judge version" if result.judges == 1 else f"{result.judges} judge versions"
        on = "1 dimension" if result.dimensions == 1 else f"{result.dimensions} dimensions"
        return f"Wrote the report of {judges} on {on} to {result.path}.", "", result.path


def _report(ctx: Work, ws: Workspace, viewer: Viewer, rubric: str, out: Path) -> ReportWritten:
    from app.services.calibrating.report import write_report

    return write_report(ctx, ws, viewer, rubric, out)
