"""Where the aligned words of a line stand: reference above, hypothesis below, wrapped together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.services.aligned_text import AlignedLine, AlignedText, AlignedWord

CARET, GAP_MARK = "‸", "–"
"""Above an inserted word, and below one that is missing."""
WORD_GAP_PX = 7


@dataclass(frozen=True, slots=True)
class Placed:
    """A word's place, px: left end, row of the line, width."""

    left: int
    row: int
    width: int


def upper(word: AlignedWord) -> str:
    """What stands in the row of the reference."""
    return CARET if word.op == "insertion" else word.reference


def lower(word: AlignedWord) -> str:
    """What stands in the row of the hypothesis."""
    return GAP_MARK if word.op == "deletion" else word.hypothesis


def place(words: Sequence[AlignedWord], width: int, advance: Callable[[str], int]) -> list[Placed]:
    """Lay words out from left to right in rows of `width` px."""
    out: list[Placed] = []
    left = row = 0
    for word in words:
        wide = max(advance(upper(word)), advance(lower(word)))
        if left and left + wide > width:
            left, row = 0, row + 1
        out.append(Placed(left, row, wide))
        left += wide + WORD_GAP_PX
    return out


def errors(found: AlignedText) -> list[tuple[int, int]]:
    """(line, word) of everything that differs, in order."""
    return [
        (n, at)
        for n, line in enumerate(found.lines)
        for at, word in enumerate(line.words)
        if word.is_error
    ]


def spoken(line: AlignedLine) -> str:
    """A line for a screen reader: what differs is said in words."""
    said = []
    for word in line.words:
        if word.op == "substitution":
            said.append(f"[{word.reference} heard as {word.hypothesis}]")
        elif word.op == "deletion":
            said.append(f"[{word.reference} missing]")
        elif word.op == "insertion":
            said.append(f"[{word.hypothesis} added]")
        else:
            said.append(word.reference)
    return f"{line.speaker}: {' '.join(said)}"


def rate_words(found: AlignedText) -> list[str]:
    """`Caller WER 0.120: 3 substituted, 1 added, 0 missing of 33 words`, then the rules."""
    out = []
    for rate in found.rates:
        who = rate.speaker.capitalize()
        if rate.rate is None:
            out.append(f"{who}: {rate.reason}")
            continue
        name = "CER" if rate.unit == "char" else "WER"
        units = "characters" if rate.unit == "char" else "words"
        out.append(
            f"{who} {name} {rate.rate:.3f}: {rate.substitutions} substituted, {rate.insertions} "
            f"added, {rate.deletions} missing of {rate.reference_units} {units} · "
            f"reference {rate.reference} · normaliser {rate.normaliser}"
        )
    return out
