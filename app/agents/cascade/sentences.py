"""Cuts a growing text into sentences, so that the first can be spoken while the rest is written."""

from __future__ import annotations

import re

THINKS, THOUGHT = "<think>", "</think>"
LONGEST = 240
"""A sentence without an end is cut at the last pause before so many characters."""
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+[」』”]*|\n+")
_PAUSE = re.compile(r"[,;:–—]\s|\s")
_SHORT = re.compile(
    r"(?:^|[\s(\"'“])(?:Mrs?|Ms|Dr|Prof|St|No|Nos|Jr|Sr|vs|etc|approx|e\.g|i\.e|[A-Z]|\d{1,2})\.$"
)
"""Ends with a full stop that ends no sentence: a title, an initial, the number of a list."""


class Sentences:
    """Feed what comes to `push`, end with `finish`.

    What a reasoning model thinks aloud before it answers is left out.
    """

    def __init__(self) -> None:
        self._text = ""

    def push(self, piece: str) -> list[str]:
        """The sentences that this piece completes."""
        self._text += piece
        if self._thinks():
            return []
        out: list[str] = []
        while (cut := self._cut()) is not None:
            out += self._take(cut)
        return out

    def finish(self) -> list[str]:
        """What is left."""
        return [] if self._thinks(at_end=True) else self._take(len(self._text))

    def _take(self, end: int) -> list[str]:
        said, self._text = " ".join(self._text[:end].split()), self._text[end:].lstrip()
        return [said] if any(c.isalnum() for c in said) else []

    def _cut(self) -> int | None:
        """Where the first sentence ends; None while it may go on."""
        for found in _END.finditer(self._text):
            if not _SHORT.search(self._text[: found.end()]):
                return found.end()
        if len(self._text) <= LONGEST:
            return None
        pauses = [m.end() for m in _PAUSE.finditer(self._text, LONGEST // 2, LONGEST)]
        return pauses[-1] if pauses else LONGEST

    def _thinks(self, *, at_end: bool = False) -> bool:
        """Whether what there is is thought, and none of it an answer yet."""
        text = self._text.lstrip()
        if text.startswith(THINKS):
            _, closed, after = text.partition(THOUGHT)
            if not closed:
                return True
            self._text = after.lstrip()
            return False
        return not at_end and bool(text) and len(text) < len(THINKS) and THINKS.startswith(text)
