"""Means of means: each level counts its members alike, however many calls they hold.

The published scenarios are unbalanced over domains and archetypes, so a plain mean over calls
over-weights some; both are reported. Order: call, item, archetype, sub-scenario, domain, overall.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanOfMeans:
    """The mean of a level, with the levels below it."""

    macro: float
    """Mean of the members' own means."""
    plain: float
    """Mean over all values."""
    n: int
    """Values in all."""
    members: Mapping[str, MeanOfMeans] = field(default_factory=dict)


def mean_of_means(rows: Iterable[tuple[Path, float]]) -> MeanOfMeans | None:
    """Average values level by level along their paths, such as (domain, sub-scenario, item).

    None where there are no values. All paths have the same length.
    """
    found = list(rows)
    return _level(found) if found else None


def _level(rows: Sequence[tuple[Path, float]]) -> MeanOfMeans:
    plain = fmean(value for _, value in rows)
    groups: dict[str, list[tuple[Path, float]]] = {}
    for path, value in rows:
        if path:
            groups.setdefault(path[0], []).append((path[1:], value))
    members = {name: _level(below) for name, below in groups.items()}
    macro = fmean(m.macro for m in members.values()) if members else plain
    return MeanOfMeans(macro=macro, plain=plain, n=len(rows), members=members)
