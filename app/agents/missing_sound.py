"""How much of the agent's sound never came, as far as its packets can tell.

No protocol here numbers its packets or says when they were due. But an agent that sends as fast as
it is heard keeps a pace: a packet comes when what came before it has been heard. Where it falls
behind that pace, and never makes up for it, sound is missing: lost on the way, or held back by the
agent, which nobody can tell apart. A packet that is late, with the next ones behind it on time, is
not missing.

An agent that sends ahead of what is heard keeps no such pace: what it leaves out, the ear does not
notice as a gap, and nothing is known of it. Nor is it where the protocol names no utterances: a
hole is then as likely a pause, in which such agents send nothing. What is missing at the end of an
utterance leaves no trace in any protocol.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from app.agents.recorded import Recorded
from app.agents.recording import Packet
from app.agents.utterances import MADE_UP

LEAST_PACKETS = 4
"""Of an utterance, to have a pace."""
AHEAD = 0.75
"""Packets that come in less than this share of the time that they last are sent ahead."""
STEP, LEAST_STEP_MS = 0.5, 10.0
"""A fall behind of less than this share of a packet is jitter."""

ELSEWHERE = "A call placed elsewhere has no packets."
UNNAMED = (
    "The agent's protocol names no utterances: where no sound came, it may have paused as well."
)
TOO_FEW = "Too few packets of the agent's sound came to know its pace."
SENT_AHEAD = (
    "The agent sends its sound faster than it is heard, so that a lost packet leaves no gap."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSound:
    """What never came, within utterances; None where nobody can tell, and why."""

    missing_ms: float | None
    missing_why: str = ""


UNKNOWN = MissingSound(missing_ms=None, missing_why=TOO_FEW)


def missing_sound(call: Recorded) -> MissingSound:
    """Over all utterances that have a pace."""
    if call.is_captured:
        return MissingSound(missing_ms=None, missing_why=ELSEWHERE)
    if any(p.item_id.startswith(MADE_UP) for p in call.packets):
        return MissingSound(missing_ms=None, missing_why=UNNAMED)
    items: dict[str, list[Packet]] = defaultdict(list)
    for packet in call.packets:
        items[packet.item_id].append(packet)
    paced = [u for p in items.values() if len(u := _utterance(p, call.rate_hz)) >= LEAST_PACKETS]
    known = [u for u in paced if _pace(u) >= AHEAD]
    if not known or len(known) < len(paced):
        why = SENT_AHEAD if paced else TOO_FEW
        return MissingSound(missing_ms=None, missing_why=why)
    return MissingSound(missing_ms=sum(map(fallen_behind_ms, known)))


Utterance = Sequence[tuple[float, float]]
"""(when it came, how long it lasts) of each packet, in ms."""


def _utterance(packets: Iterable[Packet], rate_hz: int) -> list[tuple[float, float]]:
    """What came at one moment is one packet."""
    found: dict[int, float] = {}
    for packet in packets:
        lasts_ms = packet.frames * 1000 / rate_hz
        found[packet.at_ns] = found.get(packet.at_ns, 0.0) + lasts_ms
    return [(at_ns / 1e6, lasts_ms) for at_ns, lasts_ms in sorted(found.items())]


def _pace(utterance: Utterance) -> float:
    """How long it took for a packet to come, over how long it lasts: in the middle of them."""
    shares = [(b[0] - a[0]) / a[1] for a, b in pairwise(utterance) if a[1] > 0]
    return float(np.median(shares)) if shares else 0.0


def fallen_behind_ms(utterance: Utterance) -> float:
    """How far an utterance fell behind its own pace for good.

    How late each packet is against the sound before it; the least of that from each packet on is
    what was never made up for, and steps where something is missing. What is missing in all is how
    much later the packets behind the last step are than those before the first, each by the one
    that was least late.
    """
    came, lasts = (np.array(x) for x in zip(*utterance))
    late = came - came[0] - np.concatenate([[0.0], np.cumsum(lasts)[:-1]])
    kept = np.minimum.accumulate(late[::-1])[::-1]
    least = max(LEAST_STEP_MS, STEP * float(np.median(lasts)))
    steps = np.flatnonzero(np.diff(kept) >= least) + 1
    if not len(steps):
        return 0.0
    return float(late[steps[-1] :].min() - late[: steps[0]].min())
