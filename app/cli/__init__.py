"""The command line: thin commands over the services the window uses."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

MODULES = (
    "import_command",
    "calls_command",
    "export_command",
    "screenshot_command",
    "demo_command",
    "doctor_command",
    "evaluate_command",
    "compare_command",
    "wer_command",
    "stats_command",
    "judge_command",
    "flow_command",
    "score_command",
    "call_command",
    "practice_command",
    "study_command",
    "agreement_command",
    "calibrate_command",
    "dataset_command",
    "drift_command",
    "labels_command",
    "queue_command",
)


def run(words: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 something failed, 2 wrong usage."""
    from app.cli.base import WRONG_WORDS, commands
    from app.cli.output import WRONG_USAGE, emit_error

    for module in MODULES:  # each adds its commands when it is loaded
        import_module(f"app.cli.{module}")
    as_json = "--json" in words  # then wrong usage is told as JSON as well
    try:
        result = commands(args=list(words), prog_name="callbench", standalone_mode=not as_json)
    except WRONG_WORDS as error:
        emit_error(str(error), "See `callbench --help`.", as_json=True)
        return WRONG_USAGE
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else 1
    return result if isinstance(result, int) else 0
