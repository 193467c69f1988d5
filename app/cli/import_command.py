"""`callbench import`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import shapes, text
from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.foreign_import import import_foreign
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting
from app.domain.calls import ChannelMap
from app.domain.errors import BadInput
from app.domain.imports import ImportOptions, ImportResult, Pair
from app.domain.text_roles import TextRole
from app.services.workspace import Workspace

MAX_OFFSET_S = 86_400.0


@commands.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders.")],
    transcript: Annotated[
        Path | None, typer.Option("--transcript", metavar="FILE", help="Its transcript or labels.")
    ] = None,
    channels: Annotated[
        ChannelMap | None, typer.Option("--channels", help="Who is on which channel.")
    ] = None,
    pair: Annotated[
        bool, typer.Option("--pair", help="Two mono files: the caller's, then the agent's.")
    ] = False,
    offset_s: Annotated[
        float, typer.Option("--offset", metavar="S", help="When the second file of a pair begins.")
    ] = 0.0,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Leave the originals where they are.")
    ] = False,
    text_role: Annotated[
        TextRole | None,
        typer.Option("--text-role", help="What the transcripts are (default: heard)."),
    ] = None,
    source: Annotated[
        str,
        typer.Option("--source", metavar="SYSTEM", help="Whose run it is: eva, tau2 ... or auto."),
    ] = "",
    dataset: Annotated[
        Path | None, typer.Option("--dataset", metavar="FILE", help="EVA's dataset, for --source.")
    ] = None,
    scores: Annotated[
        bool, typer.Option("--scores", help="PATH is an export; bring in its scores.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import recordings, with the transcripts beside them, and detect who speaks when."""
    from app.services import importing, intake

    with reporting(as_json=as_json) as outcome:
        _check_offset(offset_s)
        if source or dataset is not None:
            _refuse_with_source(
                transcript=transcript, channels=channels, pair=pair, scores=scores,
                **{"text-role": text_role},
            )  # fmt: skip
            outcome.exit_code = import_foreign(
                source or "eva", paths, dataset, workspace,
                dry_run=dry_run, in_place=in_place, as_json=as_json,
            )  # fmt: skip
            leave(outcome)
            return
        options = ImportOptions(
            channels=channels,
            transcript=_existing(transcript),
            pairs=_pairs(paths, offset_s) if pair else (),
            pair_offset_s=offset_s,
            in_place=in_place,
            text_role=text_role,
        )
        progress = Progress(quiet=as_json)
        with opened(workspace, create=True) as ws:
            if scores:
                told = [_import_scores(ws, folder, quiet=as_json) for folder in paths]
                if as_json:
                    emit(told[0] if len(told) == 1 else told)
                return
            found = importing.scan(progress, ws, [] if pair else paths, options)
            if dry_run:
                progress.done()
                emit(shapes.dry_run(found)) if as_json else text.print_scan(found)
                outcome.exit_code = int(bool(found.failed))
            else:
                result = intake.take_in(progress, ws, found)
                progress.done()
                result = replace(result, warnings=(*result.warnings, *_hints(paths, result)))
                emit(shapes.imported(result, found)) if as_json else text.print_import(result)
                empty = not (result.imported or result.duplicates or result.failed)
                outcome.exit_code = int(bool(result.failed) or empty)
    leave(outcome)


def _hints(paths: list[Path], result: ImportResult) -> list[str]:
    """Words where a folder that gave nothing, or only recordings, is another system's run."""
    from app.services.importing.foreign_intake import hint

    if result.duplicates and not result.imported:
        return []
    return [words for path in paths if path.is_dir() and (words := hint(path))]


def _refuse_with_source(**given: object) -> None:
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


def _existing(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise BadInput(f"There is no file {path}.", "Check the name given to --transcript.")
    return path


def _pairs(paths: list[Path], offset_s: float) -> tuple[Pair, ...]:
    if len(paths) != 2:
        raise WrongUsage(
            f"--pair takes two files and was given {len(paths)}.",
            "Name the caller's file, then the agent's.",
        )
    return (Pair(caller=paths[0], agent=paths[1], offset_s=offset_s),)
