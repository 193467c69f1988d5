"""`callbench import --source`: a run of another system, with all its evidence."""

from __future__ import annotations

from pathlib import Path

from app.cli.base import opened
from app.cli.output import Progress, emit, line, note
from app.cli.text import MAX_REMARKS
from app.domain.errors import BadInput


def import_foreign(
    source: str,
    paths: list[Path],
    dataset: Path | None,
    workspace: Path | None,
    *,
    dry_run: bool,
    in_place: bool,
    as_json: bool,
) -> int:
    """Import (or only look at) other systems' files; the exit code.

    Raises:
        UserError: no such source or path, or nothing there can be read.
    """
    from app.services.importing import foreign_intake, foreign_result

    if dataset is not None and not dataset.is_file():
        raise BadInput(f"There is no file {dataset}.", "Check the name given to --dataset.")
    progress = Progress(quiet=as_json)
    with opened(workspace, create=True) as ws:
        try:
            result = foreign_intake.take_in(
                progress, ws, source, paths, dataset=dataset, dry_run=dry_run, in_place=in_place
            )
        finally:
            progress.done()
    if as_json:
        emit(result.to_json())
    else:
        for words in foreign_result.to_lines(result):
            line(words)
        remarks = foreign_result.remarks(result)
        for words in remarks[:MAX_REMARKS]:
            note(f"warning: {words}")
        for failed in result.failed[:MAX_REMARKS]:
            note(f"error: {failed.path}: {failed.reason}")
        left = max(0, len(remarks) - MAX_REMARKS) + max(0, len(result.failed) - MAX_REMARKS)
        if left:
            note(f"... and {left} more; --json lists all.")
    empty = not (result.items or result.duplicates or result.failed)
    return int(bool(result.failed) or empty)
