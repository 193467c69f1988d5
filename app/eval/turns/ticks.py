"""Speech on a grid of ticks: who speaks in each, as tau2-bench keeps it, or laid over a layer."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

from app.domain.calls import Speaker
from app.domain.errors import BadInput
from app.domain.turns import TurnSet
from app.eval.turns.layer import entries

TICK_S = 0.2
"""tau2-bench's tick where neither tick nor run says another."""
LEAST_TICK_S, MOST_TICK_S = 0.001, 60.0
CLOSED_PAUSE_S = 3.0
"""A simulated user never pauses inside what it says, and begins again only after seconds without
an answer. To the same end a person's shorter pauses, with the agent silent, are closed."""

InsertKind = Literal["vocal_tic", "non_directed"]
Insert = tuple[InsertKind, str]
"""A sound that is not meant for the agent (cough, a word to somebody else), with its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """One call on a grid.

    Attributes:
        tick_s: length of a tick in seconds.
        user: whether the user (our caller) speaks, per tick.
        agent: whether the agent speaks, per tick; as long as `user`.
        backchannels: ticks in which the user's action is a backchannel.
        inserts: tick → inserts that sound in it.
        inserts_known: False where nothing says which sounds are inserts.
    """

    tick_s: float
    user: tuple[bool, ...]
    agent: tuple[bool, ...]
    backchannels: frozenset[int] = frozenset()
    inserts: Mapping[int, frozenset[Insert]] = field(default_factory=dict)
    inserts_known: bool = True

    def window(self, seconds: float) -> int:
        """Whole ticks in `seconds`."""
        return math.floor(seconds / self.tick_s + 1e-9)


def runs(speaks: Sequence[bool]) -> list[tuple[int, int]]:
    """Maximal runs of speech as half-open (start, end) in ticks."""
    out: list[tuple[int, int]] = []
    start: int | None = None
    for at, on in enumerate(speaks):
        if on and start is None:
            start = at
        elif not on and start is not None:
            out.append((start, at))
            start = None
    if start is not None:
        out.append((start, len(speaks)))
    return out


def from_simulation(body: bytes, run: bytes | None = None) -> Ticks | None:
    """The ticks of a tau2-bench simulation; None where it has none (a text run).

    The last tick is left out where the user speaks in it but not in the one before: that is how a
    simulation's stop signal shows.

    Args:
        body: the simulation's JSON.
        run: the run's JSON, whose `info.audio_native_config` tells the tick's length.

    Raises:
        BadInput: it is no simulation.
    """
    document = _object(body, "simulation")
    ticks = document.get("ticks")
    if not isinstance(ticks, list) or not ticks:
        return None
    found = [t if isinstance(t, Mapping) else {} for t in ticks]
    chunks = [_part(t, "user_chunk") for t in found]
    user = [c.get("contains_speech") is True for c in chunks]
    agent = [_part(t, "agent_chunk").get("contains_speech") is True for t in found]
    if len(user) > 1 and user[-1] and not user[-2]:
        chunks, user, agent = chunks[:-1], user[:-1], agent[:-1]
    inserts = {at: frozenset(_inserts(c)) for at, c in enumerate(chunks)}
    return Ticks(
        tick_s=_tick_s(found, run),
        user=tuple(user),
        agent=tuple(agent),
        backchannels=frozenset(at for at, c in enumerate(chunks) if _is_backchannel(c)),
        inserts={at: kinds for at, kinds in inserts.items() if kinds},
    )


def from_turns(turn_set: TurnSet, tick_s: float = TICK_S) -> Ticks:
    """A turn set on a grid: somebody speaks in a tick if an utterance of theirs holds its centre.

    An utterance too short for that speaks in the tick that holds its own centre. The caller's
    pauses under `CLOSED_PAUSE_S` in which the agent is silent are closed. Backchannels are those
    of the turn set's profile; what a person called a false interruption is left out, and vocal
    tics and words to others are not known.
    """
    per_tick = tick_s * turn_set.rate_hz
    count = max(math.ceil(turn_set.frame_count / per_tick), 1)
    lanes: dict[Speaker, list[bool]] = {"caller": [False] * count, "agent": [False] * count}
    kinds = {(u.speaker, u.span.start): kind for u, kind in entries(turn_set)}
    backchannels: set[int] = set()
    for utterance in turn_set.utterances:
        span = utterance.span
        first = math.ceil(span.start / per_tick - 0.5)
        last = math.ceil(span.end / per_tick - 0.5)
        if last <= first:
            first = min(int((span.start + span.end) / 2 / per_tick), count - 1)
            last = first + 1
        kind = kinds.get((utterance.speaker, span.start))
        if kind == "false_interruption":
            continue
        if kind == "backchannel" and utterance.speaker == "caller":
            backchannels.add(first)
        lanes[utterance.speaker][first:last] = [True] * (min(last, count) - first)
    _close(lanes["caller"], lanes["agent"], CLOSED_PAUSE_S / tick_s)
    return Ticks(
        tick_s=tick_s,
        user=tuple(lanes["caller"]),
        agent=tuple(lanes["agent"]),
        backchannels=frozenset(backchannels),
        inserts_known=False,
    )


def _close(user: list[bool], agent: Sequence[bool], limit: float) -> None:
    """Fill the user's pauses of fewer than `limit` ticks in which the agent is silent."""
    found = runs(user)
    for (_, end), (start, _) in pairwise(found):
        if start - end < limit and not any(agent[end:start]):
            user[end:start] = [True] * (start - end)


def _object(body: bytes, what: str) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"The {what} that came with this call is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise BadInput(f"The {what} that came with this call is no JSON object.")
    return found


def _part(of: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = of.get(key)
    return found if isinstance(found, Mapping) else {}


def _is_backchannel(chunk: Mapping[str, Any]) -> bool:
    return _part(chunk, "turn_taking_action").get("action") == "backchannel"


def _inserts(chunk: Mapping[str, Any]) -> Iterator[Insert]:
    for effects in ("speech_effects", "source_effects"):
        found = _part(chunk, effects).get("speech_insert")
        if isinstance(found, Mapping):
            tic = found.get("type", "vocal_tic") == "vocal_tic"
            yield ("vocal_tic" if tic else "non_directed", str(found.get("text") or ""))


def _tick_s(ticks: Sequence[Mapping[str, Any]], run: bytes | None) -> float:
    """What the ticks say, else the run, else 0.2 s."""
    said = next((t["tick_duration_seconds"] for t in ticks if t.get("tick_duration_seconds")), None)
    if not _is_length(said) and run is not None:
        info = _part(_object(run, "run's description"), "info")
        said = _part(info, "audio_native_config").get("tick_duration_seconds")
    return float(said) if _is_length(said) else TICK_S  # type: ignore[arg-type]


def _is_length(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return LEAST_TICK_S <= value <= MOST_TICK_S
