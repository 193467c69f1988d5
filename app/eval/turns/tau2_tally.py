"""Counts of tau2-bench's events, how several simulations pool, and what the leaderboard shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.eval.turns.tau2_rules import Event, EventKind, Selective

SELECTIVE: tuple[Selective, ...] = ("backchannel", "vocal_tic", "non_directed")
LEAST_EVENTS = 10
"""A rate of fewer events is not shown on the leaderboard, and needs as many for its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts and sums of one simulation, or of several. Sums are in seconds."""

    simulations: int = 0
    responses: int = 0
    response_total: int = 0
    response_s: float = 0.0
    yields: int = 0
    yield_total: int = 0
    yield_s: float = 0.0
    agent_interruptions: int = 0
    ignored: Mapping[Selective, int] = field(default_factory=dict)
    selective_total: Mapping[Selective, int] = field(default_factory=dict)
    inserts_known: bool = True
    """False where vocal tics and words to others cannot be known from any of them."""


def tally(found: Iterable[Event], *, inserts_known: bool = True) -> Tally:
    """The counts of one simulation's events."""
    by: dict[EventKind, list[Event]] = {}
    for event in found:
        by.setdefault(event.kind, []).append(event)
    responses, yields = by.get("response", []), by.get("yield", [])
    return Tally(
        simulations=1,
        responses=sum(e.good for e in responses),
        response_total=len(responses),
        response_s=sum((e.seconds or 0.0 for e in responses if e.good), 0.0),
        yields=sum(e.good for e in yields),
        yield_total=len(yields),
        yield_s=sum((e.seconds or 0.0 for e in yields if e.good), 0.0),
        agent_interruptions=len(by.get("agent_interruption", [])),
        ignored={kind: sum(e.good for e in by.get(kind, [])) for kind in SELECTIVE},
        selective_total={kind: len(by.get(kind, [])) for kind in SELECTIVE},
        inserts_known=inserts_known,
    )


def pool(tallies: Iterable[Tally]) -> Tally:
    """Several simulations as one: counts and sums added, so that each event weighs the same."""
    given = list(tallies)
    return Tally(
        simulations=sum(t.simulations for t in given),
        responses=sum(t.responses for t in given),
        response_total=sum(t.response_total for t in given),
        response_s=sum((t.response_s for t in given), 0.0),
        yields=sum(t.yields for t in given),
        yield_total=sum(t.yield_total for t in given),
        yield_s=sum((t.yield_s for t in given), 0.0),
        agent_interruptions=sum(t.agent_interruptions for t in given),
        ignored={k: sum(t.ignored.get(k, 0) for t in given) for k in SELECTIVE},
        selective_total={k: sum(t.selective_total.get(k, 0) for t in given) for k in SELECTIVE},
        inserts_known=any(t.inserts_known for t in given) if given else True,
    )


def panel(of: Tally) -> dict[str, float | None]:
    """The eight figures, None where nothing was counted; latencies in seconds."""
    return {
        "response_rate": _over(of.responses, of.response_total),
        "response_latency": _over(of.response_s, of.responses),
        "yield_rate": _over(of.yields, of.yield_total),
        "yield_latency": _over(of.yield_s, of.yields),
        "agent_interruption_rate": _over(of.agent_interruptions, of.response_total),
        **{
            f"selectivity_{k}": _over(of.ignored.get(k, 0), of.selective_total.get(k, 0))
            for k in SELECTIVE
        },
    }


def is_shown(event_count: int) -> bool:
    """Whether the leaderboard shows a rate that rests on so many events."""
    return event_count >= LEAST_EVENTS


def selectivity_column(of: Tally) -> float | None:
    """The leaderboard's one figure: the unweighted mean of the three, if each has ten events."""
    if not all(is_shown(of.selective_total.get(kind, 0)) for kind in SELECTIVE):
        return None
    return sum(of.ignored[kind] / of.selective_total[kind] for kind in SELECTIVE) / len(SELECTIVE)


def across_domains(panels: Sequence[Mapping[str, float | None]]) -> dict[str, float | None]:
    """The leaderboard's overall row: each figure's plain mean over domains that have it."""
    names = list(dict.fromkeys(name for one in panels for name in one))
    out: dict[str, float | None] = {}
    for name in names:
        values = [v for one in panels if (v := one.get(name)) is not None]
        out[name] = sum(values) / len(values) if values else None
    return out


def _over(numerator: float, denominator: float) -> float | None:
    return numerator / denominator if denominator else None
