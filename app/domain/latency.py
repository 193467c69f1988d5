"""Response latencies as people read them: bands by threshold, percentiles of a call.

A *response* is the agent's turn after the caller's; the caller's own latencies are no measure of
the agent and are in neither bands nor percentiles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.calls import Speaker
from app.domain.turns import Latency, TurnSet

Band = Literal["ok", "slow", "late"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the bands begin, in ms: up to `slow_ms` is ok, above `late_ms` is late."""

    slow_ms: int = 800
    late_ms: int = 1500

    def band(self, ms: float) -> Band:
        """The band of a latency in ms; a negative one (the agent began early) is ok."""
        return "ok" if ms < self.slow_ms else "slow" if ms <= self.late_ms else "late"


@dataclass(frozen=True, slots=True)
class LatencyStats:
    """Number, median and 95th percentile of a call's responses, in ms; None without any."""

    count: int
    p50_ms: float | None
    p95_ms: float | None


NO_LATENCIES = LatencyStats(0, None, None)


def frames_to_ms(frames: int, rate_hz: int) -> float:
    """Milliseconds of `frames` at `rate_hz`, unrounded."""
    return frames * 1000 / rate_hz


def percentile(values: Sequence[float], share: float) -> float:
    """The `share` (0..1) quantile with linear interpolation between order statistics.

    Raises:
        ValueError: without values.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def of_speaker(turn_set: TurnSet, speaker: Speaker) -> tuple[Latency, ...]:
    """The latencies of `speaker`'s turns, in order of time."""
    mine = {t.id for t in turn_set.turns if t.speaker == speaker}
    return tuple(latency for latency in turn_set.latencies if latency.turn_id in mine)


def stats(latencies: Iterable[Latency], rate_hz: int) -> LatencyStats:
    """Count and percentiles of `latencies`."""
    values = [frames_to_ms(latency.frames, rate_hz) for latency in latencies]
    if not values:
        return NO_LATENCIES
    return LatencyStats(len(values), percentile(values, 0.5), percentile(values, 0.95))
