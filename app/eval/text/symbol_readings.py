"""Which readings of a symbol are accepted, and one form in which readings are compared.

A recogniser may write what it hears in figures or in words, together or apart. Both the accepted
readings and what was heard are brought into one *canonical* form: signs as words, numbers in
figures by the language's normaliser, no spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from app.eval.text.normalise import normaliser
from app.eval.text.plain_rules import safe, simple_apostrophes
from app.eval.text.symbol_finder import Found, names_pattern, number_pattern
from app.eval.text.symbol_sets import Half, SymbolSet, symbol_set

MAX_CHARACTERS = 500
"""Longer than any symbol is read."""

MAX_SPELLED = 40
"""Longest code or address that is compared letter by letter."""


@dataclass(frozen=True, slots=True)
class Readings:
    """Accepted readings in canonical form, and a pattern for what may be spelled out."""

    forms: frozenset[str]
    spelled: re.Pattern[str] | None = None

    def accept(self, heard: str) -> bool:
        """Whether the canonical text `heard` is an accepted reading."""
        if heard in self.forms:
            return True
        return self.spelled is not None and self.spelled.fullmatch(heard) is not None


def readings(found: Found, symbols: SymbolSet) -> Readings:
    """The accepted readings of one symbol."""
    texts = [found.text, *_MAKERS.get(found.kind, _as_written)(found.text, symbols)]
    forms = frozenset(filter(None, (canonical(text, symbols) for text in texts)))
    return Readings(forms, _spelled(found.text, symbols) if found.kind in _SPELLED else None)


def canonical(text: str, symbols: SymbolSet) -> str:
    """The form in which readings are compared; see the module."""
    if len(text) > MAX_CHARACTERS:
        return "".join(safe(text).split())
    return _canonical(safe(text), symbols.language)


@lru_cache(maxsize=20_000)
def _canonical(text: str, language: str) -> str:
    symbols = symbol_set(language)
    assert symbols is not None
    text = simple_apostrophes(unicodedata.normalize("NFKC", text))
    text = re.sub(r"\b([aApP])\.?\s?[mM]\b\.?", r"\1m", text)
    text = _money_in_words(text, symbols)
    if symbols.percent:
        text = re.sub(r"(?<=[0-9])\s?%", f" {symbols.percent[0]} ", text)
    text = re.sub(r"(?<=[^\W\d]{2})\.(?=[^\W\d]{2})", f" {symbols.signs['.'][0]} ", text)
    for sign, names in symbols.signs.items():
        if sign not in ".:-" and sign in text:
            text = text.replace(sign, f" {names[0]} ")
    # normalisers take 0199 for 199
    text = re.sub(r"(?<![0-9.,])0[0-9]+", lambda zeros: " ".join(zeros[0]), text)
    units = normaliser(symbols.rules, language).units(text, "word")
    if language == "en":  # this normaliser alone writes 1 as a word
        units = [re.sub(r"(?<![a-z])one(?![a-z])", "1", unit) for unit in units]
    return "".join(units)


def _money_in_words(text: str, symbols: SymbolSet) -> str:
    signs = names_pattern([c for c in symbols.currencies if not c.isalpha()])
    scale = rf"(?:\s?(?:{names_pattern([*symbols.scales])})(?![a-z]))?"
    amount = rf"({number_pattern(symbols.decimal)}{scale})"

    def named(sign: str, number: str) -> str:
        return f"{number} {symbols.currencies[sign][0]} "

    text = re.sub(rf"({signs})\s?{amount}", lambda m: named(m[1], m[2]), text)
    return re.sub(rf"{amount}\s?({signs})", lambda m: named(m[2], m[1]), text)


def _as_written(text: str, symbols: SymbolSet) -> list[str]:  # noqa: ARG001
    return []


def _number(text: str, symbols: SymbolSet) -> list[str]:
    sign, number = ("", text) if text[0].isdigit() else (text[0], text[1:].strip())
    named = [f"{name} {number}" for name in symbols.signs.get(sign, ())]
    return named or [template.format(n=number) for template in symbols.numbers]


def _sign(text: str, symbols: SymbolSet) -> list[str]:
    return list(symbols.signs.get(text, ()))


def _percent(text: str, symbols: SymbolSet) -> list[str]:
    return [f"{text.strip(' %％')} {name}" for name in symbols.percent]


def _measure(text: str, symbols: SymbolSet) -> list[str]:
    unit = re.sub(rf"^{number_pattern(symbols.decimal)}\s?", "", text)
    number = text.removesuffix(unit).strip()
    return [f"{number} {name}" for name in symbols.units[unit]]


def _money(text: str, symbols: SymbolSet) -> list[str]:
    number = re.search(number_pattern(symbols.decimal), text)
    assert number is not None
    sign = next(c for c in sorted(symbols.currencies, key=len, reverse=True) if c in text)
    amount = text.replace(sign, "", 1).strip()
    whole, _, part = number[0].partition(symbols.decimal)
    out = [f"{amount} {name}" for name in symbols.currencies[sign]]
    if re.fullmatch(r"[0-9]{2}", part):
        cents = str(int(part))
        names = symbols.currencies[sign]
        if cents == "0":
            out += [f"{whole} {name}" for name in names]
        out += [f"{whole} {n} {w}{cents} {c}" for n in names for w in _ANDS for c in symbols.cents]
        out += [f"{whole} {n} {w}{cents}" for n in names for w in _ANDS]
        out += [f"{whole} {cents}"]
        if cents.endswith("0"):
            out += [f"{whole} {n} {cents[0]}{t}" for n in names for t in symbols.tenths]
        if whole == "0":
            out += [f"{cents} {c}" for c in symbols.cents]
    return out


_ANDS = ("", "and ", "con ", "y ", "et ")


def _code(text: str, symbols: SymbolSet) -> list[str]:  # noqa: ARG001
    """24/7 is said without the stroke, an address is not."""
    return [] if any(map(str.isalpha, text)) else [text.replace("/", " ")]


def _time(text: str, symbols: SymbolSet) -> list[str]:
    hour, *rest = map(int, re.findall(r"[0-9]+", text))
    letter = re.search(r"[aApP](?=\.?\s?[mM]\b)", text)
    half: Half = "" if letter is None else "am" if letter[0] in "aA" else "pm"
    return symbols.time(hour, rest[0] if rest else 0, half)


def _date(text: str, symbols: SymbolSet) -> list[str]:
    first, second, third = map(int, re.findall(r"[0-9]+", text))
    if first > 31:
        orders = [(first, second, third)]
    else:
        year = third if third > 99 else 2000 + third
        orders = [(year, second, first)]
        if symbols.month_first:
            orders.append((year, first, second))
    out: list[str] = []
    for year, month, day in orders:
        if 1 <= month <= 12 and 1 <= day <= 31:
            out += symbols.date(year, month, day)
    return out


def _phone(text: str, symbols: SymbolSet) -> list[str]:
    digits = [c for c in text if c.isdigit()]
    out = [" ".join(digits)]
    if symbols.digit_names:  # 800 may be said as one number among digits
        said = " ".join(symbols.digit_names[int(digit)] for digit in digits)
        zero, hundred = symbols.digit_names[0], symbols.digit_names[10]
        out.append(said.replace(f" {zero} {zero}", f" {hundred}"))
    plus = symbols.signs["+"][0]
    return [*out, *(f"{plus} {way}" for way in out if "+" in text)]


_MAKERS: dict[str, Callable[[str, SymbolSet], list[str]]] = {
    "number": _number,
    "sign": _sign,
    "percent": _percent,
    "measure": _measure,
    "money": _money,
    "code": _code,
    "time": _time,
    "date": _date,
    "phone": _phone,
}
_SPELLED = frozenset({"address", "code"})


def _spelled(text: str, symbols: SymbolSet) -> re.Pattern[str] | None:
    """Each letter by itself or its name, each sign by one of its readings."""
    if len(text) > MAX_SPELLED:
        return None
    parts = []
    for character in text.casefold():
        names = {**symbols.signs, **symbols.letters, **symbols.digits}.get(character, ())
        forms = [canonical(name, symbols) for name in names]
        if character.isalnum():
            forms.append(character)
        parts.append(f"(?:{names_pattern(forms)})")
    return re.compile("".join(parts))
