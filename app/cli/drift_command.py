"""`callbench drift`, `callbench splits` and `callbench rule`: what verdicts hang on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli import drift_shapes as shapes
from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import WrongUsage, emit, line, note, reporting

if TYPE_CHECKING:
    from app.domain.judging import JudgeVersion
    from app.services.calibrating.rating_set import RatingSet

ReasonOption = Annotated[str, typer.Option("--reason", metavar="WHY", help="Kept with it.")]


@commands.command()
def drift(
    rubric: Annotated[str, typer.Option("--rubric", metavar="KEY[@VERSION]", help="Of scores.")],
    judge: Annotated[
        str, typer.Option("--judge", metavar="NAME[@VERSION]", help="Its newest that scored.")
    ],
    before: Annotated[
        str,
        typer.Option(
            "--before", metavar="NAME[@VERSION]",
            help="Default: its own first run, else the version before.",
        ),
    ] = "",
    dimension: Annotated[
        list[str] | None, typer.Option("--dimension", metavar="KEY", help="Default: all.")
    ] = None,
    look_only: Annotated[
        bool, typer.Option("--look-only", help="Do not keep the look on record.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Whether a judge scores the frozen anchors as it did, and what the audit stream shows."""
    from app.services import raters
    from app.services.calibrating import agreement, auditing, drifting, gather, repeats, rules

    with reporting(as_json=as_json) as outcome, opened(workspace) as ws:
        viewer, rule = raters.cli_viewer(ws), rules.current(ws)
        found = gather.load(ws, viewer, rubric)
        version, other = _versions(found, judge, before)
        documents = []
        scored = [key for j, key in agreement.scored_pairs(found) if j.id == version.id]
        for key in dimension or scored:
            seen = (
                drifting.usual_look(found, version, key, rule)
                if other is None
                else drifting.look(found, version, key, rule, other)
            )
            kept = None
            if seen is not None and found.splits.is_frozen and not look_only:
                kept = drifting.keep(ws, viewer, found, seen)
            documents.append(shapes.looked(key, seen, kept, auditing.look(found, version, key)))
        people = [shapes.repeats(r) for r in repeats.of_people(ws, viewer, found) if r.repeats]
        document = shapes.drift(found, version, other, documents, people)
        emit(document) if as_json else _print(document)
    leave(outcome)


def _versions(
    found: RatingSet, judge: str, before: str
) -> tuple[JudgeVersion, JudgeVersion | None]:
    version = found.judges_named(judge)[-1]
    if not before:
        return version, None
    others = [j for j in found.judges_named(before) if j.id != version.id]
    if not others:
        raise WrongUsage(f"{before} is the same version.", "Name another, such as gic@1.")
    return version, others[-1]


def _print(document: dict[str, Any]) -> None:
    for one in document["dimensions"]:
        anchors = one["anchors"]
        words = "nothing to compare on the anchors." if anchors is None else anchors["words"]
        beside = "" if anchors is None else f" beside {anchors['beside']}"
        line(f"{one['dimension']}{beside}: {words}")
        for said in one["audit"]["words"]:
            line(f"  {said}")
    if not document["splits_frozen_at"]:
        note("note: the splits are not frozen, so nothing was kept. See `callbench splits`.")


@commands.command()
def splits(
    freeze: Annotated[
        bool, typer.Option("--freeze", help="Keep anchors out of prompts from now on, for good.")
    ] = False,
    shares: Annotated[
        str, typer.Option("--shares", metavar="T,D,A", help="train, dev, test: as 0.5,0.2,0.3.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which calls may be in prompts and fits, and which are the exam."""
    from app.services import raters
    from app.services.calibrating import split_counts
    from app.services.calibrating import splits as service

    with reporting(as_json=as_json) as outcome:
        if shares and not freeze:
            raise WrongUsage("--shares goes with --freeze.", "Add --freeze.")
        wanted = _shares(shares) if shares else None
        with opened(workspace) as ws:
            viewer = raters.cli_viewer(ws)
            if freeze:
                service.freeze(ws, viewer, wanted)
            document = shapes.splits(split_counts.counts(ws))
        emit(document) if as_json else _print_splits(document)
    leave(outcome)


def _shares(words: str) -> dict[Any, float]:
    try:
        train, dev, test = (float(part) for part in words.split(","))
    except ValueError:
        raise WrongUsage(f"{words!r} are no shares.", "Give three, as 0.5,0.2,0.3.") from None
    return {"train": train, "dev": dev, "anchor_test": test}


def _print_splits(document: dict[str, Any]) -> None:
    frozen = document["frozen_at"]
    line(f"Frozen on {frozen[:10]}." if frozen else "Not frozen.")
    for role, share in document["shares"].items():
        line(f"{role}: {share:g} of calls, {document['calls'][role]} here")


@commands.command()
def rule(
    preset: Annotated[str, typer.Option("--preset", metavar="NAME", help="A shipped rule.")] = "",
    change: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="THRESHOLD=VALUE", help="As margin=0.1; repeatable."),
    ] = None,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """The rule that verdicts are made by, and its versions; changes it with a reason."""
    from app.services import raters
    from app.services.calibrating import rules as service

    with reporting(as_json=as_json) as outcome:
        if preset and change:
            raise WrongUsage("One of --preset and --set at a time.", "Choose a preset first.")
        changes = _changes(change or [])
        with opened(workspace) as ws:
            viewer = raters.cli_viewer(ws)
            if preset:
                service.choose(ws, viewer, preset, reason)
            elif changes:
                service.change(ws, viewer, changes, reason)
            document = shapes.rules(service.current(ws), service.history(ws))
        emit(document) if as_json else _print_rule(document)
    leave(outcome)


def _changes(words: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        try:
            found[name.strip()] = json.loads(value.replace("none", "null"))
        except json.JSONDecodeError:
            equals = ""
        if not equals:
            raise WrongUsage(f"{word!r} sets no threshold.", "Give it as margin=0.1.")
    return found


def _print_rule(document: dict[str, Any]) -> None:
    line(document["ref"])
    for name, value in document["thresholds"].items():
        line(f"  {name} = {'none' if value is None else value}")
    for entry in document["history"]:
        line(f"{entry['at'][:10]} {entry['ref']}, {entry['by']}: {entry['reason']}")
