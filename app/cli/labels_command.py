"""`callbench labels import`: ratings that were made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting

if TYPE_CHECKING:
    from app.services.calibrating.labels import LabelsImported

MAX_SHOWN = 20

labels = typer.Typer(help="Ratings that were made elsewhere.", rich_markup_mode=None)
commands.add_typer(labels, name="labels")


@labels.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV or JSONL, or one of EVA's label files.")
    ],
    columns: Annotated[
        str,
        typer.Option("--map", metavar="F=COLUMN,...", help="item, rater, value, criterion, call."),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look only; write nothing.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring in labels with their raters and scales; items become calls without audio."""
    from app.services import raters
    from app.services.calibrating import labels as service

    with reporting(as_json=as_json) as outcome:
        chosen = _columns(columns)
        progress = Progress(quiet=as_json)
        with opened(workspace, create=not dry_run) as ws:
            found = service.import_labels(
                progress, ws, raters.cli_viewer(ws), file, columns=chosen, dry_run=dry_run
            )
        progress.done()
        emit(_shape(found)) if as_json else _print(found)
        outcome.exit_code = int(bool(found.faults))
    leave(outcome)


def _columns(words: str) -> dict[str, str]:
    parts = [part for part in words.split(",") if part.strip()]
    bad = next((p for p in parts if "=" not in p), None)
    if bad is not None:
        raise WrongUsage(f"{bad!r} maps nothing.", "Give --map as item=id,rater=who,value=score.")
    pairs = [part.partition("=") for part in parts]
    return {field.strip(): column.strip() for field, _, column in pairs}


def _shape(found: LabelsImported) -> dict[str, Any]:
    return {
        "rubric": found.rubric,
        "raters": list(found.raters),
        "calls": {"added": found.calls_added, "known": found.calls_known},
        "labels": {"added": found.added, "known": found.known},
        "values": {
            criterion: {str(value): count for value, count in counts.items()}
            for criterion, counts in found.values.items()
        },
        "faults": [{"row": f.row, "reason": f.reason, "hint": f.hint} for f in found.faults],
        "notes": list(found.notes),
        "published": found.published,
        "dry_run": found.dry_run,
    }


def _print(found: LabelsImported) -> None:
    verb = "would come in" if found.dry_run else "came in"
    line(f"{found.added} labels {verb}, {found.known} were here; rubric {found.rubric}")
    line(f"{found.calls_added} calls {verb}, {found.calls_known} were here")
    for criterion, counts in found.values.items():
        line(f"  {criterion}: {_told(counts)}")
    if found.published is not None:
        p = found.published
        low, high = p["interval"]
        line(f"  published kappa of {p['judge']}: {p['kappa']:.3f} [{low:.3f}, {high:.3f}]")
    for words in found.notes:
        note(f"note: {words}")
    for fault in found.faults[:MAX_SHOWN]:
        note(f"line {fault.row}: {fault.reason}; not taken. {fault.hint}".strip())
    if len(found.faults) > MAX_SHOWN:
        note(f"note: {len(found.faults) - MAX_SHOWN} more rows; --json lists them all.")


def _told(counts: Mapping[float, int]) -> str:
    """How many of each value; of more than a scale has levels, their range."""
    if len(counts) > MAX_SHOWN:
        return f"{sum(counts.values())} of {len(counts)} values, {min(counts)} to {max(counts)}"
    return ", ".join(f"{count} of {value}" for value, count in counts.items())
