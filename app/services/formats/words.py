"""Timed words joined to the lines of a transcript that they belong to."""

from __future__ import annotations

from bisect import bisect_right

from app.domain.transcript_files import Cue, CueWord

WORD_REACH_S = 5.0
"""A word this near to a line of its speaker is part of it: what was to be said after a line was
cut off has words beyond its end."""
WORD_GAP_S = 0.5
"""Words of one speaker further apart than this begin a new line."""


def join_words(cues: list[Cue], words: list[tuple[str, CueWord]]) -> tuple[Cue, ...]:
    """Give each word to the line of its speaker nearest to its middle; far ones make new lines."""
    if not words:
        return tuple(cues)
    found: dict[int, list[CueWord]] = {}
    loose: dict[str, list[CueWord]] = {}
    by_speaker: dict[str, list[int]] = {}
    for index, cue in enumerate(cues):
        by_speaker.setdefault(cue.speaker, []).append(index)
    starts = {s: [cues[i].start_s for i in rows] for s, rows in by_speaker.items()}
    for speaker, word in words:
        middle = (word.start_s + word.end_s) / 2
        at = bisect_right(starts.get(speaker, []), middle) - 1
        near = by_speaker.get(speaker, [])[max(0, at) : at + 2]
        index = min(near, key=lambda i: _away(cues[i], middle), default=-1)
        if index >= 0 and _away(cues[index], middle) <= WORD_REACH_S:
            found.setdefault(index, []).append(word)
        else:
            loose.setdefault(speaker, []).append(word)
    joined = [_with_words(cue, found.get(i)) for i, cue in enumerate(cues)]
    for speaker, rest in loose.items():
        joined.extend(_group(speaker, rest))
    return tuple(sorted(joined, key=lambda c: (c.start_s, c.end_s)))


def _away(cue: Cue, at_s: float) -> float:
    """Seconds from a time to the line; 0 inside."""
    return max(0.0, cue.start_s - at_s, at_s - cue.end_s)


def _with_words(cue: Cue, words: list[CueWord] | None) -> Cue:
    if not words:
        return cue
    return Cue(
        start_s=cue.start_s,
        end_s=cue.end_s,
        speaker=cue.speaker,
        text=cue.text,
        confidence=cue.confidence,
        words=tuple(sorted((*cue.words, *words), key=lambda w: (w.start_s, w.end_s))),
        row=cue.row,
        heard=cue.heard,
    )


def _group(speaker: str, words: list[CueWord]) -> list[Cue]:
    """Lines of words that follow each other closely."""
    words = sorted(words, key=lambda w: (w.start_s, w.end_s))
    groups: list[list[CueWord]] = []
    end_s = 0.0
    for word in words:
        if not groups or word.start_s - end_s > WORD_GAP_S:
            groups.append([])
            end_s = 0.0
        groups[-1].append(word)
        end_s = max(end_s, word.end_s)
    return [
        Cue(
            start_s=group[0].start_s,
            end_s=max(w.end_s for w in group),
            speaker=speaker,
            text=" ".join(w.text.strip() for w in group),
            words=tuple(group),
        )
        for group in groups
    ]
