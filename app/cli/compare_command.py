"""`callbench perturb` and `callbench compare`."""

from __future__ import annotations

from dataclasses import asdict
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
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting, table
from app.domain.calls import Speaker
from app.domain.comparing import PAIRING_WORDS, Comparison
from app.services.set_figures import SetFigure
from app.services.workspace import Workspace

SPEAKERS: dict[str, tuple[Speaker, ...]] = {
    "caller": ("caller",),
    "agent": ("agent",),
    "both": ("caller", "agent"),
}


@commands.command()
def perturb(
    recipe: Annotated[
        list[str], typer.Argument(metavar="STEP...", help="babble:10 mulaw loss:0.05,80 ...")
    ],
    query: QueryOption = "",
    call: CallOption = None,
    speaker: Annotated[
        str, typer.Option("--speaker", metavar="WHO", help="caller, agent or both.")
    ] = "caller",
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of everything random.")] = 0,
    tag: Annotated[str, typer.Option("--tag", metavar="TAG", help="Given to the copies.")] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make perturbed copies of calls: noise at an SNR, a telephone line, losses, clipping."""
    from app.services import perturbing

    with reporting(as_json=as_json) as outcome:
        if speaker not in SPEAKERS:
            raise WrongUsage(f"{speaker!r} is no speaker.", "One of: caller, agent, both.")
        steps = perturbing.parse(" ".join(recipe), speakers=SPEAKERS[speaker], seed=seed)
        with opened(workspace) as ws:
            ids = chosen_calls(ws, call, query)
            progress = Progress(quiet=as_json)
            found = perturbing.perturb(progress, ws, ids, steps, tag=tag)
            progress.done()
            document = _perturbed(ws, found, steps.to_json())
        emit(document) if as_json else _print_perturbed(document)
        outcome.exit_code = int(bool(found.failed))
    leave(outcome)


@commands.command()
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A query, as in the library.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another query.")],
    metrics: Annotated[
        str, typer.Option("--metrics", metavar="A,B", help="Only these metrics.")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two sets of calls metric by metric, paired where they have items in common."""
    from app.services import adaptation_figures, comparing, raters, set_figures

    with reporting(as_json=as_json) as outcome:
        names = [name.strip() for name in metrics.split(",") if name.strip()]
        with opened(workspace) as ws:
            sets = chosen_calls(ws, (), a), chosen_calls(ws, (), b)
            viewer = raters.cli_viewer(ws)
            found = comparing.compare(ws, *sets, metric_ids=names, viewer=viewer)
            both = list(dict.fromkeys([*sets[0], *sets[1]]))
            conditions = set_figures.condition_figures(ws, viewer, both)
            conditions += adaptation_figures.adaptation_figures(ws, both, viewer)
            answers = [set_figures.human_figures(ws, viewer, ids) for ids in sets]
        if as_json:
            document = _compared(found, a, b)
            document["conditions"] = [_figure(f) for f in conditions]
            document["answers"] = dict(zip("ab", [[_figure(f) for f in x] for x in answers]))
            emit(document)
        else:
            _print_compared(found)
            for figure in conditions:
                line(_figure_words(figure, "both sets"))
            for name, figures in zip("AB", answers):
                for figure in figures:
                    if figure.n:
                        line(_figure_words(figure, f"set {name}"))
    leave(outcome)


def _figure(figure: SetFigure) -> dict[str, Any]:
    """A figure over a set: what people answered, or what differs between conditions."""
    found = asdict(figure)
    found["id"] = found.pop("metric_id")
    found["components"] = dict(figure.components)
    return found


def _figure_words(figure: SetFigure, where: str) -> str:
    said = figure.reason if figure.value is None else f"{figure.value:.4g} {figure.unit}".strip()
    return f"{figure.title}, {where}: {said} (n {figure.n})"


def _perturbed(ws: Workspace, found: Any, recipe: dict[str, Any]) -> dict[str, Any]:
    from app.services import calls

    def codes(pairs: Any) -> list[dict[str, str]]:
        return [
            {
                "original": calls.get_call(ws, one).code,
                "copy": calls.get_call(ws, two).code,
                "id": two,
            }
            for one, two in pairs
        ]

    return {
        "recipe": recipe,
        "made": codes(found.made),
        "known": codes(found.known),
        "failed": [
            {"call": calls.get_call(ws, one).code, "reason": reason} for one, reason in found.failed
        ],
    }


def _print_perturbed(document: dict[str, Any]) -> None:
    for pair in document["made"]:
        line(f"{pair['copy']}  of {pair['original']}")
    made, known, failed = (len(document[k]) for k in ("made", "known", "failed"))
    line(f"{made} made, {known} there before, {failed} failed.")
    for each in document["failed"]:
        note(f"error: {each['call']}: {each['reason']}")


def _compared(found: Comparison, a: str, b: str) -> dict[str, Any]:
    return {
        "a": {"query": a, "calls": found.a_calls},
        "b": {"query": b, "calls": found.b_calls},
        "pairing": found.pairing,
        "metrics": [
            {
                **{
                    k: v
                    for k, v in asdict(m).items()
                    if k not in ("pairs", "a", "b", "metric_id", "decimals")
                },
                "id": m.metric_id,
                "verdict": m.verdict,
            }
            for m in found.metrics
        ],
        "missing": list(found.missing),
    }


def _print_compared(found: Comparison) -> None:
    line(f"A {found.a_calls} calls, B {found.b_calls} calls, {PAIRING_WORDS[found.pairing]}.")
    rows = [
        (
            m.title,
            m.speaker or "",
            m.profile,
            str(m.n),
            f"{m.mean_a:.{m.decimals}f}",
            f"{m.mean_b:.{m.decimals}f}",
            f"{m.difference:+.{m.decimals}f}",
            "" if m.low is None else f"{m.low:+.{m.decimals}f} to {m.high:+.{m.decimals}f}",
            "" if m.p_holm is None else f"{m.p_holm:.4f}",
            m.verdict,
        )
        for m in found.metrics
    ]
    head = ("metric", "of", "profile", "n", "A", "B", "B-A", "95 %", "p (Holm)", "B is")
    table(head, rows, right=frozenset({3, 4, 5, 6, 7, 8}))
    for words in found.missing:
        note(f"note: {words}")
