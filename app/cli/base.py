"""The `callbench` command itself, and what its commands share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Outcome, line, reporting
from app.services import places
from app.services.opening import open_workspace
from app.services.workspace import Workspace

commands = typer.Typer(
    name="callbench",
    help="Review voice-agent calls: who spoke when, how they score, and what they export to.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

WRONG_WORDS: type[Exception] = typer.BadParameter.__mro__[1]
"""What the parser raises where the words of a command line do not fit."""

WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", metavar="DIR", help="The workspace folder (default: your own)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
QueryOption = Annotated[
    str, typer.Option("--query", metavar="Q", help="As in the library: words and latency:>2s ...")
]

CallOption = Annotated[
    list[str] | None, typer.Option("--call", metavar="CALL", help="Only this call; repeatable.")
]


@contextmanager
def opened(folder: Path | None, *, create: bool = False) -> Iterator[Workspace]:
    """The workspace for the length of one command."""
    ws = open_workspace(folder or places.default_workspace(), create=create)
    try:
        yield ws
    finally:
        ws.close()


def chosen_calls(ws: Workspace, refs: Sequence[str] | None, query: str) -> list[str]:
    """Ids of the named calls, or, where none is named, of those that the query finds.

    Raises:
        NotFound: no such call. BadInput: a query that cannot be read.
    """
    from app.services import browsing, calls, raters

    if refs:
        return [calls.get_call(ws, ref).id for ref in refs]
    seqs = browsing.call_ids(ws, raters.cli_viewer(ws), browsing.parse_query(query))
    return browsing.uuids(ws, seqs)


def leave(outcome: Outcome) -> None:
    """End the command with its exit code."""
    if outcome.exit_code:
        raise typer.Exit(outcome.exit_code)


@commands.callback(invoke_without_command=True)
def window(
    context: typer.Context,
    workspace: WorkspaceOption = None,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Review voice-agent calls. Without a command, opens the window."""
    if version:
        line(f"callbench {places.version()}")
        raise typer.Exit
    if context.invoked_subcommand is not None:
        if workspace is not None:
            raise typer.BadParameter("--workspace goes after the command.")
        return
    from app.main import run_window

    with reporting(as_json=False) as outcome:
        outcome.exit_code = run_window(workspace)
    leave(outcome)
