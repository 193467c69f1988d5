"""The log, and what happens to an error that nothing caught.

The log is rotated when the program starts and not while it runs: several processes may write to
it at a time, and the handlers that rotate in between would tear it.
"""

from __future__ import annotations

import logging
import sys
import threading
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

from app.domain.errors import UserError
from app.services import places

log = logging.getLogger("callbench")

LOG_BYTES = 2_000_000
LOG_FILES = 3


def set_up_logging() -> None:
    """Log to the person's file; nothing reaches the terminal but errors that kill the program."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    path = places.log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _rotate(path)
        handler: logging.Handler = logging.FileHandler(path, encoding="utf-8", delay=True)
    except OSError:  # a log that cannot be written is no reason not to start
        handler = logging.NullHandler()
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s")
    )
    logging.raiseExceptions = False
    root.addHandler(handler)
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed


def _rotate(path: Path) -> None:
    """Move a log that has grown to `.1`, that one to `.2`, and so on."""
    if not path.exists() or path.stat().st_size < LOG_BYTES:
        return
    older = [path, *(path.with_name(f"{path.name}.{n}") for n in range(1, LOG_FILES + 1))]
    for source, target in reversed(list(pairwise(older))):
        if source.exists():
            source.replace(target)


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An error that nothing caught: into the log, and one line on the terminal."""
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical("not caught", exc_info=(kind, error, trace))
    if isinstance(error, UserError):
        sys.stderr.write(f"error: {error}\n")
    else:
        sys.stderr.write(
            f"error: Something went wrong inside Callbench: {kind.__name__}: {error}. "
            f"The details are in {places.log_path()}.\n"
        )


def _thread_crashed(args: Any) -> None:
    if args.exc_type is not SystemExit:
        log.critical(
            "not caught in %s",
            args.thread.name if args.thread else "a thread",
            exc_info=(args.exc_type, args.exc_value, args.exc_traceback),
        )
