"""Where a response's time went, as a platform reports it. Frames at the call's rate, times in ms.

What comes with a call was written by others: whatever cannot be read is left out.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.turns import Turn

STAGE_WORDS = {
    "endpointing_ms": "Endpointing",
    "asr_final_ms": "ASR final",
    "llm_first_token_ms": "LLM first token",
    "tts_first_byte_ms": "TTS first byte",
    "play_out_ms": "Play-out",
}
"""Stages in the order in which they follow each other."""
MOST_MS = 3_600_000.0
REACH_MS = 500
"""How far a response's start may be off the measured onset of the turn that it belongs to."""


@dataclass(frozen=True, slots=True)
class ResponseStages:
    """One response as reported: `stages` is (key, ms) in order, those that were reported."""

    start: int
    stages: tuple[tuple[str, float], ...]

    @property
    def total_ms(self) -> float:
        """All stages together."""
        return sum(ms for _, ms in self.stages)


@dataclass(frozen=True, slots=True)
class StageShare:
    """A stage of one response: its part (0..1) of all, and the median of that stage in the call."""

    key: str
    ms: float
    share: float
    median_ms: float

    @property
    def words(self) -> str:
        """Its name."""
        return STAGE_WORDS[self.key]


def parse(raw: object, frame_count: int) -> tuple[ResponseStages, ...]:
    """Responses that came with a call: `[{start, stages: {endpointing_ms, ...}}]`, by start.

    Entries without a start inside the call, and those whose stages take no time, are left out.
    """
    if not isinstance(raw, list):
        return ()
    found = [_one(item, frame_count) for item in raw]
    return tuple(sorted((r for r in found if r is not None), key=lambda r: r.start))


def _one(item: object, frame_count: int) -> ResponseStages | None:
    if not isinstance(item, Mapping):
        return None
    start, given = item.get("start"), item.get("stages")
    if not isinstance(start, int) or isinstance(start, bool) or not 0 <= start < frame_count:
        return None
    if not isinstance(given, Mapping):
        return None
    stages = [(key, _ms(given.get(key))) for key in STAGE_WORDS]
    made = ResponseStages(start, tuple((key, ms) for key, ms in stages if ms is not None))
    return made if made.total_ms > 0 else None


def _ms(value: object) -> float | None:
    """A time in ms; None for what is no number, negative, or longer than an hour."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= MOST_MS else None  # neither NaN nor infinity is


def of_turn(
    responses: Sequence[ResponseStages], turn: Turn, rate_hz: int
) -> tuple[StageShare, ...]:
    """The stages of an agent's turn beside the call's medians; empty where none were reported."""
    reach = REACH_MS * rate_hz / 1000
    near = [r for r in responses if abs(r.start - turn.span.start) <= reach]
    if turn.speaker != "agent" or not near:
        return ()
    mine = min(near, key=lambda r: abs(r.start - turn.span.start))
    return tuple(
        StageShare(key, ms, ms / mine.total_ms, _median(responses, key)) for key, ms in mine.stages
    )


def _median(responses: Sequence[ResponseStages], wanted: str) -> float:
    return statistics.median(ms for r in responses for key, ms in r.stages if key == wanted)


def largest(shares: Sequence[StageShare]) -> int:
    """Which stage took longest, the first of equals.

    Raises:
        ValueError: without stages.
    """
    return max(range(len(shares)), key=lambda n: (shares[n].ms, -n))
