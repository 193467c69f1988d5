"""Numbers and states of a call in words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from app.agents.live_view import CallState, Caption, Health, Interval, Mark, Snapshot, Usage

NO = "–"
STATE_WORDS: dict[CallState, str] = {
    "idle": "Idle",
    "ringing": "Ringing",
    "connected": "Connected",
    "listening": "Listening",
    "thinking": "Thinking",
    "speaking": "Speaking",
    "ended": "Ended",
}
SINCE: dict[CallState, str] = {
    "ringing": "until it is answered",
    "connected": "nobody has spoken yet",
    "listening": "to the caller",
    "thinking": "since the caller stopped",
    "speaking": "the agent is heard",
}
TAGS = (
    "Barge-in missed", "Talk-over", "Wrong fact", "Mis-heard",
    "Dead air", "Odd voice", "Good moment", "Custom",
)  # fmt: skip
FIRST_TAG_KEY = 2
LOW_DISK_BYTES = 500_000_000
DRIFT_PPM, JITTER_MS = 200.0, 60.0
CLOCK_PPM = 5_000.0
"""No clock is off by more: the device waits for a machine that is too slow."""
QUIET_DBFS, LOUD_PEAK_DBFS = -45.0, -1.0
HOUR_BYTES = 4 * 48_000 * 2 * 3600


def clock(seconds: float, *, tenths: bool = False) -> str:
    """`03:27`, or `03:27.4`."""
    minutes, rest = divmod(max(0.0, seconds), 60)
    return f"{int(minutes):02d}:{rest:04.1f}" if tenths else f"{int(minutes):02d}:{int(rest):02d}"


def ms(value: float | None) -> str:
    """`1 460`; a dash for none."""
    return NO if value is None else f"{value:,.0f}".replace(",", " ").replace("-", "−")


def db(value: float) -> str:
    """`−24`; silence has no number."""
    return "silent" if value <= -100 else f"{value:.0f}".replace("-", "−")


def size(count: float | None) -> str:
    """Bytes in the unit that suits."""
    if count is None:
        return NO
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            return f"{count:.0f} {unit}" if count >= 100 or unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return ""


def hours(free: int | None) -> str:
    """How long a call could still be recorded for."""
    if free is None:
        return ""
    left = free / HOUR_BYTES
    return f"over {left:,.0f} h".replace(",", " ") if left >= 1 else f"{left * 60:.0f} min"


def cost(usage: Usage) -> str:
    """Money where there is a price, else tokens; empty where the server counts none."""
    tokens = usage.input_tokens + usage.output_tokens
    if not tokens:
        return ""
    told = f"{tokens:,} tokens".replace(",", " ")
    if usage.cost is None:
        return f"{told}, no price set"
    return f"{usage.cost:.4f} {usage.currency}, {told}"


def complaint(snapshot: Snapshot) -> str:
    """What is wrong with the recording; empty while it is healthy."""
    health = snapshot.health
    told: tuple[tuple[bool, str], ...] = (
        (health.lost_blocks > 0, "samples lost"),
        (_is_full(health), "disk nearly full"),
        (snapshot.caller_level.clipped, "microphone clips"),
        (health.underruns + health.overruns > 0, "drop-outs"),
        (is_starved(health), "machine too slow"),
        (abs(health.drift_ppm or 0.0) > DRIFT_PPM, "clock drifts"),
        ((health.gap_p95_ms or 0.0) > _jitter_limit(health), "network jitters"),
    )
    return next((words for wrong, words in told if wrong), "")


def is_starved(health: Health) -> bool:
    """Whether the device's blocks come so late that it is no matter of its clock."""
    return abs(health.drift_ppm or 0.0) > CLOCK_PPM


def drift(health: Health) -> tuple[str, str]:
    """The device's clock against the machine's, and a note on it."""
    if health.drift_ppm is None:
        return NO, "after 10 s"
    if is_starved(health):
        return NO, "machine too slow"
    return f"{round(health.drift_ppm):+d} ppm".replace("-", "−"), "corrected on save"


def _is_full(health: Health) -> bool:
    return health.disk_free_bytes is not None and health.disk_free_bytes < LOW_DISK_BYTES


def _jitter_limit(health: Health) -> float:
    return (health.gap_p50_ms or 0.0) + 2 * JITTER_MS


def jitter(health: Health) -> float | None:
    """How far packets stray from their usual distance, in ms."""
    if health.gap_p50_ms is None or health.gap_p95_ms is None:
        return None
    return health.gap_p95_ms - health.gap_p50_ms


def since_s(snapshot: Snapshot) -> float:
    """How long the state has lasted; a thinking agent since the caller's last sound."""
    if snapshot.state == "thinking" and snapshot.caller_speech:
        return (snapshot.captured_frames - snapshot.caller_speech[-1].end) / snapshot.rate_hz
    return snapshot.captured_s - snapshot.state_since_s


def latencies(
    captions: Sequence[Caption], intervals: Sequence[Interval], rate_hz: int
) -> dict[int, float]:
    """Response in ms by the index of the agent's caption that it led to.

    A response belongs to the last line of the agent that began before its first sound was heard,
    give or take what a caption may come late.
    """
    late_s = 0.6
    agents = [(c.at_s, i) for i, c in enumerate(captions) if c.speaker == "agent"]
    starts = [at for at, _ in agents]
    found: dict[int, float] = {}
    for interval in intervals:
        at = bisect_right(starts, interval.span.end / max(1, rate_hz) + late_s) - 1
        if at >= 0:
            found.setdefault(agents[at][1], interval.ms)
    return found


def stages(told: Mapping[str, float]) -> str:
    """Where a cascaded agent's time went: ms until each stage was done, in order."""
    found = sorted(told.items(), key=lambda item: item[1])
    return ", ".join(f"{name.replace('_', ' ')} {ms(value)}" for name, value in found)


def tag_counts(marks: Sequence[Mark]) -> dict[str, int]:
    """How often each tag was set."""
    found: dict[str, int] = {}
    for mark in marks:
        if mark.kind == "mark":
            found[mark.label] = found.get(mark.label, 0) + 1
    return found
