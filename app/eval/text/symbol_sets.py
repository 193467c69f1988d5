"""What a symbol set of a language holds. The sets themselves are in `symbols_<language>`.

A symbol is a stretch of text that is not read as it is spelled: amounts, percentages, measures,
dates, times, telephone numbers, addresses, codes, numbers, signs. The paper's own set is not
published; these are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal

from app.eval.text.languages import base_language

Half = Literal["", "am", "pm"]

LANGUAGES = ("en", "es", "fr", "zh")
"""Languages that have a set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolSet:
    """Accepted readings of one language, written as a recogniser might write them.

    Attributes:
        language: base tag.
        rules: id of the normaliser that makes written and spoken numbers alike.
        decimal: the decimal mark in figures.
        signs: signs to their readings; an empty reading means that it may be silent.
        currencies: sign or code to names of the money; the first is the usual one.
        cents: names of the hundredth part.
        tenths: names of the tenth part.
        digit_names: words for 0 to 9 and for a hundred, where round hundreds are said in
            telephone numbers.
        percent: names of %; empty where the normaliser knows the sign.
        units: written unit to its readings.
        scales: words that multiply an amount (`million`).
        letters: letter to other ways in which a recogniser writes its name.
        digits: digit to words that sound like it.
        numbers: templates of readings of a number `{n}`.
        time: (hour, minute, half of the day) to readings.
        date: (year or None, month, day) to readings.
        month_first: whether 3/4/2025 may be in March.
    """

    language: str
    rules: str
    decimal: Literal[".", ","]
    signs: Mapping[str, tuple[str, ...]]
    currencies: Mapping[str, tuple[str, ...]]
    cents: tuple[str, ...]
    percent: tuple[str, ...]
    units: Mapping[str, tuple[str, ...]]
    scales: tuple[str, ...]
    letters: Mapping[str, tuple[str, ...]]
    digits: Mapping[str, tuple[str, ...]]
    numbers: tuple[str, ...]
    time: Callable[[int, int, Half], list[str]]
    date: Callable[[int | None, int, int], list[str]]
    month_first: bool = False
    tenths: tuple[str, ...] = ()
    digit_names: tuple[str, ...] = ()


@cache
def symbol_set(language: str) -> SymbolSet | None:
    """The set of a language, given by its tag; None if it has none."""
    base = base_language(language)
    if base not in LANGUAGES:
        return None
    found = import_module(f"app.eval.text.symbols_{base}").SYMBOLS
    assert isinstance(found, SymbolSet)
    return found
