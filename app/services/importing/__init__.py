"""Importing recordings with what goes with them: a dry run first, then a commit.

`scan` reads and reports; `commit` carries out what it reported. Nothing is half-imported.
"""

from __future__ import annotations

from app.domain.imports import (
    DryRun,
    DryRunEntry,
    ImportChoices,
    ImportOptions,
    ImportResult,
    Pair,
)
from app.services.importing.commit import commit
from app.services.importing.report import to_json, to_lines
from app.services.importing.scan import scan
from app.services.importing.swap import swap_channels

__all__ = [
    "DryRun",
    "DryRunEntry",
    "ImportChoices",
    "ImportOptions",
    "ImportResult",
    "Pair",
    "commit",
    "scan",
    "swap_channels",
    "to_json",
    "to_lines",
]
