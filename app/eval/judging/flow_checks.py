"""Checks of a flow against its SOP: what no node covers, and which nodes say the same.

Source: OutboundEval (arXiv 2510.21244) asks for both and gives no thresholds; these are ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from app.domain.flows import FlowNode, flow_problems
from app.eval.judging.flow_units import Span, Unit, joined, units_of

LEAST_COVERAGE = 0.95
"""Share of units that nodes have to cite."""
MOST_SPAN_JACCARD = 0.5
"""More of the SOP in common than this is an overlap."""
LEAST_TOKEN_JACCARD = 0.6
"""From so many words in common on two nodes say the same."""
LEAST_CITED = 0.25
"""Share of a unit's characters that have to be cited, so that a grazed edge does not count."""

_LETTERS = r"\u3040-\u30ff\u3400-\u9fff"
"""Kana and Han, which are written without spaces."""
_WORD = re.compile(rf"[{_LETTERS}]+|[^\W_{_LETTERS}]+")
_SPACELESS = re.compile(f"[{_LETTERS}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Two nodes that cover the same text, or say the same."""

    a: str
    b: str
    span_jaccard: float
    token_jaccard: float

    @property
    def words(self) -> str:
        """The reason, for people."""
        if self.span_jaccard > MOST_SPAN_JACCARD:
            return f"{self.a} and {self.b} cover the same text ({self.span_jaccard:.0%})."
        return f"{self.a} and {self.b} say the same ({self.token_jaccard:.0%} of their words)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """How a flow stands against its SOP."""

    units: tuple[Unit, ...]
    uncovered: tuple[Unit, ...]
    overlaps: tuple[Overlap, ...]
    problems: tuple[str, ...]
    """Why nothing can be judged by it; see `flow_problems`."""

    @property
    def coverage(self) -> float | None:
        """Share of units cited by a node; None where the SOP has none."""
        return 1.0 - len(self.uncovered) / len(self.units) if self.units else None

    @property
    def is_covered(self) -> bool:
        """Whether coverage is high enough."""
        return self.coverage is None or self.coverage >= LEAST_COVERAGE

    @property
    def passed(self) -> bool:
        """Whether coverage and overlap need no repair."""
        return self.is_covered and not self.overlaps

    def to_json(self) -> dict[str, Any]:
        """As kept with a version."""
        return {
            "coverage": self.coverage,
            "units": len(self.units),
            "uncovered": [u.text for u in self.uncovered],
            "overlaps": [o.words for o in self.overlaps],
            "problems": list(self.problems),
        }


def check_flow(sop: str, nodes: Sequence[FlowNode]) -> Checks:
    """Hold nodes against the text that they were made from."""
    units = units_of(sop)
    cited = joined([s for n in nodes for s in n.spans])
    return Checks(
        units=units,
        uncovered=tuple(u for u in units if not _is_cited(sop, u, cited)),
        overlaps=overlaps_of(nodes),
        problems=flow_problems(tuple(nodes)),
    )


def overlaps_of(nodes: Sequence[FlowNode]) -> tuple[Overlap, ...]:
    """Every pair of nodes that needs merging."""
    told = [(n.id, joined(list(n.spans)), tokens(f"{n.trigger} {n.text}")) for n in nodes]
    found = (_overlap(a, b) for a, b in combinations(told, 2))
    return tuple(o for o in found if o is not None)


_Told = tuple[str, tuple[Span, ...], frozenset[str]]


def _overlap(a: _Told, b: _Told) -> Overlap | None:
    # Of sets whose sizes differ so much, or of ranges apart, no overlap can come: most pairs.
    sizes = sorted((len(a[2]), len(b[2])))
    may_say = sizes[0] >= LEAST_TOKEN_JACCARD * sizes[1] and sizes[1] > 0
    may_cover = bool(a[1] and b[1]) and a[1][0][0] < b[1][-1][1] and b[1][0][0] < a[1][-1][1]
    if not may_say and not may_cover:
        return None
    spans = span_jaccard(a[1], b[1]) if may_cover else 0.0
    words = jaccard(a[2], b[2])
    if spans <= MOST_SPAN_JACCARD and words < LEAST_TOKEN_JACCARD:
        return None
    return Overlap(a=a[0], b=b[0], span_jaccard=spans, token_jaccard=words)


@lru_cache(maxsize=4096)
def tokens(text: str) -> frozenset[str]:
    """Words in lower case; pairs of neighbouring characters where a script writes no spaces."""
    found: set[str] = set()
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if _SPACELESS.match(word) and len(word) > 1:
            found.update(word[i : i + 2] for i in range(len(word) - 1))
        else:
            found.add(word)
    return frozenset(found)


def jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    """Common words over all words; 0 where there are none."""
    return len(a & b) / len(a | b) if a | b else 0.0


def span_jaccard(a: Sequence[Span], b: Sequence[Span]) -> float:
    """Common characters over all characters of two sets of ranges, each without overlaps."""
    common = _common(a, b)
    every = _length(a) + _length(b) - common
    return common / every if every else 0.0


def cited_by(unit: Unit, nodes: Iterable[FlowNode]) -> tuple[str, ...]:
    """Ids of the nodes that cite any of a unit."""
    return tuple(n.id for n in nodes if _common(unit.spans, joined(list(n.spans))))


def report_json(checks: Checks, **more: Any) -> Mapping[str, Any]:
    """What is kept with a version: the checks, and who made it."""
    return {**checks.to_json(), **more}


def _is_cited(sop: str, unit: Unit, cited: Sequence[Span]) -> bool:
    letters = sum(not c.isspace() for a, b in unit.spans for c in sop[a:b])
    shared = sum(
        not c.isspace() for a, b in unit.spans for x, y in cited for c in sop[max(a, x) : min(b, y)]
    )
    return shared > 0 and shared >= LEAST_CITED * letters


def _common(a: Sequence[Span], b: Sequence[Span]) -> int:
    return sum(max(0, min(p[1], q[1]) - max(p[0], q[0])) for p in a for q in b)


def _length(spans: Sequence[Span]) -> int:
    return sum(end - start for start, end in spans)
