"""Collects the lines of one transcript file, checking each, into a `Transcript`."""

from __future__ import annotations

import re
from typing import Any

from app.domain.transcript_files import Cue, CueWord, RowProblem, TierMark, Transcript
from app.services.formats import times
from app.services.formats.speakers import known
from app.services.formats.words import join_words

MAX_CUES = 200_000
MAX_TEXT = 100_000
MAX_PROBLEMS = 1_000

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
