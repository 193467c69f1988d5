"""How a call ends, in words for the person."""

from __future__ import annotations

import errno
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a call ended. `dropped` where neither the caller nor the plan ended it."""

    reason: str
    """`hung_up`, `time`, `said_all`, `server_lost`, `stage_failed`, `device_lost`, `rate_changed`,
    `disk_full` or `disk`."""
    words: str
    dropped: bool = False


def hung_up(reason: str = "") -> Ending:
    """The person hung up, with a reason in words or without."""
    said = reason.strip()
    return Ending(
        reason="hung_up",
        words=f"The call was hung up: {said.rstrip('.')}." if said else "The call was hung up.",
    )


def of_disk(error: OSError) -> Ending:
    """Nothing more could be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return Ending(
        reason="disk_full" if full else "disk",
        words="The disk is full; the call was ended, and what was recorded is kept."
        if full
        else f"The recording could not go on ({error.strerror or error}); the call was ended.",
        dropped=True,
    )


def of_low_disk(free_bytes: int) -> Ending:
    """There is just enough room left to store what was recorded."""
    return Ending(
        reason="disk_full",
        words=f"The disk is nearly full ({free_bytes / 1e6:.0f} MB left); the call was ended while "
        "there was room to store it.",
        dropped=True,
    )


def of_device(name: str) -> Ending:
    """The sound device is gone."""
    return Ending(
        reason="device_lost",
        words=f"The sound device “{name}” is gone; the call was ended, and what was recorded is "
        "kept.",
        dropped=True,
    )


def of_rate(name: str, was_hz: int, now_hz: int) -> Ending:
    """The sound device was set to another rate under the call."""
    return Ending(
        reason="rate_changed",
        words=f"The sound device “{name}” was set from {was_hz} to {now_hz} Hz; the call was "
        "ended, and what was recorded is kept. Call again to go on at the new rate.",
        dropped=True,
    )


def of_agent(told: str) -> Ending:
    """The line to the agent is gone."""
    return Ending(
        reason="server_lost", words=f"The agent hung up or was lost ({told}).", dropped=True
    )


def of_stage(told: str) -> Ending:
    """A stage of an agent that is put together here cannot do its work."""
    return Ending(reason="stage_failed", words=f"{told} The call was ended.", dropped=True)
