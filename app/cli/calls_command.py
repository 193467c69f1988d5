"""`callbench calls` and `callbench show`."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli import metric_shapes, shapes, text
from app.cli.base import JsonOption, QueryOption, WorkspaceOption, commands, leave, opened
from app.cli.output import Progress, emit, reporting
from app.domain.browsing import Sort


@commands.command()
def calls(
    query: QueryOption = "", workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """List calls."""
    from app.services import browsing, raters

    with reporting(as_json=as_json) as outcome, opened(workspace) as ws:
        viewer = raters.cli_viewer(ws)
        seqs = browsing.call_ids(ws, viewer, browsing.parse_query(query), Sort("code", False))
        rows = browsing.call_rows(ws, viewer, [int(seq) for seq in seqs])
        emit([shapes.call_row(row) for row in rows]) if as_json else text.print_calls(rows)
    leave(outcome)


@commands.command()
def show(
    call: Annotated[str, typer.Argument(metavar="CALL", help="Its id, code or start of the id.")],
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Also what was measured; see `evaluate`.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a call's turns, latencies, overlaps and interruptions."""
    from app.services import calls as call_service
    from app.services import evaluating, intake, layers, outgoing

    with reporting(as_json=as_json) as outcome, opened(workspace) as ws:
        found = call_service.get_call(ws, call)
        progress = Progress(quiet=as_json)
        intake.detect_missing(progress, ws, [found.id])
        progress.done()
        found = call_service.get_call(ws, found.id)
        layer = layers.current_speech_layer(ws, found.id)
        turn_set = outgoing.turn_set(ws, found.id) if layer is not None else None
        hide = outgoing.of_call(ws, found.id)
        document = shapes.shown_call(hide.call(found), layer, turn_set)
        if metrics:
            values = hide.figures(evaluating.values(ws, found.id))
            document["metrics"] = metric_shapes.measured(values, found.rate_hz)
        emit(document) if as_json else text.print_shown(document)
    leave(outcome)
