"""`callbench export calibration`, the import of such a folder, and `callbench report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting
from app.domain.errors import BadInput

if TYPE_CHECKING:
    from app.domain.ratings import Viewer
    from app.services.workspace import Workspace

CALIBRATION = "calibration"
"""The word that stands where other exports name a format."""
EVERY_FORM = "all"


def export_calibration(
    rubric: str,
    out: Path | None,
    workspace: Path | None,
    *,
    with_judges: bool,
    audio: bool,
    adapters: str,
    as_json: bool,
) -> None:
    """Write the calibration dataset of a rubric, and say what is in it."""
    from app.services import raters
    from app.services.calibrating.export import export_dataset

    if out is None:
        raise WrongUsage("export needs a folder.", "Add --out DIR.")
    forms = _forms(adapters)
    progress = Progress(quiet=as_json)
    with opened(workspace) as ws:
        viewer = raters.cli_viewer(ws)
        made = export_dataset(
            progress, ws, viewer, rubric or _only_rubric(ws, viewer), out,
            with_judges=with_judges, audio=audio, forms=forms,
        )  # fmt: skip
    progress.done()
    body = {
        "path": str(made.path), "files": made.files, "rows": dict(made.counts),
        "frozen_at": made.frozen_at, "clips": made.clips, "notes": list(made.notes),
    }  # fmt: skip
    if as_json:
        emit(body)
        return
    told = ", ".join(f"{count} {name}" for name, count in made.counts.items())
    line(f"{made.path}: {told}; data of {made.frozen_at}")
    for words in made.notes:
        note(f"warning: {words}")


def _forms(words: str) -> tuple[str, ...]:
    from app.services.calibrating.adapters import FORMS

    if words == EVERY_FORM:
        return FORMS
    chosen = tuple(w.strip() for w in words.split(",") if w.strip())
    strange = [w for w in chosen if w not in FORMS]
    if strange:
        raise WrongUsage(
            f"There is no form {strange[0]!r}.", f"One of: {', '.join((*FORMS, EVERY_FORM))}."
        )
    return chosen


def _only_rubric(ws: Workspace, viewer: Viewer) -> str:
    """The rubric that has scores, where there is only one."""
    from app.services.calibrating.board import rubrics_scored

    found = rubrics_scored(ws, viewer)
    if not found:
        raise BadInput(
            "Nothing is scored in this workspace.", "Score calls, or import labels, and try again."
        )
    if len(found) > 1:
        names = ", ".join(o.ref for o in found)
        raise WrongUsage("Which rubric?", f"Add --rubric: {names}.")
    return found[0].ref


def import_calibration(folder: Path, workspace: Path | None, *, dry_run: bool) -> dict[str, Any]:
    """Bring a calibration dataset in; what came."""
    from app.services import raters
    from app.services.calibrating.dataset_import import import_dataset

    if dry_run:
        raise WrongUsage(
            "A calibration dataset comes in whole or not at all.", "Leave --dry-run away."
        )
    with opened(workspace, create=True) as ws:
        made = import_dataset(Progress(quiet=True), ws, raters.cli_viewer(ws), folder)
    return {
        "path": str(folder), "rubric": made.rubric, "calls_added": made.calls_added,
        "calls_known": made.calls_known, "with_sound": made.with_sound,
        "scores_added": made.scores_added, "scores_known": made.scores_known,
        "notes": list(made.notes),
    }  # fmt: skip


def print_imported(body: dict[str, Any]) -> None:
    """The same for people."""
    line(
        f"{body['path']}: {body['rubric']}; {body['calls_added']} calls added "
        f"({body['calls_known']} already here), {body['scores_added']} scores added "
        f"({body['scores_known']} already here)."
    )
    for words in body["notes"]:
        note(f"warning: {words}")


@commands.command()
def report(
    out: Annotated[Path, typer.Option("--out", metavar="FILE.html", help="The page to write.")],
    rubric: Annotated[
        str, typer.Option("--rubric", metavar="KEY[@VERSION]", help="Default: the only one scored.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write how far each judge may be trusted, as one page that needs nothing else."""
    from app.services import raters
    from app.services.calibrating.report import write_report
    from app.services.calibrating.report_words import counted

    with reporting(as_json=as_json) as outcome:
        progress = Progress(quiet=as_json)
        with opened(workspace) as ws:
            viewer = raters.cli_viewer(ws)
            made = write_report(progress, ws, viewer, rubric or _only_rubric(ws, viewer), out)
        progress.done()
        body = {
            "path": str(made.path), "rubric": made.rubric, "judges": made.judges,
            "dimensions": made.dimensions, "frozen_at": made.frozen_at,
        }  # fmt: skip
        if as_json:
            emit(body)
        else:
            judges = counted(made.judges, "judge version")
            line(f"{made.path}: {judges}, {counted(made.dimensions, 'dimension')}")
    leave(outcome)
