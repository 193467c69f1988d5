"""`callbench screenshot`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.base import JsonOption, WorkspaceOption, commands, leave, opened
from app.cli.output import WrongUsage, emit, line, reporting

ScreenArgument = Annotated[str, typer.Argument(metavar="SCREEN", help="library, review, score ...")]
OutArgument = Annotated[Path, typer.Argument(metavar="OUT.png")]
SubjectOption = Annotated[str | None, typer.Option("--call", metavar="ID")]
ThemeOption = Annotated[str, typer.Option("--theme", metavar="T")]
SizeOption = Annotated[str, typer.Option("--size", metavar="WxH")]
RaterOption = Annotated[
    str, typer.Option("--rater", metavar="NAME", help="Whose eyes (default: a lead's).")
]
AtOption = Annotated[
    float | None, typer.Option("--at", metavar="SECONDS", help="Where the play-head is.")
]
CriterionOption = Annotated[
    int | None, typer.Option("--criterion", metavar="N", help="In focus while scoring.", min=1)
]
TabOption = Annotated[
    str, typer.Option("--tab", metavar="TAB", help="Of the review: metrics, compare ...")
]


@commands.command()
def screenshot(
    screen: ScreenArgument,
    out: OutArgument,
    call: SubjectOption = None,
    theme: ThemeOption = "dark",
    size: SizeOption = "1440x900",
    rater: RaterOption = "",
    at: AtOption = None,
    criterion: CriterionOption = None,
    tab: TabOption = "",
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
