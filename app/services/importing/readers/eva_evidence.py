"""What an EVA record's logs say, as layers: speech, what was meant, what was heard."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.calls import SPEAKERS, Speaker
from app.domain.eva_record import ProcessedRecord, Stretch
from app.domain.text_roles import TextRole
from app.eval.eva import labels
from app.services.importing.foreign import ForeignLayer, ForeignLine

_DIRECTION = re.compile(r"\[[a-z][a-z0-9 ,.'_-]{0,40}\]")
"""Directions to a synthesiser within intended text, such as `[slow]`."""
WORD_S, LEAST_S = 0.35, 0.4
"""Length given to text whose audio was not logged: seconds a word, and at least."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The log's clock: `call time = epoch - t0_s`, and where the log lies in the recording."""

    t0_s: float
    offset_s: float = 0.0
    confidence: float | None = None

    def to_json(self) -> dict[str, Any]:
        """As the condition `eva_timeline`."""
        return {
            "t0_epoch_s": self.t0_s,
            "offset_s": round(self.offset_s, 6),
            "offset_confidence": self.confidence,
        }


def audio(record: ProcessedRecord, speaker: Speaker) -> Mapping[int, tuple[Stretch, ...]]:
    """A speaker's logged stretches by turn, those turns that have any."""
    every = record.caller_audio if speaker == "caller" else record.agent_audio
    return {turn: found for turn, found in every.items() if found}


def stretches(record: ProcessedRecord, speaker: Speaker) -> list[Stretch]:
    """All of a speaker's logged stretches, in order."""
    return sorted(s for found in audio(record, speaker).values() for s in found if s[1] >= s[0])


def first_s(record: ProcessedRecord) -> float | None:
    """The earliest time that anything is logged to have been said or done."""
    starts = [s for speaker in SPEAKERS for s, _ in stretches(record, speaker)]
    if starts:
        return min(starts)
    times = [row.at_ms / 1000 for row in record.trace if row.at_ms is not None]
    return min(times, default=record.session_end_s)


def layers(record: ProcessedRecord, timeline: Timeline, version: str) -> tuple[ForeignLayer, ...]:
    """Speech by the audio events; what was heard; what was meant, which is in force."""
    producer = f"eva-{version}" if version else "eva"
    made = [
        _speech(record, timeline, producer),
        _texts(
            record, timeline, producer, "heard",
            {"caller": heard_caller(record), "agent": record.heard_agent}, labels.without,
        ),
        _texts(
            record, timeline, producer, "intended",
            {"caller": record.intended_caller, "agent": record.intended_agent}, intended,
        ),
    ]  # fmt: skip
    return tuple(layer for layer in made if layer.lines)


def intended(text: str) -> str:
    """Text without EVA's marks and without directions to the synthesiser."""
    return " ".join(_DIRECTION.sub(" ", labels.without(text)).split())


def heard_caller(record: ProcessedRecord) -> Mapping[int, str]:
    """What the agent's recogniser wrote, without a last turn that EVA filled in from the script."""
    heard = record.heard_caller
    last = max(heard, default=0)
    filled = len(heard) > record.caller_turns and heard[last] == record.intended_caller.get(last)
    return {turn: text for turn, text in heard.items() if not (filled and turn == last)}


def _speech(record: ProcessedRecord, timeline: Timeline, producer: str) -> ForeignLayer:
    lines = [
        ForeignLine(speaker=speaker, start_s=start - timeline.t0_s, end_s=end - timeline.t0_s)
        for speaker in SPEAKERS
        for start, end in stretches(record, speaker)
    ]
    unended = sorted(f"{speaker} {turn}" for speaker, turn in record.unended)
    return ForeignLayer(
        kind="speech",
        name="EVA's audio events",
        producer=producer,
        lines=tuple(lines),
        params={"time_basis": "wall", **({"unended": unended} if unended else {})},
    )


_NAMES: Mapping[TextRole, str] = {
    "heard": "EVA: as each side's recogniser heard the other",
    "intended": "EVA: as each side meant it",
}


def _texts(
    record: ProcessedRecord,
    timeline: Timeline,
    producer: str,
    role: TextRole,
    texts: Mapping[Speaker, Mapping[int, str]],
    bare: Callable[[str], str],
) -> ForeignLayer:
    lines: list[ForeignLine] = []
    estimated: list[str] = []
    for speaker, by_turn in texts.items():
        for turn, marked in sorted(by_turn.items()):
            text = bare(marked)
            found = _where(record, speaker, turn, text) if text else None
            if found is None:
                continue
            (start, end), measured = found
            if not measured:
                estimated.append(f"{speaker} {turn}")
            lines.append(
                ForeignLine(
                    speaker=speaker,
                    start_s=start - timeline.t0_s,
                    end_s=end - timeline.t0_s,
                    text=text,
                )
            )
    params: dict[str, Any] = {"time_basis": "wall", "turns": "EVA's turns"}
    if estimated:
        params["estimated"] = estimated
    return ForeignLayer(
        kind="transcript",
        name=_NAMES[role],
        producer=producer,
        lines=tuple(lines),
        text_role=role,
        params=params,
    )


def _where(
    record: ProcessedRecord, speaker: Speaker, turn: int, text: str
) -> tuple[Stretch, bool] | None:
    """(when a turn's text was said, whether its audio was logged)."""
    found = audio(record, speaker).get(turn)
    if found:
        return (min(s for s, _ in found), max(e for _, e in found)), True
    at = next(
        (
            row.at_ms / 1000
            for row in record.trace
            if row.turn == turn and row.speaker == speaker and row.at_ms is not None
        ),
        None,
    )
    if at is None:
        others = [s for side in SPEAKERS for s in audio(record, side).get(turn, ())]
        at = min((s for s, _ in others), default=None)
    if at is None:
        return None
    return (at, at + max(LEAST_S, WORD_S * len(text.split()))), False


def unplaced(record: ProcessedRecord) -> int:
    """How many turns have text but no time at all."""
    texts: Sequence[tuple[Speaker, Mapping[int, str]]] = (
        ("caller", record.heard_caller),
        ("caller", record.intended_caller),
        ("agent", record.heard_agent),
        ("agent", record.intended_agent),
    )
    lost = {
        (speaker, turn)
        for speaker, by_turn in texts
        for turn, text in by_turn.items()
        if labels.without(text) and _where(record, speaker, turn, text) is None
    }
    return len(lost)
