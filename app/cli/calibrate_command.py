"""`callbench calibrate`: a judge's correction, its corrected mean, and the calibration dataset."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import calibration_shapes as shapes
from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import Progress, WrongUsage, emit, line, reporting

if TYPE_CHECKING:
    from app.domain.judging import JudgeVersion
    from app.services.calibrating.rating_set import RatingSet

RubricOption = Annotated[str, typer.Option("--rubric", metavar="KEY[@VERSION]", help="Of scores.")]
JudgeOption = Annotated[
    str, typer.Option("--judge", metavar="NAME[@VERSION]", help="Its newest that scored.")
]
DimensionsOption = Annotated[
    list[str] | None, typer.Option("--dimension", metavar="KEY", help="Default: all.")
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write calibration.json, of one dimension."),
]
ExportOption = Annotated[
    Path | None,
    typer.Option("--export", metavar="DIR", help="Write the dataset of the whole rubric."),
]
WithoutJudgesOption = Annotated[
    bool, typer.Option("--without-judges", help="Of --export: nothing that judges said.")
]


@commands.command()
def calibrate(
    rubric: RubricOption,
    judge: JudgeOption = "",
    dimension: DimensionsOption = None,
    out: OutOption = None,
    export: ExportOption = None,
    without_judges: WithoutJudgesOption = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Correct a judge's scores by people's labels, and say what its mean is then."""
    from app.services import raters
    from app.services.calibrating import gather

    with reporting(as_json=as_json) as outcome:
        if export is not None:
            if judge or dimension or out is not None:
                raise WrongUsage(
                    "--export writes the whole rubric.", "Leave --judge, --dimension and --out."
                )
            _export(rubric, export, workspace, with_judges=not without_judges, as_json=as_json)
            return
        if not judge or without_judges:
            raise WrongUsage("Whose scores?", "Add --judge NAME, or --export DIR.")
        with opened(workspace) as ws:
            found = gather.load(ws, raters.cli_viewer(ws), rubric)
        version = found.judges_named(judge)[-1]
        keys = dimension or _scored(found, version)
        if out is not None and len(keys) != 1:
            raise WrongUsage(
                "One file holds one dimension.", f"Add --dimension: {', '.join(keys)}."
            )
        documents = [_calibrated(found, version, key) for key in keys]
        if out is not None:
            _write(found, version, keys[0], out)
        body = {"rubric": found.rubric.key, "judge": version.ref, "dimensions": documents}
        emit(body) if as_json else _print(documents)
    leave(outcome)


def _export(
    rubric: str, out: Path, workspace: Path | None, *, with_judges: bool, as_json: bool
) -> None:
    from app.services import raters
    from app.services.calibrating.export import export_dataset

    progress = Progress(quiet=as_json)
    with opened(workspace) as ws:
        made = export_dataset(
            progress, ws, raters.cli_viewer(ws), rubric, out, with_judges=with_judges
        )
    progress.done()
    if as_json:
        emit(
            {"path": str(made.path), "files": made.files, "rows": dict(made.counts),
             "frozen_at": made.frozen_at}
        )  # fmt: skip
    else:
        told = ", ".join(f"{count} {name}" for name, count in made.counts.items())
        line(f"{made.path}: {told}; data of {made.frozen_at}")


def _scored(found: RatingSet, judge: JudgeVersion) -> list[str]:
    mine = set(found.criterion[found.rater == found.raters.index(judge.rater_id)].tolist())
    return [c.key for at, c in enumerate(found.rubric.criteria) if at in mine]


def _calibrated(found: RatingSet, judge: JudgeVersion, key: str) -> dict[str, Any]:
    from app.services.calibrating import correcting
    from app.services.calibrating.dimension import dimension

    made = correcting.fitted(found, key, judge)
    average = correcting.mean(dimension(found, key), judge)
    usable = made.correction is not None and not made.refused
    return {
        "dimension": key,
        "correction": shapes.correction(made),
        "mean": None if average is None else shapes.mean(average),
        "calibration": made.document(found) if usable else None,
    }


def _write(found: RatingSet, judge: JudgeVersion, key: str, out: Path) -> None:
    from app.services.calibrating import correcting

    body = correcting.fitted(found, key, judge).document(found)
    text = json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    out.write_text(text, encoding="utf-8")


def _print(documents: list[dict[str, Any]]) -> None:
    for one in documents:
        c, m = one["correction"], one["mean"]
        if c["model"] is None or c["refused"]:
            line(f"{one['dimension']}: no correction. {c['refused']}")
        else:
            line(
                f"{one['dimension']}: {c['model']} of {c['items']} items in {c['calls']} calls; "
                f"error {c['rmse_before']:.3f} to {c['rmse_after']:.3f}, "
                f"bias {c['bias_before']:+.3f} to {c['bias_after']:+.3f}"
            )
        if m is not None and m["corrected"] is not None and m["interval"] is not None:
            low, high = m["interval"]
            line(f"  mean {m['raw']:.3f}, corrected {m['corrected']:.3f} [{low:.3f}, {high:.3f}]")
        if m is not None:
            line(f"  {m['reason']}")
