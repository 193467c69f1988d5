"""What the dialog of imported labels asks of the services, off the window's thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.ui.library.words import thousands

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.domain.work import Work
    from app.services.calibrating.label_table import Preview
    from app.services.calibrating.labels import LabelsImported
    from app.services.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A file before it is mapped. A file of EVA's has nothing to map: its preview is None."""

    path: Path
    preview: Preview | None
    rubrics: tuple[tuple[str, str], ...] = ()
    """(key, title) of those that labels of whole items can be of."""


def look(_ctx: Work, ws: Workspace, path: Path) -> Looked:
    """The columns and first rows of a file.

    Raises:
        UserError: it is no table, or is not there.
    """
    from app.services.calibrating import label_eva, label_table
    from app.services.rubrics import rubric_versions

    if label_eva.is_ours(path):
        return Looked(path=path, preview=None)
    newest = {
        r.key: r.title
        for r in rubric_versions(ws)
        if all(c.scope in ("call", "clip") for c in r.criteria)
    }
    return Looked(
        path=path, preview=label_table.preview(path), rubrics=tuple(sorted(newest.items()))
    )


def bring(
    ctx: Work,
    ws: Workspace,
    viewer: Viewer,
    path: Path,
    columns: Mapping[str, str],
    rubric_key: str,
    dry_run: bool,
) -> LabelsImported:
    """Import the labels of a file, or only look at what would come of it."""
    from app.services.calibrating.labels import import_labels

    return import_labels(
        ctx, ws, viewer, path, columns=columns, rubric_key=rubric_key, dry_run=dry_run
    )


def counted(n: int, one: str) -> str:
    """`1 label`, `2 labels`, `12,345 labels`."""
    return f"{thousands(n)} {one}{'' if n == 1 else 's'}"


def would_words(found: LabelsImported) -> str:
    """What a dry run says would come in."""
    items = counted(found.calls_added, "new call")
    if found.calls_known:
        items = f"{items} and {counted(found.calls_known, 'call')} that are here"
    criteria = counted(len(found.values), "criterion").replace("criterions", "criteria")
    return (
        f"{counted(found.added, 'label')} by {counted(len(found.raters), 'rater')} on {items}, "
        f"{criteria}"
    )


def done_words(found: LabelsImported) -> str:
    """What came in."""
    words = f"{counted(found.added, 'label')} came in as {found.rubric}"
    if found.known:
        words += f"; {counted(found.known, 'label')} were here already"
    if found.faults:
        words += f"; {counted(len(found.faults), 'row')} left out"
    return f"{words}."
