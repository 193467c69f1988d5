"""The command line: thin commands over the services the window uses."""

from __future__ import annotations

from collections.abc import Sequence


def run(words: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 something failed, 2 wrong usage."""
    from app.cli.commands import commands

    try:
        result = commands(args=list(words), prog_name="callbench", standalone_mode=True)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1
    return result if isinstance(result, int) else 0
