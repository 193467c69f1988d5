"""Tokens and money in words. Where no price is known there is none to show, least of all 0."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log10

from app.ui.library.words import GAP, thousands

MICRO = 1_000_000
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
CENTS_FROM_MICRO = 10_000
"""Below a cent, the first two digits that are not 0 are told."""


def money_words(micro: int, currency: str) -> str:
    """`$3.18`, `€0.00042`, `CHF 3.18`."""
    amount = abs(micro) / MICRO
    if micro and abs(micro) < CENTS_FROM_MICRO:
        told = f"{amount:.{1 - floor(log10(amount))}f}".rstrip("0")
    else:
        told = f"{amount:,.2f}".replace(",", GAP)
    sign = SIGNS.get(currency, f"{currency}{GAP}" if currency else "")
    return f"{'−' if micro < 0 else ''}{sign}{told}"


def spent_words(priced_micro: Mapping[str, int], unpriced: int) -> str:
    """What is known of the cost: `$3.18`, `$3.18 and 12 unpriced`, `price unknown`; or nothing."""
    told = ", ".join(money_words(m, c) for c, m in sorted(priced_micro.items()))
    if not unpriced:
        return told
    return f"{told} and {thousands(unpriced)} unpriced" if told else "price unknown"


def short_tokens(tokens: int) -> str:
    """`628 k tokens`, for a narrow cell; few are told exactly."""
    if 10_000 <= tokens < MICRO:
        return f"{round(tokens / 1000)}{GAP}k{GAP}tokens"
    return tokens_words(tokens)


def tokens_words(tokens: int) -> str:
    """`31 200 tokens`, from a million on `1.24 M tokens`."""
    if tokens >= MICRO:
        return f"{tokens / MICRO:.2f}{GAP}M tokens"
    return f"{thousands(tokens)}{GAP}token{'' if tokens == 1 else 's'}"
