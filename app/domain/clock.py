"""Frames, seconds and wall-clock stamps. Seconds and text exist only at the edges."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> str:
    """The current time as UTC ISO 8601 with microseconds and a trailing Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def to_seconds(frames: int, rate_hz: int) -> float:
    """Seconds of `frames` at `rate_hz`, rounded to the microsecond."""
    return round(frames / rate_hz, 6)


def to_frames(seconds: float, rate_hz: int) -> int:
    """The nearest frame to `seconds` at `rate_hz`."""
    return round(seconds * rate_hz)


def format_time(frames: int, rate_hz: int, *, millis: bool = True) -> str:
    """`mm:ss.mmm` (or `h:mm:ss.mmm` from one hour on); negative times carry U+2212."""
    total_ms = round(abs(frames) * 1000 / rate_hz)
    sign = "\u2212" if frames < 0 and total_ms else ""
    seconds, ms = divmod(total_ms, 1000)
    minutes, s = divmod(seconds, 60)
    hours, m = divmod(minutes, 60)
    head = f"{hours}:{m:02d}:{s:02d}" if hours else f"{m:02d}:{s:02d}"
    return f"{sign}{head}.{ms:03d}" if millis else f"{sign}{head}"
