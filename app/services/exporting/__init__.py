"""Exports: tables of scores and turns, and label files, each in a folder with a manifest."""

from __future__ import annotations

from app.services.exporting.run import FORMATS, ExportResult, export
from app.services.exporting.scores_in import ScoresImported, import_scores

__all__ = ["FORMATS", "ExportResult", "ScoresImported", "export", "import_scores"]
