"""A query written out again: as it can be typed, and as the search box shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.domain.query import FILTER, Alternative, Part, Query, Term, Words
from app.domain.query_fields import FIELDS, Field, write_value

_PLAIN = re.compile(r"[^\s,\"\\]+")


@dataclass(frozen=True, slots=True)
class Chip:
    """A part as the search box shows it: `label` dim, `value` bright, `text` to type it again."""

    label: str
    value: str
    text: str


def to_text(query: Query) -> str:
    """The query as it can be typed; parsing it gives the query again."""
    return " ".join(part_text(part) for part in query.parts)


def chips(query: Query) -> list[Chip]:
    """The parts for the search box."""
    return [_chip(part) for part in query.parts]


def part_text(part: Part) -> str:
    """One part as it can be typed."""
    sign = "-" if part.negated else ""
    if isinstance(part, Words):
        text = part.text
        plain = _PLAIN.fullmatch(text) and not FILTER.match(text) and not text.startswith("-")
        return sign + (text if plain else _quoted(text))
    name = f"{part.field}.{part.dimension}" if part.dimension else part.field
    return f"{sign}{name}:{_values(part)}"


def _values(term: Term) -> str:
    return ",".join(_alternative_text(FIELDS[term.field], a) for a in term.alternatives)


def _chip(part: Part) -> Chip:
    sign = "not " if part.negated else ""
    if isinstance(part, Words):
        return Chip(f"{sign}text" if sign else "", part.text, part_text(part))
    name = f"{part.field} {part.dimension}" if part.dimension else part.field
    shown = _values(part).replace('"', "").replace(",", ", ")
    return Chip(sign + name, shown, part_text(part))


def _alternative_text(field: Field, a: Alternative) -> str:
    if a.op == "..":
        high = "" if a.high is None else write_value(field, a.high)
        return f"{write_value(field, a.value)}..{high}"
    body = write_value(field, a.value)
    if field.kind == "category" and not _is_plain_value(body):
        body = _quoted(body)
    return body if a.op == "=" else a.op + body


def _is_plain_value(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
