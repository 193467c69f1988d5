"""`callbench judge` and `callbench judges`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

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
from app.cli.judge_shapes import definition_shape, judged
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting, table
from app.domain.evaluation import JUDGING, Run
from app.services.workspace import Workspace

if TYPE_CHECKING:
    from app.services.judging.caps import Caps

MAX_SHOWN = 20

JudgesOption = Annotated[
    list[str] | None,
    typer.Option("--judge", metavar="NAME[@VERSION]", help="See `judges`; repeatable."),
]
EndpointOption = Annotated[
    str, typer.Option("--endpoint", metavar="NAME", help="A saved endpoint (default: if one).")
]
ModelOption = Annotated[
    str, typer.Option("--model", metavar="M", help="Other than the endpoint's own.")
]
MaxRequestsOption = Annotated[
    int | None, typer.Option("--max-requests", metavar="N", help="Stop there.", min=0)
]
MaxTokensOption = Annotated[
    int | None, typer.Option("--max-tokens", metavar="N", help="Stop about there.", min=0)
]
MaxCostOption = Annotated[
    float | None, typer.Option("--max-cost", metavar="X", help="Stop about there.", min=0)
]
CurrencyOption = Annotated[str, typer.Option("--currency", metavar="C", help="Of --max-cost.")]
RetryFailedOption = Annotated[
    bool, typer.Option("--retry-failed", help="Ask again what got no usable reply before.")
]
ResumeOption = Annotated[
    str, typer.Option("--resume", metavar="RUN", help="Go on with a run, such as R-0001.")
]


@commands.command()
def judge(
    judge: JudgesOption = None,
    query: QueryOption = "",
    call: CallOption = None,
    endpoint: EndpointOption = "",
    model: ModelOption = "",
    max_requests: MaxRequestsOption = None,
    max_tokens: MaxTokensOption = None,
    max_cost: MaxCostOption = None,
    currency: CurrencyOption = "USD",
    retry_failed: RetryFailedOption = False,
    resume: ResumeOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have judges score calls; pairwise ones compare the calls of each scenario."""
    from app.services import evaluating
    from app.services.judging.caps import MICRO, Caps

    with reporting(as_json=as_json) as outcome:
        if bool(judge) == bool(resume):
            raise WrongUsage("Which judge?", "Give --judge NAME, or --resume RUN; see `judges`.")
        cost_micro = None if max_cost is None else round(max_cost * MICRO)
        caps = Caps(calls=max_requests, tokens=max_tokens, cost_micro=cost_micro, currency=currency)
        with opened(workspace) as ws:
            if resume:
                run = _resumed(ws, resume, caps)
            else:
                run = _new(ws, judge or [], query, call, endpoint, model, caps, retry_failed)
            progress = Progress(quiet=as_json)
            run = evaluating.drive(progress, ws, run.id)
            progress.done()
            document = judged(ws, run)
        emit(document) if as_json else _print(document)
        outcome.exit_code = int(bool(run.failed) or run.state != "done")
    leave(outcome)


def _new(
    ws: Workspace,
    refs: list[str],
    query: str,
    call: list[str] | None,
    endpoint: str,
    model: str,
    caps: Caps,
    retry_failed: bool,
) -> Run:
    from app.services import raters
    from app.services.judging import judging_runs

    ids = chosen_calls(ws, call, query)
    choices = [judging_runs.JudgeChoice(ref=r, endpoint=endpoint, model=model) for r in refs]
    return judging_runs.create(
        ws, raters.cli_viewer(ws), ids, choices,
        caps=caps, query=query, retry_failed=retry_failed,
    )  # fmt: skip


def _resumed(ws: Workspace, code: str, caps: Caps) -> Run:
    """The run; the caps that are named replace its own."""
    from app.services import evaluating
    from app.services.judging import judging_runs

    run = evaluating.run(ws, code)
    if run.kind != JUDGING:
        raise WrongUsage(f"{run.code} is no run of judges.", "Use `evaluate --resume`.")
    judging_runs.raise_caps(ws, run.id, judging_runs.caps_of(ws, run.id).over(caps))
    return run


def _print(document: dict[str, Any]) -> None:
    line(
        f"{document['run']}: {document['done']} judged, {document['reused']} known before, "
        f"{len(document['skipped'])} not applicable, {len(document['unscored'])} unscored, "
        f"{len(document['failed'])} failed."
    )
    spent = f"{document['requests']} requests, {document['tokens']} tokens"
    priced = "".join(f", {amount:.4f} {unit}" for unit, amount in document["costs"].items())
    unpriced = document["unpriced"]
    line(f"{spent}{priced}{f', {unpriced} of unknown price' if unpriced else ''}.")
    if document["note"]:
        note(document["note"])
    bad = [*document["unscored"], *document["failed"]]
    for each in bad[:MAX_SHOWN]:
        turn = "" if each["turn"] is None else f" turn {each['turn']}"
        about = ", ".join(each["criteria"])
        note(f"error: {each['call']}{turn} {each['judge']} {about}: {each['reason']}")
    if len(bad) > MAX_SHOWN:
        note(f"... and {len(bad) - MAX_SHOWN} more; --json lists all.")


@commands.command()
def judges(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List the judges: what each judges, by which rubric, and with which models it has judged."""
    from app.services.judging import definitions

    with reporting(as_json=as_json) as outcome:
        with opened(workspace) as ws:
            bound = definitions.versions(ws)
            listed = [definition_shape(d, bound) for d in definitions.definitions(ws)]
        if as_json:
            emit(listed)
        else:
            rows = [
                (f"{j['name']}@{j['version']}", j["kind"], j["unit"], j["modality"], j["rubric"],
                 ", ".join(b["model"] for b in j["bound"] if b["model"]) or "-", j["title"])
                for j in listed
            ]  # fmt: skip
            head = ("judge", "kind", "unit", "modality", "rubric", "models", "title")
            table(head, rows, right=frozenset())
    leave(outcome)
