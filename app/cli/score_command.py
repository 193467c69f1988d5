"""`callbench score`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

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
from app.cli.output import WrongUsage, emit, line, note, reporting
from app.cli.output import table as print_table

MODES = ("exclude", "full")
MAX_SHOWN = 40
MOST_COLUMNS = 7

SourcesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--judge", metavar="NAME[@VERSION]",
        help="Whose scores count: a judge, or people; repeatable.",
    ),
]  # fmt: skip
NaModeOption = Annotated[
    str, typer.Option("--na", metavar="MODE", help="Not applicable in GIC: exclude or full.")
]
DrawsOption = Annotated[
    int | None, typer.Option("--k", metavar="K", help="Draws of pass@k.", min=1)
]
ByVersionOption = Annotated[bool, typer.Option("--by-version", help="Versions of an agent apart.")]


@commands.command()
def score(
    query: QueryOption = "",
    call: CallOption = None,
    judge: SourcesOption = None,
    na_mode: NaModeOption = "",
    k: DrawsOption = None,
    by_version: ByVersionOption = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """TFC, GIC, Final, EVA-A and EVA-X of calls and agents, from scores that are there."""
    from app.cli import score_shapes
    from app.services import raters
    from app.services.judging import score_settings, scores_table, set_scores

    with reporting(as_json=as_json) as outcome:
        if na_mode and na_mode not in MODES:
            raise WrongUsage(f"{na_mode!r} is no mode.", f"One of: {', '.join(MODES)}.")
        with opened(workspace) as ws:
            ids = chosen_calls(ws, call, query)
            read = set_scores.load(ws, raters.cli_viewer(ws), ids)
            mode: Any = na_mode or None
            settings = replace(
                score_settings.stored_settings(ws),
                sources=read.chosen(judge or []),
                na_mode=mode,
                k=k,
                group_by="version" if by_version else "agent",
            )
            document = score_shapes.scored(scores_table.table_of(read, settings))
        emit(document) if as_json else _print(document)
    leave(outcome)


def _print(document: dict[str, Any]) -> None:
    if not document["calls"]:
        note("note: no calls there. Import some, or change the query.")
        return
    columns = _columns(document)
    titles = [title for _, title in columns]
    rows = [
        (f"{a['agent'] or 'No agent named'} {a['agent_version']}".strip(), str(a["n"]),
         *(_with_interval(a["figures"][key]) for key, _ in columns))
        for a in document["agents"]
    ]  # fmt: skip
    print_table(("agent", "calls", *titles), rows, frozenset(range(1, len(columns) + 2)))
    line("")
    shown = document["calls"][:MAX_SHOWN]
    print_table(
        ("call", "agent", *titles, "missing"),
        [
            (c["call"], c["agent"], *(_number(c["figures"][key]["value"]) for key, _ in columns),
             _first(c["missing"]))
            for c in shown
        ],
        frozenset(range(2, len(columns) + 2)),
    )  # fmt: skip
    left = len(document["calls"]) - len(shown)
    if left:
        note(f"note: {left} more calls; --json lists them all.")
    for part, source in document["judges"].items():
        if source is not None:
            count = source["calls"]
            note(f"{part}: {source['label']}, {count} call{'' if count == 1 else 's'}")
    if not any(document["judges"].values()):
        note("note: nothing is scored yet. See `callbench judges` and `callbench judge`.")


def _columns(document: dict[str, Any]) -> list[tuple[str, str]]:
    """The main figures that there are, and parts of those that there are not."""
    from app.services.judging.score_columns import COLUMNS

    figures = document["all"]["figures"]
    there = [c for c in COLUMNS if figures[c.id]["n"] and not c.by_scenario]
    main = [c for c in there if c.is_head]
    whole = {c.group for c in main}
    parts = [c for c in there if c.group not in whole][: max(0, MOST_COLUMNS - len(main))]
    chosen = {c.id for c in (*main, *parts)}
    return [(c.id, c.title) for c in COLUMNS if c.id in chosen]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def _with_interval(cell: dict[str, Any]) -> str:
    if cell["value"] is None:
        return ""
    if cell["interval"] is None:
        return f"{cell['value']:.3f}"
    low, high = cell["interval"]
    return f"{cell['value']:.3f} [{low:.2f}, {high:.2f}]"


def _first(missing: list[str]) -> str:
    more = f" (+{len(missing) - 1})" if len(missing) > 1 else ""
    return f"{missing[0]}{more}" if missing else ""
