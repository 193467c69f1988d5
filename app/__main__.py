"""`python -m app` and the `callbench` command: logging, crash hook, then the window or a command.

The window alone starts without the command line's parser, which would cost a tenth of a second.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(argv: list[str] | None = None) -> int:
    """Run the program with `argv` (the process's own by default) and return its exit code."""
    words = sys.argv[1:] if argv is None else argv
    from app.services.logs import set_up_logging

    set_up_logging()
    match words:
        case []:
            folder = None
        case ["--workspace", folder_name] if not folder_name.startswith("-"):
            folder = Path(folder_name)
        case _:
            from app.cli import run

            return run(words)
    from app.cli.output import reporting
    from app.main import run_window

    with reporting(as_json=False) as outcome:
        outcome.exit_code = run_window(folder)
    return outcome.exit_code


if __name__ == "__main__":
    sys.exit(main())
