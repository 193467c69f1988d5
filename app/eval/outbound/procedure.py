"""Proc: whether what was done was done after what it needs.

Proc is the share, among executed nodes that need anything applicable, of those whose every
applicable prerequisite was executed no later than they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from app.domain.flows import FlowNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """Proc with what it was counted from."""

    value: float | None
    """0 to 1; None where no order can be told."""
    vacuous: bool = False
    """Something was executed, and nothing of it needed anything: 1 by rule, not by evidence."""
    eligible: tuple[str, ...] = ()
    in_order: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()
    """Left out: they or what they need were done, and the turn is not known."""
    kendall_tau: float | None = None
    """Of the flow's order against the order of execution. A diagnostic only: a caller who jumps
    between topics would lower it, and the agent would have done nothing wrong."""


def procedure(applicable: Sequence[FlowNode], turns: Mapping[str, int | None]) -> Procedure:
    """Proc of a call.

    Args:
        applicable: nodes that apply, in the flow's order.
        turns: the first turn of each executed node; None where it is not known.
    """
    tau = _tau([t for n in applicable if (t := turns.get(n.id)) is not None])
    if not turns:
        return Procedure(value=0.0)
    known = {n.id for n in applicable}
    needs = {
        n.id: before
        for n in applicable
        if n.id in turns and (before := [p for p in n.prereq if p in known])
    }
    if not needs:
        return Procedure(value=1.0, vacuous=True, kendall_tau=tau)
    verdicts = {i: _in_order(i, before, turns) for i, before in needs.items()}
    eligible = tuple(i for i, ok in verdicts.items() if ok is not None)
    in_order = tuple(i for i, ok in verdicts.items() if ok)
    return Procedure(
        value=len(in_order) / len(eligible) if eligible else None,
        eligible=eligible,
        in_order=in_order,
        unplaced=tuple(i for i, ok in verdicts.items() if ok is None),
        kendall_tau=tau,
    )


def _in_order(node: str, before: Sequence[str], turns: Mapping[str, int | None]) -> bool | None:
    """The same turn counts as in order; None where it cannot be told."""
    if any(p not in turns for p in before):
        return False
    at = turns[node]
    earlier = [turns[p] for p in before]
    if at is None:
        return None
    if any(t is not None and t > at for t in earlier):
        return False
    return None if None in earlier else True


def _tau(turns: Sequence[int]) -> float | None:
    """Kendall's tau-b against 0, 1, 2…; None where there is nothing to compare."""
    pairs = list(combinations(turns, 2))
    untied = sum(a != b for a, b in pairs)
    if not untied:
        return None
    concordance = sum((b > a) - (b < a) for a, b in pairs)
    return concordance / sqrt(len(pairs) * untied)
