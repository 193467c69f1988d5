"""`callbench export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli import text
from app.cli.base import (
    CallOption,
    JsonOption,
    QueryOption,
    WorkspaceOption,
    commands,
    leave,
    opened,
)
from app.cli.dataset_command import CALIBRATION, export_calibration
from app.cli.output import Progress, WrongUsage, emit, line, reporting

FormatArgument = Annotated[
    str, typer.Argument(metavar="FORMAT", help="See `export list`; or `calibration`.")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="The folder to write to.")
]
RubricOption = Annotated[
    str,
    typer.Option(
        "--rubric", metavar="KEY[@VERSION]", help="Of calibration (default: the only one)."
    ),
]
WithoutJudgesOption = Annotated[
    bool, typer.Option("--without-judges", help="Of calibration: nothing that judges said.")
]
AudioOption = Annotated[bool, typer.Option("--audio", help="Of calibration: a clip of each item.")]
AdaptersOption = Annotated[
    str,
    typer.Option(
        "--adapters",
        metavar="LIST",
        help="Of calibration: alt-test, arena, preference, few-shot; or all.",
    ),
]


@commands.command()
def export(
    format_name: FormatArgument,
    out: OutOption = None,
    query: QueryOption = "",
    call: CallOption = None,
    rubric: RubricOption = "",
    without_judges: WithoutJudgesOption = False,
    audio: AudioOption = False,
    adapters: AdaptersOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Export scores, turns and labels to a folder with a manifest."""
    from app.services import exporting

    with reporting(as_json=as_json) as outcome:
        if format_name == "list":
            emit(list(exporting.FORMATS)) if as_json else line("\n".join(exporting.FORMATS))
        elif format_name.lower() == CALIBRATION:
            if query or call:
                raise WrongUsage(
                    "A calibration dataset is of a whole rubric.", "Leave --query and --call."
                )
            export_calibration(
                rubric, out, workspace, with_judges=not without_judges, audio=audio,
                adapters=adapters, as_json=as_json,
            )  # fmt: skip
        elif rubric or without_judges or audio or adapters:
            raise WrongUsage(
                "--rubric, --without-judges, --audio and --adapters are of calibration.",
                "Write `export calibration`, or leave them.",
            )
        else:
            _export(format_name.lower(), out, query, call, workspace, as_json=as_json)
    leave(outcome)


def _export(
    name: str,
    out: Path | None,
    query: str,
    refs: list[str] | None,
    workspace: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write what the query finds, or the named calls, in one of the formats."""
    from app.services import calls, exporting, raters

    if name not in exporting.FORMATS:
        raise WrongUsage(
            f"There is no format {name!r}.", f"One of: {', '.join(exporting.FORMATS)}."
        )
    if out is None:
        raise WrongUsage("export needs a folder.", "Add --out DIR.")
    progress = Progress(quiet=as_json)
    with opened(workspace) as ws:
        ids = [calls.get_call(ws, ref).id for ref in refs] if refs else None
        result = exporting.export(
            progress, ws, raters.cli_viewer(ws), name, out, query=query, call_ids=ids
        )
    progress.done()
    emit(result.to_json()) if as_json else text.print_export(result)
