"""`callbench study` and `callbench votes`: make, open, follow and export human studies."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from app.cli.base import JsonOption, QueryOption, WorkspaceOption, commands, leave, opened
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting
from app.cli.study_shapes import figures_of, status_of, study_row
from app.cli.study_text import print_results, print_status, print_studies
from app.domain.studies import Instrument, Study, StudyDesign

if TYPE_CHECKING:
    from app.services.studies.result_values import Results
    from app.services.studies.rubric_results import RubricResults
    from app.services.workspace import Workspace

study_commands = typer.Typer(help="Make and follow human studies.", rich_markup_mode=None)
votes_commands = typer.Typer(help="Bring in votes from elsewhere.", rich_markup_mode=None)
commands.add_typer(study_commands, name="study")
commands.add_typer(votes_commands, name="votes")

StudyArgument = Annotated[str, typer.Argument(metavar="STUDY", help="Its code, as S-0001, or id.")]


@study_commands.command()
def create(
    name: Annotated[str, typer.Option("--name", metavar="N", help="As you call it.")],
    instrument: Annotated[
        str, typer.Option("--instrument", metavar="I", help=", ".join(get_args(Instrument)) + ".")
    ],
    query: QueryOption = "",
    rubric: Annotated[str, typer.Option("--rubric", metavar="KEY", help="Of a rubric study.")] = "",
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Orders follow from it.")] = 0,
    due: Annotated[str, typer.Option("--due", metavar="DATE", help="As 2026-12-24.")] = "",
    rule: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="RULE=VALUE", help="Of the design, as block=12; repeatable."),
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Store a study as a draft; `study open` renders what it presents."""
    from app.services import browsing, raters
    from app.services.studies import making

    with reporting(as_json=as_json) as outcome:
        chosen = next((i for i in get_args(Instrument) if i == instrument.lower()), None)
        if chosen is None:
            names = ", ".join(get_args(Instrument))
            raise WrongUsage(f"There is no instrument {instrument!r}.", f"One of: {names}.")
        design = _design(rule or [])
        with opened(workspace) as ws:
            browsing.parse_query(query)  # told now, not when it is opened
            made = making.create(
                ws, raters.cli_viewer(ws), name, chosen, design,
                query=query, rubric_key=rubric, seed=seed, due=due or None,
            )  # fmt: skip
        emit(study_row(made)) if as_json else line(f"{made.code}  {made.name}  {made.state}")
    leave(outcome)


@study_commands.command(name="open")
def open_(
    study: StudyArgument,
    clip: Annotated[
        str, typer.Option("--clip", metavar="C", help="What is cut: turn, excerpt or call.")
    ] = "turn",
    condition: Annotated[
        str,
        typer.Option(
            "--condition", metavar="BY", help="agent, agent_version, perturbation or tag."
        ),
    ] = "agent_version",
    per_call: Annotated[
        int, typer.Option("--per-call", metavar="N", help="Clips of each call; 0 for all.", min=0)
    ] = 2,
    calls: Annotated[
        int, typer.Option("--calls", metavar="N", help="Calls, by chance; 0 for all.", min=0)
    ] = 0,
    pairs: Annotated[
        int, typer.Option("--pairs", metavar="N", help="Pairs, by chance; 0 for all.", min=0)
    ] = 0,
    references: Annotated[
        bool, typer.Option("--references", help="Add reference conditions (ACR).")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Cut, level and freeze what a draft presents, and open it to raters."""
    from app.services import raters
    from app.services.studies import choosing, making, opening, planning

    with reporting(as_json=as_json) as outcome:
        of = _one_of(clip, get_args(choosing.ClipOf))
        by = _one_of(condition, get_args(choosing.ConditionBy))
        rule = replace(choosing.ClipRule(), of=of, per_call=per_call, condition_by=by)
        with opened(workspace) as ws:
            viewer, found = raters.cli_viewer(ws), making.get(ws, study)
            planned = () if found.stimuli else planning.plan_items(
                ws, viewer, found, rule=rule, most_calls=calls, most_pairs=pairs,
                with_references=references,
            )  # fmt: skip
            progress = Progress(quiet=as_json)
            done = opening.open_study(progress, ws, viewer, found.id, planned)
            progress.done()
        emit(study_row(done)) if as_json else line(f"{done.code}: {done.stimuli} stimuli, open.")
    leave(outcome)


@study_commands.command()
def status(
    study: Annotated[str, typer.Argument(metavar="[STUDY]", help="One study; all without.")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how far studies are, and of one how its raters do."""
    from app.services import raters
    from app.services.studies import making

    with reporting(as_json=as_json) as outcome, opened(workspace) as ws:
        viewer = raters.cli_viewer(ws)
        if not study:
            every = making.studies(ws)
            emit([study_row(s) for s in every]) if as_json else print_studies(every)
        else:
            found = _found(ws, viewer, making.get(ws, study))
            document = status_of(found)
            emit(document) if as_json else print_status(document)
    leave(outcome)


@study_commands.command()
def results(
    study: StudyArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """Show what a study found, with n, intervals and what was left out."""
    from app.services import raters
    from app.services.studies import making

    with reporting(as_json=as_json) as outcome, opened(workspace) as ws:
        found = _found(ws, raters.cli_viewer(ws), making.get(ws, study))
        document = {**status_of(found), **figures_of(found)}
        emit(document) if as_json else print_results(document)
    leave(outcome)


@study_commands.command()
def export(
    study: StudyArgument,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder to write to.")],
    sounds: Annotated[
        bool, typer.Option("--sounds", help="Also the clips, named after their hashes.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write votes, figures, preferences or ratings to a folder with a manifest."""
    from app.services import raters
    from app.services.studies.exporting import export_study

    with reporting(as_json=as_json) as outcome, opened(workspace) as ws:
        made = export_study(ws, raters.cli_viewer(ws), study, out, with_sounds=sounds)
        document = {**asdict(made), "out_dir": str(made.out_dir), "files": list(made.files)}
        rows = f"{made.votes} votes, {made.ratings} ratings"
        emit(document) if as_json else line(f"{rows}, {len(made.files)} files in {made.out_dir}")
    leave(outcome)


@votes_commands.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="votes.csv, or P.808's per worker.")],
    study: Annotated[
        str, typer.Option("--study", metavar="STUDY", help="Which (default: by its stimuli).")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Append votes to a study, by raters of their own, apart from those given here."""
    from app.services import raters
    from app.services.studies.votes_in import import_votes

    with reporting(as_json=as_json) as outcome, opened(workspace) as ws:
        found = import_votes(ws, raters.cli_viewer(ws), file, study)
        faults = [{"row": f.row, "reason": f.reason} for f in found.faults]
        if as_json:
            emit(
                {
                    "study": found.study.code, "format": found.format, "added": found.added,
                    "known": found.known, "raters": found.raters, "faults": faults,
                }
            )  # fmt: skip
        else:
            line(
                f"{found.study.code}: {found.added} votes of {found.raters} raters added, "
                f"{found.known} known, {len(faults)} not taken."
            )
            for fault in faults:
                note(f"error: row {fault['row']}: {fault['reason']}")
        outcome.exit_code = int(bool(faults))
    leave(outcome)


def _one_of(word: str, names: tuple[Any, ...]) -> Any:
    if word not in names:
        raise WrongUsage(f"{word!r} is none of these.", f"One of: {', '.join(names)}.")
    return word


def _design(rules: list[str]) -> StudyDesign:
    """The defaults with the rules that were set, each of its own type."""
    known = {f.name: getattr(StudyDesign(), f.name) for f in fields(StudyDesign)}
    given: dict[str, Any] = {}
    for rule in rules:
        name, equals, text = rule.partition("=")
        if name not in known or name == "rules" or not equals:
            names = ", ".join(n for n in known if n != "rules")
            raise WrongUsage(f"{rule!r} sets no rule.", f"RULE=VALUE with one of: {names}.")
        given[name] = _value(name, text, known[name])
    return StudyDesign(**given)


def _value(name: str, text: str, default: object) -> Any:
    if isinstance(default, bool):
        if text not in ("yes", "no"):
            raise WrongUsage(f"{name} is yes or no, not {text!r}.")
        return text == "yes"
    if name == "replays" and text == "any":
        return None
    if isinstance(default, str):
        return text
    try:
        return float(text) if isinstance(default, float) else int(text)
    except ValueError:
        raise WrongUsage(f"{name}: {text!r} is no number.") from None


def _found(ws: Workspace, viewer: Any, study: Study) -> Results | RubricResults:
    from app.services.studies.results import results as read
    from app.services.studies.rubric_results import rubric_results

    if study.instrument == "rubric":
        return rubric_results(ws, viewer, study.id)
    return read(ws, viewer, study.id)
