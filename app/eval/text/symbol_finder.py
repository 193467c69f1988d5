"""Finds the symbols in a text. Only digits, Latin letters and signs: numbers in words are words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from app.eval.text.symbol_sets import SymbolSet, symbol_set

KINDS = (
    "address", "date", "time", "money", "percent", "measure", "phone", "ordinal", "code",
    "number", "sign",
)  # fmt: skip
"""In this order: what fits an earlier kind is not looked at as a later one."""

_BEFORE, _AFTER = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_TOP = "com|org|net|io|ai|gov|edu|info|cn|co|de|es|eu|fr|uk|us"
_HALF = r"(?:\s?[aApP]\.?\s?[mM]\b\.?)"
MANY_WORDS = 8
"""From so many words on a text can be said to be mostly in capitals."""

_NOT_CODES = frozenset({"OK", "AM", "PM"})


@dataclass(frozen=True, slots=True)
class Found:
    """A symbol: its kind and where it stands in the text (characters `start` to `end`)."""

    kind: str
    text: str
    start: int
    end: int


def find_symbols(text: str, symbols: SymbolSet) -> list[Found]:
    """The symbols of `text` in order.

    In a text that is mostly in capitals, capitals alone make no code.
    """
    words = re.findall(r"[A-Za-z]{2,}", text)
    shouting = len(words) >= MANY_WORDS and 2 * sum(w.isupper() for w in words) > len(words)
    found = []
    for hit in _pattern(symbols.language).finditer(text):
        kind = hit.lastgroup or ""
        bare = kind == "code" and hit[0].isalpha()
        if not bare or (not shouting and hit[0] not in _NOT_CODES):
            found.append(Found(kind, hit[0], hit.start(), hit.end()))
    return found


@cache
def number_pattern(decimal: str) -> str:
    """A number in figures, its thousands in groups or not."""
    group, point = ((",", r"\."), (r"[.\u00a0\u202f ]", ","))[decimal == ","]
    return rf"(?:[0-9]{{1,3}}(?:{group}[0-9]{{3}})+(?![0-9])|[0-9]+)(?:{point}[0-9]+)?"


def names_pattern(names: list[str]) -> str:
    """Any of the names, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


@cache
def _pattern(language: str) -> re.Pattern[str]:
    symbols = symbol_set(language)
    assert symbols is not None
    kinds = {**_fixed_kinds(), **_kinds_with_numbers(symbols)}
    return re.compile("|".join(f"(?P<{kind}>{kinds[kind]})" for kind in KINDS))


def _fixed_kinds() -> dict[str, str]:
    name = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}"
    email = rf"[A-Za-z0-9][A-Za-z0-9._+-]{{0,63}}@{name}(?:\.{name}){{1,5}}"
    site = rf"(?:https?://|www\.)[^\s,;]{{1,200}}[\w/]|(?:{name}\.){{1,5}}(?:{_TOP})(?:/[\w/-]+)?"
    ymd = r"[0-9]{4}(?P<_ymd>[-/.])[0-9]{1,2}(?P=_ymd)[0-9]{1,2}"
    dmy = r"[0-9]{1,2}(?P<_dmy>[/.])[0-9]{1,2}(?P=_dmy)(?:[0-9]{4}|[0-9]{2})"
    mixed = r"(?=[A-Za-z-]{0,30}[0-9])(?=[0-9-]{0,30}[A-Za-z])[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*"
    capitals = rf"[A-Z][A-Z0-9]*(?:[&/-][A-Z0-9]+)+{_AFTER}|[A-Z]{{2,}}{_AFTER}"
    return {
        "address": rf"{_BEFORE}(?:{email}|{site}){_AFTER}",
        "date": rf"{_BEFORE}(?:{ymd}|{dmy}){_AFTER}",
        "time": rf"{_BEFORE}[0-9]{{1,2}}(?:\s?[:：h]\s?[0-9]{{2}}(?![0-9:]){_HALF}?|{_HALF})",
        "phone": rf"{_BEFORE}\+?\(?[0-9](?:[ ().-]{{0,2}}[0-9]){{6,}}{_AFTER}",
        "ordinal": rf"{_BEFORE}[0-9]+(?:st|nd|rd|th|er|ère|e|º|ª){_AFTER}",
        "code": rf"{_BEFORE}(?:{mixed}|{capitals}|[0-9]+(?:/[0-9]+)+{_AFTER})",
        "sign": r"[@#&+=*_°§№]",
    }


def _kinds_with_numbers(symbols: SymbolSet) -> dict[str, str]:
    number = number_pattern(symbols.decimal)
    signs = names_pattern([c for c in symbols.currencies if not c.isalpha()])
    codes = names_pattern([c for c in symbols.currencies if c.isalpha()])
    scale = rf"(?:\s?(?:{names_pattern([*symbols.scales])})(?![a-z]))?"
    return {
        "money": rf"(?:{signs})\s?{number}{scale}"
        rf"|{_BEFORE}{number}{scale}\s?(?:{signs}|(?:{codes}){_AFTER})",
        "percent": rf"{_BEFORE}{number}\s?[%％]",
        "measure": rf"{_BEFORE}{number}\s?(?:{names_pattern([*symbols.units])}){_AFTER}",
        "number": rf"(?:[#№]\s?|{_BEFORE}){number}{_AFTER}",
    }
