"""Times as files write them: plain numbers, clock times, time stamps; and how we write them."""

from __future__ import annotations

import math
import re
from datetime import datetime

MAX_S = 48 * 3600.0
"""No call is longer; a later time is a mistake of unit or a broken row."""

_CLOCK = re.compile(r"^(?:(\d+):)?(\d{1,3}):(\d{1,2})(?:[.,](\d{1,9}))?$")


class TimeError(ValueError):
    """A time that cannot be used; the text says why, in words for a person."""


def number(value: object) -> float:
    """A finite float from a number or its text; a decimal comma is accepted.

    Raises:
        TimeError: it is none.
    """
    if isinstance(value, bool) or value is None:
        raise TimeError(f"'{value}' is not a time")
    if isinstance(value, str):
        text = value.strip()
        if text.count(",") == 1 and "." not in text:
            text = text.replace(",", ".")
        value = text
    try:
        result = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError) as error:
        raise TimeError(f"'{str(value)[:40]}' is not a time") from error
    if not math.isfinite(result):
        raise TimeError(f"the time '{str(value)[:40]}' is not finite")
    return result


def clock(text: str) -> float | None:
    """Seconds of `h:mm:ss.fff`, `mm:ss,fff` and the like; None where it is no clock time."""
    match = _CLOCK.match(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + (float(f"0.{fraction}") if fraction else 0.0)


def stamp(value: object) -> float | None:
    """Seconds since 1970 of an ISO 8601 time stamp; None where it is none."""
    if not isinstance(value, str) or len(value) < 16 or "-" not in value:
        return None
    try:
        return datetime.fromisoformat(value.strip().replace("Z", "+00:00")).timestamp()
    except (ValueError, OverflowError):
        return None


def checked(start_s: float, end_s: float) -> tuple[float, float]:
    """The two times, if a line of a call can have them.

    Raises:
        TimeError: negative, absurdly late, or the end lies before the start.
    """
    if start_s < 0 or end_s < 0:
        raise TimeError(f"negative time ({min(start_s, end_s):g} s)")
    if max(start_s, end_s) > MAX_S:
        raise TimeError(f"absurd time ({max(start_s, end_s):g} s, more than 48 hours)")
    if end_s < start_s:
        raise TimeError(f"it ends ({end_s:g} s) before it starts ({start_s:g} s)")
    return start_s, end_s


def seconds(frames: int, rate_hz: int) -> str:
    """Seconds with six decimals, rounded half up in integers: the same on every machine."""
    return micros(to_micros(frames, rate_hz))


def to_micros(frames: int, rate_hz: int) -> int:
    """Whole microseconds nearest to `frames`."""
    return (frames * 2_000_000 + rate_hz) // (2 * rate_hz)


def to_millis(frames: int, rate_hz: int) -> int:
    """Whole milliseconds nearest to `frames`."""
    return (frames * 2_000 + rate_hz) // (2 * rate_hz)


def micros(value: int) -> str:
    """Microseconds as seconds with six decimals."""
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(value), 1_000_000)
    return f"{sign}{whole}.{rest:06d}"


def clock_ms(value_ms: int, mark: str) -> str:
    """`hh:mm:ss<mark>mmm`, as VTT (`.`) and SRT (`,`) write it."""
    seconds_part, ms = divmod(value_ms, 1000)
    minutes, s = divmod(seconds_part, 60)
    hours, m = divmod(minutes, 60)
    return f"{hours:02d}:{m:02d}:{s:02d}{mark}{ms:03d}"
