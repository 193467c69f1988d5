"""Calls that were cut off with their program: found by their folders, stored as dropped."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import BadInput, EnvironmentFault
from app.domain.work import Work
from app.services.live_calls.storing import StoredCall, store_call
from app.services.workspace import Workspace

log = logging.getLogger("callbench.calls")


def live_dir(ws: Workspace) -> Path:
    """Where calls are recorded while they go on."""
    return ws.path / "live"


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """While a call goes on: nobody takes its folder for one that was left behind.

    Raises:
        EnvironmentFault: the workspace cannot be written.
    """
    from filelock import FileLock

    lock_file = folder.with_suffix(".lock")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(lock_file)
        lock.acquire()
    except OSError as error:
        raise EnvironmentFault(
            f"The call cannot be recorded in {folder.parent} ({error.strerror or error}).",
            "Free some space, or choose another workspace.",
        ) from error
    try:
        yield
    finally:
        lock.release()
        lock_file.unlink(missing_ok=True)


def store_kept(ctx: Work, ws: Workspace, folder: Path) -> StoredCall:
    """Store a call that is recorded in a folder and could not be stored before.

    Raises:
        NotStored: it still cannot. BadInput: nothing was recorded in it. Cancelled.
    """
    with held(folder):
        return store_call(ctx, ws, folder)


def recover(ctx: Work, ws: Workspace) -> tuple[StoredCall, ...]:
    """Store every call whose program is gone; one that cannot be stored stays where it is."""
    from filelock import FileLock, Timeout

    found: list[StoredCall] = []
    if not live_dir(ws).is_dir():
        return ()
    for folder in sorted(p for p in live_dir(ws).iterdir() if p.is_dir()):
        ctx.raise_if_cancelled()
        lock_file = folder.with_suffix(".lock")
        try:
            with FileLock(lock_file, timeout=0):
                found.append(store_call(ctx, ws, folder))
        except Timeout:
            continue  # it goes on
        except BadInput as empty:
            log.info("%s: %s", folder.name, empty)
            shutil.rmtree(folder, ignore_errors=True)
        except EnvironmentFault as fault:
            log.warning("%s was not stored: %s", folder.name, fault)
            continue
        lock_file.unlink(missing_ok=True)
    return tuple(found)
