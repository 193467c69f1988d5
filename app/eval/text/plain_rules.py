"""The normalisers' own rules: marks and case, and the characters of Chinese, Japanese, Korean."""

from __future__ import annotations

import re
import unicodedata

from app.eval.text.numerals import arabic

_TAGS = re.compile(r"[\[<][^\[\]<>]{0,200}[\]>]")
_ASIDES = re.compile(r"\([^()]{1,200}\)")
"""Both bounded: what is longer was said, and a bracket that nothing closes has no end."""

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u00b4`\uff07", "'"))
_LOOSE_APOSTROPHE = re.compile(r"(?<!\w)'|'(?!\w)")
_LOOSE_POINT = re.compile(r"(?<!\d)[.,:]|[.,:](?!\d)")

_PERCENT = {"zh": r"百分之\1", "ja": r"\1パーセント", "ko": r"\1퍼센트"}
_POINT = {"zh": "点", "ja": "点", "ko": "점"}


class _Marks(dict[int, str | int]):
    """For `str.translate`: punctuation, symbols and controls become spaces, joiners nothing.

    Letters, digits and the marks that scripts write vowels with stay.
    """

    def __init__(self, keep: str = "") -> None:
        super().__init__((ord(c), c) for c in keep)

    def __missing__(self, code: int) -> str | int:
        kind = unicodedata.category(chr(code))
        new: str | int = code
        if kind == "Cf":
            new = ""
        elif kind[0] in "PSZC":
            new = " "
        self[code] = new
        return new


_WITH_INNER = _Marks("'.,:")
_NONE_KEPT = _Marks()


def safe(text: str) -> str:
    """`text` without lone surrogates, which no library takes."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def simple_apostrophes(text: str) -> str:
    """`text` with every apostrophe and what is typed for one as `'`."""
    return text.translate(_APOSTROPHES)


def without_asides(text: str) -> str:
    """`text` without [tags], <tags> and (asides), nor brackets that are left over."""
    text = _ASIDES.sub(" ", _TAGS.sub(" ", text))
    return re.sub(r"[\[\]<>()]", " ", text)


def unmarked(text: str) -> str:
    """`text` with punctuation and symbols as spaces."""
    return text.translate(_NONE_KEPT)


def plain(text: str) -> str:
    """Case and punctuation away; apostrophes in words and points in numbers stay."""
    text = unicodedata.normalize("NFKC", simple_apostrophes(text)).casefold()
    text = _TAGS.sub(" ", text)
    text = _LOOSE_APOSTROPHE.sub(" ", text)
    return _LOOSE_POINT.sub(" ", text).translate(_WITH_INNER)


def characters(text: str, language: str) -> str:
    """Letters and digits alone, in compatible forms (NFKC), nothing between them.

    Digits: Han numerals that form a number are written in Arabic digits (Chinese and Japanese;
    Hangul numerals stay, they are ordinary syllables too), each digit is a character of its
    own, the decimal point and the percent sign are written as they are said.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    text = without_asides(text)
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"\s+", "", text)
    if language != "ko":
        text = arabic(text)
    text = re.sub(r"(?<![\d.])(\d+(?:\.\d+)?)%", _PERCENT[language], text)
    text = re.sub(r"(?<=\d)\.(?=\d)", _POINT[language], text)
    return "".join(unmarked(text).split())
