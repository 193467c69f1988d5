"""`callbench screenshot`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import WrongUsage, emit, line, reporting


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
