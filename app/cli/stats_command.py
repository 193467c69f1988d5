"""`callbench stats`: agreement of any table of ratings, without a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.base import JsonOption, commands, leave
from app.cli.output import emit, line, reporting

if TYPE_CHECKING:
    from app.eval.agreement.summary import Summary


@commands.command()
def stats(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="Columns item, rater, value; perhaps call.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Agreement of raters: kappas, alphas, Gwet's AC, intraclass correlations and more."""
    from app.services import rating_tables

    with reporting(as_json=as_json) as outcome:
        found = rating_tables.summarise_file(file)
        emit(rating_tables.to_json(found)) if as_json else _print(found)
    leave(outcome)


def _print(found: Summary) -> None:
    line(f"{found.n_items} items, {found.n_raters} raters")
    for name, value in found.values.items():
        shown = f"{value:.4f}" if value is not None else f"undefined: {found.reasons[name]}"
        line(f"{name:<20} {shown}")
    if found.limits is not None and found.limits.lower is not None:
        low, high = found.limits.lower, found.limits.upper
        line(f"{'bland_altman':<20} bias {found.limits.bias:+.4f}, limits {low:.4f} to {high:.4f}")
    for level, share in (found.prevalence or {}).items():
        line(f"{'dawid_skene':<20} {level}: {share:.4f}")
