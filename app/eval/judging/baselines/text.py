"""Sentences, lengths, questions and likeness of texts in any script, for rules without a model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from app.eval.text.languages import UNSPACED, base_language, script_language

_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof st no nr vs etc approx dept ext e.g i.e z.b bzw sr sra dra mme mlle".split()
)
_CLOSERS = r"[\"'”’»)\]]{0,9}"
_SPACED_END = re.compile(rf"[.!?…؟।]{{1,9}}{_CLOSERS}(?=\s+|$)")
_UNSPACED_END = re.compile(rf"[。！？｡]{{1,9}}{_CLOSERS}")
_END = re.compile(f"{_UNSPACED_END.pattern}|{_SPACED_END.pattern}|\\n+")
_WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*")
_QUESTION = re.compile(r"[?？؟]")
_ASKING: Mapping[str, re.Pattern[str]] = {
    "zh": re.compile(r"[吗呢么][。，,. ]*$"),
    "ja": re.compile(r"(?:です|ます|でしょう|ません|でした|ました)か[。. ]*$"),
    "ko": re.compile(r"(?:까요|나요|니까|을까|은가요)[. ]*$"),
}
"""Ends of sentences that ask without a question mark, as recognisers write them."""

_STEM = 4
"""Letters by which two forms of a word are taken for one."""
_COMPARED = 60
"""Words of a sentence that are compared; a transcript without marks is one long sentence."""


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is, in the unit that its language is counted in."""

    count: int
    unit: str
    """`words` or `characters`."""

    def __str__(self) -> str:
        return f"{self.count} {self.unit if self.count != 1 else self.unit[:-1]}"


def language_of(text: str, stated: str) -> str:
    """The base language of a text: as stated, else by its script; empty where neither says."""
    return base_language(stated) or script_language(text)


def limit_of(limits: Mapping[str, Any], language: str) -> Length:
    """The limit for a language: `{zh: {characters: 50}, "*": {words: 30}}`.

    Raises:
        ValueError: there is none for it and none for all others.
    """
    chosen = limits.get(language) or limits.get("*")
    if not isinstance(chosen, Mapping) or len(chosen) != 1:
        raise ValueError("a limit is written as {words: 30} or {characters: 50}, for each or “*”")
    ((unit, count),) = chosen.items()
    return Length(int(count), str(unit))


def measure(text: str, unit: str) -> int:
    """Words, or letters and digits, in `text`.

    Words of scripts without spaces are letters, so that a foreign name does not make a sentence
    one word long.
    """
    if unit == "characters":
        return sum(c.isalnum() for c in text)
    return len(_WORD.findall(UNSPACED.sub(" 一 ", text)))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, trimmed; what holds no letter or digit is none."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if not _ends(text, end):
            continue
        found.append(text[start : end.end()])
        start = end.end()
    found.append(text[start:])
    return tuple(s.strip() for s in found if any(c.isalnum() for c in s))


def questions(text: str, language: str) -> tuple[str, ...]:
    """The sentences that ask something."""
    asking = _ASKING.get(language)
    return tuple(s for s in sentences(text) if _QUESTION.search(s) or (asking and asking.search(s)))


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence as it is compared: its first words, folded."""

    text: str
    words: tuple[str, ...]
    counts: Counter[str]

    @staticmethod
    def of(text: str) -> Statement:
        """A sentence's words; each letter of a script without spaces is one."""
        words = tuple(_WORD.findall(UNSPACED.sub(r" \g<0> ", text).casefold()))[:_COMPARED]
        return Statement(text, words, Counter(words))


def alike(a: Statement, b: Statement, least: float) -> bool:
    """Whether two sentences have at least that share of their words in common, in order.

    They have not where one word stands in the other's place: “at nine on Monday” and “at ten on
    Monday” say different things. Another form of the same word may.

    Args:
        a: one sentence.
        b: the other.
        least: 0..1, twice the common words over all words.
    """
    if 2 * sum((a.counts & b.counts).values()) < least * (len(a.words) + len(b.words)):
        return False
    match = SequenceMatcher(None, a.words, b.words, autojunk=False)
    if match.ratio() < least:
        return False
    return all(
        kind != "replace" or _same_words(a.words[i:end_i], b.words[j:end_j])
        for kind, i, end_i, j, end_j in match.get_opcodes()
    )


def _same_words(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return len(a) == len(b) and all(
        len(x) >= _STEM and x[:_STEM] == y[:_STEM] for x, y in zip(a, b, strict=True)
    )


def _ends(text: str, end: re.Match[str]) -> bool:
    """Whether a mark ends a sentence, and not an abbreviation or an initial."""
    if not end[0].startswith(".") or end[0].startswith(".."):
        return True
    before = text[: end.start()].rsplit(maxsplit=1)
    word = before[-1].casefold().strip("(\"'“„") if before else ""
    after = text[end.end() :].lstrip()[:1]
    initial = len(word) == 1 and word.isalpha() and word != "i"
    return not (word in _ABBREVIATIONS or (initial and bool(after)) or after.islower())
