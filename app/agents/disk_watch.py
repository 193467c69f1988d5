"""Looks after the disk of a call: it ends while there is still room to store what was recorded."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from app.agents import ending
from app.agents.ending import Ending
from app.domain.errors import EnvironmentFault

EVERY_S = 2.0
SPARE_BYTES = 16_000_000
"""Beside the call itself: for its logs in the database."""
LEAST_BYTES = 2 * SPARE_BYTES
"""With less a call would end as soon as it begins."""


def check_room(folder: Path) -> None:
    """Whether a call can be recorded on the disk that holds an existing folder.

    Raises:
        EnvironmentFault: it would be full at once.
    """
    free = free_bytes(folder)
    if free is not None and free < LEAST_BYTES:
        raise EnvironmentFault(
            f"There is no room to record a call: {free / 1e6:.0f} MB are free in {folder}.",
            "Free some space, or choose another workspace.",
        )


def free_bytes(folder: Path) -> int | None:
    """Room on the disk of a folder; None where the system does not tell."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


class DiskWatch:
    """One call's; `check` it often, from the call's thread.

    What is stored is compressed and lies beside the recording until that is removed: it takes no
    more than the recording does.

    Args:
        folder: where the call is recorded.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._asked_at = time.monotonic()

    def check(self, written_bytes: int) -> Ending | None:
        """How the call has to end; None where it can go on."""
        now = time.monotonic()
        if now - self._asked_at < EVERY_S:
            return None
        self._asked_at = now
        free = free_bytes(self._folder)
        if free is None or free >= written_bytes + SPARE_BYTES:
            return None
        return ending.of_low_disk(free)
