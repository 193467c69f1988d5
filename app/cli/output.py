"""What commands print: results on stdout, progress and errors on stderr, never a traceback.

With `--json`, stdout holds one JSON document, an error included: `{"error":{"what","remedy"}}`.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.domain.errors import Cancelled, UserError
from app.services.places import log_path

log = logging.getLogger("callbench.cli")

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control codes but tab and line feed, and marks that turn the direction of writing."""

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130


class WrongUsage(UserError):
    """The words of the command do not fit together."""


@dataclass
class Outcome:
    """The exit code so far."""

    exit_code: int = 0


@contextmanager
def reporting(*, as_json: bool) -> Iterator[Outcome]:
    """Turn whatever goes wrong inside into a message and an exit code."""
    outcome = Outcome()
    try:
        yield outcome
    except UserError as error:
        outcome.exit_code = WRONG_USAGE if isinstance(error, WrongUsage) else FAILED
        emit_error(error.what, error.remedy, as_json=as_json)
    except (Cancelled, KeyboardInterrupt):
        outcome.exit_code = INTERRUPTED
        emit_error("Stopped.", "What was finished is kept.", as_json=as_json)
    except BrokenPipeError:
        # The reader went away (`| head`): keep Python from complaining when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        outcome.exit_code = FAILED
        place = f" ({error.filename})" if error.filename else ""
        emit_error(
            f"The system refused: {error.strerror or error}{place}.",
            "Check that the path exists, may be written and has room.",
            as_json=as_json,
        )
    except Exception as error:  # ours: the log has all of it, the terminal no traceback
        outcome.exit_code = FAILED
        log.exception("a command failed")
        emit_error(
            f"Something went wrong inside Callbench: {type(error).__name__}: {error}.",
            f"The details are in {log_path()}.",
            as_json=as_json,
        )


def emit(value: Any) -> None:
    """Print one JSON document."""
    ascii_only = (sys.stdout.encoding or "ascii").lower().replace("-", "") != "utf8"
    _write(json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, indent=2))


def line(text: str = "") -> None:
    """Print text; characters that the terminal lacks become question marks."""
    _write(printable(text))


def _write(text: str) -> None:
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")


def printable(text: str) -> str:
    """`text` with codes that would steer a terminal written out; a transcript may hold any."""
    return _STEERING.sub(lambda code: f"\\x{ord(code[0]):02x}", text)


def emit_error(what: str, remedy: str, *, as_json: bool) -> None:
    """Print an error where scripts (stdout, JSON) or people (stderr) look for it."""
    if as_json:
        emit({"error": {"what": what, "remedy": remedy}})
        return
    text = f"error: {what} {remedy}".rstrip()
    sys.stderr.write(printable(text).encode("utf-8", "replace").decode("utf-8") + "\n")


def note(text: str) -> None:
    """A line for people on stderr, beside a result on stdout."""
    sys.stderr.write(printable(text).encode("utf-8", "replace").decode("utf-8") + "\n")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int]) -> None:
    """Print aligned columns; `right` names those aligned to the right."""
    widths = [max(len(r[i]) for r in (head, *rows)) for i in range(len(head))]
    for row in (head, *rows):
        cells = [
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        line("  ".join(cells).rstrip())


class Progress:
    """The context that services report to. Draws one changing line on a terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self._draw = not quiet and sys.stderr.isatty()
        self._shown = 0

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Show `done` of `total` (0 where unknown)."""
        if not self._draw:
            return
        share = f"{done}/{total}" if total else str(done)
        text = f"{share} {note}"[:100]
        sys.stderr.write("\r" + text.ljust(self._shown))
        sys.stderr.flush()
        self._shown = len(text)

    def partial(self, value: object) -> None:
        """Intermediate values are of no use to a command."""

    @property
    def cancelled(self) -> bool:
        """A command is cancelled by its signal, not by a flag."""
        return False

    def raise_if_cancelled(self) -> None:
        """See `cancelled`."""

    def done(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write("\r" + " " * self._shown + "\r")
            self._shown = 0
