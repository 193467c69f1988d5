"""`callbench label-next`: choose calls for people to label, and keep them as a draft study."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import WrongUsage, emit, line, reporting

if TYPE_CHECKING:
    from app.services.calibrating.queues import QueuePlan


@commands.command("label-next")
def label_next(
    rubric: Annotated[str, typer.Option("--rubric", metavar="KEY[@VERSION]", help="Of scores.")],
    judge: Annotated[str, typer.Option("--judge", metavar="NAME[@VERSION]", help="Whose errors.")],
    dimension: Annotated[
        str, typer.Option("--dimension", metavar="KEY", help="Default: first.")
    ] = "",
    queue: Annotated[
        str, typer.Option("--queue", metavar="Q", help="measure or learn.")
    ] = "measure",
    budget: Annotated[
        float, typer.Option("--budget", metavar="MIN", help="Minutes of experts, all together.")
    ] = 120.0,
    second: Annotated[
        float, typer.Option("--second", metavar="SHARE", help="Of calls: rated by two.")
    ] = 0.0,
    make: Annotated[
        str, typer.Option("--make", metavar="NAME", help="Keep it as a draft study.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Choose what people shall label next: a sample to measure, or lessons to learn from."""
    from app.services import raters
    from app.services.calibrating import correcting, gather, queue_making, queues
    from app.services.calibrating.dimension import dimension as one_of

    with reporting(as_json=as_json) as outcome:
        if queue not in get_args(queues.QueueKind):
            raise WrongUsage(f"{queue!r} is no queue.", "One of: measure, learn.")
        with opened(workspace) as ws:
            viewer = raters.cli_viewer(ws)
            found = gather.load(ws, viewer, rubric)
            version = found.judges_named(judge)[-1]
            key = dimension or found.rubric.criteria[0].key
            mean = correcting.mean(one_of(found, key), version)
            told = queues.plan(
                ws, found, version, key,
                queues.Wish(kind=queue, minutes=budget, second_share=second),  # type: ignore[arg-type]
                half_width=None if mean is None else queues.half_width_of(mean.estimate),
            )  # fmt: skip
            study = queue_making.make(ws, viewer, told, make).code if make else ""
            codes = {p.call_id: found.calls[p.call_id].code for p in told.picks}
        shape = _shape(told, codes, study)
        emit(shape) if as_json else _print(shape)
    leave(outcome)


def _shape(told: QueuePlan, codes: dict[str, str], study: str) -> dict[str, Any]:
    return {
        "queue": told.wish.kind,
        "judge": told.judge.ref,
        "dimension": told.criterion_key,
        "pool": told.pool,
        "minutes": round(told.minutes, 3),
        "forms": told.votes,
        "half_width": told.half_width,
        "half_width_after": told.half_width_after,
        "narrower_per_minute": told.per_minute,
        "seed": told.seed,
        "study": study or None,
        "calls": [
            {
                "call": codes[p.call_id], "minutes": round(p.minutes, 3), "raters": p.raters,
                "probability": p.probability if told.wish.kind == "measure" else None,
                "reason": p.reason, "stratum": p.stratum,
            }
            for p in told.picks
        ],
    }  # fmt: skip


def _print(shape: dict[str, Any]) -> None:
    line(
        f"{len(shape['calls'])} of {shape['pool']} calls, {shape['minutes']:.0f} min of experts, "
        f"{shape['forms']} forms."
    )
    for one in shape["calls"]:
        raters = f"{one['raters']} rater{'' if one['raters'] == 1 else 's'}"
        line(f"{one['call']}  {raters}  {one['reason']}")
    if shape["study"]:
        line(f"{shape['study']} is a draft: callbench study open {shape['study']}")
