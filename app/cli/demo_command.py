"""`callbench demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli import shapes, text
from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import Progress, emit, line, reporting


@commands.command()
def demo(
    review: Annotated[
        Path | None,
        typer.Option("--review", metavar="DIR", help="Also write its review: pictures and a page."),
    ] = None,
    calibration: Annotated[
        bool,
        typer.Option(help="With short archived calls, synthetic raters and rule judges."),
    ] = True,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill a workspace with the demo calls; a second time adds nothing."""
    from app.services.demo import make_demo, make_samples

    with reporting(as_json=as_json) as outcome:
        progress = Progress(quiet=as_json)
        with opened(workspace, create=True) as ws:
            result = (make_samples if calibration else make_demo)(progress, ws)
            progress.done()
            document = shapes.imported(result, None)
            if review is not None:
                from app.main import write_review

                document["page"] = str(write_review(ws, review))
        if as_json:
            emit(document)
        else:
            text.print_import(result)
            if review is not None:
                line(f"Review page: {document['page']}")
        outcome.exit_code = int(bool(result.failed))
    leave(outcome)
