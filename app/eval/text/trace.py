"""Traces units of a normalised text back to the words that they were made of.

Each word is normalised alone as well, and both lists are aligned: what is equal is traced. What
only came about together is cut where both halves, normalised apart, give the same units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Range = tuple[int, int]
Normalise = Callable[[Sequence[str]], list[str]]

MAX_CUTS = 40
"""Words of a stretch up to which a cut is sought; each try normalises it anew."""


def traced(words: Sequence[str], units: Sequence[str], normalise: Normalise) -> list[Range]:
    """For each unit the half-open range of words that it came from.

    Args:
        words: the words of the text.
        units: the whole text normalised.
        normalise: words to units, as it made `units`.
    """
    from rapidfuzz.distance.Levenshtein import editops

    known: dict[str, list[str]] = {}
    parts: list[str] = []
    homes: list[int] = []
    for k, word in enumerate(words):
        if word not in known:
            known[word] = normalise([word])
        parts += known[word]
        homes += [k] * len(known[word])
    if not parts:
        return [(0, len(words))] * len(units)
    sources: list[Range] = []
    part = unit = 0
    for block in editops(parts, units).as_matching_blocks():
        between = homes[part : block.a], units[unit : block.b]
        if len(between[0]) == len(between[1]):
            sources += [(k, k + 1) for k in between[0]]
        else:
            stretch = _stretch(homes, part, block.a)
            sources += _cut(words, stretch, between[1], normalise)
        part, unit = block.a + block.size, block.b + block.size
        sources += [(homes[k], homes[k] + 1) for k in range(block.a, part)]
    return sources


def _stretch(homes: Sequence[int], part: int, end: int) -> Range:
    """The words of the parts `part` to `end`; where there are none, the word before."""
    if part < end:
        return homes[part], homes[end - 1] + 1
    before = homes[max(part - 1, 0)]
    return before, before + 1


def _cut(
    words: Sequence[str], stretch: Range, units: Sequence[str], normalise: Normalise
) -> list[Range]:
    """The words of each of `units`, all of which came from the stretch."""
    first, end = stretch
    if len(units) > 1 and end - first <= MAX_CUTS:
        for at in range(first + 1, end):
            left = normalise(words[first:at])
            size = len(left)
            if not 0 < size < len(units) or left != list(units[:size]):
                continue
            if normalise(words[at:end]) == list(units[size:]):
                head = [(first, at)] * size
                return head + _cut(words, (at, end), units[size:], normalise)
    return [stretch] * len(units)
