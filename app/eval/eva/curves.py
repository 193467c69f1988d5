"""The curves by which EVA's turn-taking v0.2 turns milliseconds into a score of 0 to 1.

EVA-Bench 2.1 (arXiv 2605.13841), turn_taking v0.2. Scores of v0.1 and of the looser curves before
2.0.0 are not comparable: a value always carries the version.
"""

from __future__ import annotations

EARLY_MS, GOOD_FROM_MS = -500.0, 500.0
"""At the first and before it a reply is worth nothing, from the second on everything."""
GOOD_TO_MS, LATE_MS = 2000.0, 3500.0
TOOL_GOOD_TO_MS, TOOL_LATE_MS = 3000.0, 5000.0
"""The same two late edges in turns in which a tool was called."""

INTERRUPT_CAP = 0.5
"""The most that a turn is worth in which the agent cut in."""
OVERLAP_MS = 2000.0
INTERRUPTS = 3
YIELD_MS = 2000.0

EARLY_BELOW_MS = 200.0
LATE_FROM_MS, TOOL_LATE_FROM_MS = 2750.0, 4000.0
"""Edges of the rates of early and late replies; they do not touch the score."""


def latency_score(latency_ms: float, *, tool: bool) -> float:
    """Score of a signed response latency: rises, stays 1, falls to 0 when it is late."""
    good_to, late = (TOOL_GOOD_TO_MS, TOOL_LATE_MS) if tool else (GOOD_TO_MS, LATE_MS)
    if latency_ms <= EARLY_MS or latency_ms >= late:
        return 0.0
    if latency_ms < GOOD_FROM_MS:
        return (latency_ms - EARLY_MS) / (GOOD_FROM_MS - EARLY_MS)
    if latency_ms <= good_to:
        return 1.0
    return (late - latency_ms) / (late - good_to)


def overlap_score(overlap_ms: float) -> float:
    """Score of how long the agent spoke over the caller whom it interrupted; at most 0.5."""
    return max(0.0, INTERRUPT_CAP * (1 - overlap_ms / OVERLAP_MS))


def count_score(times: int) -> float:
    """Score of how often it did so in one turn; `times` is at least 1."""
    return max(0.0, INTERRUPT_CAP * (1 - (times - 1) / (INTERRUPTS - 1)))


def yield_score(yield_ms: float) -> float:
    """Score of how long the agent went on after the caller had cut in."""
    return max(0.0, 1 - yield_ms / YIELD_MS)


def is_early(latency_ms: float) -> bool:
    """Whether a reply counts as early."""
    return latency_ms < EARLY_BELOW_MS


def is_late(latency_ms: float, *, tool: bool) -> bool:
    """Whether a reply counts as late."""
    return latency_ms >= (TOOL_LATE_FROM_MS if tool else LATE_FROM_MS)
