"""Where the nodes of a flow stand: layers from left to right by what they need. Pure.

A node stands one layer right of the farthest that it needs. An edge over several layers takes a
place of its own in those between, so that it runs behind no node. Within a layer everything stands
near what it is connected to. What needs nothing and is needed by nothing has no place in the order
and stands in rows beneath.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from app.domain.flows import FlowNode

SWEEPS = 6
Edge = tuple[str, str]
"""What comes before, and what needs it."""
Spot = str | tuple[str, str, int]
"""A node, or where an edge passes a layer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Column and row of a node; `is_loose` for one that stands outside the order."""

    column: int
    row: float
    is_loose: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Places of nodes, and those that long edges pass."""

    nodes: Mapping[str, Place]
    bends: Mapping[Edge, tuple[Place, ...]]


def placed(nodes: Sequence[FlowNode], columns: int = 5) -> Layout:
    """The place of every node.

    Args:
        nodes: of an acyclic flow; prerequisites that are no node are passed over.
        columns: how many loose nodes stand in a row.
    """
    ids = {n.id for n in nodes}
    needs = {n.id: [p for p in n.prereq if p in ids] for n in nodes}
    tied = {i for i, before in needs.items() if before} | {p for b in needs.values() for p in b}
    depth = _depths([n.id for n in nodes if n.id in tied], needs)
    links, passed = _links(depth, needs)
    layers = _ordered(_layers(depth, passed), links)
    tallest = max(map(len, layers), default=0)
    found = {
        spot: Place(column, row)
        for column, layer in enumerate(layers)
        for spot, row in _rows(layer, tallest)
    }
    places = {i: p for i, p in found.items() if isinstance(i, str)}
    floor = max((p.row for p in found.values()), default=-1.0) + 1
    for at, ident in enumerate(n.id for n in nodes if n.id not in tied):
        places[ident] = Place(at % columns, floor + at // columns, is_loose=True)
    bends = {edge: tuple(found[spot] for spot in spots) for edge, spots in passed.items()}
    return Layout(nodes=places, bends=bends)


def _depths(ids: Sequence[str], needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    depth: dict[str, int] = {}
    waiting = list(ids)
    while waiting:
        ready = [i for i in waiting if all(p in depth for p in needs[i])]
        if not ready:  # a circle, which cannot be saved; shown flat rather than not at all
            return depth | dict.fromkeys(waiting, 0)
        depth |= {i: max((depth[p] + 1 for p in needs[i]), default=0) for i in ready}
        waiting = [i for i in waiting if i not in depth]
    return {i: depth[i] for i in ids}


def _links(
    depth: Mapping[str, int], needs: Mapping[str, Sequence[str]]
) -> tuple[list[tuple[Spot, Spot]], dict[Edge, list[Spot]]]:
    """Neighbours from layer to layer, and where each long edge passes."""
    links: list[tuple[Spot, Spot]] = []
    passed: dict[Edge, list[Spot]] = {}
    for after in depth:
        for before in needs[after]:
            spots: list[Spot] = [
                (before, after, at) for at in range(depth[before] + 1, depth[after])
            ]
            passed[before, after] = spots
            chain: list[Spot] = [before, *spots, after]
            links += pairwise(chain)
    return links, passed


def _layers(depth: Mapping[str, int], passed: Mapping[Edge, Sequence[Spot]]) -> list[list[Spot]]:
    layers: list[list[Spot]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for ident, at in depth.items():
        layers[at].append(ident)
    for spots in passed.values():
        for spot in spots:
            layers[int(spot[2])].append(spot)
    return layers


def _ordered(layers: list[list[Spot]], links: Sequence[tuple[Spot, Spot]]) -> list[list[Spot]]:
    """Sort each layer by where its neighbours stand, back and forth."""
    left: dict[Spot, list[Spot]] = {}
    right: dict[Spot, list[Spot]] = {}
    for before, after in links:
        left.setdefault(after, []).append(before)
        right.setdefault(before, []).append(after)
    tallest = max(map(len, layers), default=0)
    rows = {s: row for layer in layers for s, row in _rows(layer, tallest)}
    for sweep in range(SWEEPS):
        near = left if sweep % 2 == 0 else right
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wish = {s: _middle(s, near.get(s, ()), rows) for s in layer}
            layer.sort(key=lambda s: wish[s])
            rows.update(_rows(layer, tallest))
    return layers


def _middle(spot: Spot, near: Sequence[Spot], rows: Mapping[Spot, float]) -> float:
    return fmean(rows[s] for s in near) if near else rows[spot]


def _rows(layer: Sequence[Spot], tallest: int) -> list[tuple[Spot, float]]:
    """Rows of a layer, which stands in the middle of the tallest one."""
    top = (tallest - len(layer)) / 2
    return [(s, top + at) for at, s in enumerate(layer)]
