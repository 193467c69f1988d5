"""How well a call's sound flowed, and where its times are not to be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.agents.clock import CallClock
from app.agents.recorded import Recorded
from app.audio.duplex import INPUT_OVERFLOW, OUTPUT_UNDERFLOW

LATE_BLOCK_NS = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamHealth:
    """How well the sound flowed. Gaps are between packets of one utterance."""

    underruns: int
    overruns: int
    inserted_ms: float
    gap_p50_ms: float | None
    gap_p95_ms: float | None
    gap_max_ms: float | None
    delay_ms: float
    """The way through the device, in and out, in the middle of the call."""
    unsaid_ms: float = 0.0
    """What of it the device does not tell, and a check before the call found."""
    echo_db: float | None = None
    """Level of the agent's voice in the caller's sound against what was heard; None for none."""


def flaws(call: Recorded, clock: CallClock) -> list[int]:
    """Indexes at which times are not to be trusted."""
    found = [b.index for b in call.blocks if b.flags]
    found += clock.jumps().tolist()
    for before, after in zip(call.blocks, call.blocks[1:]):
        if after.at_ns - before.at_ns > LATE_BLOCK_NS:
            found.append(after.index)
    found += [clock.index_at(n["at_ns"]) for n in call.noted("ran_dry", "lost")]
    found += [int(n["index"]) for n in call.noted("gap")]
    changed = [clock.index_at(n["at_ns"]) for n in call.noted("rate_changed")]
    if changed:
        found += [b.index for b in call.blocks if b.index >= changed[0]]
    return sorted(found)


def health(call: Recorded, clock: CallClock) -> StreamHealth:
    """Under-runs, gaps and the device's delay over the whole call."""
    dry = list(call.noted("ran_dry"))
    inserted = 0.0
    for note in dry:
        after, before = clock.heard_at(note["position"]), clock.heard_at(note["position"] - 1)
        if after is not None and before is not None:
            inserted += (after - before - 1) * 1000 / call.rate_hz
    gaps = [
        (b.at_ns - a.at_ns) / 1e6
        for a, b in zip(call.packets, call.packets[1:])
        if a.item_id == b.item_id
    ]
    p50, p95, most = np.percentile(gaps, [50, 95, 100]).tolist() if gaps else (None, None, None)
    lost = sum(int(n["blocks"]) for n in call.noted("lost"))
    middle = float(np.median(clock.shift)) if len(clock.shift) else 0.0
    return StreamHealth(
        underruns=sum(bool(b.flags & OUTPUT_UNDERFLOW) for b in call.blocks) + len(dry),
        overruns=sum(bool(b.flags & INPUT_OVERFLOW) for b in call.blocks) + lost,
        inserted_ms=inserted,
        gap_p50_ms=p50,
        gap_p95_ms=p95,
        gap_max_ms=most,
        delay_ms=middle * 1000 / call.rate_hz,
        unsaid_ms=clock.unsaid * 1000 / call.rate_hz,
    )
