"""The log's turn boundaries against the speech in the recording.

Recordings carry no start time, so the log may be shifted as a whole; the shift is the median
difference of onsets and is taken off. What is left over is the log's error at that boundary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from app.domain.calls import SPEAKERS, Speaker
from app.domain.eva_record import ProcessedRecord, Stretch
from app.domain.segments import Segment
from app.eval.eva.timeline import Timeline

TOLERANCE_MS = 300.0
"""More than this between log and sound is worth a look."""
REACH_S = 2.0
"""How far from the logged onset the sound's is looked for."""
SLACK_S = 0.5
MIN_ONSETS = 3
"""With fewer pairs of onsets no shift is taken off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCheck:
    """One turn. Differences are log minus sound in ms; None where the sound has no such edge."""

    turn: int
    caller_end_ms: float | None
    agent_start_ms: float | None
    latency_ms: float | None
    """Reply latency by the sound alone."""

    @property
    def agrees(self) -> bool:
        """Whether both edges are in the sound, near enough."""
        edges = (self.caller_end_ms, self.agent_start_ms)
        return all(e is not None and abs(e) <= TOLERANCE_MS for e in edges)

    def to_json(self) -> dict[str, Any]:
        """As kept with the value."""
        return {
            "caller_end_off_ms": self.caller_end_ms,
            "agent_start_off_ms": self.agent_start_ms,
            "latency_ms": self.latency_ms,
            "agrees": self.agrees,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """All turns, and the shift that was taken off (ms, log minus sound)."""

    shift_ms: float
    onsets: int
    turns: Mapping[int, TurnCheck]


def check(
    record: ProcessedRecord,
    turns: Sequence[int],
    segments: Sequence[Segment],
    timeline: Timeline,
) -> Checks | None:
    """Compare each turn with the speech layer; None where the call has no time line.

    Args:
        record: the processed record.
        turns: which; each has audio of both parties.
        segments: of the speech layer, frames at the call's rate.
        timeline: where the log's times lie in the call.
    """
    if timeline.t0_s is None or not segments:
        return None
    sound = {s: _seconds(segments, s, timeline) for s in SPEAKERS}
    onsets = _onset_differences(record, sound)
    shift_s = median(onsets) if len(onsets) >= MIN_ONSETS else 0.0
    starts = sorted(s for st in record.caller_audio.values() for s, _ in st or ())
    found = {t: _check_turn(record, t, sound, shift_s, starts) for t in turns}
    return Checks(shift_ms=round(shift_s * 1000, 1), onsets=len(onsets), turns=found)


def _seconds(
    segments: Sequence[Segment], speaker: Speaker, timeline: Timeline
) -> tuple[Stretch, ...]:
    """A speaker's segments in seconds since 1970, in order."""
    t0 = timeline.t0_s or 0.0
    rate = timeline.rate_hz
    return tuple(
        sorted(
            (t0 + s.span.start / rate, t0 + s.span.end / rate)
            for s in segments
            if s.speaker == speaker
        )
    )


def _onset_differences(
    record: ProcessedRecord, sound: Mapping[Speaker, Sequence[Stretch]]
) -> list[float]:
    logged = {"caller": record.caller_audio, "agent": record.agent_audio}
    pairs = [
        (start, _nearest_onset(start, sound[speaker]))
        for speaker in SPEAKERS
        for stretches in logged[speaker].values()
        for start, _ in stretches or ()
    ]
    return [start - onset for start, onset in pairs if onset is not None]


def _nearest_onset(at_s: float, sound: Sequence[Stretch]) -> float | None:
    near = [start for start, _ in sound if abs(start - at_s) <= REACH_S]
    return min(near, key=lambda s: abs(s - at_s)) if near else None


def _check_turn(
    record: ProcessedRecord,
    turn: int,
    sound: Mapping[Speaker, Sequence[Stretch]],
    shift_s: float,
    starts: Sequence[float],
) -> TurnCheck:
    caller, agent = record.caller_audio[turn] or (), record.agent_audio[turn] or ()
    start, end = caller[-1][0] - shift_s, caller[-1][1] - shift_s
    next_start = next((s - shift_s for s in starts if s > caller[-1][0]), None)
    limit = end + SLACK_S if next_start is None else min(end + SLACK_S, next_start - SLACK_S)
    ends = [e for s, e in sound["caller"] if s < limit and e > start - SLACK_S]
    heard_end = max(ends) if ends else None
    agent_start = agent[0][0] - shift_s
    onset = _nearest_onset(agent_start, sound["agent"])
    return TurnCheck(
        turn=turn,
        caller_end_ms=None if heard_end is None else round((end - heard_end) * 1000, 1),
        agent_start_ms=None if onset is None else round((agent_start - onset) * 1000, 1),
        latency_ms=None
        if heard_end is None or onset is None
        else round((onset - heard_end) * 1000, 1),
    )
