"""The agent framework's log: text given to the synthesiser, without its previews, in runs.

The framework writes some text twice: as a phrase, and again word by word. Both would end up in
the turn, and what was spoken could no longer be found in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

KINDS = frozenset({"turn_start", "turn_end", "tts_text", "llm_response"})
"""The only rows that are read."""

SPOKEN = "tts_text"
WRITTEN = "llm_response"


@dataclass(frozen=True, slots=True)
class Frame:
    """One row: milliseconds since 1970, kind, text."""

    at_ms: int
    kind: str
    text: str


def tidy(frames: Sequence[Frame]) -> list[Frame]:
    """Frames without doubles, consecutive ones of a kind merged (EVA-Bench, event logs).

    Where there is any text given to the synthesiser, what the model wrote is dropped. Merged
    synthesiser text is joined with a space, model text with nothing; the first time counts.
    """
    kept = [f for f in frames if f.kind in KINDS]
    if any(f.kind == SPOKEN for f in kept):
        kept = [f for f in kept if f.kind != WRITTEN]
        kept = _without_previews(_without_twins(kept))
    return _merged(kept)


def _is_phrase(frame: Frame) -> bool:
    return frame.kind == SPOKEN and " " in frame.text


def _without_twins(frames: Sequence[Frame]) -> list[Frame]:
    """Without phrases whose time another piece of spoken text shares."""
    times = Counter(f.at_ms for f in frames if f.kind == SPOKEN)
    return [f for f in frames if not (_is_phrase(f) and times[f.at_ms] > 1)]


def _without_previews(frames: Sequence[Frame]) -> list[Frame]:
    """Without phrases that the following single words spell again, one by one."""
    return [
        f for i, f in enumerate(frames) if not (_is_phrase(f) and _is_spelled(f.text, frames, i))
    ]


def _is_spelled(phrase: str, frames: Sequence[Frame], place: int) -> bool:
    words = phrase.split()
    following = frames[place + 1 : place + 1 + len(words)]
    return (
        len(following) == len(words)
        and all(f.kind == SPOKEN and " " not in f.text for f in following)
        and " ".join(f.text for f in following) == phrase
    )


def _merged(frames: Sequence[Frame]) -> list[Frame]:
    runs: list[list[Frame]] = []
    for frame in frames:
        if runs and runs[-1][0].kind == frame.kind:
            runs[-1].append(frame)
        else:
            runs.append([frame])
    return [
        Frame(run[0].at_ms, run[0].kind, _separator(run[0].kind).join(f.text for f in run))
        for run in runs
    ]


def _separator(kind: str) -> str:
    return " " if kind == SPOKEN else ""
