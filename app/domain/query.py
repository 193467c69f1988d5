"""The library's query language: from text to typed filters. Pure; storage translates them.

A query is parts that must all hold: plain words and "quoted phrases" look into transcripts;
`field:value` filters. Commas mean *or*; `-` in front means *not*; numbers take `>`, `>=`, `<`,
`<=`, and `low..high`. Examples: `p95:>1s tag:refund -agent:nora`, `human:none,partial`,
`date:>=2026-11-01`, `judge.empathy:<3`, `"blue card"`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from app.domain.errors import BadInput
from app.domain.query_fields import ALIASES, FIELDS, Field, read_value


class QueryError(BadInput):
    """The query cannot be read; `at` and `token` say where."""

    def __init__(self, what: str, remedy: str = "", *, token: str = "", at: int = 0) -> None:
        super().__init__(what, remedy)
        self.token = token
        self.at = at


@dataclass(frozen=True, slots=True)
class Alternative:
    """One of the values of a filter. `high` is set for ranges (`op` is `..`) only.

    Durations are in milliseconds, dates ISO text of a day, month or year, categories text.
    """

    op: str
    value: str | float
    high: str | float | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A filter on one field; it holds if one of the alternatives does."""

    field: str
    alternatives: tuple[Alternative, ...]
    negated: bool = False
    dimension: str = ""
    """Criterion key of `judge.<dimension>`, figure of `metric.<id>@<speaker>`."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text to find in a call's transcript, title or code."""

    text: str
    negated: bool = False


Part = Term | Words


@dataclass(frozen=True, slots=True)
class Query:
    """All parts must hold. The order is the typed one, so that chips stay where they are."""

    parts: tuple[Part, ...] = ()

    @property
    def terms(self) -> tuple[Term, ...]:
        """The filters."""
        return tuple(p for p in self.parts if isinstance(p, Term))

    @property
    def words(self) -> tuple[Words, ...]:
        """The texts to find."""
        return tuple(p for p in self.parts if isinstance(p, Words))

    @property
    def found_words(self) -> tuple[str, ...]:
        """Texts that a hit shows, without those that must be absent."""
        return tuple(w.text for w in self.words if not w.negated)

    def term(self, field: str) -> Term | None:
        """The first positive filter on that field."""
        return next((t for t in self.terms if t.field == field and not t.negated), None)

    def without(self, field: str) -> Query:
        """The query less its filters on that field."""
        return Query(tuple(p for p in self.parts if not _is_on(p, field)))

    def toggled(self, token: str) -> Query:
        """With one more alternative, or without it where it was there (ticking a facet's box)."""
        term = parse(token).terms[0]
        old = self.term(term.field)
        if old is None:
            return Query((*self.parts, term))
        wanted = term.alternatives[0]
        kept = tuple(a for a in old.alternatives if a != wanted)
        if len(kept) == len(old.alternatives):
            kept = (*kept, wanted)
        new = Term(old.field, kept, dimension=old.dimension)
        swapped = (new if p is old else p for p in self.parts)
        return Query(tuple(p for p in swapped if not (p is new and not kept)))


_TOKEN = re.compile(r'(?P<space>\s+)|(?P<part>-?(?:"(?:[^"\\]|\\.)*"?|[^\s"])+)')
FILTER = re.compile(
    r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:\.(?P<dim>[A-Za-z0-9_@.-]+))?:(?P<rest>.*)", re.S
)
"""A filter as it is typed: `name:value` or `name.dimension:value`."""
_PIECE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,"])+')


def parse(text: str) -> Query:
    """Read a query.

    Raises:
        QueryError: says what is wrong with which token, and offers the nearest that would do.
    """
    return Query(
        tuple(
            _part(match.group("part"), match.start())
            for match in _TOKEN.finditer(text)
            if match.group("part") is not None
        )
    )


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text.startswith('"') and text.endswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1], flags=re.S)
    return text


def _part(token: str, at: int) -> Part:
    negated = token.startswith("-") and len(token) > 1
    body = token[1:] if negated else token
    if _open_quote(body):
        raise QueryError(f"The quote in {token} is not closed.", 'Add a “"”.', token=token, at=at)
    match = FILTER.fullmatch(body)
    if match is None:
        words = _unquoted(body)
        if not words.strip():
            raise QueryError("The quotes are empty.", "Type a word in them.", token=token, at=at)
        return Words(words, negated)
    return _term(match, token, at, negated=negated)


def _open_quote(body: str) -> bool:
    return re.sub(r"\\.", "", body, flags=re.S).count('"') % 2 == 1


def _term(match: re.Match[str], token: str, at: int, *, negated: bool) -> Term:
    name = match.group("name").lower()
    name, dimension = ALIASES.get(name, name), match.group("dim") or ""
    field = FIELDS.get(name)
    if field is None:
        raise _unknown(match.group("name"), token, at)
    if dimension and not field.dimensions:
        raise QueryError(
            f"“{name}” has no parts, so “.{dimension}” means nothing.",
            f"Write {name}:{match.group('rest')}.",
            token=token,
            at=at,
        )
    if field.needs_dimension and not dimension:
        raise QueryError(
            f"“{token}” does not say which {name}.",
            f"For example {field.example}.",
            token=token,
            at=at,
        )
    pieces = _PIECE.findall(match.group("rest"))
    if not pieces:
        raise QueryError(
            f"“{token}” lacks a value.", f"For example {field.example}.", token=token, at=at
        )
    try:
        found = tuple(dict.fromkeys(_alternative(field, piece) for piece in pieces))
    except ValueError as error:
        raise QueryError(
            f"In “{token}”: {error}.", f"For example {field.example}.", token=token, at=at
        ) from None
    return Term(name, found, negated, dimension)


def _unknown(name: str, token: str, at: int) -> QueryError:
    near = get_close_matches(name.lower(), [*FIELDS, *ALIASES], n=1, cutoff=0.5)
    remedy = f"Did you mean {near[0]}:?" if near else f"Filters are {', '.join(FIELDS)}."
    return QueryError(
        f"There is no filter “{name}”.",
        f"{remedy} Put quotes round it to look for the text.",
        token=token,
        at=at,
    )


_OPS = (">=", "<=", ">", "<", "=")


def _alternative(field: Field, piece: str) -> Alternative:
    if field.kind == "category":
        value = _unquoted(piece).strip()
        if not value:
            raise ValueError("a value is missing")
        return Alternative("=", value)
    if field.kind == "choice":
        return Alternative("=", read_value(field, piece))
    op = next((o for o in _OPS if piece.startswith(o)), "")
    rest = piece[len(op) :]
    if not op and ".." in rest:
        low, _, high = rest.partition("..")
        first, last = read_value(field, low), read_value(field, high)
        if type(first) is type(last) and first > last:  # type: ignore[operator]
            raise ValueError(f"the range {rest} ends before it begins")
        return Alternative("..", first, last)
    return Alternative(op or "=", read_value(field, rest))


def _is_on(part: Part, field: str) -> bool:
    return isinstance(part, Term) and part.field == field and not part.negated


def conjunction(queries: Iterable[Query]) -> Query:
    """All of them together."""
    return Query(tuple(part for query in queries for part in query.parts))
