"""Fold text for searching: case, width and Latin accents do not tell words apart."""

from __future__ import annotations

import unicodedata

_ACCENTS = range(0x0300, 0x0370)


def fold(text: str) -> str:
    """`text` as it is indexed and looked for.

    Only the combining accents of Latin, Greek and Cyrillic are dropped: the marks that voice a
    Japanese kana are letters of another kind and stay.
    """
    if text.isascii():
        return text.casefold()
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c for c in wide if ord(c) not in _ACCENTS)
    return unicodedata.normalize("NFC", kept)


def fold_with_map(text: str) -> tuple[str, list[int]]:
    """The folded text and, for each of its characters, where it comes from in `text`."""
    out: list[str] = []
    origin: list[int] = []
    for at, cluster in _clusters(text):
        folded = fold(cluster)
        out.append(folded)
        origin.extend([at] * len(folded))
    return "".join(out), origin


def _clusters(text: str) -> list[tuple[int, str]]:
    """Characters with the combining marks that follow them, and where each begins."""
    found: list[tuple[int, str]] = []
    for at, char in enumerate(text):
        if found and unicodedata.combining(char):
            found[-1] = (found[-1][0], found[-1][1] + char)
        else:
            found.append((at, char))
    return found


def marks(text: str, words: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Where the words occur in `text`: (start, end) in characters, in order, not overlapping."""
    folded, origin = fold_with_map(text)
    spans: list[tuple[int, int]] = []
    for needle in (fold(w) for w in words if w):
        at = folded.find(needle)
        while at >= 0:
            last = at + len(needle) - 1
            end = next((o for o in origin[last + 1 :] if o > origin[last]), len(text))
            spans.append((origin[at], end))
            at = folded.find(needle, at + len(needle))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
