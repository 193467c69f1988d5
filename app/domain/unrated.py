"""What is told of a live call to whoever placed it until they have rated it: no figure of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.domain.calls import Call
from app.domain.turns import TurnSet

TIMING = "is_timing"
"""Marks an event of `extra["events"]` that tells how fast or how well the agent was."""
_FIGURES = ("responses", "reported_metrics")
_LIVE_FIGURES = ("turns", "barge_ins", "talk_overs", "false_stops", "stream")


def call(found: Call) -> Call:
    """The call without what was measured of it or told of it by its platform."""
    extra = {k: v for k, v in found.extra.items() if k not in _FIGURES}
    live = extra.get("live")
    if isinstance(live, Mapping):
        extra["live"] = {k: v for k, v in live.items() if k not in _LIVE_FIGURES}
    events = extra.get("events")
    if isinstance(events, list):
        kept = [e for e in events if not (isinstance(e, Mapping) and e.get(TIMING))]
        extra["events"] = kept
    return replace(found, extra=extra)


def turn_set(found: TurnSet) -> TurnSet:
    """The turns as they were said, without latencies, overlaps, interruptions and silences."""
    return replace(
        found,
        turns=tuple(replace(turn, latency=None) for turn in found.turns),
        latencies=(),
        overlaps=(),
        interruptions=(),
        dead_air=(),
    )
