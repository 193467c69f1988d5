"""Turns whose logged times contradict themselves, so that their score rests on the log's fault.

EVA's turn-taking trusts the caller's log. In finished runs an end of the caller's audio is
sometimes written only when their next audio begins: the turn then shows a long overlap and scores
nothing. The rest of the log gives it away.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.eva_record import ProcessedRecord, Stretch

CLOSE_S = 0.25
"""The caller's audio ends after at least 600 ms of silence (the bridge's rule); an end so close
before their next start was written because of it."""
EARLY_TOOL_S = 1.0
"""A tool that is called so long before the caller's end answers something already said."""


def doubts(record: ProcessedRecord) -> Mapping[int, tuple[str, ...]]:
    """Turn to what is wrong with its times, in words; turns without a doubt are absent."""
    starts = sorted(s for stretches in record.caller_audio.values() for s, _ in stretches or ())
    found: dict[int, tuple[str, ...]] = {}
    for turn, stretches in record.caller_audio.items():
        if turn == 0 or not stretches or not record.agent_audio.get(turn):
            continue
        last = stretches[-1]
        words = [
            *_unended(record, turn),
            *_backwards(record, turn),
            *_late_end(record, last, next((s for s in starts if s > last[0]), None)),
            *_early_tool(record, turn, last),
        ]
        if words:
            found[turn] = tuple(words)
    return found


def _unended(record: ProcessedRecord, turn: int) -> list[str]:
    return [
        f"The log has no end of the {speaker}'s audio; it was closed with the session."
        for speaker in ("caller", "agent")
        if (speaker, turn) in record.unended
    ]


def _backwards(record: ProcessedRecord, turn: int) -> list[str]:
    both = (*(record.caller_audio[turn] or ()), *(record.agent_audio[turn] or ()))
    if any(end < start for start, end in both):
        return ["A stretch of audio ends before it begins in the log."]
    return []


def _late_end(record: ProcessedRecord, last: Stretch, next_start: float | None) -> list[str]:
    if next_start is None:
        return []
    start, end = last
    gap_s = next_start - end
    if gap_s < 0:
        return [
            f"The caller's end was logged {-gap_s * 1000:.0f} ms after their next audio had begun."
        ]
    spoken_s = sum(
        max(0.0, min(end, stop) - max(start, begin))
        for stretches in record.agent_audio.values()
        for begin, stop in stretches or ()
    )
    if gap_s <= CLOSE_S and spoken_s > 0:
        return [
            f"The caller's end was logged only {gap_s * 1000:.0f} ms before their next audio "
            f"began, after the agent had spoken {spoken_s:.1f} s: it was written too late."
        ]
    return []


def _early_tool(record: ProcessedRecord, turn: int, last: Stretch) -> list[str]:
    start, end = last
    times = [
        r.at_ms / 1000
        for r in record.trace
        if r.kind == "tool_call" and r.turn == turn and r.at_ms is not None
    ]
    before = [end - t for t in times if start < t < end - EARLY_TOOL_S]
    if not before:
        return []
    return [
        f"The agent called a tool {max(before):.1f} s before the logged end of the caller's "
        "audio: it had taken them to be finished."
    ]
