"""What stands in the search box: typed filters become chips, the rest stays text. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain.query import QueryError, Term, parse
from app.domain.query_writing import Chip, chips, part_text, to_text

_TOKEN = re.compile(r'-?(?:"(?:[^"\\]|\\.)*"?|[^\s"])+')


@dataclass(frozen=True, slots=True)
class SearchText:
    """`filters` are chips; `words` are searched in transcripts, or cannot be read yet."""

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
    """Filters that can be read apart from everything else, each in the order typed."""
    filters, words = [], []
    for token in _TOKEN.findall(text):
        try:
            parts = parse(token).parts
        except QueryError:
            parts = ()
        if len(parts) == 1 and isinstance(parts[0], Term):
            filters.append(part_text(parts[0]))
        else:
            words.append(token)
    return SearchText(tuple(filters), " ".join(words))


def chip_of(token: str) -> Chip:
    """A filter as its chip's two words."""
    return chips(parse(token))[0]


def toggle(search: SearchText, token: str) -> tuple[str, ...]:
    """The filters with a facet's box ticked, or unticked where it was ticked."""
    query = parse(" ".join(search.filters)).toggled(token)
    return tuple(part_text(part) for part in query.parts)


def same(one: str, two: str) -> bool:
    """Whether two query texts ask for the same."""
    try:
        return to_text(parse(one)) == to_text(parse(two))
    except QueryError:
        return one == two
