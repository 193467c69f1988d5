"""What divides calls and turns: a judge may be right on the whole and wrong in one of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.services.calibrating.rating_set import ItemKey
    from db.repos.calibration_facts import CallFact

LENGTHS_S = ((60.0, "under 1 min"), (180.0, "1 to 3 min"), (float("inf"), "over 3 min"))
POSITIONS = ((3, "first 3 turns"), (10, "turns 4 to 10"), (1 << 30, "later turns"))


def of_items(
    items: Sequence[ItemKey], calls: Mapping[str, CallFact], turns: Sequence[int | None]
) -> Mapping[str, tuple[str, ...]]:
    """Division → class of each item, blank where it has none; divisions of one class left out.

    Args:
        items: what was rated.
        calls: by id.
        turns: number of each item's turn from 1, None where it is none.
    """
    of_call = {c.id: _of_call(c) for c in calls.values()}
    found: dict[str, list[str]] = {}
    for item, turn in zip(items, turns):
        classes = of_call[item.call_id] | {"position": _position(turn)}
        for division, name in classes.items():
            found.setdefault(division, []).append(name)
    return {k: tuple(v) for k, v in found.items() if len({n for n in v if n}) > 1}


def _of_call(call: CallFact) -> dict[str, str]:
    seconds = call.frame_count / call.rate_hz
    return {
        "system": f"{call.agent} {call.agent_version}".strip(),
        "language": call.language,
        "scenario": call.scenario_key,
        "persona": call.persona,
        "accent": call.accent,
        "length": next(name for most, name in LENGTHS_S if seconds <= most),
    }


def _position(turn: int | None) -> str:
    return "" if turn is None else next(name for most, name in POSITIONS if turn <= most)
