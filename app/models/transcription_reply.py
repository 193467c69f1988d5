"""Reads what a transcription endpoint answers: `verbose_json` with times, or the text alone.

Nothing of it is taken on trust: what is no transcription raises `Malformed`, times are kept within
the sound that was sent.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.models.asr import HeardSegment, HeardWord, mean_confidence

MOST_BYTES = 20_000_000


class Malformed(ValueError):
    """It is no transcription; the message says why, in words that follow a colon."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, in seconds of the sound that was sent.

    `words` and `segments` are empty where the server sent none.
    """

    text: str
    language: str
    words: tuple[HeardWord, ...]
    segments: tuple[HeardSegment, ...]

    @property
    def has_times(self) -> bool:
        """Whether it says when anything was said; silence needs no times."""
        return bool(self.words or self.segments or not self.text)


def read(body: bytes, duration_s: float) -> Reply:
    """Read the body of an answer to `duration_s` of sound.

    Raises:
        Malformed.
    """
    if len(body) > MOST_BYTES:
        raise Malformed("it is too long")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("it is not JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise Malformed("it has no text")
    text = " ".join(found["text"].split())
    language = found.get("language")
    segments = tuple(_segment(s, duration_s) for s in _rows(found, "segments"))
    words = _words(_rows(found, "words"), text, duration_s)
    return Reply(
        text=text,
        language=language.strip().lower()[:40] if isinstance(language, str) else "",
        words=tuple(_with_confidence(words, segments)),
        segments=tuple(s for s in segments if s.text),
    )


def _rows(found: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = found.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise Malformed(f"its {name} are none")
    return rows


def _number(row: dict[str, Any], name: str) -> float | None:
    """A finite number; None for anything else."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _times(row: dict[str, Any], duration_s: float) -> tuple[float, float]:
    pair = []
    for name in ("start", "end"):
        value = _number(row, name)
        if value is None:
            raise Malformed(f"it has no {name} where one must be")
        pair.append(min(max(value, 0.0), duration_s))
    return pair[0], max(pair)


def _segment(row: dict[str, Any], duration_s: float) -> HeardSegment:
    text = row.get("text")
    if not isinstance(text, str):
        raise Malformed("a segment has no text")
    start, end = _times(row, duration_s)
    return HeardSegment(" ".join(text.split()), start, end, _likelihood(row))


def _likelihood(row: dict[str, Any]) -> float | None:
    """Mean probability of a token, from its mean log; None where the server says none."""
    value = _number(row, "avg_logprob")
    return None if value is None else round(math.exp(min(value, 0.0)), 4)


def _words(rows: Sequence[dict[str, Any]], text: str, duration_s: float) -> list[HeardWord]:
    """The words in order of time, spelled as the text has them."""
    said: list[tuple[dict[str, Any], str]] = []
    for row in sorted(rows, key=lambda r: _times(r, duration_s)):
        word = row.get("word")
        if not isinstance(word, str):
            raise Malformed("a word has no text")
        if word.strip():
            said.append((row, " ".join(word.split())))
    spelled = in_text([word for _, word in said], text)
    return [
        HeardWord(spelling, *_times(row, duration_s), _probability(row))
        for (row, _), spelling in zip(said, spelled, strict=True)
    ]


def in_text(words: Sequence[str], text: str) -> list[str]:
    """Words with the marks and the space that `text` has about them; servers send them bare.

    A word that the text does not have stands as it is, with a space before it.
    """
    out: list[str] = []
    at, last = 0, None
    for word in words:
        found = text.find(word, at)
        if found < 0:
            out.append(f" {word}")
            continue
        tail, space, head = _divided(text[at:found])
        if last is not None:
            out[last] += tail
        else:
            space, head = " ", head or tail
        last, at = len(out), found + len(word)
        out.append(f"{space}{head}{word}")
    if last is not None:
        out[last] += _divided(text[at:])[0]
    return out


def _divided(between: str) -> tuple[str, str, str]:
    """What stands between two words: marks of the first, a space or none, marks of the second."""
    parts = between.split(" ")
    return parts[0], " " if len(parts) > 1 else "", parts[-1] if len(parts) > 1 else ""


def _probability(row: dict[str, Any]) -> float | None:
    """Some servers of faster-whisper give one."""
    value = _number(row, "probability")
    return round(value, 4) if value is not None and 0 <= value <= 1 else None


def _with_confidence(
    words: Sequence[HeardWord], segments: Sequence[HeardSegment]
) -> list[HeardWord]:
    """Words without a confidence of their own get that of the segment that they lie in."""
    if mean_confidence(words) is not None:
        return list(words)
    out, i = [], 0
    for word in words:
        middle = (word.start_s + word.end_s) / 2
        while i + 1 < len(segments) and segments[i].end_s <= middle:
            i += 1
        confidence = segments[i].confidence if segments else None
        out.append(HeardWord(word.text, word.start_s, word.end_s, confidence))
    return out
