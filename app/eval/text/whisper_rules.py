"""Whisper's normalisers (Radford et al. 2022, appendix C), made safe for any text.

The rules are the whisper_normalizer package's. What it cannot take is normalised word by word, and
plainly where even that fails.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from app.eval.text.plain_rules import plain, safe, simple_apostrophes, without_asides

Rewrite = Callable[[str], str]

_REFUSALS = (AssertionError, ValueError, ArithmeticError, LookupError, TypeError)
"""What the package was seen to raise, or may: it asserts, and numbers can be too long for `int`."""


@cache
def whisper(language: str) -> Rewrite:
    """The normaliser of a language: `en`, `fr` and `es` with numbers, else marks and case.

    Apostrophes are made simple first: the package knows `don't`, but not in typographic form.
    So are brackets and spaces: on thousands of them its patterns would take hours.
    Words of signs alone, which it leaves at ends of texts (`ok ...`), are no words.
    """
    inner = _inner(language)

    def rewrite(text: str) -> str:
        text = " ".join(without_asides(simple_apostrophes(safe(text))).split())
        try:
            text = inner(text)
        except _REFUSALS:
            text = " ".join(_one(inner, word) for word in text.split())
        return " ".join(word for word in text.split() if any(map(str.isalnum, word)))

    return rewrite


def _one(inner: Rewrite, word: str) -> str:
    try:
        return inner(word)
    except _REFUSALS:
        return plain(word)


def _inner(language: str) -> Rewrite:
    from whisper_normalizer import basic, english, international

    made: Rewrite
    if language == "en":
        made = english.EnglishTextNormalizer()
    elif language == "fr":
        made = international.FrenchTextNormalizer()
    elif language == "es":
        made = international.SpanishTextNormalizer()
    else:
        made = basic.BasicTextNormalizer(preserve_marks=True)
    return made
