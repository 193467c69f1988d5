"""How many syllables a text has when spoken: an estimate by spelling, without a dictionary.

Groups of vowels are counted, with what each language's spelling leaves silent or says apart.
Digits count as said one by one (in English numbers under 100 and with commas as numbers), capitals
in a row as spelt. Han, kana and hangul count one a character, which for Chinese and Korean is a
syllable. Good to a few per cent of a turn, not for a single word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from app.eval.text.languages import BY_CHARACTER, base_language, script_language

CHARACTERS = re.compile(
    r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
_TOKEN = re.compile(rf"{CHARACTERS.pattern}|\d|(?:(?!{CHARACTERS.pattern})[^\W\d_]|['’])+")
_ACRONYM = re.compile(r"[A-Z]{2,5}")
_VOWELS = "aeiouyæœøαειηουωаеёиоуыэюяіїє"
_GROUPS = re.compile(f"[{_VOWELS}]+")
_DIGITS: Mapping[str, str] = {
    "en": "2111111211",
    "es": "2211221222",
    "fr": "2111111111",
    "de": "1111111211",
    "it": "2221222222",
    "pt": "2221222222",
}
"""Syllables of the names of 0 to 9."""
_EN_NUMBER = re.compile(r"([$£€])?(?<![\w.,:/-])(\d{1,3}(?:,\d{3})+|[1-9]?\d)(?![\w:/-]|[.,]\d)")
_EN_SIGNS = {"$": 2, "£": 1, "€": 2}
_EN_SMALL = (2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 3, 1, 2, 2, 2, 2, 3, 2, 2)
_EN_TENS = (0, 0, 2, 2, 2, 2, 2, 3, 2, 2)
_OTHER_DIGITS = "2222222222"
_LETTERS_A_VOWEL = 2.5
"""For scripts whose vowels are not known here."""


def by_characters(text: str, language: str) -> bool:
    """Whether a text is measured in characters rather than syllables."""
    return (base_language(language) or script_language(text)) in BY_CHARACTER


def count(text: str, language: str = "") -> int:
    """Syllables of the text; characters of scripts that are written so.

    Args:
        text: what is said.
        language: a language tag; empty reads as English spelling.
    """
    base = base_language(language) or "en"
    digits = _DIGITS.get(base, _OTHER_DIGITS)
    of_word = _BY_LANGUAGE.get(base, _plain)
    shouted = text.isupper()
    total = 0
    if base == "en":
        total = sum(_english_number(sign, figures) for sign, figures in _EN_NUMBER.findall(text))
        text = _EN_NUMBER.sub(" ", text)
    for token in _TOKEN.findall(text):
        if CHARACTERS.match(token):
            total += 1
        elif token.isdecimal():
            total += int(digits[unicodedata.digit(token, 0)])
        elif _ACRONYM.fullmatch(token) and not shouted:
            total += len(token) + 2 * token.count("W")
        else:
            total += of_word(_plain_letters(token)) if token.strip("'’") else 0
    return total


def _plain_letters(word: str) -> str:
    """Small letters, apostrophes out; accents stay for the language's rule."""
    return word.casefold().replace("'", "").replace("’", "")


def _bare(word: str) -> str:
    """Without accents."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _plain(word: str) -> int:
    """One for each group of vowels; each Cyrillic vowel by itself."""
    bare = _bare(word)
    cyrillic = sum(c in "аеёиоуыэюяіїє" for c in unicodedata.normalize("NFC", word))
    if cyrillic:
        return cyrillic
    groups = len(_GROUPS.findall(bare))
    if groups or any(c in _VOWELS or "a" <= c <= "z" for c in bare):
        return max(1, groups)
    return max(1, round(len(bare) / _LETTERS_A_VOWEL))


def _english_number(sign: str, figures: str) -> int:
    """Syllables of a number in words: `1,250` is one thousand two hundred (and) fifty."""
    groups = [int(g) for g in figures.split(",")]
    total = _EN_SIGNS.get(sign, 0)
    for place, group in enumerate(reversed(groups)):
        hundreds, rest = divmod(group, 100)
        total += _EN_SMALL[hundreds] + 2 if hundreds else 0
        if rest or (not group and len(groups) == 1):
            total += _EN_SMALL[rest] if rest < 20 else _EN_TENS[rest // 10]
            total += _EN_SMALL[rest % 10] if rest >= 20 and rest % 10 else 0
        total += 2 if place and group else 0
    return total


_EN_SILENT = re.compile(
    r"(?:[^aeiouyl]|[aeiouy]l|ll)e$"  # make, whole; not table
    r"|(?:[^aeiouydtl]|[aeiouy]l|[aeiouy]{2}[^aeiouydt]|ll)ed$"  # asked; not wanted, settled
    r"|(?:[^aeiouyscxzgh]|[^sc]h)es$"  # makes; not boxes
)
_EN_APART = re.compile(
    r"(?<![ctsgx])i(?:a|o(?!u))(?!n$|ns$)|(?<![ctsgx])ious|eo(?![nup])|iu|uou"
    r"|(?<=[^q])ua[lrt]|[aeiouy]ing|[^aeiouy]ism$|(?<=[aeo])y[aeo]"
    r"|(?<=[^aeiou]r)ea$|(?<=d)ea$|(?<=cr)ea(?!m|k)|iet|scien|rien"
)


def _english(word: str) -> int:
    bare = _bare(word)
    total = len(_GROUPS.findall(bare)) + len(_EN_APART.findall(bare))
    if total > 1 and _EN_SILENT.search(bare):
        total -= 1
    return max(1, total)


def _spanish(word: str) -> int:
    """Strong and stressed weak vowels each make one; weak ones lean on them."""
    heard = re.sub(r"(?<=[qg])u(?=[eiéí])", "", unicodedata.normalize("NFC", word))
    heard = re.sub(r"y(?![aeiouáéíóú])", "i", heard)
    groups = re.findall(r"[aeiouáéíóúü]+", heard)
    return max(1, sum(max(1, sum(c in "aeoáéíóú" for c in group)) for group in groups))


def _french(word: str) -> int:
    """A final mute e, with or without its s or nt, is not said."""
    spelt = re.sub(r"(?<=é)es?$", "", unicodedata.normalize("NFC", word))
    bare = _bare(spelt.replace("é", "éh"))
    silent = re.search(r"[^aeiouyh]e(?:s|nt)?$", bare)
    return max(1, len(_GROUPS.findall(bare)) - bool(silent))


_BY_LANGUAGE: Mapping[str, Callable[[str], int]] = {
    "en": _english,
    "es": _spanish,
    "fr": _french,
}
