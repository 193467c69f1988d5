"""`callbench evaluate` and `callbench metrics`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli import metric_shapes
from app.cli.base import (
    CallOption,
    JsonOption,
    QueryOption,
    WorkspaceOption,
    chosen_calls,
    commands,
    leave,
    opened,
)
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting, table
from app.domain.evaluation import FAILURE_WORDS, Run
from app.services.workspace import Workspace

MAX_SHOWN = 20


@commands.command()
def evaluate(
    metrics: Annotated[
        str, typer.Option("--metrics", metavar="A,B", help="Metrics or evaluators; see `metrics`.")
    ] = "",
    query: QueryOption = "",
    call: CallOption = None,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", help="Processes (default: one a core).", min=0)
    ] = 0,
    dask: Annotated[
        str, typer.Option("--dask", metavar="ADDRESS", help="A Dask scheduler's address.")
    ] = "",
    layer: Annotated[
        str,
        typer.Option("--layer", metavar="KIND", help="detector, platform, import or human."),
    ] = "",
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try again what failed before.")
    ] = False,
    resume: Annotated[
        str, typer.Option("--resume", metavar="RUN", help="Go on with a run, such as R-0001.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compute what is missing on calls: transcripts, voice metrics, turn-taking, quality."""
    from app.services import evaluating

    with reporting(as_json=as_json) as outcome:
        if workers and dask:
            raise WrongUsage("--workers and --dask exclude each other.", "Give one of them.")
        with opened(workspace) as ws:
            if resume:
                run = evaluating.run(ws, resume)
            else:
                run = _new(ws, metrics, query, call, workers, dask, retry_failed, layer)
            progress = Progress(quiet=as_json)
            run = evaluating.drive(progress, ws, run.id, address=dask)
            progress.done()
            document = metric_shapes.evaluated(run, evaluating.failures(ws, run.id))
            emit(document) if as_json else _print(document)
            outcome.exit_code = int(bool(run.failed))
    leave(outcome)


def _new(
    ws: Workspace,
    metrics: str,
    query: str,
    call: list[str] | None,
    workers: int,
    dask: str,
    retry_failed: bool,
    layer: str,
) -> Run:
    from app.services import evaluating, raters

    names = [name.strip() for name in metrics.split(",") if name.strip()]
    ids = chosen_calls(ws, call, query)
    specs = evaluating.specs_for(ws, names) if names else evaluating.default_specs(ws)
    specs = evaluating.measured_by(specs, layer)
    return evaluating.create(
        ws,
        raters.cli_viewer(ws),
        ids,
        specs,
        query=query,
        where="dask" if dask else "processes",
        workers=workers,
        retry_failed=retry_failed,
    )


def _print(document: dict[str, Any]) -> None:
    line(
        f"{document['run']}: {document['done']} computed, {document['reused']} known before, "
        f"{document['not_applicable']} not applicable, {len(document['failed'])} failed."
    )
    for failed in document["failed"][:MAX_SHOWN]:
        words = FAILURE_WORDS[failed["kind"]]
        note(f"error: {failed['call']} {failed['evaluator']}: {words}. {failed['reason']}")
    if len(document["failed"]) > MAX_SHOWN:
        note(f"... and {len(document['failed']) - MAX_SHOWN} more; --json lists all.")


@commands.command()
def metrics(as_json: JsonOption = False) -> None:
    """List the metrics: what each is, its unit, which way is better, and what makes it."""
    from app.services import evaluating

    with reporting(as_json=as_json) as outcome:
        listed = [metric_shapes.spec(m) for m in evaluating.metrics()]
        if as_json:
            emit(listed)
        else:
            rows = [
                (m["id"], m["unit"] or "-", m["better"], m["evaluator"], m["title"]) for m in listed
            ]
            table(("metric", "unit", "better", "made by", "title"), rows, right=frozenset())
    leave(outcome)
