"""`callbench import`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import shapes, text
from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.dataset_command import import_calibration, print_imported
from app.cli.foreign_import import import_foreign
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting
from app.domain.calls import ChannelMap
from app.domain.errors import BadInput
from app.domain.imports import DryRun, ImportOptions, ImportResult, Pair
from app.domain.text_roles import TextRole
from app.services.workspace import Workspace

MAX_OFFSET_S = 86_400.0


Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders.")]
TranscriptOption = Annotated[
    Path | None, typer.Option("--transcript", metavar="FILE", help="Its transcript or labels.")
]
ChannelsOption = Annotated[
    ChannelMap | None, typer.Option("--channels", help="Who is on which channel.")
]
PairOption = Annotated[
    bool, typer.Option("--pair", help="Two mono files: the caller's, then the agent's.")
]
OffsetOption = Annotated[
    float, typer.Option("--offset", metavar="S", help="When the second file of a pair begins.")
]
InPlaceOption = Annotated[
    bool, typer.Option("--in-place", help="Leave the originals where they are.")
]
TextRoleOption = Annotated[
    TextRole | None,
    typer.Option("--text-role", help="What the transcripts are (default: heard)."),
]
SourceOption = Annotated[
    str, typer.Option("--source", metavar="SYSTEM", help="Whose run it is: eva, tau2 ... or auto.")
]
DatasetOption = Annotated[
    Path | None, typer.Option("--dataset", metavar="FILE", help="EVA's dataset, for --source.")
]
ScoresOption = Annotated[
    bool, typer.Option("--scores", help="PATH is an export; bring in its scores.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")
]


@commands.command("import")
def import_(
    paths: Paths,
    transcript: TranscriptOption = None,
    channels: ChannelsOption = None,
    pair: PairOption = False,
    offset_s: OffsetOption = 0.0,
    in_place: InPlaceOption = False,
    text_role: TextRoleOption = None,
    source: SourceOption = "",
    dataset: DatasetOption = None,
    scores: ScoresOption = False,
    dry_run: DryRunOption = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import recordings, with the transcripts beside them, and detect who speaks when."""
    with reporting(as_json=as_json) as outcome:
        _check_offset(offset_s)
        how = _How(workspace=workspace, dry_run=dry_run, as_json=as_json)
        options = ImportOptions(
            channels=channels, transcript=transcript, pair_offset_s=offset_s, in_place=in_place,
            text_role=text_role,
        )  # fmt: skip
        if source or dataset is not None:
            _refuse_with_source(options, pair=pair, scores=scores)
            outcome.exit_code = import_foreign(
                source or "eva", paths, dataset, workspace,
                dry_run=dry_run, in_place=in_place, as_json=as_json,
            )  # fmt: skip
        elif scores:
            _scores(paths, how)
        elif len(paths) == 1 and _is_dataset(paths[0]):
            told = import_calibration(paths[0], workspace, dry_run=dry_run)
            emit(told) if as_json else print_imported(told)
        else:
            outcome.exit_code = _recordings(paths, options, how, pair=pair)
    leave(outcome)


def _is_dataset(path: Path) -> bool:
    from app.services.calibrating.dataset_files import is_dataset

    return (path / "manifest.json").is_file() and is_dataset(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _How:
    """What every kind of import is told."""

    workspace: Path | None
    dry_run: bool
    as_json: bool


def _recordings(paths: list[Path], options: ImportOptions, how: _How, *, pair: bool) -> int:
    """Import recordings, or only look at them; the exit code."""
    from app.services import importing

    _check_file(options.transcript)
    if pair:
        options = replace(options, pairs=_pairs(paths, options.pair_offset_s))
    progress = Progress(quiet=how.as_json)
    with opened(how.workspace, create=True) as ws:
        found = importing.scan(progress, ws, [] if pair else paths, options)
        if not how.dry_run:
            return _take_in(ws, found, paths, progress, as_json=how.as_json)
        progress.done()
        emit(shapes.dry_run(found)) if how.as_json else text.print_scan(found)
        return int(bool(found.failed))


def _take_in(
    ws: Workspace, found: DryRun, paths: list[Path], progress: Progress, *, as_json: bool
) -> int:
    from app.services import intake

    result = intake.take_in(progress, ws, found)
    progress.done()
    result = replace(result, warnings=(*result.warnings, *_hints(paths, result)))
    emit(shapes.imported(result, found)) if as_json else text.print_import(result)
    is_empty = not (result.imported or result.duplicates or result.failed)
    return int(bool(result.failed) or is_empty)


def _scores(folders: list[Path], how: _How) -> None:
    """Bring in the scores of exports."""
    with opened(how.workspace, create=True) as ws:
        told = [_import_scores(ws, folder, quiet=how.as_json) for folder in folders]
    if how.as_json:
        emit(told[0] if len(told) == 1 else told)


def _hints(paths: list[Path], result: ImportResult) -> list[str]:
    """Words where a folder that gave nothing, or only recordings, is another system's run."""
    from app.services.importing.foreign_intake import hint

    if result.duplicates and not result.imported:
        return []
    return [words for path in paths if path.is_dir() and (words := hint(path))]


def _refuse_with_source(options: ImportOptions, *, pair: bool, scores: bool) -> None:
    given = {
        "transcript": options.transcript,
        "channels": options.channels,
        "pair": pair,
        "scores": scores,
        "text-role": options.text_role,
    }
    for name, value in given.items():
        if value:
            raise WrongUsage(
                f"--{name} does not go with --source.", "A run says itself what lies where."
            )


def _import_scores(ws: Workspace, folder: Path, *, quiet: bool) -> dict[str, Any]:
    from app.services import exporting, raters

    result = exporting.import_scores(ws, raters.cli_viewer(ws), folder)
    if not quiet:
        line(
            f"{folder}: {result.added} scores added, {result.known} already here, "
            f"{result.unmatched} of calls that are not here."
        )
        for warning in result.warnings:
            note(f"warning: {warning}")
    return {
        "path": str(folder),
        "added": result.added,
        "known": result.known,
        "unmatched": result.unmatched,
        "warnings": list(result.warnings),
    }


def _check_offset(offset_s: float) -> None:
    if not abs(offset_s) < MAX_OFFSET_S:  # false for NaN as well
        raise WrongUsage(
            f"An offset of {offset_s:g} s is not possible.", "Give seconds, less than a day."
        )


def _check_file(path: Path | None) -> None:
    if path is not None and not path.is_file():
        raise BadInput(f"There is no file {path}.", "Check the name given to --transcript.")


def _pairs(paths: list[Path], offset_s: float) -> tuple[Pair, ...]:
    if len(paths) != 2:
        raise WrongUsage(
            f"--pair takes two files and was given {len(paths)}.",
            "Name the caller's file, then the agent's.",
        )
    return (Pair(caller=paths[0], agent=paths[1], offset_s=offset_s),)
