"""Words of a call that stand in a prompt: an anchor quoted there is no exam any more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

RUN = 10
"""Words in a row that are no coincidence; characters of scripts that have no spaces."""
LINES, LINE = 3, 4
"""So many whole lines of so many words at least are none either, where a prompt sets them apart."""
_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\\w+")

Run = tuple[str, ...]


def words(text: str) -> list[str]:
    """The words of a folded text."""
    return _WORD.findall(text)


def runs(found: Sequence[str], size: int = RUN) -> set[Run]:
    """Every `size` words in a row."""
    return {tuple(found[at : at + size]) for at in range(len(found) - size + 1)}


def quoted(
    prompt: str, before: str, barred: Mapping[str, str], others: Iterable[str]
) -> tuple[str, ...]:
    """Which barred calls a prompt quotes that its earlier version did not.

    Args:
        prompt: the new text, folded.
        before: the text that it was made from, folded.
        barred: call → its transcript, folded, a line an utterance.
        others: transcripts of other calls: what is said there as well gives nothing away.
    """
    fresh = runs(words(prompt)) - runs(words(before))
    asked, known = " ".join(words(prompt)), " ".join(words(before))
    hits: dict[str, set[Run]] = {}
    for call_id, text in barred.items():
        own = fresh & runs(words(text)) if fresh else set()
        lines = {tuple(line) for line in map(words, text.split("\n")) if len(line) >= LINE}
        said = {line for line in lines if _in(line, asked) and not _in(line, known)}
        own |= said if len(said) >= LINES else set()
        if own:
            hits[call_id] = own
    wanted = set().union(*hits.values()) if hits else set()
    for text in others:
        if not wanted:
            break
        spoken = " ".join(words(text))
        wanted -= {run for run in wanted if _in(run, spoken)}
    return tuple(c for c, own in hits.items() if own & wanted)


def _in(run: Run, text: str) -> bool:
    return f" {' '.join(run)} " in f" {text} "
