"""The command line: thin commands over the services the window uses."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module


def run(words: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 something failed, 2 wrong usage."""
    from app.cli.base import commands

    for module in ("import_command", "commands"):  # each adds its commands when it is loaded
        import_module(f"app.cli.{module}")
    try:
        result = commands(args=list(words), prog_name="callbench", standalone_mode=True)
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1
    return result if isinstance(result, int) else 0
