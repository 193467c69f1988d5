"""Every command but `import`: read the words, call one service, print its answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli import metric_shapes, shapes, text
from app.cli.base import JsonOption, QueryOption, WorkspaceOption, commands, leave, opened
from app.cli.dataset_command import CALIBRATION, export_calibration
from app.cli.output import Progress, WrongUsage, emit, line, note, reporting
from app.domain.browsing import Sort
from app.services import places


@commands.command()
def calls(
    query: QueryOption = "", workspace: WorkspaceOption = None, as_json: JsonOption = False
) -> None:
    """List calls."""
    from app.services import browsing, raters

    with reporting(as_json=as_json) as outcome, opened(workspace) as ws:
        viewer = raters.cli_viewer(ws)
        seqs = browsing.call_ids(ws, viewer, browsing.parse_query(query), Sort("code", False))
        rows = browsing.call_rows(ws, viewer, [int(seq) for seq in seqs])
        emit([shapes.call_row(row) for row in rows]) if as_json else text.print_calls(rows)
    leave(outcome)


@commands.command()
def show(
    call: Annotated[str, typer.Argument(metavar="CALL", help="Its id, code or start of the id.")],
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Also what was measured; see `evaluate`.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a call's turns, latencies, overlaps and interruptions."""
    from app.services import calls as call_service
    from app.services import evaluating, intake, layers, outgoing

    with reporting(as_json=as_json) as outcome, opened(workspace) as ws:
        found = call_service.get_call(ws, call)
        progress = Progress(quiet=as_json)
        intake.detect_missing(progress, ws, [found.id])
        progress.done()
        found = call_service.get_call(ws, found.id)
        layer = layers.current_speech_layer(ws, found.id)
        turn_set = outgoing.turn_set(ws, found.id) if layer is not None else None
        hide = outgoing.of_call(ws, found.id)
        document = shapes.shown_call(hide.call(found), layer, turn_set)
        if metrics:
            values = hide.figures(evaluating.values(ws, found.id))
            document["metrics"] = metric_shapes.measured(values, found.rate_hz)
        emit(document) if as_json else text.print_shown(document)
    leave(outcome)


@commands.command()
def export(
    format_name: Annotated[
        str, typer.Argument(metavar="FORMAT", help="See `export list`; or `calibration`.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The folder to write to.")
    ] = None,
    query: QueryOption = "",
    call: Annotated[
        list[str] | None, typer.Option("--call", metavar="CALL", help="Only this call; repeatable.")
    ] = None,
    rubric: Annotated[
        str,
        typer.Option(
            "--rubric", metavar="KEY[@VERSION]", help="Of calibration (default: the only one)."
        ),
    ] = "",
    without_judges: Annotated[
        bool, typer.Option("--without-judges", help="Of calibration: nothing that judges said.")
    ] = False,
    audio: Annotated[
        bool, typer.Option("--audio", help="Of calibration: a clip of each item.")
    ] = False,
    adapters: Annotated[
        str,
        typer.Option(
            "--adapters",
            metavar="LIST",
            help="Of calibration: alt-test, arena, preference, few-shot; or all.",
        ),
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Export scores, turns and labels to a folder with a manifest."""
    from app.services import calls as call_service
    from app.services import exporting, raters

    with reporting(as_json=as_json) as outcome:
        if format_name == "list":
            emit(list(exporting.FORMATS)) if as_json else line("\n".join(exporting.FORMATS))
            return
        if format_name.lower() == CALIBRATION:
            if query or call:
                raise WrongUsage(
                    "A calibration dataset is of a whole rubric.", "Leave --query and --call."
                )
            export_calibration(
                rubric, out, workspace, with_judges=not without_judges, audio=audio,
                adapters=adapters, as_json=as_json,
            )  # fmt: skip
            return
        if rubric or without_judges or audio or adapters:
            raise WrongUsage(
                "--rubric, --without-judges, --audio and --adapters are of calibration.",
                "Write `export calibration`, or leave them.",
            )
        format_name = format_name.lower()
        if format_name not in exporting.FORMATS:
            raise WrongUsage(
                f"There is no format {format_name!r}.", f"One of: {', '.join(exporting.FORMATS)}."
            )
        if out is None:
            raise WrongUsage("export needs a folder.", "Add --out DIR.")
        progress = Progress(quiet=as_json)
        with opened(workspace) as ws:
            ids = [call_service.get_call(ws, ref).id for ref in call] if call else None
            result = exporting.export(
                progress, ws, raters.cli_viewer(ws), format_name, out, query=query, call_ids=ids
            )
        progress.done()
        emit(result.to_json()) if as_json else text.print_export(result)
    leave(outcome)


@commands.command()
def screenshot(
    screen: Annotated[str, typer.Argument(metavar="SCREEN", help="library, review, score ...")],
    out: Annotated[Path, typer.Argument(metavar="OUT.png")],
    call: Annotated[str | None, typer.Option("--call", metavar="ID")] = None,
    theme: Annotated[str, typer.Option("--theme", metavar="T")] = "dark",
    size: Annotated[str, typer.Option("--size", metavar="WxH")] = "1440x900",
    rater: Annotated[
        str, typer.Option("--rater", metavar="NAME", help="Whose eyes (default: a lead's).")
    ] = "",
    at: Annotated[
        float | None, typer.Option("--at", metavar="SECONDS", help="Where the play-head is.")
    ] = None,
    criterion: Annotated[
        int | None, typer.Option("--criterion", metavar="N", help="In focus while scoring.", min=1)
    ] = None,
    tab: Annotated[
        str, typer.Option("--tab", metavar="TAB", help="Of the review: metrics, compare ...")
    ] = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw a screen of the window to a picture; no display is needed."""
    with reporting(as_json=as_json) as outcome:
        width, height = _size(size)
        from app.main import picture

        with opened(workspace) as ws:
            picture(
                ws, screen, out, call=call, theme=theme, size=(width, height),
                rater=rater, at_s=at, criterion=criterion, tab=tab,
            )  # fmt: skip
        emit({"path": str(out), "width": width, "height": height}) if as_json else line(str(out))
    leave(outcome)


def _size(words: str) -> tuple[int, int]:
    width, cross, height = words.lower().partition("x")
    if not (cross and width.isdecimal() and height.isdecimal()):
        raise WrongUsage(f"{words!r} is no size.", "Give --size as 1440x900.")
    if not (320 <= int(width) <= 8192 and 240 <= int(height) <= 8192):
        raise WrongUsage(f"A picture of {words} cannot be made.", "From 320x240 to 8192x8192.")
    return int(width), int(height)


@commands.command()
def demo(
    review: Annotated[
        Path | None,
        typer.Option("--review", metavar="DIR", help="Also write its review: pictures and a page."),
    ] = None,
    calibration: Annotated[
        bool,
        typer.Option(help="With short archived calls, synthetic raters and rule judges."),
    ] = True,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill a workspace with the demo calls; a second time adds nothing."""
    from app.services.demo import make_demo, make_samples

    with reporting(as_json=as_json) as outcome:
        progress = Progress(quiet=as_json)
        with opened(workspace, create=True) as ws:
            result = (make_samples if calibration else make_demo)(progress, ws)
            progress.done()
            document = shapes.imported(result, None)
            if review is not None:
                from app.main import write_review

                document["page"] = str(write_review(ws, review))
        if as_json:
            emit(document)
        else:
            text.print_import(result)
            if review is not None:
                line(f"Review page: {document['page']}")
        outcome.exit_code = int(bool(result.failed))
    leave(outcome)


@commands.command()
def doctor(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Check versions, devices, models, the database, space, fonts and display."""
    from app.services.doctor import examine

    with reporting(as_json=as_json) as outcome:
        report = examine(workspace or places.default_workspace())
        emit(report.to_json()) if as_json else text.print_doctor(report)
        outcome.exit_code = int(not report.ok)
        if not report.ok and not as_json:
            note("error: Some checks failed. The lines above say what to do.")
    leave(outcome)
