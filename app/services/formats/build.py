"""Collects the lines of one transcript file, checking each, into a `Transcript`."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

from app.domain.imports import Cue, CueWord, RowProblem, TierMark, Transcript
from app.services.formats import times
from app.services.formats.speakers import known

MAX_CUES = 200_000
MAX_TEXT = 100_000
MAX_PROBLEMS = 1_000
WORD_REACH_S = 5.0
"""A word this near to a line of its speaker is part of it: what was to be said after a line was
cut off has words beyond its end."""
WORD_GAP_S = 0.5
"""Words of one speaker further apart than this begin a new line."""

_PARTS = re.compile(r"[^a-z]+")
_NO_SPEECH = ("overlap", "latency", "events", "comments_", "redacted", "turn@")


class Builder:
    """Gathers cues, words and marks; says what was rejected and what was changed."""

    def __init__(self, format_name: str) -> None:
        self.format = format_name
        self.cues: list[Cue] = []
        self.words: list[tuple[str, CueWord]] = []
        self.marks: list[TierMark] = []
        self.speech: list[Cue] = []
        self.notes: list[str] = []
        self.problems: list[RowProblem] = []
        self.meta: dict[str, Any] = {}
        self.ends_estimated = False
        self._more_problems = 0

    def reject(self, row: int, what: str) -> None:
        """Note that a row cannot be used."""
        self._problem(RowProblem(row=row, what=what))

    def changed(self, row: int, what: str) -> None:
        """Note that a row was used, but not as it stands."""
        self._problem(RowProblem(row=row, what=what, severity="changed"))

    def _problem(self, problem: RowProblem) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        else:
            self._more_problems += 1

    def cue(
        self,
        row: int,
        start: object,
        end: object,
        *,
        speaker: str,
        text: str = "",
        confidence: object = None,
        words: tuple[CueWord, ...] = (),
        heard: bool = True,
    ) -> None:
        """Add a line, or reject it saying why. Times are in seconds."""
        if len(self.cues) >= MAX_CUES:
            self._problem(RowProblem(row=row, what=f"more than {MAX_CUES} lines; left out"))
            return
        try:
            start_s, end_s = times.checked(times.number(start), times.number(end))
        except times.TimeError as error:
            self.reject(row, str(error))
            return
        if len(text) > MAX_TEXT:
            text = text[:MAX_TEXT]
            self.changed(row, f"text cut at {MAX_TEXT} characters")
        self.cues.append(
            Cue(
                start_s=start_s,
                end_s=end_s,
                speaker=speaker,
                text=text,
                confidence=probability(confidence),
                words=words,
                row=row,
                heard=heard,
            )
        )

    def word(
        self,
        row: int,
        start: object,
        end: object,
        *,
        speaker: str,
        text: str,
        confidence: object = None,
    ) -> None:
        """Add a word, to be joined to the line that it lies in. Times are in seconds."""
        try:
            start_s, end_s = times.checked(times.number(start), times.number(end))
        except times.TimeError as error:
            self.reject(row, str(error))
            return
        word = CueWord(text=text, start_s=start_s, end_s=end_s, confidence=probability(confidence))
        self.words.append((speaker, word))

    def tier(
        self, row: int, name: str, start: object, end: object, text: str, *, blank: str = ""
    ) -> None:
        """Add an interval of a named tier: a line, a word, speech or a mark, by the tier's name.

        Args:
            row: where it stands.
            name: `caller_turns`, `words@agent`, `caller_speech`, `overlap`, ...
            start: seconds.
            end: seconds.
            text: the label.
            blank: what the format writes for a line whose text is not known.
        """
        speaker = None if name.startswith("comments_") else known(name)
        parts = _PARTS.split(name.lower())
        if speaker is None:
            self.mark(row, name, start, end, text)
        elif "words" in parts or "word" in parts:
            self.word(row, start, end, speaker=speaker, text=text)
        elif "speech" in parts:
            self._speech(row, start, end, speaker)
        else:
            self.cue(row, start, end, speaker=speaker, text="" if text == blank else text)

    def _speech(self, row: int, start: object, end: object, speaker: str) -> None:
        try:
            start_s, end_s = times.checked(times.number(start), times.number(end))
        except times.TimeError as error:
            self.reject(row, str(error))
            return
        self.speech.append(Cue(start_s=start_s, end_s=end_s, speaker=speaker, row=row))

    def mark(self, row: int, tier: str, start: object, end: object, text: str) -> None:
        """Add a mark of a tier that holds no speech."""
        try:
            start_s, end_s = times.checked(times.number(start), times.number(end))
        except times.TimeError as error:
            self.reject(row, str(error))
            return
        self.marks.append(TierMark(tier=tier, start_s=start_s, end_s=end_s, text=text))

    def promote(self) -> None:
        """Where no tier names a speaker: take tiers of unknown names as one speaker each."""
        if self.cues or self.words:
            return
        kept = []
        for mark in self.marks:
            if mark.tier.startswith(_NO_SPEECH) or mark.end_s <= mark.start_s:
                kept.append(mark)
            else:
                self.cue(0, mark.start_s, mark.end_s, speaker=mark.tier, text=mark.text)
        self.marks = kept

    def finish(self) -> Transcript:
        """The transcript: lines in order of time, words joined to their lines."""
        ordered = sorted(self.cues, key=lambda c: (c.start_s, c.end_s))
        if [c.row for c in ordered] != [c.row for c in self.cues]:
            late = sum(
                b.start_s < a.start_s for a, b in zip(self.cues, self.cues[1:], strict=False)
            )
            if late:
                self.notes.append(f"{late} lines were out of order; sorted by time")
        if self._more_problems:
            self.notes.append(f"{self._more_problems} more problems are not listed")
        return Transcript(
            format=self.format,
            cues=join_words(ordered, self.words),
            problems=tuple(self.problems),
            notes=tuple(self.notes),
            marks=tuple(self.marks),
            speech=tuple(sorted(self.speech, key=lambda c: (c.start_s, c.end_s))),
            meta=self.meta,
            ends_estimated=self.ends_estimated,
        )


def probability(value: object) -> float | None:
    """A confidence in 0..1, or None where the file has none that can be used."""
    if value is None or value == "":
        return None
    try:
        result = times.number(value)
    except times.TimeError:
        return None
    return result if 0.0 <= result <= 1.0 else None


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
