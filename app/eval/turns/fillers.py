"""Where an answer begins to say something: after the sounds and words that only hold the floor.

The lists are short on purpose: a word that can itself be an answer (`yes`, `okay`, `right`) is no
filler unless more words hold the floor with it (`okay so`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

HESITATIONS = ("um", "umm", "uh", "uhh", "uhm", "er", "err", "erm", "ah", "eh", "hm", "hmm", "mm")
"""Sounds that hold the floor in any language; all that is known where the language is not."""

FILLERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": ("so", "well", "okay so", "ok so", "alright so", "right so", "let me see",
               "let's see", "you know", "i mean"),
        "de": ("äh", "ähm", "öh", "öhm", "also", "na ja", "naja", "okay also", "moment",
               "sagen wir"),
        "es": ("este", "em", "pues", "bueno", "a ver", "o sea", "vale pues", "bueno pues"),
        "fr": ("euh", "heu", "ben", "bah", "bon", "alors", "donc", "bon alors", "voyons"),
        "it": ("ehm", "beh", "allora", "dunque", "cioè", "vediamo"),
        "pt": ("é", "hã", "bem", "então", "bom", "ora bem", "deixe ver"),
        "zh": ("嗯", "呃", "额", "啊", "哦", "那个", "这个", "就是", "那"),
        "ja": ("えー", "えーと", "えっと", "あの", "あのー", "うーん", "まあ", "その"),
        "ko": ("음", "어", "그", "저", "저기", "그러니까"),
    }
)  # fmt: skip
"""Words and phrases by language (ISO 639-1), beside the hesitations."""


def content_from(words: Sequence[str], language: str) -> int | None:
    """Which of a turn's words is the first that says something; None where none does.

    Args:
        words: the turn's words in order, with or without punctuation.
        language: BCP 47; an unknown one has hesitations only.
    """
    known = phrases(language)
    plain = [_plain(word) for word in words]
    at = 0
    while at < len(plain):
        if not plain[at]:
            at += 1
            continue
        length = _longest(plain, at, known)
        if not length:
            return at
        at += length
    return None


def phrases(language: str) -> frozenset[tuple[str, ...]]:
    """The fillers of a language as tuples of plain words."""
    found = (*HESITATIONS, *FILLERS.get(language.lower().replace("_", "-").split("-")[0], ()))
    return frozenset(tuple(_plain(word) for word in phrase.split()) for phrase in found)


def _longest(plain: Sequence[str], at: int, known: frozenset[tuple[str, ...]]) -> int:
    most = max(len(p) for p in known)
    for length in range(min(most, len(plain) - at), 0, -1):
        if tuple(plain[at : at + length]) in known:
            return length
    return 0


def _plain(word: str) -> str:
    """Lower case, without punctuation; apostrophes inside a word stay."""
    text = unicodedata.normalize("NFKC", word).casefold().replace("’", "'")
    kept = (c for c in text if c == "'" or unicodedata.category(c)[0] not in "PSZC")
    return "".join(kept).strip("'")
