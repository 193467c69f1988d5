"""Which tests run beside which, where several processes run them.

Tests in real time (those that listen, and those that hold somebody to milliseconds) never run
beside one that works the machine. They may run beside each other, since they mostly wait, but only
one of each folder at a time. They come last, so that no process waits long for the others.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import pytest

REAL_TIME = ("sound", "agents")
"""Their folders."""
WORK = "work"
POLL_S = 0.05


def group_of(item: pytest.Item) -> str:
    """The folder of a test in real time, else `work`."""
    return next((name for name in REAL_TIME if name in item.path.parts), WORK)


def real_time_last(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Tests that work, then those in real time: file by file, those of each folder spread."""
    files: dict[str, dict[Path, list[pytest.Item]]] = {}
    for item in items:
        files.setdefault(group_of(item), {}).setdefault(item.path, []).append(item)
    found = [item for tests in files.pop(WORK, {}).values() for item in tests]
    placed = [
        ((at + 0.5) / len(group), tests)
        for group in files.values()
        for at, tests in enumerate(group.values())
    ]
    return found + [item for _place, tests in sorted(placed, key=lambda p: p[0]) for item in tests]


@contextmanager
def turn(folder: Path, run: str, group: str) -> Iterator[None]:
    """Wait until a test of that group may run, and keep the others away while it does."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with ExitStack() as stack:

        def lock(name: str) -> IO[str]:
            return stack.enter_context((folder / f"callbench-{run}.{name}").open("w"))

        gate, working, timing = lock("gate"), lock("working"), lock("timing")
        mine, others = (working, timing) if group == WORK else (timing, working)
        if group != WORK:
            fcntl.flock(lock(group), fcntl.LOCK_EX)
        while True:
            fcntl.flock(gate, fcntl.LOCK_EX)
            try:
                fcntl.flock(others, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                fcntl.flock(gate, fcntl.LOCK_UN)
                time.sleep(POLL_S)
                continue
            fcntl.flock(others, fcntl.LOCK_UN)
            fcntl.flock(mine, fcntl.LOCK_SH)
            fcntl.flock(gate, fcntl.LOCK_UN)
            break
        yield


def forget(folder: Path, run: str) -> None:
    """Take the locks of a run away; whoever still works makes new ones, and is the last."""
    for path in folder.glob(f"callbench-{run}.*"):
        path.unlink(missing_ok=True)
