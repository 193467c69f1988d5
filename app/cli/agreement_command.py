"""`callbench agreement`: judges against people, and people against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import calibration_shapes as shapes
from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import WrongUsage, emit, line, note, reporting, table

if TYPE_CHECKING:
    from app.eval.agreement.resampling import Estimate
    from app.services.calibrating.agreement import Cell, Panel
    from app.services.calibrating.dimension import Slice


@commands.command()
def agreement(
    rubric: Annotated[str, typer.Option("--rubric", metavar="KEY[@VERSION]", help="Of scores.")],
    judge: Annotated[
        str, typer.Option("--judge", metavar="NAME[@VERSION]", help="Default: all that scored.")
    ] = "",
    dimension: Annotated[
        list[str] | None, typer.Option("--dimension", metavar="KEY", help="Of it; repeatable.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="DIVISION=CLASS", help="Such as language=de; repeatable."),
    ] = None,
    split: Annotated[
        str, typer.Option("--split", metavar="S", help="train, dev or anchor_test.")
    ] = "",
    rule: Annotated[
        str, typer.Option("--rule", metavar="NAME", help="A preset (default: the one in force).")
    ] = "",
    not_blind: Annotated[
        bool, typer.Option("--not-blind", help="Also scores given after seeing others'.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """How well judges agree with people, people with each other, and what each judge may do."""
    from app.services import raters
    from app.services.calibrating import agreement as service
    from app.services.calibrating import gather, rules

    with reporting(as_json=as_json) as outcome:
        slice_ = _slice(where or [], split, blind_only=not not_blind)
        with opened(workspace) as ws:
            found = gather.load(ws, raters.cli_viewer(ws), rubric)
            chosen = rules.preset(rule) if rule else rules.current(ws)
            judges = found.judges_named(judge) if judge else ()
            cells = service.matrix(found, chosen, slice_, judges=judges, dimensions=dimension or ())
            panels = service.panels(found, slice_, dimensions=dimension or ())
        emit(shapes.matrix(found, cells, panels)) if as_json else _print(cells, panels)
    leave(outcome)


def _slice(where: list[str], split: str, *, blind_only: bool) -> Slice:
    from app.services.calibrating.dimension import Slice
    from app.services.calibrating.splits import SHARES

    if split and split not in SHARES:
        raise WrongUsage(f"{split!r} is no split.", f"One of: {', '.join(SHARES)}.")
    bad = next((w for w in where if "=" not in w), None)
    if bad is not None:
        raise WrongUsage(f"{bad!r} is no slice.", "Give it as language=de.")
    parts = [w.partition("=") for w in where]
    return Slice(
        classes={name: value for name, _, value in parts},
        roles=frozenset({split} if split else ()),
        blind_only=blind_only,
    )


def _print(cells: list[Cell], panels: list[Panel]) -> None:
    _print_people(panels)
    if not cells:
        note("note: no judge has scored this yet. See `callbench judge`.")
        return
    rows = []
    for c in cells:
        e = c.found.evidence
        agreed = e.agreement
        rows.append(
            (c.judge.ref, c.criterion.key, str(e.calls), str(e.items), agreed.measure,
             _estimate(agreed.judge), _estimate(agreed.human),
             f"{c.verdict.state} {c.verdict.name}")
        )  # fmt: skip
    head = ("judge", "dimension", "calls", "items", "measure", "judge", "people", "verdict")
    table(head, rows, frozenset({2, 3}))
    line("")
    for c in cells:
        line(f"{c.judge.ref}, {c.criterion.key}: {c.verdict.words}")


def _print_people(panels: list[Panel]) -> None:
    head = ("people on", "raters", "calls", "items", "alpha ordinal", "alpha nominal")
    rows = [
        (p.criterion.key, str(len(p.raters)), str(p.calls), str(p.items),
         *(_estimate(p.figures.get(f"alpha_{m}")) for m in ("ordinal", "nominal")))
        for p in panels
    ]  # fmt: skip
    if rows:
        table(head, rows, frozenset({1, 2, 3}))
        line("")


def _estimate(found: Estimate | None) -> str:
    if found is None or found.value is None:
        return "undefined"
    if found.low is None or found.high is None:
        return f"{found.value:.2f}"
    return f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"
