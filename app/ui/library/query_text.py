"""The search as a list of typed filters and plain words. Pure; knows no Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(r'-?[^\s":]+:"[^"]*"|-?"[^"]*"|\S+')
_FILTER = re.compile(r"^(-?)([A-Za-z][\w.]*):(.+)$", re.DOTALL)
_RELATION = re.compile(r"^(>=|<=|>|<|=|\d)")


@dataclass(frozen=True, slots=True)
class SearchText:
    """`filters` became chips; `words` are searched in transcripts."""

    filters: tuple[str, ...] = ()
    words: str = ""

    @property
    def text(self) -> str:
        """The query as one line."""
        return " ".join((*self.filters, self.words)).strip()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not self.filters and not self.words.strip()


def split(text: str) -> SearchText:
    """Typed filters apart from words, each in the order given."""
    tokens = _TOKEN.findall(text)
    filters = tuple(token for token in tokens if is_filter(token))
    words = " ".join(token for token in tokens if not is_filter(token))
    return SearchText(filters, words)


def is_filter(token: str) -> bool:
    """Whether a token is a typed filter such as `p95:>1s`."""
    return _FILTER.match(token) is not None


def chip_words(token: str) -> tuple[str, str]:
    """A filter as the two parts of its chip: (`p95`, `>1s`), (`agent`, `nora, marlow`)."""
    match = _FILTER.match(token)
    if match is None:
        return "", token
    minus, key, value = match.groups()
    name = ("not " if minus else "") + key
    return name, value.replace('"', "").replace(",", ", ")


def toggle(filters: Sequence[str], token: str) -> tuple[str, ...]:
    """Add a filter, or take it out where it is in.

    Values of the same key are alternatives and share one filter: `agent:nora,marlow`.
    """
    match = _FILTER.match(token)
    if match is None:
        return tuple(filters)
    minus, key, value = match.groups()
    kept: list[str] = []
    found = False
    for old in filters:
        other = _FILTER.match(old)
        joins = (
            other is not None
            and other.group(1) == minus
            and other.group(2).lower() == key.lower()
            and not found
            and (old == token or _joinable(other.group(3), value))
        )
        if not joins or other is None:
            kept.append(old)
            continue
        found = True
        values = _values(other.group(3))
        values = [v for v in values if v != value] if value in values else [*values, value]
        if values:
            kept.append(f"{minus}{key}:{','.join(values)}")
    return tuple(kept) if found else (*kept, token)


def _values(text: str) -> list[str]:
    return re.findall(r'"[^"]*"|[^,]+', text)


def _joinable(one: str, two: str) -> bool:
    return not (_RELATION.match(one) or _RELATION.match(two))
