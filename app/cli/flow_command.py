"""`callbench flow`: derive a task flow from an SOP, list flows, show one."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting, table
from app.domain.errors import BadInput
from app.domain.flows import FlowVersion

flow = typer.Typer(
    name="flow", help="Derive, list and show task flows.", no_args_is_help=True,
    rich_markup_mode=None,
)  # fmt: skip
commands.add_typer(flow)


@flow.command()
def derive(
    sop: Annotated[Path, typer.Argument(metavar="SOP.md", help="The procedure, as text.")],
    key: Annotated[
        str, typer.Option("--key", metavar="K", help="The scenario's key (default: file's name).")
    ] = "",
    title: Annotated[str, typer.Option("--title", metavar="T")] = "",
    endpoint: Annotated[
        str, typer.Option("--endpoint", metavar="NAME", help="A saved endpoint.")
    ] = "",
    model: Annotated[str, typer.Option("--model", metavar="M", help="Other than its own.")] = "",
    baseline: Annotated[
        bool, typer.Option("--baseline", help="By rules alone: no model, no endpoint.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Derive a flow from an SOP; every round is kept as a version."""
    from app.services import raters
    from app.services.judging import flow_deriving, flow_makers

    with reporting(as_json=as_json) as outcome:
        if baseline == bool(endpoint):
            raise WrongUsage("Who derives the flow?", "Give --endpoint NAME, or --baseline.")
        if baseline and model:
            raise WrongUsage("--baseline takes no model.", "Leave --model out.")
        text = flow_deriving.read_sop(sop)
        progress = Progress(quiet=as_json)
        with opened(workspace, create=True) as ws, ExitStack() as stack:
            maker: flow_makers.Maker = flow_makers.BaselineMaker()
            if endpoint:
                chosen = flow_deriving.model_maker(ws, progress, endpoint, model)
                maker = stack.enter_context(chosen)
            wanted = flow_deriving.Sop(key=key or sop.stem, title=title or sop.stem, text=text)
            made = flow_deriving.derive(progress, ws, raters.cli_viewer(ws), wanted, maker)
        progress.done()
        emit(_document(made)) if as_json else _print(made)
    leave(outcome)


@flow.command("list")
def list_flows(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """List flows, and scenarios whose steps can become one."""
    from app.services.judging import flows

    with reporting(as_json=as_json) as outcome, opened(workspace) as ws:
        found = flows.flow_entries(ws)
        if as_json:
            emit([_listed(entry) for entry in found])
        elif not found:
            line("No flows. `callbench flow derive SOP.md --baseline` makes one.")
        else:
            rows = [(e.key, str(e.versions), _approved(e.approved), e.title) for e in found]
            table(("key", "versions", "approved", "title"), rows, right=frozenset({1}))
    leave(outcome)


@flow.command()
def show(
    key: Annotated[str, typer.Argument(metavar="KEY", help="See `flow list`.")],
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", help="Default: what judges by now.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the nodes of a flow, its versions and how much of it experts let stand."""
    from app.services.judging import flows

    with reporting(as_json=as_json) as outcome, opened(workspace) as ws:
        judging = flows.flow_of_key(ws, key)
        history = flows.flow_history(ws, key)
        found = judging or history.versions[-1]
        if version is not None:
            wanted = [v for v in history.versions if v.version == version]
            if not wanted:
                last = history.versions[-1].version
                raise BadInput(f"{key} has no version {version}.", f"It has 1 to {last}.")
            found = wanted[0]
        if as_json:
            emit(_document(found) | _history(history, judging))
        else:
            _print(found)
    leave(outcome)


def _listed(entry: Any) -> dict[str, Any]:
    return {
        "key": entry.key,
        "title": entry.title,
        "versions": entry.versions,
        "newest": entry.newest.version if entry.newest else None,
        "approved": entry.approved.version if entry.approved else None,
        "nodes": len(entry.newest.nodes) if entry.newest else None,
    }


def _approved(version: FlowVersion | None) -> str:
    return f"{version.version} by {version.approved_by}" if version else ""


def _document(version: FlowVersion) -> dict[str, Any]:
    from app.eval.judging.flow_checks import check_flow

    return {
        "id": version.id,
        "key": version.key,
        "version": version.version,
        "title": version.title,
        "stage": version.stage,
        "reason": version.reason,
        "approved": version.approved,
        "approved_by": version.approved_by,
        "created_by": version.created_by,
        "created_at": version.created_at,
        "sha256": version.sha256,
        "sop": version.sop,
        "nodes": [n.to_json() for n in version.nodes],
        "checks": check_flow(version.sop, version.nodes).to_json(),
        "report": dict(version.report),
    }


def _history(history: Any, judging: FlowVersion | None) -> dict[str, Any]:
    return {
        "judges_by": judging.version if judging else None,
        "history": [
            {
                "version": v.version, "stage": v.stage, "reason": v.reason, "nodes": len(v.nodes),
                "approved": v.approved, "created_by": v.created_by, "created_at": v.created_at,
            }
            for v in history.versions
        ],
        "acceptance": {
            "nodes": history.of_flow.node_rate,
            "edges": history.of_flow.edge_rate,
            "nodes_over_all_flows": history.over_all.node_rate,
            "edges_over_all_flows": history.over_all.edge_rate,
        },
    }  # fmt: skip


def _print(version: FlowVersion) -> None:
    from app.eval.judging.flow_checks import check_flow

    state = f"approved by {version.approved_by}" if version.approved else "not approved"
    line(f"{version.key}  {version.title}  version {version.version}, {version.stage}, {state}")
    for node in version.nodes:
        needs = f"  needs {', '.join(node.prereq)}" if node.prereq else ""
        when = f"when: {node.trigger}: " if node.trigger else ""
        line(f"{node.id:<5} {node.kind:<6} {when}{node.text}{needs}")
    checks = check_flow(version.sop, version.nodes)
    covered = "unknown" if checks.coverage is None else f"{checks.coverage:.0%}"
    line(f"Coverage {covered}, {len(checks.overlaps)} overlaps.")
    for unit in checks.uncovered:
        note(f"note: No node covers “{unit.text}”")
    for words in (*(o.words for o in checks.overlaps), *checks.problems):
        note(f"note: {words}")
