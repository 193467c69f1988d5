"""What a run would ask, use and cost, before it is begun: reckoned from some of its calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.endpoints import price_of
from app.domain.judging import Usage
from app.services.judging import endpoints, pairing
from app.services.judging.asks import Todo, Unit, prompt_tokens
from app.services.judging.judging_runs import JudgeChoice, resolve
from app.services.judging.planning import Planner
from app.services.judging.run_notes import Pair
from app.services.workspace import Workspace

SAMPLE = 12
"""Calls that are looked at."""
REPLY_TOKENS = 120
"""Of a verdict with its reason; each criterion of a request has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a run is expected to need. What is known already is not asked again and not counted."""

    requests: int
    prompt_tokens: int
    completion_tokens: int
    cost_micro: Mapping[str, int]
    """Currency → millionths, of the requests whose price is known."""
    unpriced: int
    """Requests without a known price."""
    calls: int
    sampled: int
    """Calls that it was reckoned from."""
    skipped: Mapping[str, str]
    """Judge → why it does not apply to one of the sampled calls, if it does not."""

    @property
    def tokens(self) -> int:
        """Both kinds together."""
        return self.prompt_tokens + self.completion_tokens


def estimate(
    ws: Workspace,
    call_ids: Sequence[str],
    choices: Sequence[JudgeChoice],
    *,
    pairs: Sequence[Pair] | None = None,
    sample: int = SAMPLE,
) -> Estimate:
    """Reckon a run from calls spread evenly over its own.

    Raises:
        BadInput: no model is named anywhere. NotFound: no such judge or endpoint.
    """
    judges = [resolve(ws, choice) for choice in choices]
    named = {f"{at} {judge.name}": judge for at, judge in enumerate(judges)}
    ids = list(dict.fromkeys(call_ids))
    if pairs is None and any(j.definition.unit == "pair" for j in judges):
        pairs = pairing.pairs_by_scenario(ws, ids)
    taken = ids[:: max(1, -(-len(ids) // max(1, sample)))]
    planner = Planner(ws, named, pairs=pairs or (), unstored=True)
    prices = endpoints.prices(ws)
    requests = prompt = completion = unpriced = 0
    cost: dict[str, int] = {}
    skipped: dict[str, str] = {}
    scale = len(ids) / max(1, len(taken))
    for name, judge in named.items():
        usage, asked = Usage(prompt=0, completion=0), 0
        for call_id in taken:
            planned = planner.plan(Unit(call_id, name))
            if planned.skipped:
                skipped.setdefault(judge.name, planned.skipped)
            for todo in planned.todo:
                usage, asked = _more(usage, todo), asked + _open(todo)
        whole = _scaled(usage, scale)
        requests += (count := round(asked * scale))
        prompt += whole.prompt or 0
        completion += whole.completion or 0
        price = price_of(prices, judge.endpoint, judge.model)
        micro = None if price is None else price.micro(whole)
        if price is None or micro is None:
            unpriced += count
        else:
            cost[price.currency] = cost.get(price.currency, 0) + micro
    return Estimate(
        requests=requests, prompt_tokens=prompt, completion_tokens=completion, cost_micro=cost,
        unpriced=unpriced, calls=len(ids), sampled=len(taken), skipped=skipped,
    )  # fmt: skip


def _open(todo: Todo) -> int:
    return len(todo.keys) - len(todo.had)


def _more(usage: Usage, todo: Todo) -> Usage:
    open_parts = [sent for at, sent in enumerate(todo.ask.requests) if at not in todo.had]
    said = REPLY_TOKENS * len(todo.ask.criteria) * len(open_parts)
    return Usage(
        prompt=(usage.prompt or 0) + sum(prompt_tokens(sent) for sent in open_parts),
        completion=(usage.completion or 0) + said,
    )


def _scaled(usage: Usage, scale: float) -> Usage:
    return Usage(
        prompt=round((usage.prompt or 0) * scale),
        completion=round((usage.completion or 0) * scale),
    )
