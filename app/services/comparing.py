"""Compare two sets of calls: agents, versions, or a set and its perturbed copies.

Values of different profiles are never mixed. Where both sets have the same items the comparison is
paired, and several calls of one item are averaged first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.calls import Call, Speaker
from app.domain.comparing import ComparedMetric, Comparison, Pair, Pairing
from app.domain.errors import BadInput
from app.domain.metrics import MetricSpec
from app.domain.ratings import Viewer
from app.eval.stats import paired
from app.services import calls, evaluating
from app.services.workspace import Workspace

MIN_COMMON = 2
"""Items in common from which on two sets are paired by scenario."""

Key = tuple[str, Speaker | None, str]
"""Metric, speaker, profile."""
Values = Mapping[Key, Mapping[str, float]]
"""Of each figure: call → value."""


def compare(
    ws: Workspace,
    a_ids: Sequence[str],
    b_ids: Sequence[str],
    *,
    metric_ids: Sequence[str] = (),
    seed: int = 0,
    viewer: Viewer | None = None,
) -> Comparison:
    """Hold B against A.

    Args:
        ws: the workspace.
        a_ids: calls of the first set.
        b_ids: calls of the second.
        metric_ids: which metrics; all that both have where none is named.
        seed: of resamples and permutations.
        viewer: who looks; a live call that they have still to rate counts as not measured.

    Raises:
        BadInput: a set is empty, or both are the same. NotFound: no such metric.
    """
    if not a_ids or not b_ids:
        raise BadInput(f"Set {'B' if a_ids else 'A'} is empty.", "Change its query.")
    if set(a_ids) == set(b_ids):
        raise BadInput("Both sets are the same calls.", "Choose two different sets.")
    specs = {m: evaluating.metric(m) for m in metric_ids} or {m.id: m for m in evaluating.metrics()}
    a_calls, b_calls = calls.get_calls(ws, a_ids), calls.get_calls(ws, b_ids)
    pairing, items = _items(a_calls, b_calls)
    a, b = (_values(ws, ids, specs, viewer) for ids in (a_ids, b_ids))
    found = [_compared(specs[key[0]], key, a[key], b[key], items, seed) for key in a if key in b]
    order = list(specs)
    done = sorted(
        _adjusted([m for m in found if m is not None], specs),
        key=lambda m: (order.index(m.metric_id), m.speaker or "", m.profile),
    )
    return Comparison(
        a_calls=len(a_calls),
        b_calls=len(b_calls),
        pairing=pairing,
        metrics=tuple(done),
        missing=_missing(specs, a, b),
    )


def _items(
    a_calls: Sequence[Call], b_calls: Sequence[Call]
) -> tuple[Pairing, dict[str, str] | None]:
    """How the sets are paired, and the item of each call; None where they cannot be."""
    originals = {c.id: _original(c) for c in (*a_calls, *b_calls)}
    common = {originals[c.id] for c in a_calls} & {originals[c.id] for c in b_calls}
    if common:
        return "original", originals
    keyed = {c.id: _scenario(c) for c in (*a_calls, *b_calls)}
    shared = {keyed[c.id] for c in a_calls} & {keyed[c.id] for c in b_calls} - {""}
    if len(shared) >= MIN_COMMON:
        return "scenario", keyed
    return "none", None


def _original(call: Call) -> str:
    return made_of(call) or call.id


def made_of(call: Call) -> str:
    """The call of which this one is a perturbed copy, or whose caller spoke in it anew.

    Empty where it was made of none.
    """
    conditions, live = call.extra.get("conditions"), call.extra.get("live")
    if isinstance(conditions, Mapping) and conditions.get("perturbed_from"):
        return str(conditions["perturbed_from"])
    request = live.get("request") if isinstance(live, Mapping) else None
    return str(request.get("replay_of") or "") if isinstance(request, Mapping) else ""


def _scenario(call: Call) -> str:
    return f"{call.scenario_key} {call.persona}".strip() if call.scenario_key else ""


def _values(
    ws: Workspace,
    call_ids: Sequence[str],
    specs: Mapping[str, MetricSpec],
    viewer: Viewer | None,
) -> dict[Key, dict[str, float]]:
    out: dict[Key, dict[str, float]] = defaultdict(dict)
    for stored in evaluating.values_of(ws, call_ids, list(specs), viewer=viewer):
        value = stored.value
        if value.value is not None:
            key = (value.metric_id, value.speaker, value.profile)
            out[key][stored.call_id] = value.value
    return dict(out)


def _compared(
    spec: MetricSpec,
    key: Key,
    a: Mapping[str, float],
    b: Mapping[str, float],
    items: Mapping[str, str] | None,
    seed: int,
) -> ComparedMetric | None:
    pairs = _pairs(a, b, items) if items is not None else ()
    if pairs:
        found = paired.difference([p.a for p in pairs], [p.b for p in pairs], seed=seed)
        mean_a, mean_b = (_mean([getattr(p, side) for p in pairs]) for side in ("a", "b"))
        loose_a: tuple[float, ...] = ()
        loose_b: tuple[float, ...] = ()
    elif items is None:
        loose_a, loose_b = tuple(a.values()), tuple(b.values())
        found = paired.unpaired(loose_a, loose_b, seed=seed)
        mean_a, mean_b = _mean(loose_a), _mean(loose_b)
    else:
        return None
    return ComparedMetric(
        metric_id=spec.id,
        title=spec.title,
        unit=spec.unit,
        direction=spec.direction,
        decimals=spec.decimals,
        speaker=key[1],
        profile=key[2],
        n=found.n,
        n_a=len(a),
        n_b=len(b),
        mean_a=mean_a,
        mean_b=mean_b,
        difference=found.mean,
        low=found.low,
        high=found.high,
        p=found.p,
        p_holm=None,
        adjusted_over=0,
        pairs=pairs,
        a=loose_a,
        b=loose_b,
    )


def _pairs(
    a: Mapping[str, float], b: Mapping[str, float], items: Mapping[str, str]
) -> tuple[Pair, ...]:
    sides: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
    for side, values in zip(sides, (a, b), strict=True):
        for call_id in values:
            if items[call_id]:
                side.setdefault(items[call_id], []).append(call_id)
    return tuple(
        Pair(
            label=item,
            a=_mean([a[i] for i in sides[0][item]]),
            b=_mean([b[i] for i in sides[1][item]]),
            a_ids=tuple(sides[0][item]),
            b_ids=tuple(sides[1][item]),
        )
        for item in sides[0]
        if item in sides[1]
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _adjusted(
    metrics: Sequence[ComparedMetric], specs: Mapping[str, MetricSpec]
) -> list[ComparedMetric]:
    """With p adjusted: who looks at the few headline figures need not pay for the many others."""
    over_all = paired.holm([m.p for m in metrics])
    headline = [m for m in metrics if specs[m.metric_id].headline]
    among = dict(zip(map(id, headline), paired.holm([m.p for m in headline]), strict=True))
    everything = sum(m.p is not None for m in metrics)
    few = sum(m.p is not None for m in headline)
    return [
        replace(
            m,
            p_holm=among.get(id(m), p),
            adjusted_over=few if id(m) in among else everything,
        )
        for m, p in zip(metrics, over_all, strict=True)
    ]


def _missing(specs: Mapping[str, MetricSpec], a: Values, b: Values) -> tuple[str, ...]:
    """Metrics of one side alone: they are told, not left out silently."""
    in_a, in_b = ({key[0] for key in side} for side in (a, b))
    return tuple(
        f"{spec.title}: set {'B' if spec.id in in_a else 'A'} has no value."
        for spec in specs.values()
        if (spec.id in in_a) != (spec.id in in_b)
    )
